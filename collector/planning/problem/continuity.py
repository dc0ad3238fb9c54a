"""The wish that a donor is visited by her usual collector, and its price."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import Pickup, PickupState
from collector.rounds.models import DayPlan, Round, RoundStop
from collector.shifts.models import RosterShift
from routing.problem import Shift, Visit
from routing.units import Cents

MADE = (PickupState.COLLECTED, PickupState.PARTLY_COLLECTED)
"""The states of a request after a visit at which the donor met her collector."""


def usual_collectors(
    session: Session, pickups: Collection[Pickup], policies: Policies, *, before: date
) -> dict[int, int]:
    """Return the collector of each donor's last visit before a day, by request.

    Empty if another collector costs nothing at this bank.
    """
    donors = {pickup.donor_id for pickup in pickups}
    last = usual_collectors_of_donors(session, donors, policies, before=before)
    return {pickup.id: last[pickup.donor_id] for pickup in pickups if pickup.donor_id in last}


def usual_collectors_of_donors(
    session: Session, donors: Collection[int], policies: Policies, *, before: date
) -> dict[int, int]:
    """Return the collector of each donor's last visit before a day.

    Empty if another collector costs nothing at this bank.
    """
    if not policies[PolicyKey.OTHER_COLLECTOR_CENTS]:
        return {}
    return _last_collectors(session, donors, before)


def with_usual_collectors(
    visits: Iterable[Visit],
    shifts: Iterable[Shift],
    usual: Mapping[str, int],
    policies: Policies,
) -> list[Visit]:
    """Return the visits with the price of another collector, where the usual one is on duty.

    Parameters
    ----------
    shifts
        Of one day or of several; the usual collector is wished for if one of them is hers.
    usual
        The usual collector by the planner's name of the visit.
    """
    price = Cents(policies[PolicyKey.OTHER_COLLECTOR_CENTS])
    on_duty = {shift.collector for shift in shifts}
    found = []
    for visit in visits:
        person = usual.get(visit.id)
        known = None if person is None else planner_collector(person)
        if known in on_duty:
            found.append(replace(visit, preferred=frozenset({known}), preference=price))
        else:
            found.append(visit)
    return found


def planner_collector(person_id: int) -> str:
    """Return the planner's name of a collector."""
    return f"person:{person_id}"


def _last_collectors(session: Session, donors: Collection[int], before: date) -> dict[int, int]:
    rows = session.execute(
        select(Pickup.donor_id, RosterShift.collector_id)
        .join(RoundStop, RoundStop.pickup_id == Pickup.id)
        .join(Round, Round.id == RoundStop.round_id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(Pickup.donor_id.in_(donors), Pickup.state.in_(MADE), DayPlan.day < before)
        .order_by(DayPlan.day, RoundStop.id)
    )
    return {row.donor_id: row.collector_id for row in rows}
