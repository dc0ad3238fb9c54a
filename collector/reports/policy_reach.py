"""Reach of a changed policy: the donors and visits that another value would judge differently."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import NOBODY_HOME, Policies, PolicyKey
from collector.banks.queries import policies_of, sites_of
from collector.donors.eligibility import baby_limit
from collector.donors.models import Donor, DonorState
from collector.donors.queries import donors_of
from collector.pickups.flags import fetch_by, is_below_minimum
from collector.pickups.models import Pickup, Purpose
from collector.pickups.queries import pickup_options
from collector.pickups.states import OPEN
from collector.planning.problem.distance import distance_km

OF_A_PURPOSE: Mapping[str, frozenset[str]] = {
    PolicyKey.COLLECTION_MINUTES: frozenset({Purpose.COLLECTION, Purpose.WARD}),
    PolicyKey.FIRST_VISIT_MINUTES: frozenset({Purpose.FIRST_INTERVIEW}),
    PolicyKey.MATERIAL_MINUTES: frozenset({Purpose.MATERIAL_DROP, Purpose.PUMP_RETURN}),
    PolicyKey.BLOOD_MINUTES: frozenset({Purpose.BLOOD_SAMPLE}),
    PolicyKey.MILK_RIDE_MINUTES: frozenset({Purpose.COLLECTION, Purpose.WARD}),
    PolicyKey.TUBE_RIDE_MINUTES: frozenset({Purpose.BLOOD_SAMPLE}),
    PolicyKey.EMPTYINGS_PER_ROUND: frozenset({Purpose.COLLECTION, Purpose.WARD}),
    PolicyKey.EMPTYING_MINUTES: frozenset({Purpose.COLLECTION, Purpose.WARD}),
    PolicyKey.FREEZER_WARMEST_CELSIUS: frozenset({Purpose.COLLECTION}),
    PolicyKey.CHANGE_HOURS: frozenset(Purpose),
}
"""Policies that count for every open visit of some purposes."""

OF_GIVERS = frozenset({PolicyKey.SEROLOGY_DAYS})
"""Policies that count for each giving donor from her next blood test on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReach:
    """The donors and the open visits that a change concerns.

    Attributes
    ----------
    counted
        Whether the policy is judged for donors or visits at all.
    donors, visits
        Distinct donors, and open visits, that the change concerns.
    excluded, admitted
        Of these, the ones that the new value rules out, or no longer rules out.
    """

    counted: bool
    donors: int = 0
    visits: int = 0
    excluded: int = 0
    admitted: int = 0


@dataclass(frozen=True, slots=True)
class PolicyPair:
    """The policies before and after a change, on the day from which it counts."""

    before: Policies
    after: Policies
    day: date


def policy_reach(session: Session, *, bank_id: int, key: str, value: str, day: date) -> PolicyReach:
    """Return the reach of a value of a policy from a day on.

    Parameters
    ----------
    value
        The new value in its stored form (`policy_values.value_in`).
    """
    before = policies_of(session, bank_id, on=day)
    compared = PolicyPair(before, before.replaced({key: value}), day)
    if key in DONOR_RULES:
        donors = [donor for donor in donors_of(session, bank_id) if _is_present(donor)]
        judge = DONOR_RULES[key](session, bank_id)
        return _of_donors(donors, judge, compared)
    if key in VISIT_RULES:
        return _of_visits(_open_visits(session, bank_id, day), VISIT_RULES[key], compared)
    if purposes := _purposes_of(key):
        concerned = [
            pickup
            for pickup in _open_visits(session, bank_id, day)
            if purposes & set(pickup.purposes)
        ]
        asking = {pickup.donor_id for pickup in concerned}
        return PolicyReach(counted=True, donors=len(asking), visits=len(concerned))
    if key in OF_GIVERS:
        givers = [each for each in donors_of(session, bank_id) if each.state is DonorState.ELIGIBLE]
        return PolicyReach(counted=True, donors=len(givers))
    return PolicyReach(counted=False)


