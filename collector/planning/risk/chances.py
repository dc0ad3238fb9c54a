"""Chances that the rounds of a day hold, from simulated days."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from collector.banks.policies import PolicyKey
from collector.planning.problem.build import (
    DayFacts,
    build_problem,
    can_be_timed,
)
from collector.rounds.promises import Promise
from collector.rounds.publication import promises_in
from collector.service_day import ServiceDay
from routing.analysis.insertion import hopeful
from routing.analysis.risk import StopRisk, TourRisk, risk
from routing.plan import Plan, Tour
from routing.problem import Problem, Shift, Visit, Window
from routing.schedule import best_effort
from routing.units import Seconds

DAYS: Final = 1_000
"""Simulated days behind a page: a chance of 95 % is known to 1.4 %."""

DAYS_PER_PLACE: Final = 200
"""Simulated days behind each place of a visit that is left out."""


LONG_AGO: Final = Seconds(-(2**40))
"""Before any arrival: a collector who comes early waits for the promised hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChance:
    """The days in a hundred on which a round as written holds.

    Attributes
    ----------
    cold
        No item of the round rides longer than its limit.
    in_time
        The round ends within its hours.
    late_visits
        Per pick-up, the days on which she is visited within her hours, and by the end of a promise
        that still stands, if below the bank's level.
    """

    cold: int
    in_time: int
    late_visits: Mapping[int, int]
    clock_level: int
    promise_level: int

    @property
    def is_below(self) -> bool:
        """Whether the round holds less often than the bank wants."""
        return (
            self.cold < self.clock_level
            or self.in_time < self.promise_level
            or bool(self.late_visits)
        )

    @property
    def missing(self) -> int:
        """The days in a hundred that the weakest part of the round lacks; 0 at the level."""
        late = (self.promise_level - days for days in self.late_visits.values())
        return max(0, self.clock_level - self.cold, self.promise_level - self.in_time, *late)


def written_problem(facts: DayFacts) -> Problem:
    """Return the problem of the rounds of a day as they are written."""
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    return build_problem(facts, timed)


def chances_of(
    facts: DayFacts, problem: Problem, plan: Plan, *, days: int = DAYS
) -> dict[int, RoundChance]:
    """Return, per round with a tour in the plan, the chances that it holds."""
    rounds = {str(each.shift_id): each.id for each in facts.plan.rounds}
    clock, promise = (
        facts.policies[key]
        for key in (PolicyKey.CLOCK_KEPT_PERCENT, PolicyKey.PROMISE_KEPT_PERCENT)
    )
    standing = _standing_promises(facts, plan)
    return {
        rounds[tour.shift]: _chance(
            tour, standing, facts.service_day, clock_level=clock, promise_level=promise
        )
        for tour in risk(problem, plan, days=days).tours
    }


def _standing_promises(facts: DayFacts, plan: Plan) -> dict[int, Promise]:
    """Return the promises that a plan leaves standing; a publication replaces the others."""
    begins = {
        int(stop.visit): facts.service_day.at(stop.begin)
        for tour in plan.tours
        for stop in tour.stops
    }
    given = promises_in(facts.plan.rounds)
    return {key: given[key] for key in begins.keys() & given if given[key].holds(begins[key])}


@dataclass(frozen=True, slots=True, kw_only=True)
class BestChance:
    """The most days in a hundred on which a visit can hold, alone in the best round.

    Attributes
    ----------
    level
        The level of the bank that it misses.
    """

    pickup_id: int
    days: int
    level: int


def hopeless_visits(facts: DayFacts, problem: Problem, visits: Iterable[int]) -> list[BestChance]:
    """Return the visits among these that no plan keeps at the bank's levels.

    A visit is tried alone in each round that may serve it. Others in the round only lower its
    chances, so this is the best that any plan can do.
    """
    found = []
    for key in visits:
        visit = problem.visit(str(key))
        if visit is None:
            continue
        best = max(
            (_alone(facts, problem, shift, visit) for shift in hopeful(problem, visit)),
            key=lambda each: each.days - each.level,
            default=None,
        )
        if best is not None and best.days < best.level:
            found.append(best)
    return found


