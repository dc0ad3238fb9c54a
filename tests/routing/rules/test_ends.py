"""A tour runs from its shift's start to its shift's end; milk ends at a place that receives it."""

from dataclasses import replace

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule
from routing.schedule import assembled, retimed
from routing.travel.matrix import Travel
from tests.routing.builders import (
    STREET,
    broken,
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


def test_a_tour_ends_elsewhere_than_it_starts():
    # Bank 0 -> Cleo 3 -> lab 5: 300 s and 200 s, 5 km in all.
    asked = problem(visit("cleo"), shifts=[shift("am", end="lab")])
    plan = retimed(asked, {"am": ["cleo"]})
    assert broken(asked, plan) == set()
    assert (plan.seconds, plan.metres, plan.cost.driving) == (500, 5_000, 500)


@pytest.mark.parametrize(("latest", "served"), [(500, True), (499, False)])
def test_the_engine_drives_from_the_start_to_the_end(latest: int, served: int):
    asked = problem(visit("cleo"), shifts=[shift("am", 0, latest, end="lab")])
    assert engine(asked) == ({"am": ("cleo",)} if served else {})
    # The other way round: from the lab 200 s to Cleo and 300 s on to the bank.
    asked = problem(visit("cleo", (0, 200)), shifts=[shift("am", 0, latest, start="lab")])
    assert engine(asked) == ({"am": ("cleo",)} if served else {})


@pytest.mark.parametrize("end", ["start", "end"])
def test_a_tour_between_other_places_than_its_shifts_is_a_violation(end: str):
    asked = problem(visit("anna"))
    plan = retimed(asked, {"am": ["anna"]})
    astray = replace(plan, tours=(replace(plan.tours[0], **{end: "lab"}),))
    assert broken(asked, astray) == {Rule.ENDS}


def test_a_place_nobody_knows_is_a_violation_and_not_a_crash():
    asked = problem(visit("anna"))
    astray = assembled(asked, (tour(("anna", 100, 100, 100), arrival=200, end="moon"),))
    assert broken(asked, astray) == {Rule.ENDS}


@pytest.mark.parametrize(("end", "legal"), [("bank", True), ("lab", True), ("home", False)])
def test_what_has_a_ride_limit_ends_where_it_is_received(end: str, *, legal: bool):
    asked = problem(visit("anna", ride={"milk": 9_999}), shifts=[shift("am", end=end)])
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.ENDS})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


def test_a_visit_that_gives_nothing_may_end_anywhere():
    asked = problem(visit("anna"), shifts=[shift("am", end="home")])
    assert broken_by(asked, am=["anna"]) == set()
    assert engine(asked) == {"am": ("anna",)}


@pytest.mark.parametrize(("last", "nearest"), [("anna", "bank"), ("bea", "bank"), ("cleo", "lab")])
def test_a_tour_ends_at_the_nearest_of_its_shifts_ends(last: str, nearest: str):
    # Anna is 1 km from the bank, Bea 2, Cleo 3; the lab lies at 5 km.
    asked = problem(visit(last), shifts=[shift("am", end=["bank", "lab"])])
    (only,) = retimed(asked, {"am": [last]}).tours
    assert only.end == nearest
    assert broken_on(asked, only) == set()


@pytest.mark.parametrize(("end", "legal"), [("lab", True), ("bank", False)])
def test_another_of_the_ends_is_a_violation(end: str, *, legal: bool):
    # From Cleo the lab is 200 s away and the bank 300 s.
    asked = problem(visit("cleo"), shifts=[shift("am", end=["bank", "lab"])])
    arrival = 500 if end == "lab" else 600
    found = check_tour(asked, tour(("cleo", 300, 300, 300), arrival=arrival, end=end))
    assert [(one.rule, one.what) for one in found] == ([] if legal else [(Rule.ENDS, "bank")])


def beside_bea(**longer: int) -> Travel:
    """The street, on which the way from Bea to Anna takes or measures more than to Cleo."""
    flat, marks = street(), list(STREET)
    row, column = marks.index("bea"), marks.index("anna")
    changed = {}
    for name, more in longer.items():
        rows = [list(line) for line in getattr(flat, name)]
        rows[row][column] += more
        changed[name] = tuple(map(tuple, rows))
    return replace(flat, **changed)