DonorJudge = Callable[[Donor, Policies, date], bool]
VisitJudge = Callable[[Pickup, Policies, date], bool]


def _too_old_baby(_session: Session, _bank_id: int) -> DonorJudge:
    def judge(donor: Donor, policies: Policies, day: date) -> bool:
        limit = baby_limit(donor, policies)
        return limit is not None and day > limit

    return judge


def _too_far(session: Session, bank_id: int) -> DonorJudge:
    sites = sites_of(session, bank_id)

    def judge(donor: Donor, policies: Policies, day: date) -> bool:
        return distance_km(donor.address_on(day), sites) > policies[PolicyKey.RADIUS_KM]

    return judge


def _too_old_milk(pickup: Pickup, policies: Policies, day: date) -> bool:
    if pickup.oldest_on is None or Purpose.COLLECTION not in pickup.purposes:
        return False
    last = max((window.day for window in pickup.windows), default=day)
    return last > fetch_by(pickup.oldest_on, policies)


def _too_little(pickup: Pickup, policies: Policies, _day: date) -> bool:
    return Purpose.COLLECTION in pickup.purposes and is_below_minimum(pickup, policies)


DONOR_RULES: Mapping[str, Callable[[Session, int], DonorJudge]] = {
    PolicyKey.BABY_AGE_DAYS: _too_old_baby,
    PolicyKey.RADIUS_KM: _too_far,
}
VISIT_RULES: Mapping[str, VisitJudge] = {
    PolicyKey.MILK_AGE_DAYS: _too_old_milk,
    PolicyKey.MINIMUM_VOLUME_ML: _too_little,
}


def _purposes_of(key: str) -> frozenset[str]:
    """Return the purposes whose visits a policy counts for; a proof names its own."""
    if key.startswith("proof_"):
        purpose = key.removeprefix("proof_").rpartition("_")[0]
        return frozenset(Purpose) if purpose == NOBODY_HOME else frozenset({purpose})
    return OF_A_PURPOSE.get(key, frozenset())


def _is_present(donor: Donor) -> bool:
    gone = donor.state in (DonorState.ENDED, DonorState.EXCLUDED)
    return not gone and donor.erased_at is None


def _open_visits(session: Session, bank_id: int, day: date) -> list[Pickup]:
    """Return the open visits with a window on this day or later."""
    rows = session.scalars(
        select(Pickup)
        .options(*pickup_options())
        .where(Pickup.bank_id == bank_id, Pickup.state.in_(OPEN))
    )
    return [pickup for pickup in rows if any(window.day >= day for window in pickup.windows)]


def _of_donors(donors: Iterable[Donor], judge: DonorJudge, compared: PolicyPair) -> PolicyReach:
    verdicts = [
        (judge(donor, compared.before, compared.day), judge(donor, compared.after, compared.day))
        for donor in donors
    ]
    changed = [pair for pair in verdicts if pair[0] != pair[1]]
    excluded = sum(after for _before, after in changed)
    return PolicyReach(
        counted=True,
        donors=len(changed),
        excluded=excluded,
        admitted=len(changed) - excluded,
    )


def _of_visits(visits: Iterable[Pickup], judge: VisitJudge, compared: PolicyPair) -> PolicyReach:
    verdicts = [
        (
            pickup.donor_id,
            judge(pickup, compared.before, compared.day),
            judge(pickup, compared.after, compared.day),
        )
        for pickup in visits
    ]
    changed = [verdict for verdict in verdicts if verdict[1] != verdict[2]]
    excluded = sum(after for _donor, _before, after in changed)
    return PolicyReach(
        counted=True,
        donors=len({donor for donor, _before, _after in changed}),
        visits=len(changed),
        excluded=excluded,
        admitted=len(changed) - excluded,
    )
