"""Policies of a bank: keys, presets by jurisdiction, and typed access.

Figures and sources equal docs/policies.md; an unverified preset is marked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from collector.banks.models import Jurisdiction, Policy


class PolicyKey(StrEnum):
    """The keys of policies; the unit of the value is in the name."""

    SEROLOGY_DAYS = "serology_days"
    MILK_AGE_DAYS = "milk_age_days"
    BABY_AGE_DAYS = "baby_age_days"
    MINIMUM_VOLUME_ML = "minimum_volume_ml"
    RADIUS_KM = "radius_km"
    FREEZER_WARMEST_CELSIUS = "freezer_warmest_celsius"
    MILK_RIDE_MINUTES = "milk_ride_minutes"
    TUBE_RIDE_MINUTES = "tube_ride_minutes"
    HAND_OVER_MINUTES = "hand_over_minutes"
    COLLECTION_MINUTES = "collection_minutes"
    FIRST_VISIT_MINUTES = "first_visit_minutes"
    MATERIAL_MINUTES = "material_minutes"
    BLOOD_MINUTES = "blood_minutes"
    LEG_SPREAD_PERCENT = "leg_spread_percent"
    DAY_SPREAD_PERCENT = "day_spread_percent"
    HOUR_SPREAD_PERCENT = "hour_spread_percent"
    DOOR_SPREAD_PERCENT = "door_spread_percent"
    FIRST_VISIT_SPREAD_PERCENT = "first_visit_spread_percent"
    MATERIAL_SPREAD_PERCENT = "material_spread_percent"
    BLOOD_SPREAD_PERCENT = "blood_spread_percent"
    NO_SHOW_PERCENT = "no_show_percent"
    LATE_START_MINUTES = "late_start_minutes"
    PROMISE_KEPT_PERCENT = "promise_kept_percent"
    CLOCK_KEPT_PERCENT = "clock_kept_percent"
    ALARM_PERCENT = "alarm_percent"
    OTHER_COLLECTOR_CENTS = "other_collector_cents"
    CHANGED_COLLECTOR_CENTS = "changed_collector_cents"
    CHANGED_PROMISE_CENTS = "changed_promise_cents"
    CHANGE_HOURS = "change_hours"
    CALLS_PER_HALF_DAY = "calls_per_half_day"
    CO2_GRAMS_PER_KM = "co2_grams_per_km"
    BOX_WARMEST_CELSIUS = "box_warmest_celsius"
    RAW_AGE_DAYS = "raw_age_days"
    SEROLOGY_LOOKBACK_DAYS = "serology_lookback_days"
    BOTTLE_TARE_GRAMS = "bottle_tare_grams"
    POOL_MOST_DONORS = "pool_most_donors"
    POOL_MOST_ML = "pool_most_ml"
    BALANCE_TOLERANCE_PERMILLE = "balance_tolerance_permille"
    THAW_TO_HEAT_HOURS = "thaw_to_heat_hours"
    SHELF_LIFE_DAYS = "shelf_life_days"
    DEMAND_ML_PER_DAY = "demand_ml_per_day"
    MILK_URGENCY_PERCENT = "milk_urgency_percent"
    ZONES_EVERY_DAY = "zones_every_day"
    VISIT_DAYS_EARLY = "visit_days_early"
    HEAT_CELSIUS = "heat_celsius"
    HEAT_MINUTES = "heat_minutes"
    HEAT_MOST_CELSIUS = "heat_most_celsius"
    HEAT_OVER_58_MINUTES = "heat_over_58_minutes"
    COOL_TO_CELSIUS = "cool_to_celsius"
    COOL_MINUTES = "cool_minutes"
    CURVE_GAP_SECONDS = "curve_gap_seconds"
    UNIT_WARMEST_CELSIUS = "unit_warmest_celsius"
    UNIT_ALARM_MINUTES = "unit_alarm_minutes"
    UNIT_SILENCE_MINUTES = "unit_silence_minutes"
    UNIT_BLOCK_CELSIUS = "unit_block_celsius"
    RELEASE_INDEPENDENT = "release_independent"
    MOCK_RECALL_DAYS = "mock_recall_days"
    CLASS_A_WEEKS = "class_a_weeks"
    CLASS_A_GRAMS = "class_a_grams"
    CLASS_B_WEEKS = "class_b_weeks"
    CLASS_B_GRAMS = "class_b_grams"
    CLASS_C_WEEKS = "class_c_weeks"
    CLASS_C_GRAMS = "class_c_grams"
    COVER_TARGET_DAYS = "cover_target_days"
    COVER_TENSE_DAYS = "cover_tense_days"
    COVER_SHORT_DAYS = "cover_short_days"
    COVER_CRITICAL_DAYS = "cover_critical_days"
    ALLOCATION_HOURS = "allocation_hours"
    THAWED_HOURS = "thawed_hours"
    MOST_ML_PER_KG = "most_ml_per_kg"
    OPEN_LINK_DAYS = "open_link_days"
    SEAL_IDENTITY_DAYS = "seal_identity_days"
    PRICE_EUR_PER_LITRE = "price_eur_per_litre"
    LABEL_CHECK = "label_check"
    NAVIGATION = "navigation"
    PROOF_COLLECTION_LABEL = "proof_collection_label"
    PROOF_COLLECTION_SEAL = "proof_collection_seal"
    PROOF_COLLECTION_PHOTO = "proof_collection_photo"
    PROOF_WARD_LABEL = "proof_ward_label"
    PROOF_WARD_SEAL = "proof_ward_seal"
    PROOF_WARD_PHOTO = "proof_ward_photo"
    PROOF_BLOOD_SAMPLE_LABEL = "proof_blood_sample_label"
    PROOF_BLOOD_SAMPLE_PHOTO = "proof_blood_sample_photo"
    PROOF_FIRST_INTERVIEW_PHOTO = "proof_first_interview_photo"
    PROOF_MATERIAL_DROP_PHOTO = "proof_material_drop_photo"
    PROOF_PUMP_RETURN_LABEL = "proof_pump_return_label"
    PROOF_PUMP_RETURN_PHOTO = "proof_pump_return_photo"
    PROOF_NOBODY_HOME_PHOTO = "proof_nobody_home_photo"


class Proof(StrEnum):
    """The requirement of a proof at the door."""

    REQUIRED = "required"
    WARN = "warn"
    OPTIONAL = "optional"
    OFF = "off"


class LabelCheck(StrEnum):
    """The check digit of the bank's bottle labels."""

    OFF = "off"
    DAMM = "damm"


