"""Instants between which visits begin on as many days as the bank wants to keep its promises."""

from collections.abc import Mapping
from typing import Final

from collector.rounds.promises import ExpectedBegin
from collector.service_day import ServiceDay
from routing.analysis.risk import risk
from routing.margins import is_uncertain
from routing.plan import Plan
from routing.problem import Problem
from routing.units import Seconds

DAYS: Final = 1_000
"""Simulated days behind a promise: a chance of 95 % is known to 1.4 %."""


def expected_begins(
    problem: Problem, plan: Plan, day: ServiceDay, *, now: Seconds | None = None
) -> Mapping[int, ExpectedBegin]:
    """Return, per pick-up, the shortest span in which its visit begins as often as wanted.

    Without any spread nothing is returned: the bank does not know how its days vary.

    Parameters
    ----------
    now
        An instant in the middle of the day; visits that have begun by then are left out.
    """
    if not is_uncertain(problem):
        return {}
    found = {}
    for tour in risk(problem, plan, days=DAYS, now=now).tours:
        for stop in tour.stops:
            span = stop.window(problem.safety.promise_kept)
            found[int(stop.visit)] = ExpectedBegin(
                earliest=day.at(span.earliest), latest=day.at(span.latest)
            )
    return found
