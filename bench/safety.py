"""Cost against safety of generated days: ``python -m bench.safety``.

Each day has ride limits and the usual spreads. It is planned without margins, with every limit the
same number of minutes shorter, and with priced margins at three levels. Every plan is judged on the
day as it was, by the sampler of the tests, which shares no code with the planner and has heavier
tails. Searches have a fixed work: a busy machine has the same table. The table goes to the standard
output, the curve to ``docs/pictures``.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Final

from bench import ours
from bench.days import day
from collector.planning.problem.levels import CLOCK_PRICE, END_PRICE, PROMISE_PRICE
from routing.cost import cost
from routing.plan import Plan
from routing.problem import Problem, Safety, Spreads, Window
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Seconds
from tests.routing.sampler import sample

SPREADS: Final = Spreads(leg=15, day=8, service=35)
VISITS_PER_SHIFT: Final = 13
DAYS: Final = 1_000

HELD_OUT: Final = 10
"""Added to the seeds of days that had no part in the choice of prices, and of their sampler."""

WIDEST: Final = 6.0
"""Width of one draw in ten on days with the heaviest tails; the spread as a whole is the same."""

CHART: Final = Path("docs/pictures/cost-and-safety.svg")

UNIFORM: Final = {"uniform 20/15/15": (20, 15, 15), "uniform 40/0/10": (40, 0, 10)}
"""Minutes by which clocks, windows and shifts are shorter."""

LEVELS: Final = (80, 95, 98)
"""Percent of days of the priced plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a plan costs and how often it holds, in percent of days."""

    paid: int
    left_out: int
    cold: float
    promises: float
    ends: float
    wild_cold: float
    wild_promises: float


def main() -> None:
    """Print a row per size and way of planning, and draw the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[20, 60, 120, 300])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--work", type=int, default=800, help="iterations of a search per visit")
    parser.add_argument(
        "--held-out", action="store_true", help="other days, judged on other simulated days"
    )
    parser.add_argument("--svg", type=Path, default=CHART)
    chosen = parser.parse_args()
    ours.prepare()
    curves: dict[int, dict[str, tuple[float, float]]] = {}
    print(
        f"{'visits':>6}  {'plan':<18}{'cost':>8}{'left out':>10}"
        f"{'cold':>8}{'windows':>9}{'ends':>7}{'wild cold':>11}{'wild windows':>14}"
    )
    for visits in chosen.visits:
        work = chosen.work * visits
        first = 1 + HELD_OUT * chosen.held_out
        rows = [_results(visits, seed, work) for seed in range(first, first + chosen.seeds)]
        curves[visits] = {name: _printed(visits, name, rows) for name in rows[0]}
    if chosen.held_out:
        return
    chosen.svg.parent.mkdir(parents=True, exist_ok=True)
    chosen.svg.write_text(_svg(curves), encoding="utf-8")


def _results(visits: int, seed: int, work: int) -> dict[str, Result]:
    asked = day(visits, max(2, round(visits / VISITS_PER_SHIFT)), seed=seed, rich=True)
    asked = replace(asked, spreads=SPREADS)
    budget = Budget(iterations=work, seed=seed)
    return {
        name: _judged(asked, retimed(asked, solve(version, budget).orders), version, seed)
        for name, version in _versions(asked)
    }


def _versions(asked: Problem) -> Iterator[tuple[str, Problem]]:
    yield "without margins", asked
    for name, minutes in UNIFORM.items():
        yield name, shorter(asked, *minutes)
    for level in LEVELS:
        safety = Safety(
            promise_kept=level,
            clock_kept=level,
            promise_price=PROMISE_PRICE,
            end_price=END_PRICE,
            clock_price=CLOCK_PRICE,
        )
        yield f"level {level} %", replace(asked, safety=safety)


def shorter(asked: Problem, clocks: int, windows: int, shifts: int) -> Problem:
    """Return a problem whose limits end so many minutes earlier."""

    def cut(window: Window, minutes: int) -> Window:
        latest = max(window.earliest, window.latest - 60 * minutes)
        return Window(earliest=window.earliest, latest=Seconds(latest))

    visits = tuple(
        replace(
            each,
            windows=tuple(cut(window, windows) for window in each.windows),
            ride_limits={
                item: Seconds(limit - 60 * clocks) for item, limit in each.ride_limits.items()
            },
        )
        for each in asked.visits
    )
    hours = tuple(replace(each, window=cut(each.window, shifts)) for each in asked.shifts)
    return replace(asked, visits=visits, shifts=hours)


