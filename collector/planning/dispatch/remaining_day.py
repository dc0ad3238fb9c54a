"""The remaining day as a problem, built from the rows, the phones' events and the clock.

`routing.analysis.remaining_day` cuts the problem. Here the day is laid out as driven: a collected
visit has the load that the collector entered, a failed one none, and each stop ahead has its
expected time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.queries import sites_of
from collector.pickups.models import Pickup
from collector.pickups.states import AGREED, UNDER_WAY
from collector.planning.dispatch.eta import RoundEta, StopEta, estimate_round
from collector.planning.dispatch.off_duty import without_duty
from collector.planning.problem.build import (
    CAR,
    DayFacts,
    build_problem,
    can_be_timed,
    load_written_facts,
    site_place,
)
from collector.planning.problem.ride_limits import hand_over_seconds
from collector.roads.travel import RoadTravel
from collector.rounds.events.queries import progress_of
from collector.rounds.events.schema import CollectedEvent
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.promises import Promise
from collector.rounds.publication import promises_in
from collector.shifts.duty import during_shift, duty_of
from collector.shifts.models import Absence
from collector.shifts.queries import absences_on
from routing.analysis.remaining_day import remaining
from routing.plan import Plan, Stop, Tour, Unloading
from routing.problem import Place, Problem, Shift, Visit, Window
from routing.schedule import assembled, retimed
from routing.units import Metres, Seconds

CENTS_PER_HOUR_LATE = 2_000
"""Cost of an hour after the promised time: Milkround's own starting value. It is a little below a
collector's hour, so that a promise is broken only if keeping it costs more."""

TO_VISIT = AGREED | UNDER_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivenDay:
    """A published day at an instant.

    Attributes
    ----------
    problem, driven
        The whole day, and its tours as driven and expected.
    promises
        The donors' latest promises, by request.
    """

    facts: DayFacts
    problem: Problem
    driven: Plan
    now: Seconds
    promises: Mapping[int, Promise]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainingDay(DrivenDay):
    """A published day at an instant, with the problem of its rest.

    Attributes
    ----------
    remaining
        The problem of the remaining day.
    present
        The present orders of the remaining day, timed: the measure of any change.
    """

    remaining: Problem
    present: Plan

    @property
    def open(self) -> set[int]:
        """The visits that are not over."""
        return {int(visit.id) for visit in self.remaining.visits}


def load_remaining_day(
    session: Session,
    plan: DayPlan,
    *,
    now: datetime,
    also: Iterable[Pickup] = (),
    but: Absence | None = None,
) -> RemainingDay:
    """Load a published day and build the problem of its rest.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it, without unpublished changes.
    also
        Requests in no round that are to be served as well.
    but
        An absence that is about to be withdrawn: it does not count.
    """
    day = load_driven_day(session, plan, now=now, also=also)
    absences = absences_on(session, bank_id=plan.bank_id, day=plan.day)
    counting = [each for each in absences if each is not but]
    ahead = _from_now(remaining(day.problem, day.driven, day.now), day.driven)
    ahead = _without_the_unloaded(ahead, day.facts)
    takes = hand_over_seconds(day.facts.policies)
    ahead = _with_a_hand_over(_on_duty(ahead, day.facts, counting), day.driven, takes)
    return RemainingDay(
        facts=day.facts,
        problem=day.problem,
        driven=day.driven,
        now=day.now,
        promises=day.promises,
        remaining=ahead,
        present=retimed(ahead, _orders(day.driven, ahead)),
    )


def load_driven_day(
    session: Session, plan: DayPlan, *, now: datetime, also: Iterable[Pickup] = ()
) -> DrivenDay:
    """Load a published day as it was driven and is expected.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it.
    also
        Requests in no round that are to be served as well.
    """
    facts = _facts(load_written_facts(session, plan), also)
    progress = {round_.id: progress_of(session, round_) for round_ in plan.rounds}
    etas = {
        round_.id: estimate_round(
            round_.published,
            progress[round_.id],
            now=now,
            roads=facts.roads,
            collector_id=round_.shift.collector_id,
        )
        for round_ in plan.rounds
        if round_.published
    }
    promises = promises_in(plan.rounds)
    doors = {door.pickup_id: door for found in etas.values() if found for door in found.doors}
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    base = build_problem(
        facts, [each for each in timed if _is_of_the_day(each, doors.get(each.id))]
    )
    base = _with_freezers(base, sites_of(session, plan.bank_id), facts.roads)
    takes = hand_over_seconds(facts.policies)
    visits = (_visit(facts, visit, doors, promises) for visit in base.visits)
    problem = replace(base, visits=tuple(_with_ride_time(visit, takes) for visit in visits))
    return DrivenDay(
        facts=facts,
        problem=problem,
        driven=_driven_plan(facts, problem, etas),
        now=Seconds(facts.service_day.seconds(now)),
        promises=promises,
    )


