"""What is on its way to a freezer arrives before the break that is had at its door."""

from routing.problem import Break, Problem, Reload, Shift, Visit
from tests.routing.model.tiny import Found, a_problem, window
from tests.routing.truth import best_price

FEW = 500


def asked(*, rest: int, limit: int) -> Problem:
    """Anna's milk is out at 5, and 2 km from the lab, where a break is due before unloading."""
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


def test_a_break_at_the_freezer_s_door_does_not_warm_the_milk():
    # Arrival at 7, break from 7 to 10, unloading until 11, home at 12: 8 s at 10 cents.
    found = Found(asked(rest=7, limit=2), FEW)
    assert found.orders == {"am": ["milk"]}
    assert found.cost == 80 * 18_000 == best_price(asked(rest=7, limit=2))[1]


def test_a_break_on_the_way_there_does():
    assert Found(asked(rest=6, limit=4), FEW).orders == {"am": []}
    assert Found(asked(rest=6, limit=5), FEW).orders == {"am": ["milk"]}


def test_it_arrives_no_sooner_than_the_way_takes():
    assert Found(asked(rest=7, limit=1), FEW).orders == {"am": []}
