"""A visit with a penalty may be left out for that price, and the bill says so."""

from dataclasses import replace

import pytest

from routing.plan import Plan, ReasonCode, Rule, Unassigned
from routing.schedule import retimed
from routing.solver import solve
from tests.routing.builders import FEW, broken, engine, problem, shift, solved, visit


@pytest.mark.parametrize(("penalty", "served"), [(201, True), (199, False)])
def test_a_visit_is_served_when_it_costs_less_than_its_penalty(penalty: int, served: int):
    # There and back to Anna is 2 km: 200 cents.
    asked = problem(visit("anna", penalty=penalty))
    assert engine(asked) == ({"am": ("anna",)} if served else {})
    assert solved(asked) == ({"am": ("anna",)} if served else {})


def test_at_the_same_price_the_visit_is_served():
    assert solved(problem(visit("anna", penalty=200))) == {"am": ("anna",)}


def test_one_cent_less_than_the_price_is_a_reason_to_leave_it_out():
    plan = solve(problem(visit("anna", penalty=199)), FEW)
    reason = plan.unassigned[0].reason
    assert reason is not None
    assert (reason.code, reason.price) == (ReasonCode.TOO_DEAR, 200)


def test_a_mandatory_visit_is_served_at_any_price():
    # Anna costs 109,999 cents: 2 km at 50,000 cents, and the use of the shift.
    asked = problem(
        visit("anna"), visit("dora", penalty=100), shifts=[shift("am", per_km=50_000, fixed=9_999)]
    )
    assert engine(asked) == {"am": ("anna",)}


@pytest.mark.parametrize(("billed", "legal"), [(699, False), (700, True), (701, False)])
def test_the_bill_adds_the_penalties_of_all_who_are_left_out(billed: int, *, legal: bool):
    asked = problem(visit("anna", penalty=300), visit("bea", penalty=400), visit("cleo"))
    plan = retimed(asked, {"am": ["cleo"]})
    assert plan.cost.penalties == 700
    plan = replace(plan, cost=replace(plan.cost, penalties=billed))
    assert broken(asked, plan) == (set() if legal else {Rule.OPTIONAL})


def test_a_mandatory_visit_may_be_unassigned_and_is_not_billed():
    asked = problem(visit("anna"))
    assert broken(asked, Plan(unassigned=(Unassigned(visit="anna"),))) == set()
