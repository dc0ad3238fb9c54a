"""Earlier starts of a round, with the days in a hundred on which it would hold."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collector.planning.editing.what_if import WhatIf
from collector.planning.problem.build import DayFacts
from collector.planning.risk.chances import RoundChance, chances_of
from routing.checker.judge import check_tour
from routing.cost import tour_cost
from routing.plan import Plan
from routing.problem import Window
from routing.schedule import best_effort
from routing.units import Seconds

MINUTES: Final = (15, 30, 45, 60)
"""Minutes before the hours of a shift at which its round is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStart:
    """A begin of a shift at which its round, in the same order, holds on more days.

    Attributes
    ----------
    begins_at
        The begin of the hours that it needs.
    cents
        What the round costs more.
    """

    begins_at: datetime
    minutes: int
    cents: int
    before: RoundChance
    after: RoundChance


def earlier_start(facts: DayFacts, round_id: int) -> EarlierStart | None:
    """Return the least early start at the bank's level, or else the one that helps most.

    None if no earlier start helps, or the round has no visit or has started.
    """
    what_if = WhatIf(facts, ())
    problem, name = what_if.problem, what_if.shifts.get(round_id)
    tour, shift = (what_if.plan.tour(name), problem.shift(name)) if name else (None, None)
    if tour is None or shift is None:
        return None
    before = chances_of(facts, problem, Plan(tours=(tour,)))[round_id]
    visits = [visit for each in tour.visits if (visit := problem.visit(each)) is not None]
    found = []
    for minutes in MINUTES if before.missing else ():
        begins = Seconds(shift.window.earliest - 60 * minutes)
        hours = Window(earliest=begins, latest=shift.window.latest)
        longer = replace(shift, window=hours)
        shifts = tuple(longer if each is shift else each for each in problem.shifts)
        asked = replace(problem, shifts=shifts)
        early = best_effort(asked, longer, visits)
        if early.departure >= shift.window.earliest or check_tour(asked, early):
            continue
        after = chances_of(facts, asked, Plan(tours=(early,)))[round_id]
        found.append(
            EarlierStart(
                begins_at=facts.service_day.at(begins),
                minutes=minutes,
                cents=tour_cost(asked, early).paid - tour_cost(problem, tour).paid,
                before=before,
                after=after,
            )
        )
    helping = [each for each in found if each.after.missing < before.missing]
    return min(helping, key=lambda each: (each.after.missing, each.minutes), default=None)