def problem_until_arrival(day: DrivenDay) -> Problem:
    """Return the problem of a driven day with ride limits that leave time for the hand-over."""
    takes = hand_over_seconds(day.facts.policies)
    return replace(
        day.problem, visits=tuple(_with_ride_time(visit, -takes) for visit in day.problem.visits)
    )


def without_shifts(day: RemainingDay, shifts: Collection[str]) -> RemainingDay:
    """Exclude rounds, with their visits, from the remaining day."""
    excluded = {name for shift in shifts for name in day.present.orders.get(shift, ())}
    remaining_problem = replace(
        day.remaining,
        visits=tuple(visit for visit in day.remaining.visits if visit.id not in excluded),
        shifts=tuple(shift for shift in day.remaining.shifts if shift.id not in shifts),
        pins=tuple(pin for pin in day.remaining.pins if pin.shift not in shifts),
    )
    orders = {name: order for name, order in day.present.orders.items() if name not in shifts}
    return replace(day, remaining=remaining_problem, present=retimed(remaining_problem, orders))


def _facts(facts: DayFacts, also: Iterable[Pickup]) -> DayFacts:
    return replace(facts, pickups={**facts.pickups, **{each.id: each for each in also}})


def _with_freezers(problem: Problem, sites: Iterable[Site], roads: RoadTravel) -> Problem:
    """Add every freezer of the bank: a round may have to end at another one than planned."""
    known = {place.id for place in problem.places}
    places = [
        *problem.places,
        *(
            Place(
                id=site_place(site), latitude=site.latitude, longitude=site.longitude, receives=True
            )
            for site in sites
            if site.receives and site_place(site) not in known
        ),
    ]
    points = [(place.latitude or 0.0, place.longitude or 0.0) for place in places]
    return replace(problem, places=tuple(places), travel={CAR: roads.between(points)})


def _is_of_the_day(pickup: Pickup, door: StopEta | None) -> bool:
    """Return whether a visit is part of the day: over, or still agreed."""
    return (door is not None and door.past) or pickup.state in TO_VISIT


def _visit(
    facts: DayFacts, visit: Visit, doors: Mapping[int, StopEta], promises: Mapping[int, Promise]
) -> Visit:
    door, promise = doors.get(int(visit.id)), promises.get(int(visit.id))
    if door is not None and door.past:
        return _as_collected(visit, door)
    if promise is None:
        return visit
    due = Seconds(facts.service_day.seconds(promise.closes))
    return replace(visit, due=due, cents_per_hour_late=CENTS_PER_HOUR_LATE)


def _as_collected(visit: Visit, door: StopEta) -> Visit:
    """Return a past visit with the load that it left in the box."""
    decided = door.state.decided_by
    if not isinstance(decided, CollectedEvent):
        return replace(visit, load={}, ride_limits={})
    record = decided.payload
    limits = {
        name: limit
        for name, limit in visit.ride_limits.items()
        if (record.tubes if name == "tubes" else record.bottles)
    }
    load = {"bottles": record.bottles, "ml": record.volume_ml, "tubes": len(record.tubes)}
    return replace(visit, load=load, ride_limits=limits)


def _driven_plan(facts: DayFacts, problem: Problem, etas: Mapping[int, RoundEta | None]) -> Plan:
    tours = [
        tour
        for round_ in facts.rounds
        if (found := etas.get(round_.id)) and (tour := _tour(facts, problem, round_, found))
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
        unloadings=tuple(
            Unloading(
                place=f"site:{each.site_id}",
                after=sum(door.ends_at <= each.begins_at for door in doors),
                arrival=Seconds(day.seconds(each.arrives_at)),
                begin=Seconds(day.seconds(each.begins_at)),
                end=Seconds(day.seconds(each.ends_at)),
            )
            for each in found.emptyings
        ),
    )


