"""A visit is served by a collector it allows; somebody else than the preferred costs."""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule, Tour
from routing.problem import Problem
from tests.routing.builders import broken_on, by_hand, engine, problem, shift, tour, visit

CREW = (shift("am", collector="Ines"), shift("pm", collector="Joao"))


def at_annas(on: str = "am") -> Tour:
    return tour(("anna", 100, 100, 100), on=on, arrival=200)


@pytest.mark.parametrize(("on", "legal"), [("am", False), ("pm", True)])
def test_only_the_allowed_collectors_may_come(on: str, *, legal: bool):
    asked = problem(visit("anna", collectors=["Joao"]), shifts=CREW)
    assert broken_on(asked, at_annas(on)) == (set() if legal else {Rule.COLLECTORS})
    assert engine(asked) == {"pm": ("anna",)}


@pytest.mark.parametrize(("on", "legal"), [("am", False), ("pm", True)])
def test_the_forbidden_collectors_may_not_come(on: str, *, legal: bool):
    asked = problem(visit("anna", forbidden=["Ines"]), shifts=CREW)
    assert broken_on(asked, at_annas(on)) == (set() if legal else {Rule.COLLECTORS})
    assert engine(asked) == {"pm": ("anna",)}


def test_a_visit_that_allows_nobody_on_duty_stays_unassigned():
    asked = problem(visit("anna", collectors=["Rosa"]), shifts=CREW)
    assert engine(asked) == {}


def test_a_visit_that_says_nothing_allows_everybody():
    asked = problem(visit("anna"), shifts=CREW)
    assert broken_on(asked, at_annas("am")) == broken_on(asked, at_annas("pm")) == set()


def test_the_violation_names_the_collector():
    asked = problem(visit("anna", forbidden=["Ines"]), shifts=CREW)
    (violation,) = check_tour(asked, at_annas())
    assert (violation.visit, violation.what) == ("anna", "Ines")
    assert "driven by Ines; visit anna forbids this collector" in violation.sentence


def prefers_joao(preference: int, **fixed: int) -> Problem:
    crew = [
        shift("am", collector="Ines"),
        shift("pm", collector="Joao", fixed=fixed.get("fixed", 0)),
    ]
    return problem(visit("anna", preferred=["Joao"], preference=preference), shifts=crew)


@pytest.mark.parametrize(("on", "owed"), [("am", 150), ("pm", 0)])
def test_somebody_else_than_the_preferred_is_legal_and_costs(on: str, owed: int):
    asked = prefers_joao(150)
    plan = by_hand(asked, at_annas(on))
    assert plan.cost.preferences == owed
    assert check_plan(asked, plan) == ()


@pytest.mark.parametrize("billed", [149, 151])
def test_a_bill_that_is_a_cent_off_is_a_violation(billed: int):
    asked = prefers_joao(150)
    (violation,) = check_plan(asked, by_hand(asked, at_annas(), preferences=billed))
    assert (violation.rule, violation.what, violation.by) == (Rule.COLLECTORS, "preferences", 1)


@pytest.mark.parametrize(("preference", "on"), [(101, "pm"), (99, "am")])
def test_the_engine_weighs_a_preference_against_money(preference: int, on: str):
    # To send Joao costs 100 cents more.
    assert engine(prefers_joao(preference, fixed=100)) == {on: ("anna",)}
