"""A whole day is planned: 48 visits in four quarters, four shifts, every rule at once."""

from itertools import pairwise
from math import cos, radians, sin

from routing.checker.judge import check_plan
from routing.cost import left_out, rank
from routing.plan import Plan
from routing.problem import Place, Problem, Shift, Visit
from routing.solver import Budget, solve
from routing.travel.law import estimated
from tests.routing.builders import shift, visit

HOUR = 3_600
BANK = (44.828, -0.606)
QUARTERS = ((44.90, -0.60), (44.84, -0.45), (44.75, -0.62), (44.84, -0.75))
WINDOWS = (
    [(8 * HOUR, 12 * HOUR)],
    [(13 * HOUR, 17 * HOUR)],
    [(8 * HOUR, 10 * HOUR), (14 * HOUR, 17 * HOUR)],
    [(8 * HOUR, 18 * HOUR)],
)


def doors() -> list[tuple[float, float]]:
    """Twelve doors around the middle of each quarter, 1 to 4 km away, on a spiral."""
    return [
        (
            latitude + (1 + turn / 4) * 0.009 * sin(radians(75 * turn)),
            longitude + (1 + turn / 4) * 0.013 * cos(radians(75 * turn)),
        )
        for latitude, longitude in QUARTERS
        for turn in range(12)
    ]


def asked_for(number: int) -> Visit:
    """Every fourth may be left out, every sixth needs blood drawn, most milk keeps four hours."""
    ride = {"milk": 4 * HOUR} if number % 3 else {}
    if number % 6 == 0:
        ride["tubes"] = 3 * HOUR
    return visit(
        f"door {number}",
        *WINDOWS[number % 4],
        name=f"visit {number}",
        service=1_800 if number % 16 == 0 else 480,
        load={"bottles": 2 + number % 7},
        ride=ride,
        skills=["blood"] if number % 6 == 0 else (),
        penalty=4_000 if number % 4 == 3 else None,
    )


def worked(name: str, begins: float, ends: float, skills: tuple[str, ...] = ()) -> Shift:
    return shift(
        name,
        int(begins * HOUR),
        int(ends * HOUR),
        capacity={"bottles": 80},
        skills=skills,
        fixed=2_000,
        per_km=35,
        per_hour=2_200,
    )


def a_day() -> Problem:
    positions = [BANK, *doors()]
    places = [
        Place(id="bank" if row == 0 else f"door {row - 1}", latitude=north, longitude=east)
        for row, (north, east) in enumerate(positions)
    ]
    bank = Place(id="bank", latitude=BANK[0], longitude=BANK[1], receives=True)
    return Problem(
        dimensions=("bottles",),
        places=(bank, *places[1:]),
        travel={"car": estimated(positions)},
        shifts=(
            worked("early", 7.5, 13, ("blood",)),
            worked("morning", 7.5, 13.5, ("blood",)),
            worked("midday", 12, 18.5, ("blood",)),
            worked("late", 12.5, 19),
        ),
        visits=tuple(map(asked_for, range(48))),
    )


def test_a_day_is_planned_without_breaking_a_rule():
    asked = a_day()
    seen: list[Plan] = []
    plan = solve(asked, Budget(iterations=30_000), on_improvement=seen.append)
    assert all(check_plan(asked, found) == () for found in [*seen, plan])
    assert all(entry.reason for entry in plan.unassigned)
    assert left_out(asked, plan) == 0
    ranks = [rank(asked, found) for found in [*seen, plan]]
    assert all(later <= earlier for earlier, later in pairwise(ranks))
