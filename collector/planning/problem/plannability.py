"""Reasons why a request cannot be planned on a day, before any search."""

from datetime import date
from enum import StrEnum

from collector.banks.policies import Policies
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, EligibilityVerdict, judge
from collector.pickups.flags import is_below_minimum
from collector.pickups.models import Pickup, Purpose


class NotPlannable(StrEnum):
    """Reason that keeps a request out of a day's plan, gravest first."""

    NOT_ELIGIBLE = "not_eligible"
    """The donor's file allows no collection on the day."""
    HELD = "held"
    """A professional must speak with the donor first."""
    SEROLOGY_LAPSES = "serology_lapses"
    """The donor's serology is not valid on the day, and the visit brings no blood sample."""
    NO_WINDOW = "no_window"
    """The request has windows on other days only."""
    NO_POSITION = "no_position"
    """The address has no position."""
    BELOW_MINIMUM = "below_minimum"
    """Less milk than the bank's minimum, and no other purpose."""


def not_plannable(pickup: Pickup, *, on: date, policies: Policies) -> NotPlannable | None:
    """Return the gravest reason why a request cannot be planned on a day; None if it can.

    Parameters
    ----------
    pickup
        With its donor (address and stays with position, serologies), windows and holds loaded.
    """
    judgement = judge(pickup.donor, on=on, policies=policies)
    if judgement.verdict is EligibilityVerdict.BLOCKED:
        return NotPlannable.NOT_ELIGIBLE
    if any(hold.cleared_at is None for hold in pickup.holds):
        return NotPlannable.HELD
    if _serology_lapses(pickup, set(judgement.reasons)):
        return NotPlannable.SEROLOGY_LAPSES
    if not any(window.day == on for window in pickup.windows):
        return NotPlannable.NO_WINDOW
    if pickup.donor.address_on(on).position is None:
        return NotPlannable.NO_POSITION
    only_milk = set(pickup.purposes) == {Purpose.COLLECTION}
    too_little = only_milk and is_below_minimum(pickup, policies)
    return NotPlannable.BELOW_MINIMUM if too_little else None


def _serology_lapses(pickup: Pickup, reasons: set[EligibilityReason]) -> bool:
    """Return whether only milk would be fetched without a valid serology.

    A blood sample on the visit cures it.
    """
    milk_alone = Purpose.COLLECTION in pickup.purposes and not (
        {Purpose.BLOOD_SAMPLE, Purpose.FIRST_INTERVIEW} & set(pickup.purposes)
    )
    return milk_alone and bool(reasons & {*BLOOD_HELPS, EligibilityReason.SEROLOGY_PENDING})
