"""Why a request is not a visit on a day, before the planner is asked anything."""

from datetime import date
from enum import StrEnum

from collector.banks.policies import Policies, PolicyKey
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, EligibilityVerdict, judge
from collector.pickups.models import Pickup, Purpose


class Aside(StrEnum):
    """What keeps a request out of a day's plan, gravest first."""

    NOT_ELIGIBLE = "not_eligible"
    """The donor's file says that nobody may collect on the day."""
    HELD = "held"
    """A professional must speak with her first."""
    SEROLOGY_LAPSES = "serology_lapses"
    """Her serology does not count on the day, and the visit brings no blood sample."""
    NO_WINDOW = "no_window"
    """She asked for other days."""
    NO_POSITION = "no_position"
    """Nobody knows where the address lies."""
    BELOW_MINIMUM = "below_minimum"
    """Less milk than the bank drives for, and nothing else to do there."""


def aside(pickup: Pickup, *, on: date, policies: Policies) -> Aside | None:
    """Return the gravest reason why a request is no visit on a day, or None.

    Parameters
    ----------
    pickup
        With its donor (address.position, serologies), windows and holds loaded.
    """
    judgement = judge(pickup.donor, on=on, policies=policies)
    if judgement.verdict is EligibilityVerdict.BLOCKED:
        return Aside.NOT_ELIGIBLE
    if any(hold.cleared_at is None for hold in pickup.holds):
        return Aside.HELD
    if _serology_lapses(pickup, set(judgement.reasons)):
        return Aside.SEROLOGY_LAPSES
    if not any(window.day == on for window in pickup.windows):
        return Aside.NO_WINDOW
    if pickup.donor.address.position is None:
        return Aside.NO_POSITION
    return Aside.BELOW_MINIMUM if _is_below_minimum(pickup, policies) else None


def _serology_lapses(pickup: Pickup, reasons: set[EligibilityReason]) -> bool:
    """Milk alone is not fetched without a serology that counts; a sample on the visit cures it."""
    milk_alone = Purpose.COLLECTION in pickup.purposes and not (
        {Purpose.BLOOD_SAMPLE, Purpose.FIRST_INTERVIEW} & set(pickup.purposes)
    )
    return milk_alone and bool(reasons & {*BLOOD_HELPS, EligibilityReason.SEROLOGY_PENDING})


def _is_below_minimum(pickup: Pickup, policies: Policies) -> bool:
    """Only a visit for milk alone is measured by its milk."""
    only_milk = set(pickup.purposes) == {Purpose.COLLECTION}
    return only_milk and pickup.volume_ml < policies[PolicyKey.MINIMUM_VOLUME_ML]
