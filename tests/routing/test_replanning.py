"""Re-plans of a known plan on days that can be reckoned by hand, and on generated ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from routing.checker.judge import check_plan
from routing.cost import left_out, shares
from routing.formats.native import plan_of, write_plan, write_problem
from routing.problem import Problem
from routing.replanning import ChangePrices, Replan, Replans, replans
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Cents
from tests.routing.builders import problem, shift, visit, window
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled
from tests.routing.shell import run_apart

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


def test_the_collector_that_people_were_told_counts_not_the_one_of_a_later_draft() -> None:
    """Anna was told of the evening's collector; the draft moved her, and leaves her there free."""
    asked = two_rounds()
    draft = retimed(asked, {"pm": ["bea", "anna"]})
    told = {"anna": "collector of am", "bea": "collector of pm", "zoe": "collector of am"}
    found = replans(asked, draft, FEW, prices(collector=201), collectors=told)
    assert (found.fewest.collectors, found.balanced.collectors) == ((), ())
    assert found.cheapest.collectors in {("anna",), ("bea",)}


def test_a_visit_whose_collector_is_off_duty_changes_whatever_is_planned() -> None:
    asked = two_rounds()
    told = {"anna": "collector of am", "bea": "somebody ill"}
    known = retimed(asked, {"am": ["anna"]})
    found = replans(asked, known, FEW, prices(collector=10_000), collectors=told)
    assert [one.collectors for one in three(found)][:2] == [("bea",), ("bea",)]


def changes(**fields: object) -> str:
    return json.dumps({"collector": 201} | fields)


def replanned(text: str, *options: str) -> tuple[int, list[dict[str, object]]]:
    asked = two_rounds()
    known = write_plan(retimed(asked, {"am": ["anna"], "pm": ["bea"]}))
    lines = "\n".join([one_line(write_problem(asked)), one_line(known), text])
    told = run_apart("solve", "-", "--start", "-", "--iterations", "600", *options, text=lines)
    return told.returncode, [json.loads(line) for line in told.stdout.splitlines()]


def one_line(document: str) -> str:
    return json.dumps(json.loads(document))


def test_a_program_hears_of_the_three_replans_in_the_last_line() -> None:
    code, lines = replanned(changes(), "--progress", "json", "--replans", "-")
    last = lines[-1]
    assert (code, last["kind"], set(last["levels"])) == (0, "done", {"fewest", "cheapest"})
    assert plan_of(last["plan"]).orders == {"am": ("anna",), "pm": ("bea",)}
    assert plan_of(last["levels"]["cheapest"]).cost.total == 400
    assert any(line["kind"] == "improvement" for line in lines)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("{", "document: is not JSON"),
        (changes(collector=-1), "changes.collector: is negative"),
        (changes(promises={"zoe": [0, 1]}), "changes.promises: names no visit: zoe"),
        (changes(promises={"anna": [2, 1]}), "changes.promises.anna: ends before it begins"),
        (changes(promises={"anna": [2]}), "changes.promises.anna: is not a pair"),
        (changes(cost=1), "changes.cost: is not a field"),
    ],
)
def test_changes_that_cannot_be_read_are_refused_by_name(text: str, entry: str) -> None:
    code, (error,) = replanned(text, "--progress", "json", "--replans", "-")
    assert code == 2
    assert error["kind"] == "error"
    assert str(error["message"]).startswith(entry)


def test_a_promise_of_nobody_is_refused() -> None:
    asked = two_rounds()
    with pytest.raises(KeyError, match="zoe"):
        replans(asked, retimed(asked, {}), FEW, prices(), {"zoe": window()})


@settings(max_examples=scaled(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
