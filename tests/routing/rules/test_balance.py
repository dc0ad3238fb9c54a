"""A tour above its fair share pays for what is above: stops, working time or road."""

import pytest

from routing.checker.judge import check_plan
from routing.plan import Rule
from routing.problem import Balance, Problem
from tests.routing.builders import balance, by_hand, engine, problem, shift, tour, visit

# Bank 0 -> Anna 100, serve 60 s -> Bea 260 -> bank 460: 2 stops, 460 s, 4 km.
VISITS = (visit("anna", service=60), visit("bea"))
BOTH = tour(("anna", 100, 100, 160), ("bea", 260, 260, 260), arrival=460)


def asking(*balances: Balance) -> Problem:
    return problem(*VISITS, shifts=[shift("am"), shift("pm")], balances=balances)


@pytest.mark.parametrize(
    ("share", "owed"),
    [
        (balance("stops", "am", "pm", share=2, cents=70), 0),
        (balance("stops", "am", "pm", share=1, cents=70), 70),
        (balance("stops", "am", "pm", share=0, cents=70), 140),
        (balance("seconds", "am", "pm", share=460, cents=3_600), 0),
        (balance("seconds", "am", "pm", share=459, cents=3_600), 1),
        (balance("metres", "am", "pm", share=4_000, cents=1_000), 0),
        (balance("metres", "am", "pm", share=3_999, cents=1_000), 1),
        (balance("metres", "am", "pm", share=0, cents=25), 100),
        (balance("stops", "pm", share=0, cents=70), 0),
    ],
)
def test_a_tour_pays_for_what_it_has_above_its_share(share: Balance, owed: int):
    plan = by_hand(asking(share), BOTH)
    assert plan.cost.imbalance == owed
    assert check_plan(asking(share), plan) == ()


def test_several_balances_add_up_and_are_rounded_once():
    # Half a cent for a second above the share, half a cent for a metre above it.
    asked = asking(
        balance("seconds", "am", share=459, cents=1_800),
        balance("metres", "am", share=3_999, cents=500),
    )
    plan = by_hand(asked, BOTH)
    assert plan.cost.imbalance == 1
    assert check_plan(asked, plan) == ()


@pytest.mark.parametrize("billed", [69, 71])
def test_a_bill_that_is_a_cent_off_is_a_violation(billed: int):
    asked = asking(balance("stops", "am", share=1, cents=70))
    (violation,) = check_plan(asked, by_hand(asked, BOTH, imbalance=billed))
    assert (violation.rule, violation.what, violation.by) == (Rule.BALANCE, "imbalance", 1)


@pytest.mark.parametrize(("cents", "tours"), [(199, 1), (201, 2)])
def test_the_engine_shares_the_stops_where_that_costs_less(cents: int, tours: int):
    # Together 4 km are 400 cents; apart 2 km and 4 km are 600.
    assert len(engine(asking(balance("stops", "am", "pm", share=1, cents=cents)))) == tours


@pytest.mark.parametrize(("cents", "tours"), [(11_999, 1), (12_001, 2)])
def test_the_engine_shares_the_time_where_that_costs_less(cents: int, tours: int):
    # Together 60 s above a share of 400 s: at 12,000 cents an hour that is 200 cents. Apart the
    # longest is Bea's, with 400 s.
    assert len(engine(asking(balance("seconds", "am", "pm", share=400, cents=cents)))) == tours


@pytest.mark.parametrize(("cents", "tours"), [(99, 1), (101, 2)])
def test_the_engine_shares_the_road_where_that_costs_less(cents: int, tours: int):
    # From the bank to Anna and Dora and back are 8 km, 4 above the share. With Dora on the shift
    # that lives at home, 2 km from her, nobody drives more than 4 km, and that shift costs 400.
    asked = problem(
        visit("anna"),
        visit("dora"),
        shifts=[
            shift("am", per_km=0),
            shift("pm", start="home", end="home", per_km=0, fixed=400),
        ],
        balances=[balance("metres", "am", "pm", share=4_000, cents=cents)],
    )
    assert len(engine(asked)) == tours
