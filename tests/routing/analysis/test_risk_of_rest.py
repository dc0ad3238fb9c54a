"""The risk of what is left of a plan in the middle of its day, and the windows that are kept."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from bench.days import day
from routing.analysis.insertion import filled
from routing.analysis.risk import risk
from routing.problem import Spreads
from routing.schedule import retimed
from routing.simulation import days
from tests.routing.builders import problem, reload, shift, visit, window

# The town: home - anna 100 s - bea 200 s - cleo 300 s - dora 400 s, and back.


def test_before_the_departure_the_rest_is_the_whole():
    asked = replace(day(25, 4, seed=1, rich=True), spreads=Spreads(leg=15, day=8, service=35))
    plan = filled(asked, retimed(asked, {}))
    assert risk(asked, plan, days=50, now=0) == risk(asked, plan, days=50)


def test_stops_that_have_begun_are_left_out_and_their_clocks_run_on():
    asked = problem(visit("anna", ride={"milk": 500}), visit("dora", (0, 420)), spreads={"leg": 10})
    plan = retimed(asked, {"am": ["anna", "dora"]})
    departure = plan.tours[0].departure
    found = risk(asked, plan, now=departure + 250).tours[0]
    assert [stop.visit for stop in found.stops] == ["dora"]
    assert [(clock.visit, clock.item) for clock in found.clocks] == [("anna", "milk")]


def test_a_ride_that_is_over_is_left_out_and_a_broken_one_on_board_never_holds():
    clock = visit("dora", (0, 900), ride={"milk": 100})
    far = visit("anna", (0, 5_000), service=3_000)
    emptied = problem(clock, far, shifts=[shift(reload=reload())], spreads={"leg": 5})
    plan = retimed(emptied, {"am": ["dora", "anna"]})
    at_anna = plan.tours[0].stops[1].begin
    assert risk(emptied, plan, now=at_anna).tours[0].clocks == ()
    late = replace(plan.tours[0], unloadings=())
    found = risk(emptied, replace(plan, tours=(late,)), now=at_anna).tours[0]
    assert [each.holds for each in found.clocks] == [0.0]
    assert found.cold == 0.0


def test_a_tour_that_is_over_is_left_out():
    asked = problem(visit("dora"), spreads={"leg": 10})
    plan = retimed(asked, {"am": ["dora"]})
    assert risk(asked, plan, now=plan.tours[0].arrival).tours == ()
    assert len(risk(asked, plan, now=plan.tours[0].arrival - 1).tours) == 1


@pytest.mark.parametrize("after", [10, 390, 440, 600])
def test_a_drive_under_way_arrives_after_now(after: int):
    """Compared with drives drawn until one lasts so long."""
    asked = problem(visit("dora", (0, 9_000)), spreads={"leg": 20})
    plan = retimed(asked, {"am": ["dora"]})
    now = plan.tours[0].departure + after
    # The plan has expected times, and the collector is not there yet.
    expected = replace(plan.tours[0].stops[0], arrival=now + 60, begin=now + 60, end=now + 60)
    plan = replace(plan, tours=(replace(plan.tours[0], stops=(expected,)),))
    begins = risk(asked, plan, now=now).tours[0].stops[0].begins
    assert begins.min() >= now
    dice, scale = random.Random(1), math.sqrt(math.log1p(0.2**2))  # noqa: S311 - simulated days
    drawn = (400 * math.exp(dice.gauss(0, scale) - scale**2 / 2) for _ in range(400_000))
    lasting = [seconds for seconds in drawn if seconds >= after]
    mean = plan.tours[0].departure + np.mean(lasting)
    assert begins.mean() == pytest.approx(mean, abs=max(5, 600 / len(lasting) ** 0.5))


def test_a_drive_under_way_without_spread_ends_now_at_the_earliest():
    asked = problem(visit("dora", (0, 9_000)))
    plan = retimed(asked, {"am": ["dora"]})
    late = replace(plan.tours[0], departure=plan.tours[0].departure - 500)
    found = risk(asked, replace(plan, tours=(late,)), days=3, now=plan.tours[0].departure)
    assert set(found.tours[0].stops[0].begins) == {plan.tours[0].departure}


def test_a_service_under_way_ends_after_now():
    asked = problem(visit("anna", service=100), visit("dora", (0, 9_000)), spreads={"service": 50})
    plan = retimed(asked, {"am": ["anna", "dora"]})
    first = plan.tours[0].stops[0]
    found = risk(asked, plan, now=first.begin + 90).tours[0]
    leg = plan.tours[0].stops[1].arrival - first.end
    assert [stop.visit for stop in found.stops] == ["dora"]
    assert found.stops[0].begins.min() >= first.begin + 90 + leg


def test_a_collector_who_waits_at_a_door_begins_when_it_opens():
    asked = problem(visit("dora", (1_000, 2_000)), visit("anna"), spreads={"leg": 30})
    plan = retimed(asked, {"am": ["anna", "dora"]})
    stop = plan.tours[0].stops[1]
    early = replace(stop, arrival=stop.arrival - 100)
    tour = replace(plan.tours[0], stops=(plan.tours[0].stops[0], early))
    found = risk(asked, replace(plan, tours=(tour,)), days=9, now=stop.begin - 50)
    assert set(found.tours[0].stops[0].begins) == {stop.begin}


def test_a_window_is_kept_on_as_many_days_as_it_says_and_not_longer_than_needed():
    asked = problem(visit("dora", (0, 9_000)), spreads={"leg": 20})
    found = risk(asked, retimed(asked, {"am": ["dora"]})).stop("dora")
    for percent in (50, 95, 100):
        kept = found.window(percent)
        assert found.chance_within(kept) >= percent / 100
        shorter = window(kept.earliest + 3, kept.latest - 3)
        assert found.chance_within(shorter) < percent / 100
    spread = found.window(95).latest - found.window(95).earliest
    # Four standard deviations of 80 s, somewhat less for a skewed distribution.
    assert 3.5 * 80 < spread < 4 * 80
    assert found.window(50).latest <= found.window(95).latest


def test_a_window_is_kept_on_one_to_a_hundred_days():
    asked = problem(visit("dora"), spreads={"leg": 20})
    found = risk(asked, retimed(asked, {"am": ["dora"]}), days=9).stop("dora")
    for percent in (0, 101):
        with pytest.raises(ValueError, match="1 to 100"):
            found.window(percent)
    assert risk(asked, retimed(asked, {"am": ["dora"]}), days=9).stop("anna") is None


def test_the_same_question_is_simulated_once_and_any_other_anew(monkeypatch: pytest.MonkeyPatch):
    asked = problem(visit("anna", ride={"milk": 500}), visit("dora", (0, 420)), spreads={"leg": 10})
    plan = retimed(asked, {"am": ["anna", "dora"]})
    simulated, first = 0, risk(asked, plan, days=31)
    real = days.simulate

    def counted(*tables: object) -> object:
        nonlocal simulated
        simulated += 1
        return real(*tables)

    monkeypatch.setattr(days, "simulate", counted)
    assert risk(asked, plan, days=31) == first
    assert simulated == 0
    wider = replace(asked, spreads=Spreads(leg=11))
    longer = replace(asked, visits=(replace(asked.visits[0], service=60), asked.visits[1]))
    tight = replace(
        asked, visits=(replace(asked.visits[0], ride_limits={"milk": 499}), asked.visits[1])
    )
    others = [
        risk(wider, plan, days=31),
        risk(longer, retimed(longer, plan.orders), days=31),
        risk(tight, plan, days=31),
        risk(asked, plan, days=32),
        risk(asked, plan, days=31, seed=1),
        risk(asked, plan, days=31, now=plan.tours[0].departure + 60),
        risk(asked, retimed(asked, {"am": ["dora", "anna"]}), days=31),
    ]
    assert simulated == len(others)


def test_what_a_caller_reads_cannot_change_what_the_next_one_reads():
    asked = problem(visit("dora", (0, 400)), spreads={"leg": 10})
    begins = risk(asked, retimed(asked, {"am": ["dora"]}), days=17).stop("dora").begins
    with pytest.raises(ValueError, match="read-only"):
        begins[0] = 0
