"""A tour runs from its shift's start to its shift's end; milk ends at a place that receives it."""

from dataclasses import replace

import pytest

from routing.plan import Rule
from routing.schedule import assembled, retimed
from tests.routing.builders import broken, broken_by, engine, problem, shift, tour, visit


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
