"""In the middle of a day the past stays as it is, and what is left can be planned anew."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.analysis.remaining_day import remaining, whole
from routing.checker.judge import check_plan
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import assembled, retimed
from routing.solver import solve
from routing.units import Seconds
from tests.routing.builders import FEW, balance, problem, reload, shift, tour, visit
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


def test_a_stop_that_begins_this_second_is_history():
    # Anna is reached at 100.
    asked = problem(visit("anna"), visit("bea"))
    plan = retimed(asked, {"am": ["anna", "bea"]})
    for now, open_visits in ((99, ["anna", "bea"]), (100, ["bea"])):
        left = remaining(asked, plan, Seconds(now))
        assert [each.id for each in left.visits] == open_visits


def test_the_work_done_so_far_counts_against_every_limit():
    # The bank was left at 0. Bea lasts from 200 until 230, two kilometres from the bank.
    limits = shift(max_working=1_000, max_driving=700, max_metres=9_000, max_stops=3)
    asked = problem(visit("bea", service=30), visit("anna"), shifts=[limits])
    (line,) = remaining(asked, retimed(asked, {"am": ["bea", "anna"]}), Seconds(210)).shifts
    found = (line.max_working, line.max_driving, line.max_metres, line.max_stops)
    assert found == (770, 500, 7_000, 2)


def test_a_fair_share_is_what_the_day_has_not_used_of_it():
    shares = [
        balance("seconds", "am", "pm", share=900, cents=1),
        balance("stops", "am", share=1, cents=1),
        balance("metres", "am", share=5_000, cents=1),
    ]
    asked = problem(
        visit("bea", service=30), visit("anna"), shifts=[shift(), shift("pm")], balances=shares
    )
    left = remaining(asked, retimed(asked, {"am": ["bea", "anna"]}), Seconds(210))
    assert [(each.measure.value, set(each.shifts), each.share) for each in left.balances] == [
        ("seconds", {"pm"}, 900),
        ("seconds", {"am"}, 670),
        ("stops", {"am"}, 0),
        ("metres", {"am"}, 3_000),
    ]


def test_an_emptied_box_has_no_load_and_no_clock():
    # Anna's milk is left in the freezer of the lab at 500, and Dora's taken at 600.
    asked = problem(
        visit("anna", load={"ml": 3}, ride={"milk": 900}),
        visit("dora", load={"ml": 2}, ride={"milk": 900}),
        visit("cleo"),
        shifts=[shift(reload=reload("lab"), carried={"ml": 1}, carried_until=5_000)],
    )
    stops = [("anna", 100, 100, 100), ("dora", 600, 600, 600), ("cleo", 700, 700, 700)]
    at_the_lab = [("lab", 1, 500, 500, 500)]
    plan = assembled(asked, (tour(*stops, arrival=1_000, unloadings=at_the_lab),))
    for now, load, clock in (
        (499, {"ml": 4}, 1_000),
        (500, {}, None),
        (600, {"ml": 2}, 1_500),
    ):
        (line,) = remaining(asked, plan, Seconds(now)).shifts
        assert (line.carried, line.carried_until) == (load, clock), now


def test_a_clock_that_the_direct_way_keeps_to_the_second_binds():
    # Dora's milk is taken at 400, and the bank is 400 s away.
    for limit, clock in ((400, 800), (399, None)):
        asked = problem(visit("dora", ride={"milk": limit}), visit("anna"))
        left = remaining(asked, retimed(asked, {"am": ["dora", "anna"]}), Seconds(400))
        assert left.shifts[0].carried_until == clock


def test_a_shift_that_reaches_its_last_hour_to_the_second_is_not_late():
    # The last visit of the tour is Dora at 400, and the bank is 400 s away.
    for latest, ends in ((800, 800), (900, 900)):
        asked = problem(visit("dora"), shifts=[shift("am", 0, latest)])
        (line,) = remaining(asked, retimed(asked, {"am": ["dora"]}), Seconds(400)).shifts
        assert line.window.latest == ends


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
