"""A collector has every break owed: once, whole, in its time, and never during a service.

These tests were tried on a checker spoilt on purpose, each time in one place, and caught it: a
missing break tolerated, or by one second; either end of a window one second off; a break one second
too long, one too short, or twice; one that begins a second too early or may not begin at once.
"""

from dataclasses import replace

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule, Tour
from routing.problem import Break, Problem, Visit
from tests.routing.builders import (
    broken_by,
    broken_on,
    engine,
    lunch,
    problem,
    reload,
    shift,
    tour,
    visit,
)

NOON = lunch((200, 300))


def owing(*breaks: Break, visits: tuple[Visit, ...] = (), latest: int = 9_999) -> Problem:
    """A shift that owes breaks of 50 s and visits Dora, 400 s away, where nobody else is said."""
    return problem(*(visits or (visit("dora"),)), shifts=[shift("am", 0, latest, breaks=breaks)])


def resting(begin: int, *, length: int = 50) -> Tour:
    """Bank 0 -> Dora 400 -> bank 800, with a break on the way out: 450 and 850."""
    return tour(
        ("dora", 400 + length, 400 + length, 400 + length),
        breaks=[("lunch", 0, begin, begin + length)],
        arrival=800 + length,
    )


@pytest.mark.parametrize(("begin", "by"), [(199, 1), (200, 0), (300, 0), (301, 1), (310, 10)])
def test_a_break_begins_from_the_first_to_the_last_second_of_its_time(begin: int, by: int):
    found = check_tour(owing(NOON), resting(begin))
    assert [(one.rule, one.what, one.by) for one in found] == (
        [(Rule.BREAKS, "lunch", by)] if by else []
    )


@pytest.mark.parametrize(("begin", "by"), [(120, 0), (140, 10), (160, 10), (170, 0)])
def test_a_break_may_have_several_times(begin: int, by: int):
    found = check_tour(owing(lunch((100, 130), (170, 200))), resting(begin))
    assert [one.by for one in found] == ([by] if by else [])


@pytest.mark.parametrize(("length", "side"), [(49, "shorter"), (51, "longer")])
def test_a_break_is_as_long_as_is_owed(length: int, side: str):
    (violation,) = check_tour(owing(NOON), resting(200, length=length))
    assert (violation.rule, violation.by) == (Rule.BREAKS, 1)
    assert f"is 1 s {side} than the 50 s owed" in violation.sentence


def test_a_break_that_is_not_taken_is_a_violation():
    # To be had ahead of the departure it would have to leave at 250, or be back by 300.
    without = tour(("dora", 400, 400, 400), arrival=800)
    (violation,) = check_tour(owing(NOON), without)
    assert (violation.rule, violation.what, violation.by) == (Rule.BREAKS, "lunch", 250)


@pytest.mark.parametrize(("departure", "legal"), [(250, True), (249, False)])
def test_a_break_may_be_had_ahead_of_the_departure(departure: int, *, legal: bool):
    door = departure + 400
    without = tour(("dora", door, door, door), departure=departure, arrival=door + 400)
    assert broken_on(owing(NOON), without) == (set() if legal else {Rule.BREAKS})


@pytest.mark.parametrize(("departure", "legal"), [(100, True), (101, False)])
def test_a_break_may_be_had_after_the_arrival(departure: int, *, legal: bool):
    # There and back to Anna is 200 s; lunch begins at 300 at the latest.
    door = departure + 100
    without = tour(("anna", door, door, door), departure=departure, arrival=door + 100)
    asked = owing(NOON, visits=(visit("anna"),))
    assert broken_on(asked, without) == (set() if legal else {Rule.BREAKS})


def test_a_break_twice_is_a_violation():
    twice = tour(
        ("dora", 500, 500, 500),
        breaks=[("lunch", 0, 200, 250), ("lunch", 0, 300, 350)],
        arrival=900,
    )
    (violation,) = check_tour(owing(NOON), twice)
    assert (violation.rule, violation.by) == (Rule.BREAKS, 1)


