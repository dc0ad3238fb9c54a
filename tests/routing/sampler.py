"""Knows how to draw days of a plan in plain Python, without the planner's simulation.

It reads the values of the problem and of the plan only. By default its tails are heavier than those
of the planner: one draw in ten has three times the spread of the others.
"""

import math
import random
from collections import defaultdict
from dataclasses import dataclass, field

from routing.plan import Plan, Stop, Tour
from routing.problem import Problem, Shift, Visit

WILD, WIDER = 0.1, 3.0
"""How often a draw is wild, and how much wider it is."""


@dataclass
class Tally:
    """Counts of days on which things were kept."""

    days: int = 0
    promises: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clocks: dict[tuple[str | None, str | None], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    cold: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    in_time: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    holds: int = 0

    def broken_clocks(self) -> dict[str, float]:
        """Return, per tour, the percent of days on which a clock of it breaks."""
        return {shift: 100 - 100 * count / self.days for shift, count in self.cold.items()}

    def kept_promises(self) -> float:
        """Return the percent of promises that are kept."""
        return 100 * sum(self.promises.values()) / (self.days * max(1, len(self.promises)))

    def ends_in_time(self) -> float:
        """Return the percent of tours that end within their hours."""
        return 100 * sum(self.in_time.values()) / (self.days * max(1, len(self.in_time)))


class _Dice:
    """Lognormal factors of mean 1, with heavier tails or without."""

    def __init__(self, seed: int, *, heavy: bool, wider: float) -> None:
        self.random = random.Random(seed)  # noqa: S311 - simulated days
        self.heavy, self.wider = heavy, wider

    def factor(self, percent: int) -> float:
        if not percent:
            return 1.0
        scale = math.sqrt(math.log(1 + (percent / 100) ** 2))
        if not self.heavy:
            return math.exp(self.random.gauss(0, scale) - scale**2 / 2)
        narrow = scale / math.sqrt(1 - WILD + WILD * self.wider**2)
        wide = narrow * self.wider
        mean = (1 - WILD) * math.exp(narrow**2 / 2) + WILD * math.exp(wide**2 / 2)
        drawn = self.random.gauss(0, wide if self.random.random() < WILD else narrow)
        return math.exp(drawn) / mean


def sample(
    asked: Problem,
    plan: Plan,
    *,
    days: int,
    seed: int = 1,
    heavy: bool = True,
    wider: float = WIDER,
) -> Tally:
    """Drive a plan on so many days, with draws one in ten of which is so much wider."""
    dice, tally = _Dice(seed, heavy=heavy, wider=wider), Tally(days=days)
    for _ in range(days):
        common: dict[object, float] = {}
        good = [_drive(asked, tour, dice, common, tally) for tour in plan.tours]
        tally.holds += all(good)
    return tally


def _drive(
    asked: Problem, tour: Tour, dice: _Dice, common: dict[object, float], tally: Tally
) -> bool:
    shift = asked.shift(tour.shift)
    now, here, good = float(tour.departure), tour.start, True
    if not shift.departed:
        now += abs(dice.random.gauss(0, shift.late_start)) if shift.late_start else 0
    on_board: list[tuple[str | None, str | None, float]] = []
    if shift.carried_until is not None:
        on_board.append((None, None, float(shift.carried_until)))
    cold, rests = True, list(tour.breaks)
    for place, after, visit, planned in _course(asked, tour):
        start = now
        now += _leg(asked, shift, here, place, start, dice, common, tour)
        ready = start
        while rests and rests[0].after <= after:
            rest = rests.pop(0)
            begin = max(ready, _opening(shift, rest))
            ready = begin + rest.end - rest.begin
            now += rest.end - rest.begin if begin < now else 0
        here = place
        if visit is None:
            if asked.place(place).receives:
                kept = [(*name, now <= until) for *name, until in on_board]
                on_board.clear()
                for name, item, in_time in kept:
                    tally.clocks[name, item] += in_time
                    cold &= in_time
            if planned is not None:
                now = max(now, ready)
                now += (planned.end - planned.begin) * dice.factor(asked.spreads.service)
            continue
        on_time, now, comes = _at_the_door(asked, visit, planned, max(now, ready), tour, dice)
        tally.promises[visit.id] += on_time
        good &= on_time
        for item, limit in visit.ride_limits.items():
            on_board.append((visit.id, item, now + limit if comes else math.inf))
    in_time = now <= shift.window.latest
    tally.cold[shift.id] += cold
    tally.in_time[shift.id] += in_time
    return good and cold and in_time


def _course(asked: Problem, tour: Tour):  # noqa: ANN202 - tuples of a halt
    unloadings = list(tour.unloadings)
    for count, stop in enumerate(tour.stops):
        while unloadings and unloadings[0].after <= count:
            yield unloadings[0].place, count, None, unloadings.pop(0)
        visit = asked.visit(stop.visit)
        yield visit.place, count, visit, stop
    for unloading in unloadings:
        yield unloading.place, len(tour.stops), None, unloading
    yield tour.end, len(tour.stops), None, None


def _leg(
    asked: Problem,
    shift: Shift,
    here: str,
    there: str,
    start: float,
    dice: _Dice,
    common: dict[object, float],
    tour: Tour,
) -> float:
    day, hour = ("day", tour.departure // 86_400), ("hour", int(start) // 3_600)
    for key, percent in ((day, asked.spreads.day), (hour, asked.spreads.hour)):
        if key not in common:
            common[key] = dice.factor(percent)
    seconds = asked.seconds(shift.profile, start=here, end=there)
    return seconds * common[day] * common[hour] * dice.factor(asked.spreads.leg)


def _opening(shift: Shift, rest) -> int:  # noqa: ANN001 - a break that was taken
    windows = next(each.windows for each in shift.breaks if each.id == rest.name)
    return max(window.earliest for window in windows if window.earliest <= rest.begin)


def _at_the_door(
    asked: Problem, visit: Visit, planned: Stop, now: float, tour: Tour, dice: _Dice
) -> tuple[bool, float, bool]:
    window = [each for each in visit.windows if each.earliest <= planned.begin][-1]
    now = max(now, window.earliest, visit.release or 0)
    if planned.begin > planned.arrival and not tour.breaks:
        now = max(now, planned.begin)
    latest = window.latest if visit.deadline is None else min(window.latest, visit.deadline)
    on_time = now <= latest
    spread = asked.spreads.service if visit.service_spread is None else visit.service_spread
    service = (planned.end - planned.begin) * dice.factor(spread)
    comes = dice.random.random() * 100 >= visit.no_show
    return on_time, now + (service if comes else service / 2), comes
