"""Every visit is once in a tour, or once among the unassigned."""

from dataclasses import replace

import pytest

from routing.checker.judge import check_plan
from routing.plan import Plan, Rule, Unassigned
from routing.schedule import assembled, retimed
from routing.units import LARGEST
from tests.routing.builders import broken, engine, problem, shift, tour, visit

ASKED = problem(visit("anna"), visit("bea"))


def test_each_visit_once_is_legal():
    assert broken(ASKED, retimed(ASKED, {"am": ["anna", "bea"]})) == set()
    assert broken(ASKED, retimed(ASKED, {"am": ["anna"]})) == set()
    assert broken(ASKED, retimed(ASKED, {})) == set()


def test_a_missing_visit_is_a_violation():
    plan = retimed(ASKED, {"am": ["anna"]})
    (violation,) = check_plan(ASKED, replace(plan, unassigned=()))
    assert (violation.rule, violation.visit, violation.by) == (Rule.COVERAGE, "bea", 1)


@pytest.mark.parametrize(
    "twice",
    [
        assembled(ASKED, (tour(("anna", 100, 100, 100), ("anna", 100, 100, 100), arrival=200),)),
        replace(
            retimed(ASKED, {"am": ["anna"]}),
            unassigned=(Unassigned(visit="anna"),) * 1 + (Unassigned(visit="bea"),),
        ),
        Plan(unassigned=(Unassigned(visit="anna"), Unassigned(visit="bea")) * 2),
    ],
    ids=["in a tour", "in a tour and unassigned", "unassigned"],
)
def test_a_visit_that_is_there_twice_is_a_violation(twice: Plan):
    assert broken(ASKED, twice) == {Rule.COVERAGE}


def test_a_visit_that_is_there_three_times_is_there_twice_too_often():
    left = (Unassigned(visit="anna"),) * 3 + (Unassigned(visit="bea"),)
    (violation,) = check_plan(ASKED, Plan(unassigned=left))
    assert (violation.visit, violation.by) == ("anna", 2)


def test_a_visit_nobody_asked_for_is_a_violation():
    plan = retimed(ASKED, {"am": ["anna", "bea"]})
    stranger = replace(plan, unassigned=(Unassigned(visit="zoe"),))
    (violation,) = check_plan(ASKED, stranger)
    assert (violation.rule, violation.visit) == (Rule.COVERAGE, "zoe")


def test_the_engine_leaves_a_mandatory_visit_out_only_if_it_must():
    # Only one of the two fits: 400 s there and back to Bea, 200 s to Anna.
    asked = problem(
        visit("anna", (100, 100)),
        visit("bea", (200, 200), service=1),
        visit("cleo", (200, 200)),
        shifts=[shift("am", 0, 401)],
    )
    # Anna at 100 and Bea at 200 go together, back at 401; Cleo is 300 s away.
    assert engine(asked) == {"am": ("anna", "bea")}


def test_no_sum_of_penalties_outweighs_a_mandatory_visit():
    # Together the optional ones cost 3 million cents to leave out; Cleo excludes them all.
    asked = problem(
        visit("cleo", (300, 300)),
        visit("anna", (300, 300), penalty=LARGEST // 1_000),
        visit("bea", (300, 300), penalty=LARGEST // 1_000),
    )
    assert engine(asked) == {"am": ("cleo",)}
