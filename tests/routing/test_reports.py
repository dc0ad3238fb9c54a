"""Every rule reports its whole violation: shift, visit, subject, amount and sentence.

A case is a rule, a problem, a tour by hand that breaks the rule, and the rule's report of it. The
town and its arithmetic are those of `tests.routing.builders`.
"""

from dataclasses import replace

import pytest

from routing.checker.judge import check_plan
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
    visit("anna", preferred=["zoe"], preference=7, due=40, late=3_600, zone="village"),
    visit("bea", due=200, late=3_600),
    visit("cleo", penalty=9),
    shifts=[
        shift(
            collector="max",
            per_hour=900,
            fixed=11,
            zones=["town"],
            outside=5,
            overtime_from=300,
            per_overtime_hour=3_600,
        )
    ],
    balances=[balance("stops", "am", share=1, cents=13)],
)
"""A tour to Anna and Bea costs 400 cents of driving, 100 of time, 11 fixed, 7 for another
collector, 60 for a minute's lateness at Anna, 5 outside the zone, 100 of overtime and 13 for the
stop above the share; Cleo's absence costs 9. Bea is served on the last second that is not late."""


@pytest.mark.parametrize(
    ("part", "rule", "due", "subject"),
    [
        ("driving", Rule.PRICE, 400, "The roads of the tours"),
        ("time", Rule.PRICE, 100, "The hours from departure to arrival"),
        ("fixed", Rule.PRICE, 11, "The shifts that drive"),
        ("risk", Rule.PRICE, 0, "The margins that are missing"),
        ("preferences", Rule.COLLECTORS, 7, "Visits by others than the preferred collectors"),
        ("lateness", Rule.DATES, 60, "Services that begin after they are due"),
        ("zones", Rule.ZONES, 5, "Visits outside the zones of their shifts"),
        ("overtime", Rule.OVERTIME, 100, "Hours after the regular end of shifts"),
        ("penalties", Rule.OPTIONAL, 9, "The visits left out"),
        ("imbalance", Rule.BALANCE, 13, "Tours above their fair share"),
    ],
)
def test_a_part_of_the_bill_reports_what_is_due_and_what_is_billed(
    part: str, rule: Rule, due: int, subject: str
):
    sentence = f"{subject} cost {due} cents; the bill says {due + 2} cents."
    plan = by_hand(BILLED, TO_ANNA_AND_BEA, **{part: due + 2})
    assert reports(BILLED, plan, rule) == [f"- - {part} 2 | {sentence}"]


def test_a_forbidden_zone_has_no_price():
    confined = problem(visit("anna", zone="village"), shifts=[shift(zones=["town"])])
    sentence = "Visit anna lies in zone village, where shift am may not go."
    found = reports(confined, by_hand(confined, TO_ANNA), Rule.ZONES)
    assert found == [f"am anna village 0 | {sentence}"]


def test_a_tour_reports_its_wrong_ends():
    astray = replace(TO_ANNA, start="bea", end="home")
    assert reports(ONE, assembled(ONE, (astray,)), Rule.ENDS) == [
        "am - bea 0 | The tour of shift am has its start at bea, not at bank.",
        "am - home 0 | The tour of shift am has its end at home, not at bank.",
    ]


def test_milk_that_reaches_no_freezer_is_reported():
    asked = problem(
        visit("anna", ride={"milk": 900}), shifts=[shift(end="home", carried_until=900)]
    )
    driven = tour(("anna", 100, 100, 100), end="home", arrival=600)
    assert reports(asked, assembled(asked, (driven,)), Rule.ENDS) == [
        (
            "am - home 0 | What shift am carries from the start must reach a freezer or a"
            " laboratory; it ends at home, which receives nothing."
        ),
        (
            "am anna home 0 | What visit anna gives must reach a freezer or a"
            " laboratory; shift am ends at home, which receives nothing."
        ),
    ]


def test_a_service_before_the_arrival_and_of_a_wrong_length_is_reported():
    hasty = tour(("anna", 100, 90, 91), arrival=191)
    follows = "what follows from the times ahead of it."
    assert reports(ONE, assembled(ONE, (hasty,)), Rule.CLOCK) == [
        f"am anna - 10 | The begin of service at visit anna on shift am is 10 s before {follows}",
        f"am anna - 1 | The end of service at visit anna on shift am is 1 s after {follows}",
    ]


def test_a_limit_of_nothing_is_a_limit():
    asked = problem(visit("anna"), shifts=[shift(max_driving=0)])
    sentence = "Shift am drives 3 min 20 s, 3 min 20 s more than it may."
    found = reports(asked, assembled(asked, (TO_ANNA,)), Rule.LIMITS)
    assert found == [f"am - driving 200 | {sentence}"]
