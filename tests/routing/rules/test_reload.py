"""A shift unloads on the way where it may, as often as it may, for as long as that takes."""

from dataclasses import replace

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule, Tour
from routing.problem import Problem, Reload, Travel
from routing.schedule import timed
from tests.routing.builders import (
    STREET,
    broken_by,
    broken_on,
    engine,
    problem,
    reload,
    shift,
    street,
    tour,
    visit,
)

AT_THE_LAB = reload("lab", service=30)


def two_bottles(leave: Reload | None = AT_THE_LAB, latest: int = 9_999) -> Problem:
    """A bottle at Anna's, one at Dora's, and room for one."""
    return problem(
        visit("anna", load={"bottles": 1}),
        visit("dora", load={"bottles": 1}),
        shifts=[shift("am", 0, latest, capacity={"bottles": 1}, reload=leave)],
    )


# Bank 0 -> Anna 100 -> lab 500, 30 s there -> Dora 630 -> bank 1,030; 1 + 4 + 1 + 4 = 10 km.
DRIVEN = tour(
    ("anna", 100, 100, 100),
    ("dora", 630, 630, 630),
    unloadings=[("lab", 1, 500, 500, 530)],
    arrival=1_030,
)


def test_a_box_that_is_emptied_on_the_way_is_filled_again():
    assert DRIVEN.metres == 10_000
    assert broken_on(two_bottles(), DRIVEN) == set()
    assert broken_by(two_bottles(), am=["anna", "dora"]) == set()


def test_without_leave_to_unload_nobody_does():
    (violation,) = check_tour(two_bottles(None), DRIVEN)
    assert (violation.rule, violation.by) == (Rule.RELOAD, 1)
    assert broken_by(two_bottles(None), am=["anna", "dora"]) == {Rule.LOAD}


def test_an_unloading_elsewhere_is_a_violation():
    # The bank receives as well, so the box is empty; but this shift may not stop there.
    (violation,) = check_tour(two_bottles(reload("bank", service=30)), DRIVEN)
    assert (violation.rule, violation.what) == (Rule.RELOAD, "lab")


def test_where_nothing_is_received_nothing_is_unloaded():
    # Bank 0 -> Anna 100 -> home 600, 30 s there -> Dora 830 -> bank 1,230.
    astray = tour(
        ("anna", 100, 100, 100),
        ("dora", 830, 830, 830),
        unloadings=[("home", 1, 600, 600, 630)],
        arrival=1_230,
    )
    assert broken_on(two_bottles(), astray) == {Rule.RELOAD, Rule.LOAD}


@pytest.mark.parametrize(("end", "legal"), [(529, False), (530, True), (531, False)])
def test_an_unloading_takes_as_long_as_it_takes(end: int, *, legal: bool):
    drift = end - 530
    driven = tour(
        ("anna", 100, 100, 100),
        ("dora", 630 + drift, 630 + drift, 630 + drift),
        unloadings=[("lab", 1, 500, 500, end)],
        arrival=1_030 + drift,
    )
    broken = check_tour(two_bottles(), driven)
    assert [(found.rule, found.by) for found in broken] == ([] if legal else [(Rule.RELOAD, 1)])
    side = "shorter" if drift < 0 else "longer"
    assert all(f"is 1 s {side} than the 30 s it takes" in found.sentence for found in broken)


@pytest.mark.parametrize(("times", "legal"), [(1, False), (2, True)])
def test_a_shift_unloads_as_often_as_it_may(times: int, *, legal: bool):
    # A second halt where the collector is already: 30 s more.
    twice = tour(
        ("anna", 100, 100, 100),
        ("dora", 660, 660, 660),
        unloadings=[("lab", 1, 500, 500, 530), ("lab", 1, 530, 530, 560)],
        arrival=1_060,
    )
    asked = two_bottles(reload("lab", service=30, times=times))
    broken = check_tour(asked, twice)
    assert [(found.rule, found.by) for found in broken] == ([] if legal else [(Rule.RELOAD, 1)])


def test_an_unloading_may_come_first_or_last():
    # Bank 0 -> lab 500, 30 s -> Dora 630 -> bank 1,030; or Dora 400 -> lab 500, 30 s -> bank 1,030.
    asked = problem(visit("dora"), shifts=[shift("am", reload=AT_THE_LAB)])
    first = tour(("dora", 630, 630, 630), unloadings=[("lab", 0, 500, 500, 530)], arrival=1_030)
    last = tour(("dora", 400, 400, 400), unloadings=[("lab", 1, 500, 500, 530)], arrival=1_030)
    assert broken_on(asked, first) == broken_on(asked, last) == set()


@pytest.mark.parametrize(("after", "by"), [(-1, 1), (3, 1), (9, 7)])
def test_an_unloading_is_between_the_start_and_the_end(after: int, by: int):
    (halt,) = DRIVEN.unloadings
    astray = replace(DRIVEN, unloadings=(replace(halt, after=after),))
    found = [one for one in check_tour(two_bottles(), astray) if one.rule is Rule.RELOAD]
    assert [one.by for one in found] == [by]


