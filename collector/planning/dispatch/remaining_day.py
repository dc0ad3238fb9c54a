"""What is left of a day in its middle: the rows, the phones and the clock become one problem.

The planner's own `midday.remaining` does the cutting; here the day is put before it as it was
driven: what was collected weighs what the collector said, what failed weighs nothing, and what is
ahead stands where the course of each round puts it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.queries import sites_of
from collector.pickups.models import Pickup
from collector.pickups.states import UNDER_WAY
from collector.planning.dispatch.eta import RoundEta, StopEta, course
from collector.planning.problem.build import (
    AGREED,
    CAR,
    DayFacts,
    as_written,
    can_be_timed,
    problem_of,
)
from collector.planning.problem.ride_limits import hand_over
from collector.rounds.events.queries import progress_of
from collector.rounds.events.schema import CollectedEvent
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.promises import Promise
from collector.rounds.publication import promises_in
from routing.analysis.remaining_day import remaining
from routing.plan import Plan, Stop, Tour
from routing.problem import Place, Problem, Shift, Visit, Window
from routing.schedule import assembled, retimed
from routing.travel.law import estimated
from routing.units import Metres, Seconds

CENTS_PER_HOUR_LATE = 2_000
"""What an hour after the promised time is worth: Milkround's own starting value, not much less
than a collector's hour, so that a promise is broken where keeping it would cost more than that."""

AHEAD = AGREED | UNDER_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Midday:
    """A day in its middle.

    Attributes
    ----------
    problem, lived
        The whole day, and how it was and will be driven.
    rest
        What is left of it.
    ahead
        The present order of what is left, timed: what any change is measured by.
    told
        What donors were promised last, by pick-up.
    """

    facts: DayFacts
    problem: Problem
    lived: Plan
    rest: Problem
    ahead: Plan
    now: int
    told: Mapping[int, Promise]

    @property
    def open(self) -> set[int]:
        """The visits that are still to be made."""
        return {int(visit.id) for visit in self.rest.visits}


def midday(
    session: Session, plan: DayPlan, *, now: datetime, also: Iterable[Pickup] = ()
) -> Midday:
    """Pose what is left of a published day.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it, nothing in it unpublished.
    also
        Requests in no round that somebody wants to be served.
    """
    facts = _facts(as_written(session, plan), also)
    progress = {round_.id: progress_of(session, round_) for round_ in plan.rounds}
    courses = {
        round_.id: course(round_.published, progress[round_.id], now=now)
        for round_ in plan.rounds
        if round_.published
    }
    told = promises_in(plan.rounds)
    doors = {door.pickup_id: door for found in courses.values() if found for door in found.doors}
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    posed = problem_of(facts, [each for each in timed if _counts(each, doors.get(each.id))])
    posed = _with_freezers(posed, sites_of(session, plan.bank_id))
    takes = hand_over(facts.policies)
    visits = (_visit(facts, visit, doors, told) for visit in posed.visits)
    problem = replace(posed, visits=tuple(_riding(visit, takes) for visit in visits))
    lived = _lived(facts, problem, courses)
    at = Seconds(facts.service_day.seconds(now))
    rest = _without_the_unloaded(_from_now(remaining(problem, lived, at), lived), facts)
    rest = _with_a_hand_over(rest, lived, takes)
    return Midday(
        facts=facts,
        problem=problem,
        lived=lived,
        rest=rest,
        ahead=retimed(rest, _orders(lived, rest)),
        now=at,
        told=told,
    )


def left_alone(day: Midday, shifts: Collection[str]) -> Midday:
    """Leave rounds out of what is asked, with their visits: nobody touches them."""
    theirs = {name for shift in shifts for name in day.ahead.orders.get(shift, ())}
    rest = replace(
        day.rest,
        visits=tuple(visit for visit in day.rest.visits if visit.id not in theirs),
        shifts=tuple(shift for shift in day.rest.shifts if shift.id not in shifts),
        pins=tuple(pin for pin in day.rest.pins if pin.shift not in shifts),
    )
    orders = {name: order for name, order in day.ahead.orders.items() if name not in shifts}
    return replace(day, rest=rest, ahead=retimed(rest, orders))


def _facts(facts: DayFacts, also: Iterable[Pickup]) -> DayFacts:
    return replace(facts, pickups={**facts.pickups, **{each.id: each for each in also}})


def _with_freezers(problem: Problem, sites: Iterable[Site]) -> Problem:
    """Put in every freezer of the bank: a round may have to end at one it was not to see."""
    known = {place.id for place in problem.places}
    places = [
        *problem.places,
        *(
            Place(id=gate(site), latitude=site.latitude, longitude=site.longitude, receives=True)
            for site in sites
            if site.receives and gate(site) not in known
        ),
    ]
    points = [(place.latitude or 0.0, place.longitude or 0.0) for place in places]
    return replace(problem, places=tuple(places), travel={CAR: estimated(points)})


def gate(site: Site) -> str:
    """Return the planner's name of a site."""
    return f"site:{site.id}"


