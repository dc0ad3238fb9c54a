"""All legal places of a visit are found, and priced as the bill would be."""

import pytest
from hypothesis import given, settings

from routing.analysis.insertion import (
    filled,
    hopeful,
    inserted,
    insertions,
    made_room,
    moved,
    nearest_orders,
    orders_with,
    without,
)
from routing.checker.judge import check_plan, check_tour
from routing.cost import shares
from routing.errors import InvalidPlanError
from routing.plan import Rule
from routing.problem import Problem
from routing.schedule import best_effort, retimed
from routing.solver import solve
from tests.routing.builders import FEW, broken, pin, problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems


def test_every_place_has_its_price():
    # Bank 0, Anna 1, Cleo 3: six kilometres. Bea at 2 is on the way, both there and back.
    asked = problem(
        visit("anna"),
        visit("bea"),
        visit("cleo"),
        visit("dora"),
        shifts=[shift("am"), shift("pm", fixed=50)],
    )
    plan = retimed(asked, {"am": ["anna", "cleo"]})
    found = [(place.shift, place.position, place.price) for place in insertions(asked, plan, "bea")]
    # Before Anna: 0-2-1-3-0 is 2 + 1 + 2 + 3 = 8 km, two more. Alone: 4 km and the shift.
    assert found == [("am", 1, 0), ("am", 2, 0), ("am", 0, 200), ("pm", 0, 450)]


def test_only_legal_places_are_offered():
    asked = problem(visit("anna", (100, 100)), visit("bea"), visit("cleo", (300, 300)))
    plan = retimed(asked, {"am": ["anna", "cleo"]})
    # Before Anna she would make her late: 0-2-1 is 300 s.
    assert [place.position for place in insertions(asked, plan, "bea")] == [1, 2]


def test_a_visit_in_a_tour_is_priced_from_where_it_is_not():
    asked = problem(visit("anna"), visit("dora"))
    plan = retimed(asked, {"am": ["anna", "dora"]})
    # Without Dora the tour is 2 km; with her 8 km.
    assert [place.price for place in insertions(asked, plan, "dora")] == [600, 600]


def test_a_pinned_position_of_another_is_respected():
    asked = problem(visit("anna"), visit("bea"), pins=[pin("bea", "am", 0)])
    plan = retimed(asked, {"am": ["bea"]})
    assert [place.position for place in insertions(asked, plan, "anna")] == [1]


def test_a_visit_nobody_knows_has_no_place():
    asked = problem(visit("anna"))
    with pytest.raises(InvalidPlanError, match="zoe"):
        insertions(asked, retimed(asked, {}), "zoe")


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=5, least=2))
def test_an_insertion_costs_what_it_says_and_breaks_nothing(asked: Problem):
    plan = solve(asked, FEW)
    for name in (found.id for found in asked.visits):
        base = without(asked, plan, name)
        left = asked.visit(name)
        assert left is not None
        saved = 18_000 * (left.penalty or 0)
        if check_plan(asked, base):
            continue  # taking a stop out can break a ride limit: that is for the board to show
        for place in insertions(asked, plan, name):
            after = inserted(asked, base, place)
            assert check_plan(asked, after) == ()
            assert shares(asked, after) - shares(asked, base) == place.shares - saved


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=4, least=2))
def test_a_shift_that_is_passed_over_has_no_legal_place(asked: Problem):
    plan = solve(asked, FEW)
    for each in asked.visits:
        base = without(asked, plan, each.id)
        looked_at = {line.id for line in hopeful(asked, each)}
        for line in asked.shifts:
            if line.id not in looked_at:
                orders = orders_with(asked, base.tour(line.id), each)
                tours = (best_effort(asked, line, order) for order in orders)
                assert all(check_tour(asked, tour) for tour in tours)


def test_a_visit_comes_nearest_where_the_fewest_stops_would_be_late():
    asked = problem(visit("anna", (100, 100)), visit("bea"), visit("cleo", (250, 250)))
    found = nearest_orders(asked, asked.shifts[0], ["anna"], asked.visits[1])
    assert list(found) == [["anna", "bea"]]
    # By way of Anna, Cleo is reached 50 s late; ahead of her, Anna is 500 s: 0-3-1.
    found = nearest_orders(asked, asked.shifts[0], ["anna"], asked.visits[2])
    assert list(found) == [["anna", "cleo"]]


def test_a_move_keeps_every_other_order():
    asked = problem(
        *(visit(name) for name in ("anna", "bea", "cleo")), shifts=[shift("am"), shift("pm")]
    )
    plan = retimed(asked, {"am": ["anna", "bea"], "pm": ["cleo"]})
    after = moved(asked, plan, "anna", shift="pm", position=1)
    assert after.orders == {"am": ("bea",), "pm": ("cleo", "anna")}


def test_a_move_within_a_tour_counts_positions_without_the_visit():
    asked = problem(*(visit(name) for name in ("anna", "bea", "cleo")))
    plan = retimed(asked, {"am": ["anna", "bea", "cleo"]})
    after = moved(asked, plan, "anna", shift="am", position=2)
    assert after.orders == {"am": ("bea", "cleo", "anna")}


def test_a_move_may_break_a_rule_and_the_checker_names_it():
    asked = problem(visit("anna", (0, 100)), visit("bea"))
    plan = retimed(asked, {"am": ["anna", "bea"]})
    assert broken(asked, moved(asked, plan, "anna", shift="am", position=1)) == {Rule.WINDOWS}


def test_filling_puts_in_what_fits_and_is_worth_it():
    asked = problem(visit("anna", penalty=200), visit("bea"), visit("dora", penalty=399))
    # Bea makes 4 km. Anna is on the way. Dora would add 4 km: 400 cents.
    assert set(filled(asked, retimed(asked, {})).orders["am"]) == {"anna", "bea"}


def test_filling_reaches_a_position_once_others_are_there():
    asked = problem(visit("anna"), visit("bea"), pins=[pin("anna", "am", 1)])
    assert filled(asked, retimed(asked, {})).orders == {"am": ("bea", "anna")}


def test_an_optional_visit_makes_room_for_a_mandatory_one():
    # The box holds one; Bea sits in it for a penalty of 9,999 cents.
    asked = problem(
        visit("anna", load={"ml": 1}),
        visit("bea", load={"ml": 1}, penalty=9_999),
        shifts=[shift(capacity={"ml": 1})],
    )
    plan = retimed(asked, {"am": ["bea"]})
    assert filled(asked, plan).orders == {"am": ("bea",)}
    assert made_room(asked, plan).orders == {"am": ("anna",)}


def test_a_mandatory_visit_does_not_make_room():
    asked = problem(
        visit("anna", load={"ml": 1}),
        visit("bea", load={"ml": 1}),
        shifts=[shift(capacity={"ml": 1})],
    )
    plan = retimed(asked, {"am": ["bea"]})
    assert made_room(asked, plan).orders == {"am": ("bea",)}
