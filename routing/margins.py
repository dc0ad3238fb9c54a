"""Margins of a timed tour in plain Python: the price of what is cut too fine.

`routing.timing.margins` explains them. The two share no code but the quantiles.
"""

from dataclasses import dataclass
from math import isqrt
from statistics import NormalDist
from typing import Final

from routing.plan import Stop, Tour, Unloading
from routing.problem import Problem, Shift, Visit
from routing.units import SHARES_PER_CENT

CUSHION: Final = 1.3
"""Factor of all margins: days have a heavier tail than the normal distribution.

Measured on 36 tours of twelve plans, days with one draw in ten three times as wide as the others:
a tour at twice the standard deviation breaks on 4.8 % of days, not on 2.3 %.
"""


KNEE: Final = 200
STEEP: Final = 3
"""The first 200 thousandths of a margin that are missing cost three times their share."""

MILLION: Final = 1_000_000

DEAR_DAYS: Final = 100_000
DEAR: Final = 6
"""Of the days above the level on which a clock breaks, each of the first ten in 100 costs six
hundredths of the price of a clock."""


@dataclass(slots=True)
class _Doubt:
    """What precedes an instant: variance in squared hundredths of a second, and driving."""

    problem: Problem
    variance: int = 0
    driving: int = 0

    def drive(self, seconds: int) -> None:
        spreads = self.problem.spreads
        self.variance += (spreads.leg * seconds) ** 2 + 1_800 * spreads.hour**2 * seconds
        self.driving += seconds

    def margin(self, level: int) -> int:
        shared = self.problem.spreads.day * self.driving
        return quantile(level) * isqrt(self.variance + shared**2) // 1_000

    def breaks(self, slack: int) -> int:
        """Return the days in a million on which a slack in hundredths of a second is used up."""
        deviation = isqrt(self.variance + (self.problem.spreads.day * self.driving) ** 2)
        if slack < 0:
            return TAILS[0]
        if deviation == 0 or slack >= len(TAILS) * deviation // 100:
            return 0
        return TAILS[100 * slack // deviation]

    def wait(self, seconds: int, margin: int) -> None:
        if seconds > 0 and margin > 0:
            left = 1_000 * max(0, margin - 100 * seconds) // margin
            self.variance = self.variance * left // 1_000 * left // 1_000
            self.driving = self.driving * left // 1_000


def quantile(level: int) -> int:
    """Return the standard deviations of a margin for a level in percent, in thousandths."""
    return round(1_000 * CUSHION * NormalDist().inv_cdf(level / 100))


def tails() -> list[int]:
    """Return the days in a million on which so many hundredths of a standard deviation fail.

    With a slack of more than five standard deviations nothing fails.
    """
    normal = NormalDist(sigma=100 * CUSHION)
    return [round(MILLION * normal.cdf(-hundredths)) for hundredths in range(501)]


TAILS: Final = tuple(tails())


def is_uncertain(problem: Problem) -> bool:
    """Return whether any time of a problem has a spread."""
    spreads = problem.spreads
    return (
        any((spreads.leg, spreads.day, spreads.hour))
        or any(shift.late_start for shift in problem.shifts)
        or any(service_spread(problem, visit) for visit in problem.visits)
    )


def service_spread(problem: Problem, visit: Visit) -> int:
    """Return the spread of a visit's service, in percent."""
    return problem.spreads.service if visit.service_spread is None else visit.service_spread


def margin_price(problem: Problem, shift: Shift, tour: Tour) -> int:
    """Return the price, in shares, of the promises, the clocks and the end of a tour."""
    safety = problem.safety
    if not safety.promise_price and not safety.end_price and not safety.clock_price:
        return 0
    points = _points(problem, shift, tour)
    promises, end, carried = _promises(problem, shift, points)
    clocks = max(carried, _clocks(problem, points))
    price = SHARES_PER_CENT * safety.promise_price * promises // 1_000
    price += SHARES_PER_CENT * safety.end_price * end // 1_000
    return price + SHARES_PER_CENT * safety.clock_price * clocks // 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _MarginPoint:
    """A stop, an unloading or the end; durations in seconds, the spread in hundredths."""

    leg: int
    arrival: int
    begin: int
    end: int
    closes: int | None
    spread: int
    limit: int | None
    receives: bool


def _points(problem: Problem, shift: Shift, tour: Tour) -> list[_MarginPoint]:
    found, here, unloadings = [], tour.start, list(tour.unloadings)
    halts: list[Stop | Unloading] = []
    for count, stop in enumerate(tour.stops):
        while unloadings and unloadings[0].after <= count:
            halts.append(unloadings.pop(0))
        halts.append(stop)
    for halt in [*halts, *unloadings]:
        visit = problem.visit(halt.visit) if isinstance(halt, Stop) else None
        if isinstance(halt, Stop) and visit is None:
            continue
        there = halt.place if isinstance(halt, Unloading) else visit.place if visit else here
        found.append(_halt(problem, shift, here, there, halt, visit))
        here = there
    end = tour.end if problem.has_place(tour.end) else shift.ends[0]
    found.append(
        _MarginPoint(
            leg=problem.seconds(shift.profile, start=here, end=end),
            arrival=tour.arrival,
            begin=tour.arrival,
            end=tour.arrival,
            closes=shift.window.latest,
            spread=0,
            limit=None,
            receives=problem.place(end).receives,
        )
    )
    return found


def _halt(
    problem: Problem,
    shift: Shift,
    here: str,
    there: str,
    halt: Stop | Unloading,
    visit: Visit | None,
) -> _MarginPoint:
    known = problem.has_place(there)
    closes = None
    if visit is not None:
        opened = [window for window in visit.windows if window.earliest <= halt.begin]
        latest = (opened[-1] if opened else visit.windows[0]).latest
        closes = latest if visit.deadline is None else min(latest, visit.deadline)
    spread = 0 if visit is None else service_spread(problem, visit)
    return _MarginPoint(
        leg=problem.seconds(shift.profile, start=here, end=there) if known else 0,
        arrival=halt.arrival,
        begin=halt.begin,
        end=halt.end,
        closes=closes,
        spread=spread * (halt.end - halt.begin),
        limit=None if visit is None else min(visit.ride_limits.values(), default=None),
        receives=isinstance(halt, Unloading),
    )


def _promises(problem: Problem, shift: Shift, points: list[_MarginPoint]) -> tuple[int, int, int]:
    """Return the missing thousandths of all promises, of the end, and of the load carried.

    The last is in thousandths of the price of a clock.
    """
    late = 0 if shift.departed else shift.late_start
    doubt, carried, missing = _Doubt(problem, 15_000 * late**2), 0, []
    until = shift.carried_until
    for point in points:
        doubt.drive(point.leg)
        margin = doubt.margin(problem.safety.promise_kept)
        if point.closes is not None:
            missing.append(_missing(100 * (point.closes - point.arrival) - margin, margin))
        if until is not None and point.receives:
            carried = _dear(problem, doubt.breaks(100 * (until - point.arrival)))
            until = None
        doubt.wait(point.begin - point.arrival, margin)
        doubt.variance += point.spread**2
    return sum(missing[:-1]), missing[-1], carried


def _clocks(problem: Problem, points: list[_MarginPoint]) -> int:
    """Return the price, in thousandths of that of a clock, of the days on which a clock breaks."""
    received, waits, worst, second, worst_limit = None, 0, 0, 0, 0
    doubt, after_wait = _Doubt(problem), _Doubt(problem)
    early = _early(problem, points)
    for number in range(len(points) - 1, -1, -1):
        point = points[number]
        if point.receives:
            received, waits = point.arrival, 0
            doubt, after_wait = _Doubt(problem), _Doubt(problem)
        elif number < len(points) - 1:
            if point.limit is not None and received is not None:
                slack = 100 * (point.limit - (received - point.end))
                late = _Doubt(problem, after_wait.variance + early[number], after_wait.driving)
                found = [(point.limit, doubt.breaks(slack + 100 * waits))]
                if waits > 0:
                    found.append((-point.limit, late.breaks(slack)))
                for limit, days in found:
                    if limit == worst_limit:
                        worst = max(worst, days)
                    elif days > worst:
                        worst, second, worst_limit = days, worst, limit
                    else:
                        second = max(second, days)
            doubt.variance += point.spread**2
            if point.begin > point.arrival and waits == 0:
                after_wait = _Doubt(problem, doubt.variance, doubt.driving)
            waits += point.begin - point.arrival
        doubt.drive(point.leg)
    return _dear(problem, worst + second)


def _dear(problem: Problem, days: int) -> int:
    """Return the thousandths of the price of a clock for the days in a million on which it breaks.

    Half of the days or more have the whole price.
    """
    level = MILLION * (100 - problem.safety.clock_kept) // 100
    above = max(0, min(days, MILLION // 2) - level)
    flat = (1_000 - DEAR * DEAR_DAYS // 1_000) * max(0, above - DEAR_DAYS)
    flat //= max(1, MILLION // 2 - level - DEAR_DAYS)
    return min(1_000, DEAR * min(above, DEAR_DAYS) // 1_000 + flat)


def _early(problem: Problem, points: list[_MarginPoint]) -> list[int]:
    """Return, per point, the variance between the last wait before its end and that end."""
    doubt, found = _Doubt(problem), []
    for point in points:
        doubt.drive(point.leg)
        if point.begin > point.arrival:
            doubt = _Doubt(problem)
        doubt.variance += point.spread**2
        found.append(doubt.variance)
    return found


def _missing(slack: int, margin: int) -> int:
    """Return the thousandths of a price for the missing part of a margin."""
    if slack >= 0 or margin == 0:
        return 0
    part = 1_000 * min(-slack, margin) // margin
    rest = (1_000 - STEEP * KNEE) * max(0, part - KNEE) // (1_000 - KNEE)
    return STEEP * min(part, KNEE) + rest
