"""Arrival at a freezer before a break that is taken there."""

from routing.problem import Break, Problem, Reload, Shift, Visit
from tests.routing.exhaustive import best_price
from tests.routing.model.tiny import EngineResult, a_problem, window

MOVES = 500


def instance(*, rest: int, limit: int) -> Problem:
    """Return a problem: milk leaves Anna at 5, 2 km from the lab, with a break before unloading."""
    milk = Visit(
        id="milk",
        place="anna",
        windows=(window(5, 5),),
        ride_limits={"tube": limit},
        penalty=1_000,
    )
    shift = Shift(
        id="am",
        collector="lea",
        start="bank",
        ends=("home",),
        window=window(0, 20),
        cents_per_hour=36_000,
        breaks=(Break(id="lunch", windows=(window(rest, rest),), duration=3),),
        reload=Reload(places=("lab",), service=1),
    )
    return a_problem([milk], [shift])


def test_a_break_at_the_freezer_does_not_warm_the_milk():
    # Arrival at 7, break from 7 to 10, unloading until 11, home at 12: 8 s at 10 cents.
    result = EngineResult(instance(rest=7, limit=2), MOVES)
    assert result.orders == {"am": ["milk"]}
    assert result.cost == 80 * 18_000 == best_price(instance(rest=7, limit=2))[1]


def test_a_break_on_the_way_to_the_freezer_warms_the_milk():
    assert EngineResult(instance(rest=6, limit=4), MOVES).orders == {"am": []}
    assert EngineResult(instance(rest=6, limit=5), MOVES).orders == {"am": ["milk"]}


def test_milk_arrives_no_sooner_than_the_leg_takes():
    assert EngineResult(instance(rest=7, limit=1), MOVES).orders == {"am": []}
