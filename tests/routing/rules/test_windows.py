"""Service begins inside one of the visit's windows, both ends included.

These tests were tried on a checker spoilt on purpose, each time in one place, and caught it: either
end of a window one second too loose and one too strict, all windows instead of any, the first one
alone, and the farther one named.
"""

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule
from routing.schedule import Broken, assembled, timed
from tests.routing.builders import broken, broken_by, engine, problem, shift, tour, visit

# Anna is 100 s from the bank, and the shift may leave at 1,000: she is reached at 1,100 at the
# earliest.
LEAVES_AT_1000 = (shift("am", 1_000),)


def at_annas(begin: int):
    """A plan that serves Anna at this instant, arriving just then."""
    return tour(("anna", begin, begin, begin), departure=begin - 100, arrival=begin + 100)


@pytest.mark.parametrize(
    ("begin", "legal"),
    [(199, False), (200, True), (300, True), (301, False), (399, False), (400, True), (501, False)],
)
def test_a_stop_is_legal_from_the_first_to_the_last_second_of_a_window(begin: int, *, legal: bool):
    asked = problem(visit("anna", (200, 300), (400, 500)))
    plan = assembled(asked, (at_annas(begin),))
    assert broken(asked, plan) == (set() if legal else {Rule.WINDOWS})


def test_a_stop_in_the_gap_between_two_windows_is_a_violation_and_says_by_how_much():
    asked = problem(visit("anna", (200, 300), (400, 500)))
    (violation,) = check_tour(asked, at_annas(390))
    # 390 is 90 s after the first window and 10 s before the second: the nearer one is named.
    assert (violation.rule, violation.by) == (Rule.WINDOWS, 10)
    assert "10 s before a window opens" in violation.sentence


@pytest.mark.parametrize(("latest", "reached"), [(1_100, True), (1_099, False)])
def test_the_engine_reaches_a_window_in_its_last_second_and_not_after(
    latest: int, *, reached: bool
):
    asked = problem(visit("anna", (0, latest)), shifts=LEAVES_AT_1000)
    assert engine(asked) == ({"am": ("anna",)} if reached else {})


@pytest.mark.parametrize(("latest", "reached"), [(200, True), (199, False)])
def test_the_engine_does_not_serve_in_the_gap_between_two_windows(latest: int, *, reached: bool):
    # Anna only at 100; Bea is then reached at 200 at the earliest, and her second window opens
    # at 9,000, after the shift has ended.
    asked = problem(
        visit("anna", (100, 100)),
        visit("bea", (0, latest), (9_000, 9_999)),
        shifts=[shift("am", 0, 5_000)],
    )
    assert set(engine(asked).get("am", ())) == ({"anna", "bea"} if reached else {"anna"})


@pytest.mark.parametrize(("opens", "reached"), [(800, True), (801, False)])
def test_the_engine_waits_for_the_second_window_when_the_first_has_closed(
    opens: int, *, reached: bool
):
    # Bea is 200 s away: served at 800, the shift is back at 1,000, its last second.
    asked = problem(
        visit("bea", (0, 199), (opens, 900)),
        shifts=[shift("am", 0, 1_000)],
    )
    assert engine(asked) == ({"am": ("bea",)} if reached else {})


def test_a_window_after_the_end_of_every_shift_is_never_reached():
    asked = problem(visit("anna", (5_000, 6_000)), visit("bea"), shifts=[shift("am", 0, 1_000)])
    assert engine(asked) == {"am": ("bea",)}


def test_an_order_that_closes_a_window_is_broken_by_the_seconds_it_is_late():
    asked = problem(visit("anna", (0, 1_000)), shifts=LEAVES_AT_1000)
    result = timed(asked, asked.shifts[0], asked.visits)
    assert result == Broken(rule=Rule.WINDOWS, visit="anna", by=100)
    assert broken_by(asked, am=["anna"]) == {Rule.WINDOWS}
