"""In the middle of a day the past stays as it is, and what is left can be planned anew."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.analysis.remaining_day import remaining, whole
from routing.check.judge import check_plan
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import retimed
from routing.solver import solve
from routing.units import Seconds
from tests.routing.builders import FEW, problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import HORIZON, problems


def test_what_has_been_served_is_no_longer_asked():
    # Anna is reached at 100, Bea at 200; at 150 the collector is on the way to Bea.
    asked = problem(*(visit(name) for name in ("anna", "bea", "cleo")))
    left = remaining(asked, retimed(asked, {"am": ["anna", "bea", "cleo"]}), Seconds(150))
    assert [each.id for each in left.visits] == ["bea", "cleo"]
    (line,) = left.shifts
    assert (line.start, line.window.earliest, line.departed) == ("anna", 100, True)


def test_the_stop_the_collector_is_driving_to_stays_the_next():
    asked = problem(*(visit(name) for name in ("anna", "bea", "cleo")))
    left = remaining(asked, retimed(asked, {"am": ["anna", "bea", "cleo"]}), Seconds(150))
    assert [(pin.visit, pin.shift, pin.position) for pin in left.pins] == [("bea", "am", 0)]


def test_milk_in_the_box_keeps_its_clock_and_its_room():
    # Anna's milk was taken at 100 and must be cold by 100 + 900.
    asked = problem(
        visit("anna", load={"ml": 3}, ride={"milk": 900}),
        visit("bea", load={"ml": 2}),
        shifts=[shift(capacity={"ml": 5})],
    )
    (line,) = remaining(asked, retimed(asked, {"am": ["anna", "bea"]}), Seconds(150)).shifts
    assert (line.carried, line.carried_until) == ({"ml": 3}, 1_000)


def test_a_clock_that_is_lost_anyway_binds_nobody():
    # From Dora the bank is 400 s away. A day planned with 450 s turns out to have a limit of 350.
    asked = problem(visit("dora", ride={"milk": 350}), visit("anna"))
    left = remaining(asked, retimed(asked, {"am": ["dora", "anna"]}), Seconds(450))
    assert left.shifts[0].carried_until is None


def test_a_shift_at_home_leaves_from_now_on():
    asked = problem(visit("anna", (900, 2_000)))
    plan = retimed(asked, {"am": ["anna"]})
    assert plan.tours[0].departure == 800
    left = remaining(asked, plan, Seconds(300))
    assert (left.shifts[0].window.earliest, left.shifts[0].departed) == (300, False)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=5), st.integers(0, HORIZON))
def test_the_past_and_a_new_plan_for_the_rest_make_a_legal_day(asked: Problem, now: int):
    plan = solve(asked, FEW)
    left = remaining(asked, plan, Seconds(now))
    away = {tour.shift for tour in plan.tours if tour.departure <= now}
    back = {tour.shift for tour in plan.tours if tour.stops[-1].end <= now}
    rest = solve(left, FEW)
    # Who is home again may set out once more, which is a second tour of the same shift.
    once = Plan(tours=tuple(tour for tour in rest.tours if tour.shift not in back))
    day = whole(asked, plan, once, Seconds(now))
    assert check_plan(asked, day) == ()
    for name in away:
        before, after = plan.tour(name), day.tour(name)
        assert before is not None
        done = [stop for stop in before.stops if stop.begin <= now]
        assert after is None or list(after.stops[: len(done)]) == done
