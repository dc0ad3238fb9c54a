"""Rule `price`: driving, time and fixed costs of tours."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import by_km, hourly, unpaid
from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.margins import margin_price
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.units import SHARES_PER_CENT


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return violations if the bill's driving, time, fixed costs or risk differ from the tours'."""
    found = tuple(walks(problem, plan))
    time = (hourly(walk.shift.cents_per_hour, walk.tour.seconds) for walk in found)
    risk = sum(margin_price(problem, walk.shift, walk.tour) for walk in found)
    fixed = sum(walk.shift.fixed_cost for walk in found if walk.tour.stops)
    for part, owed, subject in (
        ("driving", sum(map(_driving, found), Fraction()), "The roads of the tours"),
        ("time", sum(time, Fraction()), "The hours from departure to arrival"),
        ("fixed", Fraction(fixed), "The shifts that drive"),
        ("risk", Fraction(risk, SHARES_PER_CENT), "The margins that are missing"),
    ):
        yield from unpaid(Rule.PRICE, part, owed, plan, subject=subject)


def _driving(walk: Walk) -> Fraction:
    road = by_km(walk.shift.cents_per_km, walk.metres)
    return road + hourly(walk.shift.cents_per_driving_hour, walk.seconds) + walk.cents
