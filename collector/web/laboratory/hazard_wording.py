"""Words of the critical points: step, hazard, watch, consequence, and the rules that limit it."""

from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.banks.policies import PolicyKey

_ = lazy_gettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A critical point; its limits are the bank's rules of these keys."""

    step: LazyString
    hazard: LazyString
    limits: tuple[PolicyKey, ...]
    watched_by: LazyString
    consequence: LazyString


HAZARDS = (
    Hazard(
        step=_("Intake"),
        hazard=_("Thawed milk, a wrong or unknown donor"),
        limits=(PolicyKey.SEROLOGY_LOOKBACK_DAYS, PolicyKey.RAW_AGE_DAYS),
        watched_by=_("Scan at the reception, check of the blood tests"),
        consequence=_("Refused, or a discrepancy that quality closes"),
    ),
    Hazard(
        step=_("Quarantine"),
        hazard=_("Warm storage"),
        limits=(PolicyKey.UNIT_WARMEST_CELSIUS, PolicyKey.UNIT_ALARM_MINUTES),
        watched_by=_("Probes of the units"),
        consequence=_("Blocked until two people have decided"),
    ),
    Hazard(
        step=_("Thaw and pool"),
        hazard=_("Growth, milk of a wrong donor"),
        limits=(PolicyKey.THAW_TO_HEAT_HOURS, PolicyKey.POOL_MOST_DONORS),
        watched_by=_("Clock of the thaw, scan of each container"),
        consequence=_("The container is refused at the pool"),
    ),
    Hazard(
        step=_("Heating"),
        hazard=_("Survival of germs, damage to the milk"),
        limits=(PolicyKey.HEAT_CELSIUS, PolicyKey.HEAT_MINUTES, PolicyKey.HEAT_MOST_CELSIUS),
        watched_by=_("Curve of the cycle"),
        consequence=_("Red: never released. Amber: two people"),
    ),
    Hazard(
        step=_("Cooling"),
        hazard=_("Growth of spores (B. cereus)"),
        limits=(PolicyKey.COOL_TO_CELSIUS, PolicyKey.COOL_MINUTES),
        watched_by=_("Curve of the cycle, plates after heating"),
        consequence=_("Amber, or the lot is rejected"),
    ),
    Hazard(
        step=_("Filling and labels"),
        hazard=_("Bottles mixed up"),
        limits=(PolicyKey.BALANCE_TOLERANCE_PERMILLE,),
        watched_by=_("Scan back of every bottle, balance of the pool"),
        consequence=_("The pool cannot close"),
    ),
    Hazard(
        step=_("Storage"),
        hazard=_("Warm or expired milk"),
        limits=(PolicyKey.UNIT_BLOCK_CELSIUS, PolicyKey.SHELF_LIFE_DAYS),
        watched_by=_("Probes, expiry asked at each scan"),
        consequence=_("Blocked: it may not leave"),
    ),
)
"""The critical points up to storage; those of dispensing follow with its pages."""