def _alone(facts: DayFacts, problem: Problem, shift: Shift, visit: Visit) -> BestChance:
    """Return the weakest part of a round that serves this visit only."""
    tour = risk(problem, Plan(tours=(best_effort(problem, shift, [visit]),)), days=DAYS).tours[0]
    days, level = _weakest(facts, tour, visit.id)
    return BestChance(pickup_id=int(visit.id), days=days, level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfServing:
    """The days in a hundred on which a round would hold with a visit that is left out.

    Attributes
    ----------
    round_id
        The round in which the visit does the least harm.
    level
        The level of the bank that the weakest part of the round would miss.
    """

    pickup_id: int
    round_id: int
    days: int
    level: int


def risks_of_serving(
    facts: DayFacts, problem: Problem, plan: Plan, visits: Iterable[int]
) -> list[RiskOfServing]:
    """Return the visits among these whose round would hold less often than the bank wants.

    Each is tried at every place of every round that may serve it, a place that breaks a rule on the
    planned day included. The order of the other visits stays.
    """
    rounds = {str(each.shift_id): each.id for each in facts.plan.rounds}
    found = []
    for key in visits:
        visit = problem.visit(str(key))
        tours = () if visit is None else tuple(_with_visit(problem, plan, visit))
        if not tours:
            continue
        judged = risk(problem, Plan(tours=tours), days=DAYS_PER_PLACE).tours
        weakest = [(*_weakest(facts, tour, str(key)), rounds[tour.shift]) for tour in judged]
        days, level, round_id = max(weakest, key=lambda each: each[0] - each[1])
        if days < level:
            found.append(RiskOfServing(pickup_id=key, round_id=round_id, days=days, level=level))
    return found


def _with_visit(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Tour]:
    """Yield the tours with a visit at each place of each round that may serve it."""
    for shift in hopeful(problem, visit):
        tour = plan.tour(shift.id)
        others = [found for name in tour.visits if (found := problem.visit(name))] if tour else []
        for place in range(len(others) + 1):
            yield best_effort(problem, shift, [*others[:place], visit, *others[place:]])


def _weakest(facts: DayFacts, tour: TourRisk, visit: str) -> tuple[int, int]:
    """Return the days in a hundred of the weakest part of a round, and the level of that part."""
    clock, promise = (
        facts.policies[key]
        for key in (PolicyKey.CLOCK_KEPT_PERCENT, PolicyKey.PROMISE_KEPT_PERCENT)
    )
    hers = next(stop.promise for stop in tour.stops if stop.visit == visit)
    parts = [(tour.cold, clock), (tour.in_time, promise), (hers, promise)]
    return min(
        ((in_a_hundred(chance), level) for chance, level in parts),
        key=lambda each: each[0] - each[1],
    )


def _chance(
    tour: TourRisk,
    standing: Mapping[int, Promise],
    day: ServiceDay,
    *,
    clock_level: int,
    promise_level: int,
) -> RoundChance:
    kept = {int(stop.visit): in_a_hundred(stop.promise) for stop in tour.stops}
    for stop in tour.stops:
        key = int(stop.visit)
        if key in standing:
            kept[key] = min(kept[key], chance_of(stop, standing[key], day))
    return RoundChance(
        cold=in_a_hundred(tour.cold),
        in_time=in_a_hundred(tour.in_time),
        late_visits={visit: days for visit, days in kept.items() if days < promise_level},
        clock_level=clock_level,
        promise_level=promise_level,
    )


def in_a_hundred(chance: float) -> int:
    """Return the days in a hundred, rounded down: a level is reached or it is not."""
    return int(100 * chance + 1e-9)


def chance_of(stop: StopRisk, promise: Promise, day: ServiceDay) -> int:
    """Return the days in a hundred on which a visit begins by the end of its promise."""
    latest = Seconds(day.seconds(promise.closes))
    return in_a_hundred(stop.chance_within(Window(earliest=LONG_AGO, latest=latest)))
