"""Emptying of a box on the way: the freezer that best saves the clocks of a round at risk.

It comes on top of the planned emptyings, and no row has it. The coordinator proposes it to the
collector, whose phone records it as a hand-over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from collector.planning.dispatch.remaining_day import DrivenDay, problem_until_arrival
from collector.planning.problem.ride_limits import hand_over_seconds
from collector.planning.risk.chances import in_a_hundred
from routing.analysis.risk import risk
from routing.plan import Plan, Stop, Tour, Unloading
from routing.units import Seconds

DAYS: Final = 500
"""Simulated days behind the choice among freezers and stops."""

STOPS_AHEAD: Final = 3
"""Emptyings are looked for before the next stop and after each of the next few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptying:
    """An emptying of the box at a freezer on the way.

    Attributes
    ----------
    place
        The planner's name of the site.
    after
        The visit after which the collector drives there; None before the next one.
    seconds
        The detour with the emptying.
    before, cold
        Days in a hundred on which the round stays within its limits, without and with it.
    """

    place: str
    after: int | None
    seconds: int
    before: int
    cold: int


def best_emptying(day: DrivenDay, shift: str) -> Emptying | None:
    """Return the emptying that keeps the clocks of a round on most days; None if none helps."""
    tour = day.driven.tour(shift)
    if tour is None:
        return None
    before = _cold(day, day.driven, shift)
    found = [
        Emptying(
            place=unloading.place,
            after=_visit_before(day, tour, unloading),
            seconds=changed.arrival - tour.arrival,
            before=before,
            cold=_cold(day, _with(day.driven, changed), shift),
        )
        for unloading, changed in _emptyings(day, tour)
    ]
    best = max(found, key=lambda each: (each.cold, -each.seconds), default=None)
    return best if best is not None and best.cold > before else None


def _emptyings(day: DrivenDay, tour: Tour) -> Iterator[tuple[Unloading, Tour]]:
    begun = sum(stop.begin <= day.now for stop in tour.stops)
    freezers = [place.id for place in day.problem.places if place.receives and place.id != tour.end]
    last = min(len(tour.stops), begun + STOPS_AHEAD)
    for after in range(max(begun, 1), last + 1):
        for freezer in freezers:
            yield _emptied(day, tour, after=after, freezer=freezer)


def _emptied(day: DrivenDay, tour: Tour, *, after: int, freezer: str) -> tuple[Unloading, Tour]:
    """Return the tour with an emptying after so many stops; later times move by the detour."""
    shift = day.problem.shift(tour.shift)
    profile = shift.profile if shift else ""
    here = _place(day, tour.stops[after - 1])
    there = _place(day, tour.stops[after]) if after < len(tour.stops) else tour.end

    def drive(start: str, end: str) -> int:
        return day.problem.seconds(profile, start=start, end=end)

    left = max(tour.stops[after - 1].end, day.now)
    arrival = Seconds(left + drive(here, freezer))
    end = Seconds(arrival + hand_over_seconds(day.facts.policies))
    unloading = Unloading(place=freezer, after=after, arrival=arrival, begin=arrival, end=end)
    free, stops = end + drive(freezer, there), list(tour.stops[:after])
    for stop in tour.stops[after:]:
        late = max(0, free - stop.arrival)
        begin = max(stop.arrival + late, stop.begin)
        stops.append(
            Stop(
                visit=stop.visit,
                arrival=Seconds(stop.arrival + late),
                begin=Seconds(begin),
                end=Seconds(begin + stop.end - stop.begin),
            )
        )
        free = stops[-1].end + _leg_after(tour, stop)
    home = Seconds(max(tour.arrival, free))
    return unloading, replace(tour, stops=tuple(stops), unloadings=(unloading,), arrival=home)


def _leg_after(tour: Tour, stop: Stop) -> int:
    """Return the drive from a stop to the next, or to the end, as the tour has it."""
    number = tour.stops.index(stop) + 1
    arrival = tour.stops[number].arrival if number < len(tour.stops) else tour.arrival
    return arrival - stop.end


def _place(day: DrivenDay, stop: Stop) -> str:
    visit = day.problem.visit(stop.visit)
    return visit.place if visit else ""


def _visit_before(day: DrivenDay, tour: Tour, unloading: Unloading) -> int | None:
    stop = tour.stops[unloading.after - 1]
    return int(stop.visit) if stop.end > day.now else None


def _with(plan: Plan, changed: Tour) -> Plan:
    tours = tuple(changed if each.shift == changed.shift else each for each in plan.tours)
    return replace(plan, tours=tours)


def _cold(day: DrivenDay, plan: Plan, shift: str) -> int:
    tour = risk(problem_until_arrival(day), plan, days=DAYS, now=day.now).tour(shift)
    return in_a_hundred(tour.cold) if tour else 100
