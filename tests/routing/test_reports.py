"""Every rule reports its whole violation: shift, visit, subject, amount and sentence.

A case is a rule, a problem, a tour by hand that breaks the rule, and the rule's report of it. The
town and its arithmetic are those of `tests.routing.builders`.
"""

from dataclasses import replace

import pytest

from routing.check.judge import check_plan
from routing.plan import Plan, Rule, Tour, Unassigned
from routing.problem import Problem
from routing.schedule import assembled
from tests.routing.builders import (
    balance,
    by_hand,
    problem,
    shift,
    tour,
    visit,
)
from tests.routing.report_cases import FORBIDDEN, ONE, TO_ANNA, TO_ANNA_AND_BEA, TWO


def reports(asked: Problem, plan: Plan, rule: Rule) -> list[str]:
    """Return the violations of one rule: shift, visit, subject and amount | sentence."""
    return [
        f"{one.shift or '-'} {one.visit or '-'} {one.what or '-'} {one.by} | {one.sentence}"
        for one in check_plan(asked, plan)
        if one.rule is rule
    ]


@pytest.mark.parametrize(
    ("rule", "asked", "driven", "due"),
    [case[1:] for case in FORBIDDEN],
    ids=[case[0] for case in FORBIDDEN],
)
def test_a_rule_reports_the_place_the_amount_and_a_sentence(
    rule: Rule, asked: Problem, driven: Tour, due: list[str]
):
    assert reports(asked, assembled(asked, (driven,)), rule) == due


def test_coverage_reports_the_missing_the_doubled_and_the_unknown():
    left = tuple(Unassigned(visit=name) for name in ("bea", "bea", "bea", "zoe", "zoe"))
    assert reports(TWO, Plan(unassigned=left), Rule.COVERAGE) == [
        "- anna - 1 | Visit anna is neither in a tour nor unassigned.",
        "- bea - 2 | Visit bea is in the plan 3 times.",
        "- zoe - 2 | Visit zoe is not in the problem.",
    ]


def test_an_unknown_shift_is_reported():
    stray = Plan(tours=(replace(TO_ANNA, shift="night"),))
    assert reports(ONE, stray, Rule.SHIFTS) == ["night - - 0 | Shift night is not in the problem."]


def test_a_shift_reports_its_second_tour():
    twice = assembled(TWO, (TO_ANNA, tour(("bea", 200, 200, 200), arrival=400)))
    assert reports(TWO, twice, Rule.SHIFTS) == ["am - - 0 | Shift am has more than one tour."]


BILLED = problem(
    visit("anna", preferred=["zoe"], preference=7, due=40, late=3_600),
    visit("bea", due=200, late=3_600),
    shifts=[shift(collector="max", per_hour=900, fixed=11)],
    balances=[balance("stops", "am", share=1, cents=13)],
)
"""A tour to Anna and Bea costs 400 cents of driving, 100 of time, 11 fixed, 7 for another
collector, 60 for a minute's lateness at Anna and 13 for the stop above the share. Bea is served on
the last second that is not late."""


@pytest.mark.parametrize(
    ("part", "rule", "due", "subject"),
    [
        ("driving", Rule.PRICE, 400, "The roads of the tours"),
        ("time", Rule.PRICE, 100, "The hours from departure to arrival"),
        ("fixed", Rule.PRICE, 11, "The shifts that drive"),
        ("risk", Rule.PRICE, 0, "The margins that are missing"),
        ("preferences", Rule.COLLECTORS, 7, "Visits by others than the preferred collectors"),
        ("lateness", Rule.DATES, 60, "Services that begin after they are due"),
        ("imbalance", Rule.BALANCE, 13, "Tours above their fair share"),
    ],
)
def test_a_part_of_the_bill_reports_what_is_due_and_what_is_billed(
    part: str, rule: Rule, due: int, subject: str
):
    sentence = f"{subject} cost {due} cents; the bill says {due + 2} cents."
    plan = by_hand(BILLED, TO_ANNA_AND_BEA, **{part: due + 2})
    assert reports(BILLED, plan, rule) == [f"- - {part} 2 | {sentence}"]
