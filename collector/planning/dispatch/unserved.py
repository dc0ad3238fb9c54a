"""Visits that a proposal does not serve: overtime today, or another day, for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.pickups.models import Pickup
from collector.planning.editing.other_days import first_other_day
from collector.planning.models import DisruptionProposal
from collector.planning.problem.searches import legal_places
from collector.rounds.models import DayPlan, Round
from collector.service_day import ServiceDay
from routing.formats.native import plan_of, problem_of
from routing.plan import Plan
from routing.problem import Problem, Shift, Window
from routing.units import Seconds

MOST_OVERTIME = timedelta(minutes=90)
"""Longest overtime that is named: Milkround's own starting value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """The round that could serve a visit, and its end.

    Attributes
    ----------
    seconds
        Beyond the collector's hours; 0 if the visit fits as it is.
    """

    round: Round
    until: datetime
    seconds: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnservedVisit:
    """A visit that is not served, with the ways that remain.

    Attributes
    ----------
    other_day
        The next day with a lawful place, or with collectors on duty and no plan yet.
    """

    pickup_id: int
    other_day: date | None
    overtime: Overtime | None


def find_other_days(
    session: Session, *, day: date, pickups: Iterable[Pickup]
) -> dict[int, date | None]:
    """Return the next possible day of each visit."""
    return {pickup.id: first_other_day(session, pickup, day=day) for pickup in pickups}


def unserved_visits(
    session: Session,
    plan: DayPlan,
    proposal: DisruptionProposal,
    other_days: Mapping[int, date | None],
) -> list[UnservedVisit]:
    """Return the visits that a proposal does not serve; each overtime is of that visit alone."""
    problem, after = problem_of(proposal.problem), plan_of(proposal.plan)
    day = ServiceDay(plan.day, get_bank(session, plan.bank_id).zone)
    longer = replace(problem, shifts=tuple(_longer(shift) for shift in problem.shifts))
    return [
        UnservedVisit(
            pickup_id=int(left.visit),
            other_day=other_days.get(int(left.visit)),
            overtime=_overtime(problem, longer, after, left.visit, day=day, rounds=plan.rounds),
        )
        for left in after.unassigned
    ]


def _longer(shift: Shift) -> Shift:
    latest = Seconds(shift.window.latest + int(MOST_OVERTIME.total_seconds()))
    return replace(shift, window=Window(earliest=shift.window.earliest, latest=latest))


def _overtime(
    problem: Problem,
    longer: Problem,
    after: Plan,
    visit: str,
    *,
    day: ServiceDay,
    rounds: Sequence[Round],
) -> Overtime | None:
    """Return the place with the least overtime, of these the cheapest; None without one."""
    by_shift = {str(round_.shift_id): round_ for round_ in rounds}
    found: dict[str, Overtime] = {}
    for place in legal_places(longer, after, visit):
        shift = problem.shift(place.shift)
        if place.shift not in found and shift is not None:
            arrival = place.tour(longer).arrival
            found[place.shift] = Overtime(
                round=by_shift[place.shift],
                until=day.at(arrival),
                seconds=max(0, arrival - shift.window.latest),
                cents=place.paid,
            )
    return min(found.values(), key=lambda each: (each.seconds, each.cents), default=None)