def test_unloadings_out_of_their_order_are_a_violation():
    # Bank 0 -> Anna 100 -> lab 500 - 530 -> Dora 630 -> lab 730 - 760 -> bank 1,260.
    halts = [("lab", 1, 500, 500, 530), ("lab", 2, 730, 730, 760)]
    stops = [("anna", 100, 100, 100), ("dora", 630, 630, 630)]
    asked = two_bottles(reload("lab", service=30, times=2))
    assert broken_on(asked, tour(*stops, unloadings=halts, arrival=1_260)) == set()
    astray = tour(*stops, unloadings=halts[::-1], arrival=1_260)
    assert Rule.RELOAD in broken_on(asked, astray)


def test_a_place_nobody_knows_is_a_violation_and_not_a_crash():
    (halt,) = DRIVEN.unloadings
    astray = replace(DRIVEN, unloadings=(replace(halt, place="moon"),))
    assert Rule.RELOAD in broken_on(two_bottles(), astray)


@pytest.mark.parametrize(("latest", "served"), [(1_030, 2), (1_029, 1)])
def test_the_engine_unloads_where_that_pays_to_the_last_second(latest: int, served: int):
    # Whichever comes first, the round by the lab takes 1,030 s.
    assert len(engine(two_bottles(latest=latest))["am"]) == served
    alone = broken_by(two_bottles(latest=latest), am=["anna", "dora"])
    assert bool(alone) == (served == 1)


@pytest.mark.parametrize(("times", "served"), [(0, 1), (1, 2), (2, 3)])
def test_the_engine_unloads_no_more_often_than_it_may(times: int, served: int):
    asked = problem(
        *(visit(name, load={"bottles": 1}) for name in ("anna", "bea", "dora")),
        shifts=[shift("am", capacity={"bottles": 1}, reload=reload("lab", times=times))],
    )
    assert len(engine(asked)["am"]) == served


def test_the_engine_unloads_nowhere_without_leave():
    assert len(engine(two_bottles(None))["am"]) == 1


def test_an_order_that_needs_no_unloading_has_none():
    asked = problem(visit("anna"), shifts=[shift("am", reload=AT_THE_LAB)])
    assert broken_by(asked, am=["anna"]) == set()


def by_the_lab(*, end: str = "bank", closes: int = 9_999, most: int | None = None) -> Problem:
    """Roads on which Anna is 9 km and 900 s from everywhere but the lab, and the lab 1 km."""
    names = list(STREET)
    far = {"bank", "bea", "cleo", "dora", "home"}
    road = [
        [
            9 if {here, there} & {"anna"} and {here, there} & far else int(here != there)
            for there in names
        ]
        for here in names
    ]
    travel = Travel(
        seconds=tuple(tuple(100 * leg for leg in row) for row in road),
        metres=tuple(tuple(1_000 * leg for leg in row) for row in road),
    )
    line = shift("am", 0, closes, end=end, reload=reload("lab", times=2), max_metres=most)
    return problem(visit("anna"), shifts=[line], travel={"car": travel})


@pytest.mark.parametrize(("closes", "legal"), [(400, True), (399, False)])
def test_an_unloading_may_be_the_shorter_way(closes: int, *, legal: bool):
    # By the lab it is 100 s + 100 s to Anna and as much home; straight, 900 s each way.
    asked = by_the_lab(closes=closes)
    found = timed(asked, asked.shifts[0], asked.visits)
    assert isinstance(found, Tour) == legal
    assert (broken_by(asked, am=["anna"]) == set()) == legal
    if isinstance(found, Tour):
        assert [one.after for one in found.unloadings] == [0, 1]


@pytest.mark.parametrize(("most", "legal"), [(4_000, True), (3_999, False)])
def test_an_unloading_may_be_the_nearer_way(most: int, *, legal: bool):
    asked = by_the_lab(most=most)
    assert isinstance(timed(asked, asked.shifts[0], asked.visits), Tour) == legal


@pytest.mark.parametrize(("most", "legal"), [(7_000, True), (6_999, False)])
def test_an_unloading_may_make_another_end_the_nearest(most: int, *, legal: bool):
    # From Dora the nearest end is home, by a road of 20 km; from the lab it is Cleo's. Bank to Dora
    # are 4 km, to the lab 1, to Cleo 2.
    line = shift("am", end=("home", "cleo"), reload=reload("lab"), max_metres=most)
    asked = problem(visit("dora"), shifts=[line], travel={"car": crossed()})
    found = timed(asked, asked.shifts[0], asked.visits)
    assert (isinstance(found, Tour) and found.end == "cleo") == legal


def crossed() -> Travel:
    """The street; but home is quick and far from Dora, slow and far from the lab."""
    dora, lab, home = (list(STREET).index(name) for name in ("dora", "lab", "home"))
    seconds, metres = (
        [list(row) for row in table] for table in (street().seconds, street().metres)
    )
    seconds[dora][home], metres[dora][home] = 50, 20_000
    seconds[lab][home], metres[lab][home] = 500, 50_000
    return Travel(seconds=tuple(map(tuple, seconds)), metres=tuple(map(tuple, metres)))