def test_a_break_nobody_owes_is_a_violation():
    assert broken_on(owing(), resting(200)) == {Rule.BREAKS}


def test_every_break_is_owed_by_itself():
    # Tea from 600 on, on the way home: bank 0 -> Dora 450 -> tea 600 - 650 -> bank 900.
    tea = lunch((600, 600), name="tea")
    both = replace(
        resting(200),
        breaks=(*resting(200).breaks, *tour(breaks=[("tea", 1, 600, 650)], arrival=0).breaks),
        arrival=900,
    )
    assert broken_on(owing(NOON, tea), both) == set()
    (violation,) = check_tour(owing(NOON, tea), resting(200))
    assert (violation.rule, violation.what) == (Rule.BREAKS, "tea")


@pytest.mark.parametrize(("begin", "arrival"), [(99, 150), (100, 100)])
def test_a_break_ahead_of_the_arrival_puts_it_off_and_a_later_one_is_a_wait(
    begin: int, arrival: int
):
    # Anna is reached at 100, or at 150 where lunch begins a second ahead of that. In both cases
    # she is served at 150.
    asked = owing(lunch((99, 100)), visits=(visit("anna"),))
    driven = tour(
        ("anna", arrival, 150, 150), breaks=[("lunch", 0, begin, begin + 50)], arrival=250
    )
    assert broken_on(asked, driven) == set()


@pytest.mark.parametrize(("opens", "legal"), [(250, True), (249, False)])
def test_a_break_is_over_when_service_begins(opens: int, *, legal: bool):
    # At the door from 100 on, lunch from 200 to 250.
    asked = owing(NOON, visits=(visit("anna"),))
    driven = tour(("anna", 100, opens, opens), breaks=[("lunch", 0, 200, 250)], arrival=opens + 100)
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.BREAKS, 1)])
    assert all("after the begin of service at visit anna" in one.sentence for one in found)


@pytest.mark.parametrize(("begin", "legal"), [(200, True), (199, False)])
def test_a_break_begins_when_service_is_over(begin: int, *, legal: bool):
    # Anna from 100 to 200; then lunch on the way home.
    asked = owing(lunch((150, 300)), visits=(visit("anna", service=100),))
    driven = tour(("anna", 100, 100, 200), breaks=[("lunch", 1, begin, begin + 50)], arrival=350)
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.BREAKS, 1)])


def test_a_break_is_behind_the_stops_it_says():
    # Lunch on the way home that claims to be on the way out: it is not over when service begins,
    # and the arrivals do not fit it.
    asked = owing(NOON, visits=(visit("anna", service=100),))
    driven = tour(("anna", 100, 100, 200), breaks=[("lunch", 0, 210, 260)], arrival=350)
    assert broken_on(asked, driven) == {Rule.BREAKS, Rule.CLOCK}


@pytest.mark.parametrize(("after", "by"), [(-2, 2), (-1, 1), (0, 0), (2, 1), (4, 3)])
def test_a_break_is_between_the_start_and_the_end(after: int, by: int):
    (rest,) = resting(200).breaks
    astray = replace(resting(200), breaks=(replace(rest, after=after),))
    found = [one for one in check_tour(owing(NOON), astray) if f"stop {after} of 1" in one.sentence]
    assert [(one.rule, one.by) for one in found] == ([(Rule.BREAKS, by)] if by else [])


def test_a_break_begins_after_the_departure():
    # Departing at 220, after lunch has begun.
    driven = tour(
        ("dora", 670, 670, 670),
        departure=220,
        breaks=[("lunch", 0, 210, 260)],
        arrival=1_070,
    )
    (violation,) = check_tour(owing(NOON), driven)
    assert (violation.rule, violation.by) == (Rule.BREAKS, 10)


def test_a_break_is_over_when_the_tour_is():
    # It begins the moment the tour arrives: that is no longer on the way.
    asked = owing(lunch((200, 300)), visits=(visit("anna"),))
    driven = tour(("anna", 100, 100, 100), breaks=[("lunch", 1, 200, 250)], arrival=200)
    (violation,) = check_tour(asked, driven)
    assert (violation.rule, violation.by) == (Rule.BREAKS, 50)
    assert "50 s after the arrival at the end" in violation.sentence


