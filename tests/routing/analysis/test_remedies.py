"""What would admit a visit is true, as small as it can be, and costs what is said."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing.analysis.explain import explain
from routing.analysis.insertion import insertions
from routing.analysis.remedies import relaxations
from routing.checker.judge import check_plan
from routing.plan import Plan, Relaxation, Remedy
from routing.problem import Problem, Window
from routing.schedule import retimed
from routing.solver import solve
from routing.units import Seconds
from tests.routing.builders import FEW, pin, problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems


def only(asked: Problem, plan: Plan, name: str, remedy: Remedy) -> Relaxation:
    (found,) = (each for each in relaxations(asked, plan, name) if each.remedy is remedy)
    return found


def test_a_window_is_widened_to_the_second():
    # Anna closes at 100 s; Cleo, 300 s away, must be met at 300 sharp, so Anna comes after: at 500.
    asked = problem(visit("cleo", (300, 300)), visit("anna", (0, 99)))
    found = only(asked, retimed(asked, {"am": ["cleo"]}), "anna", Remedy.WIDEN_WINDOW)
    # Going out by Anna at 100 s takes one second more; it costs no road.
    assert (found.by, found.price, found.position) == (1, 0, 0)
    assert found.sentence == (
        "If visit anna may begin 1 s later, it fits as stop 1 of shift am for 0 cents."
    )


def test_a_shift_is_lengthened_to_the_second():
    # To Dora and back are 800 s.
    asked = problem(visit("dora"), shifts=[shift("am", 0, 790)])
    found = only(asked, retimed(asked, {}), "dora", Remedy.LENGTHEN_SHIFT)
    assert (found.by, found.price, found.shift) == (10, 800, "am")


def test_a_shift_is_not_lengthened_into_its_collectors_next():
    # To Dora and back are 800 s; the same collector sets out again at 795.
    lines = [shift("am", 0, 790), replace(shift("pm", 795, 800), collector="collector of am")]
    asked = problem(visit("dora"), shifts=lines)
    found = relaxations(asked, retimed(asked, {}), "dora")
    assert not any(each.remedy is Remedy.LENGTHEN_SHIFT and each.shift == "am" for each in found)


def test_a_box_is_enlarged_by_what_is_missing():
    asked = problem(
        visit("anna", load={"ml": 3}),
        visit("bea", load={"ml": 4}),
        shifts=[shift(capacity={"ml": 5})],
    )
    found = only(asked, retimed(asked, {"am": ["anna"]}), "bea", Remedy.ADD_CAPACITY)
    assert (found.by, found.other) == (2, "ml")


def test_a_pin_that_is_in_the_way_may_be_lifted():
    # Anna is pinned on a shift that is too short for her.
    asked = problem(
        visit("anna"), shifts=[shift("short", 0, 100), shift("am")], pins=[pin("anna", "short")]
    )
    found = only(asked, retimed(asked, {}), "anna", Remedy.REMOVE_PIN)
    assert (found.shift, found.other, found.price) == ("am", "anna", 200)


def test_another_day_is_offered_where_there_is_one():
    asked = problem(
        visit("dora", (0, 100)), shifts=[shift("monday", 0, 900), shift("tuesday", 5_000, 6_000)]
    )
    found = only(asked, retimed(asked, {}), "dora", Remedy.OTHER_DAY)
    assert (found.shift, found.price) == ("tuesday", 800)


def test_an_optional_visit_may_be_left_out_at_its_price():
    # The box holds one. Bea is 4 km and costs 9,999 to leave out; Anna is 2 km.
    asked = problem(
        visit("anna", load={"ml": 1}),
        visit("bea", load={"ml": 1}, penalty=9_999),
        shifts=[shift(capacity={"ml": 1})],
    )
    found = only(asked, retimed(asked, {"am": ["bea"]}), "anna", Remedy.DROP_OPTIONAL)
    assert (found.other, found.price) == ("bea", 9_999 - 400 + 200)


def test_a_ride_limit_is_never_widened():
    # From Dora the bank is 400 s away: nothing but a shorter way would help.
    asked = problem(visit("dora", ride={"milk": 399}))
    assert explain(asked, retimed(asked, {}), "dora").relaxations == ()


def test_the_cheapest_comes_first():
    asked = problem(
        visit("anna", load={"ml": 1}),
        visit("bea", load={"ml": 1}, penalty=9_999),
        shifts=[shift(capacity={"ml": 1})],
    )
    reason = explain(asked, retimed(asked, {"am": ["bea"]}), "anna")
    prices = [each.price for each in reason.relaxations]
    assert prices == sorted(prices)
    assert reason.relaxations[0].remedy is Remedy.ADD_CAPACITY


def applied(asked: Problem, found: Relaxation, by: int) -> Problem:
    """The problem after a change of windows, hours or room, said anew."""
    if found.remedy is Remedy.LENGTHEN_SHIFT:
        line = asked.shifts[asked.shift_row(found.shift)]
        hours = Window(earliest=line.window.earliest, latest=Seconds(line.window.latest + by))
        longer = replace(line, window=hours)
        return replace(asked, shifts=tuple(longer if s.id == line.id else s for s in asked.shifts))
    line = asked.shifts[asked.shift_row(found.shift)]
    assert found.other is not None
    room = {**line.capacity, found.other: line.capacity[found.other] + by}
    larger = replace(line, capacity=room)
    return replace(asked, shifts=tuple(larger if s.id == line.id else s for s in asked.shifts))


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(most=5, least=2))
def test_each_change_admits_the_visit_and_no_smaller_one_does(asked: Problem):
    plan = solve(asked, FEW)
    for entry in plan.unassigned:
        if insertions(asked, plan, entry.visit):
            continue
        for found in relaxations(asked, plan, entry.visit):
            if found.remedy not in {Remedy.LENGTHEN_SHIFT, Remedy.ADD_CAPACITY}:
                continue
            enough = applied(asked, found, found.by)
            places = insertions(enough, plan, entry.visit)
            assert any(each.shift == found.shift for each in places)
            here = next(each for each in places if each.shift == found.shift)
            assert here.price == found.price
            orders = plan.orders | {here.shift: here.order}
            assert check_plan(enough, retimed(enough, orders)) == ()
            less = applied(asked, found, found.by - 1)
            assert not any(
                each.shift == found.shift for each in insertions(less, plan, entry.visit)
            )


@pytest.mark.parametrize("name", ["anna"])
def test_a_visit_that_fits_needs_no_change(name: str):
    asked = problem(visit(name, penalty=100))
    assert explain(asked, retimed(asked, {}), name).relaxations == ()
