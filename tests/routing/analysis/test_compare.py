"""What two plans do differently is listed, and nothing else."""

import pytest
from hypothesis import given, settings

from routing.analysis.compare import compare
from routing.problem import Problem
from routing.schedule import retimed
from routing.solver import solve
from routing.units import Seconds
from tests.routing.builders import FEW, problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems


def test_a_visit_on_another_shift_has_moved():
    asked = problem(visit("anna"), visit("bea"), shifts=[shift("am"), shift("pm")])
    one = retimed(asked, {"am": ["anna", "bea"]})
    other = retimed(asked, {"am": ["anna"], "pm": ["bea"]})
    (change,) = compare(one, other).moved
    assert change.visit == "bea"
    assert change.before is not None
    assert change.after is not None
    assert (change.before.shift, change.before.position) == ("am", 1)
    assert (change.after.shift, change.after.position) == ("pm", 0)


def test_a_visit_left_out_has_moved_and_has_no_time():
    asked = problem(visit("anna", penalty=5), visit("bea"))
    found = compare(retimed(asked, {"am": ["anna", "bea"]}), retimed(asked, {"am": ["bea"]}))
    (change,) = found.moved
    assert (change.visit, change.after, change.later_by) == ("anna", None, None)
    assert found.after.penalties - found.before.penalties == 5


@pytest.mark.parametrize(("tolerance", "counts"), [(299, 1), (300, 0)])
def test_a_time_has_changed_when_it_differs_by_more_than_is_tolerated(tolerance: int, counts: int):
    # Anna opens at 100, and at 400 after a coordinator has asked her: 300 s later.
    early, late = (problem(visit("anna", (opens, 9_000))) for opens in (100, 400))
    one, other = (retimed(asked, {"am": ["anna"]}) for asked in (early, late))
    found = compare(one, other, tolerance=Seconds(tolerance))
    assert [change.later_by for change in found.retimed] == [300] * counts


@settings(max_examples=scaled(30), deadline=None, derandomize=True)
@given(problems(most=5))
def test_a_plan_does_nothing_differently_from_itself(asked: Problem):
    plan = solve(asked, FEW)
    found = compare(plan, plan)
    assert (found.moved, found.retimed) == ((), ())
