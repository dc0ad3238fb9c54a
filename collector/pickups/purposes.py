"""Why somebody comes to a donor, as her file says for the days she proposes."""

from collections.abc import Collection, Iterable
from datetime import date

from collector.banks.policies import Policies
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, judge
from collector.donors.models import Donor
from collector.pickups.models import Purpose

COMPUTED = frozenset({Purpose.COLLECTION, Purpose.FIRST_INTERVIEW, Purpose.BLOOD_SAMPLE})


def purposes_for(
    donor: Donor, *, days: Collection[date], policies: Policies, kept: Iterable[str] = ()
) -> tuple[Purpose, ...]:
    """Return what a visit on one of these days is for.

    Whoever was not interviewed is visited to be. Otherwise somebody fetches milk, and draws blood
    if her blood test does not reach every day she proposes: nobody knows yet which it will be.

    Parameters
    ----------
    kept
        What a coordinator had asked for besides, such as a pump to be returned.
    """
    besides = {Purpose(purpose) for purpose in kept} - COMPUTED
    reasons = {reason for day in days for reason in judge(donor, on=day, policies=policies).reasons}
    wanted = (
        {Purpose.FIRST_INTERVIEW}
        if EligibilityReason.NOT_INTERVIEWED in reasons
        else {Purpose.COLLECTION}
    )
    if Purpose.COLLECTION in wanted and reasons & BLOOD_HELPS:
        wanted.add(Purpose.BLOOD_SAMPLE)
    return tuple(purpose for purpose in Purpose if purpose in wanted | besides)


def gives_milk(donor: Donor, *, on: date, policies: Policies) -> bool:
    """Whether a visit on this day would fetch milk: she was interviewed by then."""
    return EligibilityReason.NOT_INTERVIEWED not in judge(donor, on=on, policies=policies).reasons
