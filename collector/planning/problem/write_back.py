"""A timed plan written as rows: rounds, stops, the tray, the states of the requests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import Conflict
from collector.pickups.models import Pickup, PickupState
from collector.pickups.states import PROMISED, move_to
from collector.planning.problem.build import DayFacts, site_place
from collector.planning.problem.expected_begins import expected_begins
from collector.rounds.models import DayPlan, PlannedEmptying, Round, RoundStop, Unplanned
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from routing.cost import cost, tour_cost
from routing.plan import Plan, Tour, Unloading
from routing.plan import Stop as TimedStop
from routing.problem import Problem
from routing.units import Metres, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplannedVisit:
    """A request in no round, with its reason."""

    pickup_id: int
    reason: str
    details: dict[str, Any]


def plan_as_written(facts: DayFacts, problem: Problem) -> Plan:
    """Return the plan that the rows hold, with the times of the rows, lawful or not."""
    tours = tuple(
        _written_tour(facts.service_day, round_, problem)
        for round_ in facts.rounds
        if round_.stops and round_.departs_at and round_.returns_at
    )
    bare = Plan(tours=tours)
    return Plan(tours=tours, cost=cost(problem, bare))


def write_rounds(
    session: Session,
    *,
    facts: DayFacts,
    problem: Problem,
    plan: Plan,
    rounds: Iterable[Round],
    now: Seconds | None = None,
) -> None:
    """Write the tours of these rounds as stops; each visit keeps its row and its pin.

    A stop of these rounds that is in no tour of the plan is deleted.

    Parameters
    ----------
    now
        An instant in the middle of the day; visits before it are history.
    """
    rounds = list(rounds)
    rows = {stop.pickup_id: stop for round_ in facts.rounds for stop in round_.stops}
    kept: set[int] = set()
    shifts = {str(round_.shift_id) for round_ in rounds}
    written = Plan(tours=tuple(tour for tour in plan.tours if tour.shift in shifts))
    expected = expected_begins(problem, written, facts.service_day, now=now)
    for round_ in rounds:
        tour = plan.tour(str(round_.shift_id))
        _write_round(round_, problem, tour, facts.service_day)
        _write_emptyings(round_, tour, facts)
        for position, timed in enumerate(tour.stops if tour else ()):
            key = int(timed.visit)
            stop = rows.get(key) or _new_stop(session, round_, key)
            stop.round_id, stop.position = round_.id, position
            stop.arrives_at = facts.service_day.at(timed.arrival)
            stop.begins_at = facts.service_day.at(timed.begin)
            stop.ends_at = facts.service_day.at(timed.end)
            span = expected.get(key)
            stop.earliest_at = span.earliest if span else None
            stop.latest_at = span.latest if span else None
            kept.add(key)
    for round_ in rounds:
        for stop in round_.stops:
            if stop.pickup_id not in kept:
                session.delete(stop)
    session.flush()


def write_tray(
    session: Session, *, plan: DayPlan, unplanned: Iterable[UnplannedVisit], replace_all: bool
) -> None:
    """Write the requests in no round; with `replace_all`, remove all others from the tray."""
    unplanned = list(unplanned)
    remove_from_tray(session, plan, None if replace_all else {each.pickup_id for each in unplanned})
    for each in unplanned:
        session.add(
            Unplanned(
                bank_id=plan.bank_id,
                day_plan_id=plan.id,
                pickup_id=each.pickup_id,
                reason=each.reason,
                details=each.details,
            )
        )
    session.flush()


def remove_from_tray(session: Session, plan: DayPlan, pickup_ids: set[int] | None) -> None:
    """Remove these requests from the tray; with None, all of them."""
    for row in session.scalars(select(Unplanned).where(Unplanned.day_plan_id == plan.id)):
        if pickup_ids is None or row.pickup_id in pickup_ids:
            session.delete(row)
    # Rows are removed before their replacements are added: a request is in the tray once.
    session.flush()


def update_pickup_states(pickups: Mapping[int, Pickup], *, placed: Iterable[int]) -> None:
    """Set each request's state by its place in a round; a published one stays published."""
    inside = set(placed)
    for key, pickup in pickups.items():
        if key in inside and pickup.state is PickupState.ACCEPTED:
            move_to(pickup, PickupState.PLANNED)
        elif key not in inside and pickup.state in PROMISED:
            move_to(pickup, PickupState.ACCEPTED)


def reload_day(session: Session, plan: DayPlan) -> DayPlan:
    """Return the plan of a day, reloaded from its rows."""
    session.flush()
    session.expire_all()
    found = day_plan(session, bank_id=plan.bank_id, day=plan.day)
    if found is None:
        raise Conflict("changed_meanwhile")
    return found


def _written_tour(service_day: ServiceDay, round_: Round, problem: Problem) -> Tour:
    shift = problem.shift(str(round_.shift_id))
    if shift is None or round_.departs_at is None or round_.returns_at is None:
        raise ValueError(f"round {round_.id} is not in the problem")

    def seconds(instant: datetime) -> Seconds:
        return Seconds(service_day.seconds(instant))

    return Tour(
        shift=shift.id,
        start=shift.start,
        end=shift.ends[0],
        departure=seconds(round_.departs_at),
        arrival=seconds(round_.returns_at),
        stops=tuple(
            TimedStop(
                visit=str(stop.pickup_id),
                arrival=seconds(stop.arrives_at),
                begin=seconds(stop.begins_at),
                end=seconds(stop.ends_at),
            )
            for stop in round_.stops
        ),
        metres=Metres(round_.metres),
        unloadings=tuple(
            Unloading(
                place=site_place(each.site),
                after=sum(stop.begins_at <= each.begins_at for stop in round_.stops),
                arrival=seconds(each.arrives_at),
                begin=seconds(each.begins_at),
                end=seconds(each.ends_at),
            )
            for each in round_.emptyings
        ),
    )


def _write_round(
    round_: Round, problem: Problem, tour: Tour | None, service_day: ServiceDay
) -> None:
    round_.departs_at = service_day.at(tour.departure) if tour else None
    round_.returns_at = service_day.at(tour.arrival) if tour else None
    round_.metres = tour.metres if tour else 0
    round_.driving_seconds = _driving(tour) if tour else 0
    round_.cost_cents = tour_cost(problem, tour).paid if tour else 0


def _write_emptyings(round_: Round, tour: Tour | None, facts: DayFacts) -> None:
    """Write the emptyings of a tour anew: they follow from the order of its visits."""
    keys = {site_place(site): site for site in facts.sites}
    at = facts.service_day.at
    round_.emptyings = [
        PlannedEmptying(
            bank_id=round_.bank_id,
            site_id=keys[each.place].id,
            arrives_at=at(each.arrival),
            begins_at=at(each.begin),
            ends_at=at(each.end),
        )
        for each in (tour.unloadings if tour else ())
    ]


def _driving(tour: Tour) -> int:
    """Return the driving time of a tour, in seconds: neither service nor waiting."""
    halts: list[TimedStop | Unloading] = [*tour.stops, *tour.unloadings]
    return tour.seconds - sum(halt.end - halt.arrival for halt in halts)


def _new_stop(session: Session, round_: Round, pickup_id: int) -> RoundStop:
    stop = RoundStop(
        bank_id=round_.bank_id, round_id=round_.id, pickup_id=pickup_id, position=0, pinned=False
    )
    session.add(stop)
    return stop
