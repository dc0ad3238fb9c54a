"""A pinned visit rides on its shift, at its position where one is given."""

import pytest

from routing.checker.judge import check_plan
from routing.model.build import build
from routing.plan import ReasonCode, Rule
from routing.schedule import retimed
from routing.solver import solve
from tests.routing.builders import FEW, broken_by, engine, pin, problem, shift, solved, visit

TWO = (shift("am"), shift("pm", fixed=5_000))


def test_a_pinned_visit_rides_on_no_other_shift():
    asked = problem(visit("anna"), shifts=TWO, pins=[pin("anna", "pm")])
    assert broken_by(asked, am=["anna"]) == {Rule.PINS}
    assert broken_by(asked, pm=["anna"]) == set()
    assert engine(asked) == {"pm": ("anna",)}  # though that costs 5,000 cents more


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_pinned_position_is_kept(position: int):
    # Left alone, Anna at 1 km is first or last on the way to Dora at 4 km and back.
    asked = problem(visit("anna"), visit("bea"), visit("dora"), pins=[pin("anna", "am", position)])
    order = ["bea", "dora"]
    for place in range(3):
        there = [*order[:place], "anna", *order[place:]]
        assert broken_by(asked, am=there) == (set() if place == position else {Rule.PINS})
    assert solved(asked)["am"].index("anna") == position


@pytest.mark.parametrize("position", [0, 1, 2])
def test_the_engine_keeps_a_pinned_position_of_a_start(position: int):
    asked = problem(visit("anna"), visit("bea"), visit("dora"), pins=[pin("anna", "am", position)])
    start = ["bea", "dora"]
    start.insert(position, "anna")
    found = engine(asked, start={"am": start})["am"]
    assert (len(found), found.index("anna")) == (3, position)


def test_the_engine_refuses_a_start_that_breaks_a_pinned_position():
    asked = problem(visit("anna"), visit("bea"), pins=[pin("anna", "am", 1)])
    model = build(asked)
    model.routing.CloseModel()
    assert model.assignment({"am": ["anna", "bea"]}) is None
    assert model.assignment({"am": ["bea", "anna"]}) is not None


def test_a_whole_tour_can_be_pinned_in_a_foolish_order():
    order = ("dora", "anna", "cleo", "bea")
    pins = [pin(name, "pm", position) for position, name in enumerate(order)]
    asked = problem(*map(visit, sorted(order)), shifts=TWO, pins=pins)
    assert solved(asked) == {"pm": order}


def test_history_stays_ahead_of_what_is_new():
    # Dora and Anna have been served in this order; Bea and Cleo come after them.
    asked = problem(
        *map(visit, ("anna", "bea", "cleo", "dora")),
        pins=[pin("dora", "am", 0), pin("anna", "am", 1)],
    )
    assert solved(asked)["am"][:2] == ("dora", "anna")
    assert len(solved(asked)["am"]) == 4


def test_a_pinned_visit_is_not_left_out_for_its_penalty():
    # There and back to Dora costs 800 cents; unpinned she would be left out for 1 cent.
    asked = problem(visit("dora", penalty=1), visit("anna", penalty=1))
    assert solved(asked) == {}
    pinned = problem(visit("dora", penalty=1), visit("anna", penalty=1), pins=[pin("dora")])
    assert "dora" in solved(pinned)["am"]
    assert "dora" in engine(pinned)["am"]


def test_a_pin_that_cannot_be_kept_leaves_the_visit_out_with_a_reason():
    asked = problem(
        visit("anna", skills=["blood"]),
        shifts=[shift("am"), shift("pm", skills=["blood"])],
        pins=[pin("anna", "am")],
    )
    plan = solve(asked, FEW)
    reason = plan.unassigned[0].reason
    assert reason is not None
    assert reason.code is ReasonCode.IMPOSSIBLE
    assert {found.shift: found.rule for found in reason.obstacles} == {
        "am": Rule.SKILLS,
        "pm": Rule.PINS,
    }


@pytest.mark.parametrize(("position", "by"), [(0, 1), (1, 0), (2, 1)])
def test_a_wrong_position_says_by_how_many_places(position: int, by: int):
    asked = problem(visit("anna"), visit("bea"), visit("cleo"), pins=[pin("bea", "am", position)])
    found = check_plan(asked, retimed(asked, {"am": ["anna", "bea", "cleo"]}))
    assert [(one.rule, one.visit, one.by) for one in found] == (
        [(Rule.PINS, "bea", by)] if by else []
    )
    assert all(f"pinned as stop {position + 1} of" in one.sentence for one in found)