def _counts(pickup: Pickup, door: StopEta | None) -> bool:
    """Whether a visit is part of the day: over, or still agreed."""
    return (door is not None and door.past) or pickup.state in AHEAD


def _visit(
    facts: DayFacts, visit: Visit, doors: Mapping[int, StopEta], told: Mapping[int, Promise]
) -> Visit:
    door, promise = doors.get(int(visit.id)), told.get(int(visit.id))
    if door is not None and door.past:
        return _weighed(visit, door)
    if promise is None:
        return visit
    due = Seconds(facts.service_day.seconds(promise.closes))
    return replace(visit, due=due, cents_per_hour_late=CENTS_PER_HOUR_LATE)


def _weighed(visit: Visit, door: StopEta) -> Visit:
    """What a visit that is over has left in the box."""
    decided = door.state.decided_by
    if not isinstance(decided, CollectedEvent):
        return replace(visit, load={}, ride_limits={})
    said = decided.payload
    limits = {
        name: limit
        for name, limit in visit.ride_limits.items()
        if (said.tubes if name == "tubes" else said.bottles)
    }
    load = {"bottles": said.bottles, "ml": said.volume_ml, "tubes": len(said.tubes)}
    return replace(visit, load=load, ride_limits=limits)


def _lived(facts: DayFacts, problem: Problem, courses: Mapping[int, RoundEta | None]) -> Plan:
    tours = [
        tour
        for round_ in facts.rounds
        if (found := courses.get(round_.id)) and (tour := _tour(facts, problem, round_, found))
    ]
    return assembled(problem, tuple(tours))


def _tour(facts: DayFacts, problem: Problem, round_: Round, found: RoundEta) -> Tour | None:
    shift = problem.shift(str(round_.shift_id))
    doors = [door for door in found.doors if problem.visit(str(door.pickup_id)) is not None]
    if shift is None or not doors:
        return None
    day = facts.service_day
    return Tour(
        shift=shift.id,
        start=shift.start,
        end=shift.ends[0],
        departure=Seconds(day.seconds(found.departs_at)),
        arrival=Seconds(day.seconds(found.returns_at)),
        stops=tuple(
            Stop(
                visit=str(door.pickup_id),
                arrival=Seconds(day.seconds(door.arrives_at)),
                begin=Seconds(day.seconds(door.begins_at)),
                end=Seconds(day.seconds(door.ends_at)),
            )
            for door in doors
        ),
        metres=Metres(round_.metres),
    )


def _from_now(rest: Problem, lived: Plan) -> Problem:
    """Let nobody arrive in the past: who is behind reaches her next door when the course says."""
    return replace(rest, shifts=tuple(_behind(rest, shift, lived) for shift in rest.shifts))


def _behind(rest: Problem, shift: Shift, lived: Plan) -> Shift:
    tour = lived.tour(shift.id)
    ahead = next((stop for stop in tour.stops if rest.visit(stop.visit)), None) if tour else None
    visit = rest.visit(ahead.visit) if ahead else None
    if not shift.departed or ahead is None or visit is None:
        return shift
    way = rest.seconds(shift.profile, start=shift.start, end=visit.place)
    earliest = Seconds(max(shift.window.earliest, ahead.arrival - way))
    latest = Seconds(max(shift.window.latest, earliest))
    return replace(shift, window=Window(earliest=earliest, latest=latest))


def _with_a_hand_over(rest: Problem, lived: Plan, takes: Seconds) -> Problem:
    """Let everything be received in time; a round may spend those minutes where it needs them."""
    return replace(
        rest,
        shifts=tuple(_received(shift, lived, takes) for shift in rest.shifts),
        visits=tuple(_riding(visit, -takes) for visit in rest.visits),
    )


def _riding(visit: Visit, more: int) -> Visit:
    """The same visit, whose milk and blood may ride so many seconds more, or less."""
    limits = {name: Seconds(max(0, limit + more)) for name, limit in visit.ride_limits.items()}
    return replace(visit, ride_limits=limits)


def _received(shift: Shift, lived: Plan, takes: Seconds) -> Shift:
    tour, until = lived.tour(shift.id), shift.carried_until
    if tour is None or until is None or tour.arrival > until - takes:
        return shift
    return replace(shift, carried_until=Seconds(until - takes))


def _without_the_unloaded(rest: Problem, facts: DayFacts) -> Problem:
    """A round whose box was emptied is over: nobody is sent out on it again."""
    over = {str(each.shift_id) for each in facts.rounds if each.state is RoundState.UNLOADED}
    return replace(
        rest,
        shifts=tuple(shift for shift in rest.shifts if shift.id not in over),
        pins=tuple(pin for pin in rest.pins if pin.shift not in over),
    )


def _orders(lived: Plan, rest: Problem) -> dict[str, list[str]]:
    return {tour.shift: list(_left(tour, rest)) for tour in lived.tours if rest.shift(tour.shift)}


def _left(tour: Tour, rest: Problem) -> Iterator[str]:
    return (name for name in tour.visits if rest.visit(name) is not None)
