"""Re-plans of a known plan on days that can be reckoned by hand, and on generated ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from routing.checker.judge import check_plan
from routing.cost import left_out, shares
from routing.problem import Problem
from routing.replanning import ChangePrices, Replan, Replans, replans
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Cents
from tests.routing.builders import problem, shift, visit, window
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled

FEW = Budget(iterations=600)


def prices(collector: int = 0, promise: int = 0) -> ChangePrices:
    return ChangePrices(collector=Cents(collector), promise=Cents(promise))


def three(found: Replans) -> tuple[Replan, Replan, Replan]:
    return found.fewest, found.balanced, found.cheapest


def two_rounds() -> Problem:
    """Anna and Bea with a collector each: one round saves the 2 km to Anna, at 100 cents."""
    return problem(visit("anna"), visit("bea"), shifts=[shift("am"), shift("pm")])


@pytest.mark.parametrize(("price", "moved"), [(199, 1), (201, 0)])
def test_a_visit_changes_its_collector_if_that_saves_more_than_its_price(
    price: int, moved: int
) -> None:
    asked = two_rounds()
    known = retimed(asked, {"am": ["anna"], "pm": ["bea"]})
    found = replans(asked, known, FEW, prices(collector=price))
    assert [len(one.collectors) for one in three(found)] == [0, moved, 1]
    assert (found.fewest.plan.cost.total, found.cheapest.plan.cost.total) == (600, 400)


@pytest.mark.parametrize(("price", "broken"), [(199, 1), (201, 0)])
def test_a_promise_is_broken_if_that_saves_more_than_its_price(price: int, broken: int) -> None:
    """Anna is promised the afternoon; on the morning's way to Bea she would save 2 km."""
    hours = [shift("am", 0, 600), shift("pm", 600, 5_000)]
    asked = problem(visit("anna"), visit("bea"), shifts=hours)
    known = retimed(asked, {"am": ["bea"], "pm": ["anna"]})
    promised = {"anna": window(1_000, 2_000), "bea": window(200, 200)}
    found = replans(asked, known, FEW, prices(promise=price), promised)
    assert found.fewest.promises == ()
    assert found.balanced.promises == ("anna",) * broken
    assert "anna" in found.cheapest.promises
    assert (found.fewest.plan.cost.total, found.cheapest.plan.cost.total) == (600, 400)


def test_the_visits_of_an_absent_collector_change_and_no_other() -> None:
    """Without the evening's shift its visits move; Anna and Bea stay with their collector."""
    doors = [visit(place) for place in ("anna", "bea", "cleo")]
    before = problem(*doors, shifts=[shift("am"), shift("pm"), shift("late")])
    known = retimed(before, {"am": ["anna"], "pm": ["bea"], "late": ["cleo"]})
    asked = problem(*doors, shifts=[shift("am"), shift("pm")])
    found = replans(asked, known, FEW, prices(collector=10_000))
    assert found.fewest.collectors == ("cleo",)
    assert found.balanced.collectors == ("cleo",)


def test_a_promise_that_would_leave_a_visit_out_is_broken_alone() -> None:
    """Anna was promised an instant that nobody can keep any more; Bea keeps hers."""
    asked = problem(visit("anna"), visit("bea"), shifts=[shift("am", 500, 5_000)])
    known = retimed(asked, {"am": ["anna", "bea"]})
    promised = {"anna": window(100, 100), "bea": window(2_000, 2_000)}
    found = replans(asked, known, FEW, prices(promise=10_000), promised)
    assert found.balanced.promises == ("anna",)
    assert not found.balanced.plan.unassigned


def test_a_preference_of_the_visit_is_weighed_against_the_known_collector() -> None:
    """Anna prefers the other collector for 300 cents: at 299 she goes there, at 301 she stays."""
    asked = problem(
        visit("anna", preferred=["collector of pm"], preference=300),
        shifts=[shift("am"), shift("pm")],
    )
    known = retimed(asked, {"am": ["anna"]})
    moved = [
        replans(asked, known, FEW, prices(collector=price)).balanced.collectors
        for price in (299, 301)
    ]
    assert moved == [("anna",), ()]


def test_a_promise_of_nobody_is_refused() -> None:
    asked = two_rounds()
    with pytest.raises(KeyError, match="zoe"):
        replans(asked, retimed(asked, {}), FEW, prices(), {"zoe": window()})


@settings(max_examples=scaled(25), suppress_health_check=[HealthCheck.too_slow])
@given(rich_problems(RULES))
def test_every_replan_is_legal_and_the_three_are_in_order(asked: Problem) -> None:
    known = solve(asked, Budget(iterations=20))
    promised = {
        stop.visit: window(max(0, stop.begin - 900), stop.begin + 900)
        for tour in known.tours
        for stop in tour.stops
    }
    price = prices(collector=500, promise=1_500)
    found = three(replans(asked, known, Budget(iterations=100), price, promised))
    assert not any(check_plan(asked, one.plan) for one in found)
    assert len({left_out(asked, one.plan) for one in found}) == 1
    changed = [price.of(one) for one in found]
    paid = [shares(asked, one.plan) for one in found]
    assert changed == sorted(changed)
    assert paid == sorted(paid, reverse=True)