def _judged(asked: Problem, plan: Plan, version: Problem, seed: int) -> Result:
    """Judge the tours as they were planned: timed by the version, driven on the day as it was."""
    timed = retimed(version, plan.orders)
    drawn = 1 if seed <= HELD_OUT else seed
    tally = sample(asked, timed, days=DAYS, seed=drawn)
    wild = sample(asked, timed, days=DAYS, seed=drawn, wider=WIDEST)
    broken, wildly = tally.broken_clocks().values(), wild.broken_clocks().values()
    return Result(
        paid=cost(asked, timed).paid,
        left_out=len(timed.unassigned),
        cold=100 - fmean(broken or [0.0]),
        promises=tally.kept_promises(),
        ends=tally.ends_in_time(),
        wild_cold=100 - fmean(wildly or [0.0]),
        wild_promises=wild.kept_promises(),
    )


def _printed(visits: int, name: str, rows: list[dict[str, Result]]) -> tuple[float, float]:
    """Print the mean of several days; return the cost in percent of the first plan, and safety."""
    base = [next(iter(row.values())) for row in rows]
    found = [row[name] for row in rows]
    dearer = fmean(
        100 * one.paid / max(1, other.paid) - 100 for one, other in zip(found, base, strict=True)
    )
    left = fmean(one.left_out - other.left_out for one, other in zip(found, base, strict=True))
    cold, promises, ends, wild_cold, wild_promises = (
        fmean(getattr(one, part) for one in found)
        for part in ("cold", "promises", "ends", "wild_cold", "wild_promises")
    )
    print(
        f"{visits:>6}  {name:<18}{dearer:>+7.1f}%{left:>+10.1f}"
        f"{cold:>8.1f}{promises:>9.1f}{ends:>7.1f}{wild_cold:>11.1f}{wild_promises:>14.1f}",
        flush=True,
    )
    return dearer, cold


def _svg(curves: dict[int, dict[str, tuple[float, float]]]) -> str:
    """Draw, per size, the rounds without a broken clock over the cost."""
    width, height, left, bottom = 640, 360, 60, 50
    points = [point for curve in curves.values() for point in curve.values()]
    low_x, high_x = min(0.0, *(x for x, _ in points)), max(5.0, *(x for x, _ in points))
    low_y = min(90.0, *(y for _, y in points))

    def place(x: float, y: float) -> tuple[float, float]:
        across = left + (width - left - 20) * (x - low_x) / (high_x - low_x)
        return across, (height - bottom) - (height - bottom - 20) * (y - low_y) / (100 - low_y)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<style>text { font: 12px sans-serif }</style>",
        "<title>Rounds without a broken clock over the cost of driving and working</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    _, at_level = place(0, 95)
    lines.append(
        f'<path d="M{left} {at_level:.0f}H{width - 20}" stroke="#999" stroke-dasharray="4"/>'
        f'<text x="{width - 60}" y="{at_level - 4:.0f}" fill="#666">95 %</text>'
    )
    for (visits, curve), colour in zip(
        curves.items(), ("#1b6ca8", "#b4442f", "#3d7d3a", "#7a4d9a"), strict=False
    ):
        priced = sorted(point for name, point in curve.items() if not name.startswith("uniform"))
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in (place(*point) for point in priced))
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for name, point in curve.items():
            x, y = place(*point)
            shape = (
                f'<path d="M{x - 4:.0f} {y - 4:.0f}l8 8m0 -8l-8 8" stroke="{colour}"/>'
                if name.startswith("uniform")
                else f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>'
            )
            lines.append(f"<g><title>{visits} visits, {name}</title>{shape}</g>")
        last_x, last_y = place(*priced[-1])
        lines.append(
            f'<text x="{last_x - 30:.0f}" y="{last_y - 8:.0f}" fill="{colour}">{visits}</text>'
        )
    lines.append(
        f'<text x="{left}" y="{height - 12}">cost of driving and working, percent more than '
        f"without margins: {low_x:.0f} to {high_x:.0f}; crosses: uniform margins</text>"
        f'<text x="8" y="14">rounds without a broken clock, percent of days: '
        f"{low_y:.0f} to 100</text></svg>\n"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
