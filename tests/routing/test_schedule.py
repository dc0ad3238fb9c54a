"""An order becomes the shortest legal timed tour, or is said to have none."""

import pytest
from hypothesis import given, settings

from routing.checker.judge import check_plan, check_tour
from routing.errors import InvalidPlanError
from routing.problem import Problem
from routing.schedule import Broken, best_effort, retimed, timed
from tests.routing.brute import best_timing, may_bring, may_carry, orders
from tests.routing.builders import problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=3))
def test_a_timing_is_what_trying_every_second_finds(asked: Problem):
    for line in asked.shifts:
        for order in orders(asked):
            best = best_timing(asked, line, order)
            tour = timed(asked, line, order)
            if best is None or not may_bring(asked, line, order):
                assert isinstance(tour, Broken)
            else:
                assert not isinstance(tour, Broken)
                begins = tuple(stop.begin for stop in tour.stops)
                assert (tour.seconds, tour.arrival, begins) == best


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=3))
def test_a_broken_rule_is_one_the_checker_names_too(asked: Problem):
    """An order is legal to the checker exactly if it is timed, and may be carried at all."""
    for line in asked.shifts:
        for order in orders(asked):
            legal = not isinstance(timed(asked, line, order), Broken)
            legal = legal and may_carry(asked, line, order)
            assert legal == (check_tour(asked, best_effort(asked, line, order)) == ())


def test_waiting_is_done_at_home():
    # Anna opens at 1,000 and is 100 s away: the tour leaves at 900.
    plan = retimed(problem(visit("anna", (1_000, 2_000))), {"am": ["anna"]})
    (tour,) = plan.tours
    assert (tour.departure, tour.arrival, tour.stops[0].wait) == (900, 1_100, 0)


def test_waiting_at_a_door_happens_when_windows_ask_for_it():
    # Anna closes at 500, Bea opens at 1,000: leaving Anna's at 500, Bea is reached at 600.
    asked = problem(visit("anna", (0, 500)), visit("bea", (1_000, 2_000)))
    (tour,) = retimed(asked, {"am": ["anna", "bea"]}).tours
    assert (tour.departure, [stop.wait for stop in tour.stops], tour.arrival) == (
        400,
        [0, 400],
        1_200,
    )


def test_a_tour_takes_the_second_window_when_that_makes_it_shorter():
    # Anna at 10..20 would wait for Bea until 1,000; Anna at 900..950 does not wait.
    asked = problem(visit("anna", (10, 120), (900, 950)), visit("bea", (1_000, 1_100)))
    (tour,) = retimed(asked, {"am": ["anna", "bea"]}).tours
    assert (tour.departure, tour.seconds) == (800, 400)


def test_a_tour_ends_later_when_that_makes_it_shorter():
    # Bea at 1,000 is possible only with Anna at 120 at the latest: home at 1,200 after 1,180 s.
    # Anna at 950 and Bea at 1,050 take 400 s, and end at 1,250.
    asked = problem(visit("anna", (10, 120), (950, 1_000)), visit("bea", (1_000, 1_100)))
    (tour,) = retimed(asked, {"am": ["anna", "bea"]}).tours
    assert (tour.departure, tour.arrival) == (850, 1_250)


def test_a_move_that_breaks_a_rule_still_has_times():
    asked = problem(visit("anna", (0, 150)), visit("bea", (0, 200)))
    plan = retimed(asked, {"am": ["bea", "anna"]})
    # Bea at 200, Anna at 300: 150 s after her window closed.
    assert [stop.begin for stop in plan.tours[0].stops] == [200, 300]
    (violation,) = check_plan(asked, plan)
    assert (violation.visit, violation.by) == ("anna", 150)


@pytest.mark.parametrize(
    ("orders_", "entry"),
    [
        ({"am": ["zoe"]}, "visit 'zoe'"),
        ({"night": ["anna"]}, "shift 'night'"),
        ({"am": ["anna", "anna"]}, "visit 'anna'"),
        ({"am": ["anna"], "pm": ["anna"]}, "visit 'anna'"),
    ],
)
def test_orders_that_make_no_plan_are_refused(orders_: dict[str, list[str]], entry: str):
    asked = problem(visit("anna"), shifts=[shift("am"), shift("pm")])
    with pytest.raises(InvalidPlanError) as refused:
        retimed(asked, orders_)
    assert refused.value.entry == entry


def test_a_shift_without_visits_has_no_tour():
    assert retimed(problem(visit("anna")), {"am": []}).tours == ()
