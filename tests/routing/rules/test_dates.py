"""Service begins between the release and the deadline; what is served after it is due costs."""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule, Tour
from routing.problem import Problem
from routing.schedule import retimed
from tests.routing.builders import broken_on, by_hand, engine, problem, shift, tour, visit

A_CENT_A_SECOND = 3_600


def at_annas(begin: int) -> Tour:
    """A tour that serves Anna, 100 s from the bank, at this instant."""
    return tour(("anna", begin, begin, begin), departure=begin - 100, arrival=begin + 100)


@pytest.mark.parametrize(("begin", "legal"), [(299, False), (300, True), (500, True), (501, False)])
def test_a_visit_is_legal_from_its_release_to_its_deadline(begin: int, *, legal: bool):
    asked = problem(visit("anna", release=300, deadline=500))
    assert broken_on(asked, at_annas(begin)) == (set() if legal else {Rule.DATES})


def test_a_miss_says_by_how_much():
    asked = problem(visit("anna", release=300, deadline=500))
    early, late = (check_tour(asked, at_annas(begin))[0] for begin in (290, 503))
    assert (early.visit, early.by, late.by) == ("anna", 10, 3)
    assert "10 s before its release" in early.sentence
    assert "3 s after its deadline" in late.sentence


@pytest.mark.parametrize(("deadline", "served"), [(1_100, True), (1_099, False)])
def test_the_engine_serves_up_to_the_deadline(deadline: int, *, served: bool):
    # The shift leaves at 1,000 and reaches Anna at 1,100.
    asked = problem(visit("anna", deadline=deadline), shifts=[shift("am", 1_000)])
    assert engine(asked) == ({"am": ("anna",)} if served else {})


@pytest.mark.parametrize(("release", "served"), [(300, True), (301, False)])
def test_the_engine_serves_from_the_release(release: int, *, served: bool):
    # Back at the bank 100 s after that, in the shift's last second.
    asked = problem(visit("anna", release=release), shifts=[shift("am", 0, 400)])
    assert engine(asked) == ({"am": ("anna",)} if served else {})


def test_a_release_in_the_gap_between_two_windows_waits_for_the_second():
    asked = problem(visit("anna", (200, 300), (400, 500), release=301))
    (only,) = retimed(asked, {"am": ["anna"]}).tours
    assert only.stops[0].begin == 400


def late_at_annas() -> Problem:
    return problem(visit("anna", due=200, late=A_CENT_A_SECOND))


@pytest.mark.parametrize(("begin", "owed"), [(150, 0), (200, 0), (201, 1), (300, 100)])
def test_every_second_after_the_due_instant_costs(begin: int, owed: int):
    plan = by_hand(late_at_annas(), at_annas(begin))
    assert plan.cost.lateness == owed
    assert check_plan(late_at_annas(), plan) == ()


def test_what_is_never_due_is_never_late():
    asked = problem(visit("anna"))
    plan = by_hand(asked, at_annas(9_000))
    assert plan.cost.lateness == 0
    assert check_plan(asked, plan) == ()


@pytest.mark.parametrize("billed", [99, 101])
def test_a_bill_that_is_a_cent_off_is_a_violation(billed: int):
    plan = by_hand(late_at_annas(), at_annas(300), lateness=billed)
    (violation,) = check_plan(late_at_annas(), plan)
    assert (violation.rule, violation.what, violation.by) == (Rule.DATES, "lateness", 1)


def test_half_a_cent_of_lateness_is_rounded_up_once():
    # One second each at half a cent a second: together one cent, not two.
    asked = problem(
        visit("anna", due=99, late=1_800),
        visit("bea", due=199, late=1_800),
    )
    there = tour(("anna", 100, 100, 100), ("bea", 200, 200, 200), arrival=400)
    assert check_plan(asked, by_hand(asked, there)) == ()
    assert by_hand(asked, there).cost.lateness == 1


def test_the_engine_serves_first_what_is_due_first():
    # Anna takes 500 s: served first, Dora is late by 500 s and 500 cents. Dora first is free.
    asked = problem(visit("anna", service=500), visit("dora", due=400, late=A_CENT_A_SECOND))
    assert engine(asked) == {"am": ("dora", "anna")}


@pytest.mark.parametrize(("penalty", "served"), [(301, True), (299, False)])
def test_the_engine_weighs_lateness_against_a_penalty(penalty: int, *, served: bool):
    # 2 km are 200 cents, and 100 s late are 100 cents.
    asked = problem(visit("anna", due=0, late=A_CENT_A_SECOND, penalty=penalty))
    assert engine(asked) == ({"am": ("anna",)} if served else {})