@pytest.mark.parametrize(
    ("ends", "travel", "nearest"),
    [
        (["anna", "cleo"], beside_bea(), "anna"),
        (["cleo", "anna"], beside_bea(), "cleo"),
        (["anna", "cleo"], beside_bea(metres=1), "cleo"),
        (["anna", "cleo"], beside_bea(seconds=1), "cleo"),
        (["anna", "dora"], beside_bea(metres=9_000), "anna"),
    ],
)
def test_nearest_is_in_seconds_then_in_metres_then_as_named(
    ends: list[str], travel: Travel, nearest: str
):
    # From Bea it is 1 km to Anna, 1 km to Cleo, 2 km to Dora.
    asked = problem(visit("bea"), shifts=[shift("am", end=ends)], travel={"car": travel})
    (only,) = retimed(asked, {"am": ["bea"]}).tours
    assert only.end == nearest
    assert broken_on(asked, only) == set()
    other = next(end for end in ends if end != nearest)
    assert Rule.ENDS in broken_on(asked, replace(only, end=other))


@pytest.mark.parametrize(("latest", "served"), [(500, True), (499, False)])
def test_the_engine_drives_to_the_nearest_end(latest: int, *, served: bool):
    # Bank 0 -> Cleo 300 -> lab 500; to the bank it would be 600.
    asked = problem(visit("cleo"), shifts=[shift("am", 0, latest, end=["bank", "lab"])])
    assert engine(asked) == ({"am": ("cleo",)} if served else {})


@pytest.mark.parametrize(("after", "legal"), [(1, True), (0, False)])
def test_an_unloading_behind_it_receives_what_has_a_ride_limit(after: int, *, legal: bool):
    # Bank 0 -> Anna 100 -> lab 500 -> home 600, or bank 0 -> lab 500 -> Anna 900 -> home 1,400.
    asked = problem(
        visit("anna", ride={"milk": 9_999}), shifts=[shift("am", end="home", reload=reload())]
    )
    door, halt, home = (100, 500, 600) if after else (900, 500, 1_400)
    driven = tour(
        ("anna", door, door, door),
        unloadings=[("lab", after, halt, halt, halt)],
        arrival=home,
        end="home",
    )
    found = check_tour(asked, driven)
    assert [(one.rule, one.visit) for one in found] == ([] if legal else [(Rule.ENDS, "anna")])
    assert engine(asked) == {"am": ("anna",)}


@pytest.mark.parametrize(("end", "legal"), [("bank", True), ("home", False)])
def test_what_is_carried_and_must_be_kept_cold_is_received(end: str, *, legal: bool):
    asked = problem(visit("anna"), shifts=[shift("am", end=end, carried_until=9_999)])
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.ENDS})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


def test_what_is_carried_and_keeps_may_end_anywhere():
    asked = problem(visit("anna"), shifts=[shift("am", end="home", carried={"ml": 5})])
    assert broken_by(asked, am=["anna"]) == set()


@pytest.mark.parametrize(("carried_until", "legal"), [(None, True), (9_999, False)])
def test_the_place_that_receives_nothing_is_named(carried_until: int | None, *, legal: bool):
    asked = problem(visit("anna"), shifts=[shift("am", end="home", carried_until=carried_until)])
    found = check_tour(asked, tour(("anna", 100, 100, 100), arrival=600, end="home"))
    assert [(one.rule, one.what) for one in found] == ([] if legal else [(Rule.ENDS, "home")])


def test_an_unloading_receives_what_is_carried():
    # Bank 0 -> Anna 100 -> lab 500 -> home 600.
    asked = problem(
        visit("anna"), shifts=[shift("am", end="home", carried_until=500, reload=reload())]
    )
    driven = tour(
        ("anna", 100, 100, 100), unloadings=[("lab", 1, 500, 500, 500)], arrival=600, end="home"
    )
    assert broken_on(asked, driven) == set()


def test_a_tour_that_goes_nowhere_ends_at_the_nearest_to_its_start():
    # Such a tour is refused for serving nobody; where it ends is judged all the same.
    asked = problem(shifts=[shift("am", start="dora", end=["bank", "lab"])])
    assert broken_on(asked, tour(start="dora", end="lab", arrival=100)) == {Rule.SHIFTS}
    assert broken_on(asked, tour(start="dora", end="bank", arrival=400)) == {Rule.SHIFTS, Rule.ENDS}
