"""Tours cost what their road, their time and the use of the shift cost, to the cent."""

from dataclasses import replace

import pytest

from routing.checker.judge import check_plan
from routing.plan import Rule
from routing.problem import Problem, Shift
from tests.routing.builders import (
    STREET,
    by_hand,
    engine,
    problem,
    reload,
    shift,
    street,
    tour,
    visit,
)

# Bank 0 -> Anna 100, serve 50 s -> bank 250: 2 km, 200 s on the road, 250 s in all.
DRIVEN = tour(("anna", 100, 100, 150), arrival=250)


def asking(working: Shift, *, toll: int = 0, penalty: int | None = None) -> Problem:
    rows = tuple(tuple(toll if here != there else 0 for there in STREET) for here in STREET)
    travel = {"car": replace(street(), cents=rows if toll else None)}
    return problem(visit("anna", service=50, penalty=penalty), shifts=[working], travel=travel)


@pytest.mark.parametrize(
    ("working", "toll", "part", "owed"),
    [
        (shift("am", per_km=35), 0, "driving", 70),
        (shift("am", per_km=0, per_driving_hour=3_600), 0, "driving", 200),
        (shift("am", per_km=0), 11, "driving", 22),
        (shift("am", per_km=35, per_driving_hour=3_600), 11, "driving", 292),
        (shift("am", per_km=0, per_hour=3_600), 0, "time", 250),
        (shift("am", per_km=0, fixed=150), 0, "fixed", 150),
    ],
)
def test_every_part_of_the_price(working: Shift, toll: int, part: str, owed: int):
    asked = asking(working, toll=toll)
    plan = by_hand(asked, DRIVEN)
    assert getattr(plan.cost, part) == plan.cost.total == owed
    assert check_plan(asked, plan) == ()


@pytest.mark.parametrize("part", ["driving", "time", "fixed"])
@pytest.mark.parametrize("off", [-1, 1])
def test_a_part_that_is_a_cent_off_is_a_violation(part: str, off: int):
    asked = asking(shift("am", per_km=35, per_hour=3_600, fixed=150))
    due = getattr(by_hand(asked, DRIVEN).cost, part)
    (violation,) = check_plan(asked, by_hand(asked, DRIVEN, **{part: due + off}))
    assert (violation.rule, violation.what, violation.by) == (Rule.PRICE, part, 1)
    assert f"cost {due} cents; the bill says {due + off} cents" in violation.sentence


@pytest.mark.parametrize(("rate", "owed"), [(7, 0), (8, 1)])
def test_half_a_cent_is_rounded_up_and_less_is_not(rate: int, owed: int):
    # 250 s at 7.2 cents an hour would be half a cent.
    asked = asking(shift("am", per_km=0, per_hour=rate))
    assert by_hand(asked, DRIVEN).cost.time == owed
    assert check_plan(asked, by_hand(asked, DRIVEN)) == ()


def test_a_part_is_rounded_once_for_all_tours():
    # Two tours of 2 km at a quarter of a cent: together one cent, not nothing and not two.
    marks = range(len(STREET))
    metres = tuple(tuple(250 * abs(a - b) for b in marks) for a in marks)
    asked = problem(
        visit("anna", name="a1"),
        visit("anna", name="a2"),
        shifts=[shift("am", per_km=1), shift("pm", per_km=1)],
        travel={"car": replace(street(), metres=metres)},
    )
    plan = by_hand(
        asked,
        tour(("a1", 100, 100, 100), arrival=200, metres=500),
        tour(("a2", 100, 100, 100), on="pm", arrival=200, metres=500),
    )
    assert plan.cost.driving == 1
    assert check_plan(asked, plan) == ()


def test_the_way_by_a_freezer_is_paid_for():
    # Bank 0 -> Anna 100 -> lab 500 -> bank 1,000: 10 km.
    asked = problem(visit("anna"), shifts=[shift("am", reload=reload())])
    driven = tour(("anna", 100, 100, 100), unloadings=[("lab", 1, 500, 500, 500)], arrival=1_000)
    plan = by_hand(asked, driven)
    assert plan.cost.driving == 1_000
    assert check_plan(asked, plan) == ()


@pytest.mark.parametrize(
    ("working", "toll"),
    [
        (shift("am"), 0),
        (shift("am", per_km=0, per_driving_hour=3_600), 0),
        (shift("am", per_km=0), 100),
        (shift("am", per_km=0, fixed=200), 0),
        (shift("am", per_km=0, per_hour=2_880), 0),
    ],
)
@pytest.mark.parametrize(("penalty", "served"), [(201, True), (199, False)])
def test_the_engine_weighs_each_part_against_a_penalty(
    working: Shift, toll: int, penalty: int, *, served: bool
):
    # Each of them makes Anna cost 200 cents.
    orders = engine(asking(working, toll=toll, penalty=penalty))
    assert orders == ({"am": ("anna",)} if served else {})
