"""The risk of a plan: compared with days drawn in plain Python, and with days without spread."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days import day
from routing.analysis.insertion import filled
from routing.analysis.risk import PlanRisk, TourRisk, risk
from routing.errors import InvalidProblemError
from routing.plan import Plan
from routing.problem import Problem, Spreads, Window
from routing.schedule import retimed
from tests.routing.builders import lunch, problem, reload, shift, visit, window
from tests.routing.sampler import sample
from tests.routing.scale import scaled
from tests.routing.strategies import problems

USUAL = {"leg": 15, "day": 8, "hour": 5, "service": 35}
ERROR = 0.04
"""Four standard errors of the difference of two chances on 5,000 and 2,000 days."""


def risk_of(asked: Problem, **orders: list[str]) -> TourRisk:
    """The risk of the only tour of these orders."""
    found = risk(asked, retimed(asked, orders or {"am": [each.id for each in asked.visits]}))
    return found.tours[0]


def test_a_day_without_spread_is_the_planned_day():
    asked = problem(visit("anna", (0, 100), ride={"milk": 300}), visit("bea", (0, 200)))
    plan = retimed(asked, {"am": ["anna", "bea"]})
    found = risk(asked, plan, days=3)
    assert found.holds == 1.0
    assert found.tours[0].cold == found.tours[0].in_time == 1.0
    assert [(stop.visit, stop.promise, stop.earliest) for stop in found.tours[0].stops] == [
        ("anna", 1.0, 100),
        ("bea", 1.0, 200),
    ]


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems())
def test_a_legal_plan_without_spread_always_holds(asked: Problem):
    plan = filled(asked, retimed(asked, {}))
    assert risk(asked, plan, days=2).holds == 1.0


def test_a_promise_on_its_last_second_is_kept_on_half_of_the_days():
    asked = problem(visit("dora", (0, 400)), spreads={"leg": 10})
    # The median of a lognormal of mean 1 is a little below 1.
    assert risk_of(asked).stops[0].promise == pytest.approx(0.52, abs=0.03)


def test_a_wait_before_the_window_protects_the_promise():
    asked = problem(visit("dora", (400, 900)), spreads={"leg": 10})
    assert risk_of(asked).stops[0].promise == 1.0


def test_the_factor_of_the_day_is_shared_by_all_tours():
    shifts = [shift("am"), shift("pm")]
    both = [visit("dora", (0, 400)), visit("cleo", (0, 300))]
    asked = problem(*both, shifts=shifts, spreads={"day": 10})
    found = risk(asked, retimed(asked, {"am": ["dora"], "pm": ["cleo"]}))
    assert found.holds == found.tours[0].stops[0].promise == found.tours[1].stops[0].promise


def test_legs_by_themselves_are_not_shared():
    shifts = [shift("am"), shift("pm")]
    both = [visit("dora", (0, 400)), visit("cleo", (0, 300))]
    asked = problem(*both, shifts=shifts, spreads={"leg": 10})
    found = risk(asked, retimed(asked, {"am": ["dora"], "pm": ["cleo"]}))
    assert found.holds == pytest.approx(0.52**2, abs=0.03)


def test_an_unloading_ends_the_ride():
    clock = visit("dora", (0, 900), ride={"milk": 100})
    far = visit("anna", (0, 5_000), service=3_000)
    emptied = problem(clock, far, shifts=[shift(reload=reload())], spreads={"leg": 5})
    found = risk_of(emptied, am=["dora", "anna"])
    assert [(each.visit, each.item) for each in found.clocks] == [("dora", "milk")]
    assert 0.4 < found.cold < 0.6


def test_the_load_carried_from_the_start_has_a_clock():
    asked = problem(visit("anna"), shifts=[shift(carried_until=200)], spreads={"leg": 10})
    found = risk_of(asked)
    assert [(each.visit, each.item) for each in found.clocks] == [(None, None)]
    assert 0.4 < found.cold < 0.6


def test_a_donor_who_does_not_come_has_no_clock_and_takes_less_time():
    asked = problem(visit("dora", service=100, ride={"milk": 399}, no_show=100))
    assert replace(asked, spreads=Spreads(leg=10)).visits[0].no_show == 100
    found = risk(replace(asked, spreads=Spreads(leg=50)), retimed(asked, {"am": ["dora"]}))
    assert found.tours == () or found.tours[0].cold == 1.0


def test_a_late_start_endangers_promises_and_not_clocks():
    asked = problem(
        visit("dora", (0, 410), ride={"milk": 400}), shifts=[shift("am", 0, 900, late_start=10)]
    )
    found = risk_of(asked)
    # The lateness is below 10 s, one standard deviation of a half normal, on 68 days of 100.
    assert found.stops[0].promise == pytest.approx(0.68, abs=0.03)
    assert found.cold == 1.0


def test_a_break_begins_when_its_window_opens_and_delays_the_arrival():
    asked = problem(
        visit("dora", (0, 460)), shifts=[shift(breaks=[lunch((100, 200))])], spreads={"leg": 10}
    )
    plan = retimed(asked, {"am": ["dora"]})
    found, drawn = risk(asked, plan), sample(asked, plan, days=2_000, heavy=False)
    kept = drawn.promises["dora"] / 2_000
    assert found.tours[0].stops[0].promise == pytest.approx(kept, abs=ERROR)


def _planned(seed: int, *, rich: bool) -> tuple[Problem, Plan]:
    asked = replace(day(25, 4, seed=seed, rich=rich), spreads=Spreads(**USUAL))
    visits = tuple(
        replace(each, no_show=5 * (row % 3), service_spread=[None, 0, 60][row % 3])
        for row, each in enumerate(asked.visits)
    )
    shifts = tuple(replace(each, late_start=120) for each in asked.shifts)
    asked = replace(asked, visits=visits, shifts=shifts)
    return asked, filled(asked, retimed(asked, {}))


@pytest.mark.parametrize("seed", range(4))
def test_the_simulation_agrees_with_days_drawn_in_plain_python(seed: int):
    asked, plan = _planned(seed, rich=True)
    found, drawn = risk(asked, plan), sample(asked, plan, days=2_000, heavy=False)
    assert found.holds == pytest.approx(drawn.holds / 2_000, abs=ERROR)
    for tour in found.tours:
        assert tour.cold == pytest.approx(drawn.cold[tour.shift] / 2_000, abs=ERROR)
        assert tour.in_time == pytest.approx(drawn.in_time[tour.shift] / 2_000, abs=ERROR)
        for stop in tour.stops:
            kept = drawn.promises[stop.visit] / 2_000
            assert stop.promise == pytest.approx(kept, abs=ERROR)
        for clock in tour.clocks:
            kept = drawn.clocks[clock.visit, clock.item] / 2_000
            assert clock.holds == pytest.approx(kept, abs=ERROR)


def _kept(found: PlanRisk) -> list[float]:
    chances = [found.holds]
    for tour in found.tours:
        chances += [tour.cold, tour.in_time, *(stop.promise for stop in tour.stops)]
        chances += [clock.holds for clock in tour.clocks]
    return chances


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(), st.integers(1, 100), st.integers(0, 60))
def test_more_margin_never_lowers_a_chance(asked: Problem, more: int, leg: int):
    """The same tours on the same days, with windows, hours and clocks that end later."""
    asked = replace(asked, spreads=Spreads(leg=leg, day=leg // 2, service=leg))
    plan = filled(asked, retimed(asked, {}))
    visits = tuple(
        replace(
            each,
            windows=(
                *each.windows[:-1],
                window(each.windows[-1].earliest, each.windows[-1].latest + more),
            ),
            ride_limits={item: limit + more for item, limit in each.ride_limits.items()},
        )
        for each in asked.visits
    )
    shifts = tuple(
        replace(
            each, window=Window(earliest=each.window.earliest, latest=each.window.latest + more)
        )
        for each in asked.shifts
    )
    wider = replace(asked, visits=visits, shifts=shifts)
    before, after = _kept(risk(asked, plan, days=50)), _kept(risk(wider, plan, days=50))
    assert all(late >= early for early, late in zip(before, after, strict=True))


def test_a_plan_without_tours_holds():
    asked = problem(visit("anna"))
    assert risk(asked, retimed(asked, {})).holds == 1.0


def test_a_plan_is_judged_on_a_day_at_least():
    asked = problem(visit("anna"))
    with pytest.raises(ValueError, match="at least one day"):
        risk(asked, retimed(asked, {}), days=0)


@pytest.mark.parametrize(
    ("spreads", "safety", "entry", "complaint"),
    [
        ({"leg": 300}, {}, "spreads.leg", "is 300 %, not between 0 and 100 %"),
        ({"day": -1}, {}, "spreads.day", "is -1 %, not between 0 and 100 %"),
        ({"service": 0.5}, {}, "spreads.service", "is not a whole number of percent"),
        ({}, {"promise_kept": 100}, "safety.promise_kept", "is 100 %, not between 50 and 99 %"),
        ({}, {"clock_kept": 49}, "safety.clock_kept", "is 49 %, not between 50 and 99 %"),
        ({}, {"clock_price": -1}, "safety.clock_price", "is negative"),
    ],
)
def test_a_spread_or_a_level_out_of_bounds_is_refused(
    spreads: dict[str, int], safety: dict[str, int], entry: str, complaint: str
):
    with pytest.raises(InvalidProblemError) as refused:
        problem(visit("anna"), spreads=spreads, safety=safety)
    assert refused.value.entry == entry
    assert complaint in str(refused.value)


def test_a_no_show_and_a_late_start_out_of_bounds_are_refused():
    with pytest.raises(InvalidProblemError, match="no_show"):
        problem(visit("anna", no_show=101))
    with pytest.raises(InvalidProblemError, match="late_start"):
        problem(visit("anna"), shifts=[shift(late_start=-1)])
