"""Chances that the rounds of a day hold, from simulated days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.planning.problem.build import build_problem, can_be_timed, load_written_facts
from collector.planning.problem.write_back import plan_as_written
from collector.rounds.queries import day_plan
from routing.analysis.risk import TourRisk, risk

DAYS: Final = 1_000
"""Simulated days behind a page: a chance of 95 % is known to 1.4 %."""


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
        Per pick-up, the days on which she is visited within her hours, if below the bank's level.
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


def round_chances(session: Session, *, bank_id: int, day: date) -> dict[int, RoundChance]:
    """Return, per round of a day with stops, the chances that it holds."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not plan.rounds:
        return {}
    facts = load_written_facts(session, plan)
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    problem = build_problem(facts, timed)
    found = risk(problem, plan_as_written(facts, problem), days=DAYS)
    rounds = {str(each.shift_id): each.id for each in plan.rounds}
    clock, promise = (
        facts.policies[key]
        for key in (PolicyKey.CLOCK_KEPT_PERCENT, PolicyKey.PROMISE_KEPT_PERCENT)
    )
    return {
        rounds[tour.shift]: _chance(tour, clock_level=clock, promise_level=promise)
        for tour in found.tours
    }


def _chance(tour: TourRisk, *, clock_level: int, promise_level: int) -> RoundChance:
    kept = {int(stop.visit): _in_a_hundred(stop.promise) for stop in tour.stops}
    return RoundChance(
        cold=_in_a_hundred(tour.cold),
        in_time=_in_a_hundred(tour.in_time),
        late_visits={visit: days for visit, days in kept.items() if days < promise_level},
        clock_level=clock_level,
        promise_level=promise_level,
    )


def _in_a_hundred(chance: float) -> int:
    """Return the days in a hundred, rounded down: a level is reached or it is not."""
    return int(100 * chance + 1e-9)