class Switch(StrEnum):
    """A rule that is on or off."""

    ON = "on"
    OFF = "off"


class Navigation(StrEnum):
    """The navigation apps that may receive the coordinates of a stop."""

    ALL = "all"
    OWN = "own"
    OFF = "off"


NOBODY_HOME = "nobody_home"
"""A visit at which nobody opened, among the purposes that a proof may be required for."""

PROOF_WORDS = {
    f"proof_{purpose}_{what}": value
    for purpose, proofs in {
        "collection": {"label": "optional", "seal": "optional", "photo": "off"},
        "ward": {"label": "warn", "seal": "optional", "photo": "off"},
        "blood_sample": {"label": "warn", "photo": "off"},
        "first_interview": {"photo": "off"},
        "material_drop": {"photo": "off"},
        "pump_return": {"label": "optional", "photo": "off"},
        NOBODY_HOME: {"photo": "off"},
    }.items()
    for what, value in proofs.items()
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A policy of a new bank.

    Attributes
    ----------
    verified_on
        The day on which the rule was read at its source; None for the figure of another bank, which
        this bank has to confirm.
    """

    key: PolicyKey
    value: int | str
    unit: str
    source: str
    verified_on: date | None = None


READ_ON = date(2026, 11, 1)
OURS = "Milkround's own starting value: no source gives one"

SPREADS_AND_LEVELS = (
    Preset(PolicyKey.LEG_SPREAD_PERCENT, 15, "%", OURS),
    Preset(PolicyKey.DAY_SPREAD_PERCENT, 8, "%", OURS),
    Preset(PolicyKey.HOUR_SPREAD_PERCENT, 0, "%", OURS),
    Preset(PolicyKey.DOOR_SPREAD_PERCENT, 35, "%", OURS),
    Preset(PolicyKey.FIRST_VISIT_SPREAD_PERCENT, 35, "%", OURS),
    Preset(PolicyKey.MATERIAL_SPREAD_PERCENT, 35, "%", OURS),
    Preset(PolicyKey.BLOOD_SPREAD_PERCENT, 35, "%", OURS),
    Preset(PolicyKey.NO_SHOW_PERCENT, 0, "%", OURS),
    Preset(PolicyKey.LATE_START_MINUTES, 0, "min", OURS),
    Preset(PolicyKey.PROMISE_KEPT_PERCENT, 95, "days in 100", OURS),
    Preset(PolicyKey.CLOCK_KEPT_PERCENT, 95, "days in 100", OURS),
    Preset(PolicyKey.ALARM_PERCENT, 80, "days in 100", OURS),
)

STOCK = (
    Preset(PolicyKey.DEMAND_ML_PER_DAY, 0, "ml/d", f"Not entered yet. {OURS}"),
    Preset(PolicyKey.MILK_URGENCY_PERCENT, 100, "%", OURS),
    Preset(PolicyKey.ZONES_EVERY_DAY, Switch.OFF.value, "", OURS),
    Preset(PolicyKey.VISIT_DAYS_EARLY, 0, "d", OURS),
)

COMMON = (
    Preset(PolicyKey.COLLECTION_MINUTES, 12, "min", OURS),
    Preset(PolicyKey.FIRST_VISIT_MINUTES, 45, "min", OURS),
    Preset(PolicyKey.MATERIAL_MINUTES, 5, "min", OURS),
    Preset(PolicyKey.BLOOD_MINUTES, 10, "min", OURS),
    *SPREADS_AND_LEVELS,
    Preset(PolicyKey.OTHER_COLLECTOR_CENTS, 0, "ct", OURS),
    Preset(PolicyKey.CHANGED_COLLECTOR_CENTS, 200, "ct", OURS),
    Preset(PolicyKey.CHANGED_PROMISE_CENTS, 500, "ct", OURS),
    *STOCK,
    Preset(PolicyKey.CHANGE_HOURS, 12, "h", OURS),
    Preset(PolicyKey.CALLS_PER_HALF_DAY, 6, "calls", OURS),
    Preset(PolicyKey.FREEZER_WARMEST_CELSIUS, -18, "degC", "Press; the French annex was not read"),
    Preset(PolicyKey.TUBE_RIDE_MINUTES, 240, "min", OURS),
    Preset(PolicyKey.HAND_OVER_MINUTES, 15, "min", OURS),
    Preset(PolicyKey.CO2_GRAMS_PER_KM, 200, "g/km", f"A small diesel van. {OURS}"),
    Preset(PolicyKey.LABEL_CHECK, LabelCheck.OFF.value, "", OURS),
    Preset(PolicyKey.NAVIGATION, Navigation.ALL.value, "", OURS),
    *(Preset(PolicyKey(key), value, "", OURS) for key, value in PROOF_WORDS.items()),
)
SINGLE_DONORS = "Most banks pool one donor's milk; HMBANA 3 to 5; unverified"
THAW = "New York: within 48 h of thawing; elsewhere unverified"
HOLDER = "Holder pasteurisation: 62.5 °C for 30 minutes (several sources)"
SHELF_LIFE = "Brazil and New York: 6 months; elsewhere unverified"
FREEZERS = "Brazil: -18; New York: -20; elsewhere unverified"
BLOCKING = "Brazil, while loading: -12; elsewhere unverified"
CLASS_A = "Below 28 weeks or 1,000 g (Breastfeeding Medicine 02/2024); UK: 27; elsewhere unverified"
CLASS_B = "Below 32 weeks or 1,500 g (ADLF, co-naitre.net 2017); elsewhere unverified"
CLASS_C = "Below 34 weeks or 1,800 g when stock allows (ADLF, 2017); elsewhere unverified"
WARD_THAW = "Evelina: 24 h; New York: 48 h; unverified"
PRICE = "Arrêté du 18 mars 2009: 80 EUR per litre, fully reimbursed; elsewhere none is known"
LABORATORY: Mapping[PolicyKey, tuple[str, str, tuple[int | str, ...]]] = {
    PolicyKey.RAW_AGE_DAYS: ("d", "As the limits at collection; unverified", (120, 90, 15, 365)),
    PolicyKey.SEROLOGY_LOOKBACK_DAYS: ("d", OURS, (90, 90, 90, 180)),
    PolicyKey.BOTTLE_TARE_GRAMS: ("g", OURS, (30, 30, 30, 30)),
    PolicyKey.POOL_MOST_DONORS: ("donors", SINGLE_DONORS, (1, 1, 1, 5)),
    PolicyKey.POOL_MOST_ML: ("ml", OURS, (9000, 9000, 9000, 9000)),
    PolicyKey.BALANCE_TOLERANCE_PERMILLE: ("permille", OURS, (20, 20, 20, 20)),
    PolicyKey.THAW_TO_HEAT_HOURS: ("h", THAW, (24, 24, 24, 48)),
    PolicyKey.SHELF_LIFE_DAYS: ("d", SHELF_LIFE, (180, 180, 180, 180)),
    PolicyKey.HEAT_CELSIUS: ("0.1 degC", HOLDER, ("62.5", "62.5", "62.5", "62.5")),
    PolicyKey.HEAT_MINUTES: ("min", HOLDER, (30, 30, 30, 30)),
    PolicyKey.HEAT_MOST_CELSIUS: ("0.1 degC", OURS, ("64.0", "64.0", "64.0", "64.0")),
    PolicyKey.HEAT_OVER_58_MINUTES: ("min", OURS, (60, 60, 60, 60)),
    PolicyKey.COOL_TO_CELSIUS: ("degC", OURS, (10, 10, 5, 10)),
    PolicyKey.COOL_MINUTES: ("min", OURS, (30, 30, 30, 30)),
    PolicyKey.CURVE_GAP_SECONDS: ("s", OURS, (120, 120, 120, 120)),
    PolicyKey.UNIT_WARMEST_CELSIUS: ("degC", FREEZERS, (-18, -20, -18, -20)),
    PolicyKey.UNIT_ALARM_MINUTES: ("min", OURS, (30, 30, 30, 30)),
    PolicyKey.UNIT_SILENCE_MINUTES: ("min", OURS, (30, 30, 30, 30)),
    PolicyKey.UNIT_BLOCK_CELSIUS: ("degC", BLOCKING, (-12, -12, -12, -12)),
    PolicyKey.RELEASE_INDEPENDENT: ("", OURS, (Switch.ON.value,) * 4),
    PolicyKey.MOCK_RECALL_DAYS: ("d", OURS, (90, 90, 90, 90)),
    PolicyKey.CLASS_A_WEEKS: ("weeks", CLASS_A, (28, 27, 28, 28)),
    PolicyKey.CLASS_A_GRAMS: ("g", CLASS_A, (1000, 1000, 1000, 1000)),
    PolicyKey.CLASS_B_WEEKS: ("weeks", CLASS_B, (32, 32, 32, 32)),
    PolicyKey.CLASS_B_GRAMS: ("g", CLASS_B, (1500, 1500, 1500, 1500)),
    PolicyKey.CLASS_C_WEEKS: ("weeks", CLASS_C, (34, 34, 34, 34)),
    PolicyKey.CLASS_C_GRAMS: ("g", CLASS_C, (1800, 1800, 1800, 1800)),
    PolicyKey.COVER_TARGET_DAYS: ("d", OURS, (21, 21, 21, 21)),
    PolicyKey.COVER_TENSE_DAYS: ("d", OURS, (14, 14, 14, 14)),
    PolicyKey.COVER_SHORT_DAYS: ("d", OURS, (7, 7, 7, 7)),
    PolicyKey.COVER_CRITICAL_DAYS: ("d", OURS, (3, 3, 3, 3)),
    PolicyKey.ALLOCATION_HOURS: ("h", OURS, (24, 24, 24, 24)),
    PolicyKey.THAWED_HOURS: ("h", WARD_THAW, (24, 24, 24, 48)),
    PolicyKey.MOST_ML_PER_KG: ("ml", OURS, (220, 220, 220, 220)),
    PolicyKey.OPEN_LINK_DAYS: ("d", OURS, (30, 30, 30, 30)),
    PolicyKey.SEAL_IDENTITY_DAYS: ("d", OURS, (90, 90, 90, 90)),
    PolicyKey.PRICE_EUR_PER_LITRE: ("EUR/l", PRICE, (80, 0, 0, 0)),
}
"""Unit, source and values of the policies of laboratory and dispensary, by `Jurisdiction`."""
READ_IN_FRANCE = frozenset({CLASS_A, CLASS_B, CLASS_C, PRICE})
"""Sources of policies that were read for France alone."""


def _of_laboratory(jurisdiction: Jurisdiction) -> tuple[Preset, ...]:
    place = list(Jurisdiction).index(jurisdiction)

    def is_read(source: str) -> bool:
        in_france = jurisdiction is Jurisdiction.FRANCE and source in READ_IN_FRANCE
        return source == HOLDER or in_france

    return tuple(
        Preset(key, values[place], unit, source, READ_ON if is_read(source) else None)
        for key, (unit, source, values) in LABORATORY.items()
    )


FROZEN_BOX = Preset(PolicyKey.BOX_WARMEST_CELSIUS, -18, "degC", "As the home freezer; unverified")


PRESETS: dict[Jurisdiction, tuple[Preset, ...]] = {
    Jurisdiction.FRANCE: (
        *COMMON,
        *_of_laboratory(Jurisdiction.FRANCE),
        FROZEN_BOX,
        Preset(PolicyKey.SEROLOGY_DAYS, 90, "d", "Arrêté du 25 août 2010 (3 months)", READ_ON),
        Preset(PolicyKey.MILK_AGE_DAYS, 90, "d", "Bordeaux: 3 months; Paris, Rennes: 4"),
        Preset(PolicyKey.BABY_AGE_DAYS, 365, "d", "Rennes, Amiens: under a year"),
        Preset(PolicyKey.MINIMUM_VOLUME_ML, 400, "ml", "Bordeaux (press)"),
        Preset(PolicyKey.RADIUS_KM, 150, "km", "Nantes; Rennes: 100 km"),
        Preset(PolicyKey.MILK_RIDE_MINUTES, 360, "min", "Hold time of the box, to be validated"),
    ),
    Jurisdiction.UNITED_KINGDOM: (
        *COMMON,
        *_of_laboratory(Jurisdiction.UNITED_KINGDOM),
        FROZEN_BOX,
        Preset(PolicyKey.SEROLOGY_DAYS, 730, "d", "At enrolment (Human Milk Foundation)"),
        Preset(PolicyKey.MILK_AGE_DAYS, 90, "d", "The banks' pages: 3 months"),
        Preset(PolicyKey.BABY_AGE_DAYS, 730, "d", "Hearts: under 2 years"),
        Preset(PolicyKey.MINIMUM_VOLUME_ML, 0, "ml", OURS),
        Preset(PolicyKey.RADIUS_KM, 150, "km", OURS),
        Preset(PolicyKey.MILK_RIDE_MINUTES, 360, "min", "Hold time of the box, to be validated"),
    ),
    Jurisdiction.BRAZIL: (
        *COMMON,
        *_of_laboratory(Jurisdiction.BRAZIL),
        Preset(PolicyKey.BOX_WARMEST_CELSIUS, -1, "degC", "RDC 171: -1 degC or colder"),
        Preset(PolicyKey.SEROLOGY_DAYS, 180, "d", OURS),
        Preset(PolicyKey.MILK_AGE_DAYS, 15, "d", "The banks' pages: 10 to 15 days"),
        Preset(PolicyKey.BABY_AGE_DAYS, 730, "d", OURS),
        Preset(PolicyKey.MINIMUM_VOLUME_ML, 0, "ml", OURS),
        Preset(PolicyKey.RADIUS_KM, 50, "km", OURS),
        Preset(PolicyKey.MILK_RIDE_MINUTES, 360, "min", "RDC 171: at most 6 h"),
    ),
    Jurisdiction.UNITED_STATES: (
        *COMMON,
        *_of_laboratory(Jurisdiction.UNITED_STATES),
        FROZEN_BOX,
        Preset(PolicyKey.SEROLOGY_DAYS, 180, "d", OURS),
        Preset(PolicyKey.MILK_AGE_DAYS, 180, "d", "6 months in a freezer's compartment"),
        Preset(PolicyKey.BABY_AGE_DAYS, 730, "d", OURS),
        Preset(PolicyKey.MINIMUM_VOLUME_ML, 0, "ml", OURS),
        Preset(PolicyKey.RADIUS_KM, 160, "km", OURS),
        Preset(PolicyKey.MILK_RIDE_MINUTES, 480, "min", "Hold time of the box, to be validated"),
    ),
}


def preset_rows(bank_id: int, jurisdiction: Jurisdiction) -> list[Policy]:
    """Return the policies of a new bank."""
    return [
        Policy(
            bank_id=bank_id,
            key=preset.key,
            value=str(preset.value),
            unit=preset.unit,
            jurisdiction=jurisdiction,
            source=preset.source,
            verified_by="Milkround" if preset.verified_on else None,
            verified_on=preset.verified_on,
        )
        for preset in PRESETS[jurisdiction]
    ]


class Policies:
    """The policies of one bank, with typed access.

    A spread, a level or a rule of the stock without a row has Milkround's own starting value.
    """

    def __init__(self, rows: Iterable[Policy]) -> None:
        presets = (*SPREADS_AND_LEVELS, *STOCK)
        starting = {preset.key.value: str(preset.value) for preset in presets}
        self._values = starting | {row.key: row.value for row in rows}

    def replaced(self, values: Mapping[str, str]) -> "Policies":
        """Return these policies with other values of some keys."""
        others = Policies(())
        others._values = self._values | dict(values)
        return others

    def __getitem__(self, key: PolicyKey) -> int:
        """Return the value of a policy in the unit of its name."""
        return int(self._values[key])

    def decimal(self, key: PolicyKey) -> Decimal:
        """Return the value of a policy with tenths."""
        return Decimal(self._values[key])

    def word(self, key: PolicyKey) -> str:
        """Return the value of a policy with named choices."""
        return self._values[key]

    def proof(self, purpose: str, what: str) -> Proof:
        """Return the requirement of a proof; a proof without a policy is off."""
        return Proof(self._values.get(f"proof_{purpose}_{what}", Proof.OFF))
