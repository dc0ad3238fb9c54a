"""Purposes of a visit, computed from the donor's file for the days she proposes."""

from collections.abc import Collection, Iterable
from datetime import date

from collector.banks.policies import Policies
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, judge
from collector.donors.models import Donor
from collector.pickups.drafts import PickupDraft
from collector.pickups.models import Purpose

COMPUTED = frozenset({Purpose.COLLECTION, Purpose.FIRST_INTERVIEW, Purpose.BLOOD_SAMPLE})


def purposes_for(
    donor: Donor,
    *,
    days: Collection[date],
    policies: Policies,
    kept: Iterable[str] = (),
    fetches: bool = True,
) -> tuple[Purpose, ...]:
    """Return the purposes of a visit on one of these days.

    A donor without an interview is visited for it. Otherwise milk is collected. If her blood test
    expires before one of the days, blood is drawn too, because the day is still open.

    Parameters
    ----------
    kept
        Purposes that a coordinator added, such as the return of a pump.
    fetches
        Whether there is milk to fetch. Without milk a donor who gives gets material alone.
    """
    besides = {Purpose(purpose) for purpose in kept} - COMPUTED
    reasons = {reason for day in days for reason in judge(donor, on=day, policies=policies).reasons}
    if EligibilityReason.NOT_INTERVIEWED in reasons:
        computed = {Purpose.FIRST_INTERVIEW}
    elif fetches:
        computed = {Purpose.COLLECTION}
        if reasons & BLOOD_HELPS:
            computed.add(Purpose.BLOOD_SAMPLE)
    else:
        computed = {Purpose.MATERIAL_DROP}
    return tuple(purpose for purpose in Purpose if purpose in computed | besides)


def fetches_milk(draft: PickupDraft) -> bool:
    """Return whether a draft has milk to fetch; without bottles it may be a drop of material."""
    return draft.bottles > 0 or Purpose.MATERIAL_DROP not in draft.purposes


def gives_milk(donor: Donor, *, on: date, policies: Policies) -> bool:
    """Return whether a visit on this day collects milk: the interview was signed by then."""
    return EligibilityReason.NOT_INTERVIEWED not in judge(donor, on=on, policies=policies).reasons