def _from_now(remaining_problem: Problem, driven: Plan) -> Problem:
    """Delay shifts of late collectors, so that no next stop is reached in the past."""
    return replace(
        remaining_problem,
        shifts=tuple(
            _shift_from_now(remaining_problem, shift, driven) for shift in remaining_problem.shifts
        ),
    )


def _shift_from_now(remaining_problem: Problem, shift: Shift, driven: Plan) -> Shift:
    tour = driven.tour(shift.id)
    next_stop = (
        next((stop for stop in tour.stops if remaining_problem.visit(stop.visit)), None)
        if tour
        else None
    )
    visit = remaining_problem.visit(next_stop.visit) if next_stop else None
    if not shift.departed or next_stop is None or visit is None:
        return shift
    way = remaining_problem.seconds(shift.profile, start=shift.start, end=visit.place)
    earliest = Seconds(max(shift.window.earliest, next_stop.arrival - way))
    latest = Seconds(max(shift.window.latest, earliest))
    return replace(shift, window=Window(earliest=earliest, latest=latest))


def _with_a_hand_over(remaining_problem: Problem, driven: Plan, takes: Seconds) -> Problem:
    """Shorten ride limits by the hand-over; a round may spend those minutes where it needs them."""
    return replace(
        remaining_problem,
        shifts=tuple(_received_in_time(shift, driven, takes) for shift in remaining_problem.shifts),
        visits=tuple(_with_ride_time(visit, -takes) for visit in remaining_problem.visits),
    )


def _with_ride_time(visit: Visit, more: int) -> Visit:
    """Return the visit with ride limits longer by so many seconds."""
    limits = {name: Seconds(max(0, limit + more)) for name, limit in visit.ride_limits.items()}
    return replace(visit, ride_limits=limits)


def _received_in_time(shift: Shift, driven: Plan, takes: Seconds) -> Shift:
    tour, until = driven.tour(shift.id), shift.carried_until
    if tour is None or until is None or tour.arrival > until - takes:
        return shift
    return replace(shift, carried_until=Seconds(until - takes))


def _without_the_unloaded(remaining_problem: Problem, facts: DayFacts) -> Problem:
    """Exclude rounds with an emptied box: no collector is sent out on them again."""
    over = {str(each.shift_id) for each in facts.rounds if each.state is RoundState.UNLOADED}
    return replace(
        remaining_problem,
        shifts=tuple(shift for shift in remaining_problem.shifts if shift.id not in over),
        pins=tuple(pin for pin in remaining_problem.pins if pin.shift not in over),
    )


def _on_duty(remaining_problem: Problem, facts: DayFacts, absences: Collection[Absence]) -> Problem:
    """Narrow the shifts of absent collectors and vehicles; exclude a shift without hours left."""
    off, day = set(), facts.service_day
    windows = {shift.id: shift.window for shift in remaining_problem.shifts}
    for round_ in facts.rounds:
        name = str(round_.shift_id)
        if name not in windows or not during_shift(round_.shift, absences, day.zone):
            continue
        duty = duty_of(round_.shift, absences, day.zone)
        window = windows[name]
        earliest = max(window.earliest, day.seconds(duty.begins)) if duty else window.latest
        latest = min(window.latest, day.seconds(duty.ends)) if duty else window.earliest
        if earliest < latest:
            windows[name] = Window(earliest=Seconds(earliest), latest=Seconds(latest))
        else:
            off.add(name)
    shifts = (replace(shift, window=windows[shift.id]) for shift in remaining_problem.shifts)
    return without_duty(replace(remaining_problem, shifts=tuple(shifts)), off)


def _orders(driven: Plan, remaining_problem: Problem) -> dict[str, list[str]]:
    return {
        tour.shift: list(_remaining_stops(tour, remaining_problem))
        for tour in driven.tours
        if remaining_problem.shift(tour.shift)
    }


def _remaining_stops(tour: Tour, remaining_problem: Problem) -> Iterator[str]:
    return (name for name in tour.visits if remaining_problem.visit(name) is not None)