@pytest.mark.parametrize(("second", "legal"), [(250, True), (249, False)])
def test_two_breaks_do_not_overlap(second: int, *, legal: bool):
    asked = owing(lunch((200, 200)), lunch((200, 300), name="tea"))
    driven = tour(
        ("dora", 500, 500, 500),
        breaks=[("lunch", 0, 200, 250), ("tea", 0, second, second + 50)],
        arrival=900,
    )
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.BREAKS, 1)])


def test_breaks_out_of_their_order_are_a_violation():
    asked = owing(lunch((200, 200)), lunch((250, 300), name="tea"))
    driven = tour(
        ("dora", 500, 500, 500),
        breaks=[("tea", 0, 250, 300), ("lunch", 0, 200, 250)],
        arrival=900,
    )
    assert broken_on(asked, driven) == {Rule.BREAKS}


@pytest.mark.parametrize(
    ("begin", "legal"), [(499, True), (500, False), (529, False), (530, True), (531, True)]
)
def test_nobody_rests_while_unloading(begin: int, *, legal: bool):
    # Bank 0 -> Anna 100 -> lab 500, 30 s there -> bank. A break ahead of the lab puts it off.
    asked = problem(
        visit("anna"),
        shifts=[shift("am", breaks=[lunch((490, 540))], reload=reload("lab", service=30))],
    )
    late = 50 if begin < 500 else 0
    driven = tour(
        ("anna", 100, 100, 100),
        unloadings=[("lab", 1, 500 + late, 500 + late, 530 + late)],
        breaks=[("lunch", 1, begin, begin + 50)],
        arrival=1_080,
    )
    assert (Rule.BREAKS in broken_on(asked, driven)) != legal


@pytest.mark.parametrize(("latest", "served"), [(850, True), (849, False)])
def test_the_engine_takes_the_break_on_the_way(latest: int, *, served: bool):
    # 800 s there and back to Dora and 50 s of lunch.
    asked = owing(NOON, latest=latest)
    assert engine(asked) == ({"am": ("dora",)} if served else {})
    assert (broken_by(asked, am=["dora"]) == set()) == served


@pytest.mark.parametrize(("latest", "served"), [(1_050, True), (1_049, False)])
def test_the_engine_has_the_break_ahead_of_the_departure(latest: int, *, served: bool):
    # Lunch from 200 to 250, then 400 s to Dora, who is in at 650 only, and 400 s home.
    asked = problem(
        visit("dora", (650, 650)),
        shifts=[shift("am", 200, latest, breaks=[lunch((200, 200))])],
    )
    assert engine(asked) == ({"am": ("dora",)} if served else {})


@pytest.mark.parametrize(("last", "served"), [(800, True), (799, False)])
def test_the_engine_has_the_break_after_the_arrival(last: int, *, served: bool):
    # Back at 800, which is the end of the shift: lunch must begin then.
    asked = owing(lunch((0, 0), (last, last)), latest=800)
    assert engine(asked) == ({"am": ("dora",)} if served else {})


@pytest.mark.parametrize(("first", "served"), [(500, True), (499, False)])
def test_the_engine_does_not_rest_during_a_service(first: int, *, served: bool):
    # Anna from 100 to 500; lunch at one second only, and back at 650 at the latest.
    asked = problem(
        visit("anna", (100, 100), service=400),
        shifts=[shift("am", 0, 650, breaks=[lunch((first, first))])],
    )
    assert engine(asked) == ({"am": ("anna",)} if served else {})


def test_the_engine_rests_in_a_wait():
    # Anna and, at 400, Bea: from 200 to 400 nobody drives, and home at 600 is on time.
    asked = problem(
        visit("anna", (100, 100)),
        visit("bea", (400, 400)),
        shifts=[shift("am", 0, 600, breaks=[lunch((200, 350), duration=50)])],
    )
    assert engine(asked) == {"am": ("anna", "bea")}
    assert broken_by(asked, am=["anna", "bea"]) == set()
