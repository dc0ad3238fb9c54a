"""The picture of a plan: every stop on the map and in the timeline, in well-formed SVG."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from routing.plan import Plan
from routing.problem import Place, Problem
from routing.schedule import retimed
from tests.routing.builders import lunch, problem, reload, shift, street, visit

SVG = "{http://www.w3.org/2000/svg}"


def titles(picture: str) -> Counter[tuple[str, str]]:
    """Return how often each mark has each title."""
    root = ET.fromstring(picture)  # noqa: S314 - our own
    found: Counter[tuple[str, str]] = Counter()
    for mark in root.iter():
        title = mark.find(f"{SVG}title")
        if title is not None and mark is not root:
            found[mark.tag.removeprefix(SVG), title.text or ""] += 1
    return found


def mapped(asked: Problem) -> Problem:
    """Return the problem with its places on a line to the east."""
    places = tuple(
        Place(id=place.id, receives=place.receives, latitude=44.8, longitude=number / 100)
        for number, place in enumerate(asked.places)
    )
    return Problem(
        places=places,
        travel={"car": street()},
        shifts=asked.shifts,
        visits=asked.visits,
        dimensions=asked.dimensions,
    )


def test_every_stop_is_a_dot_on_the_map_and_a_bar_in_the_timeline() -> None:
    asked = mapped(problem(visit("anna", service=60), visit("bea"), visit("dora")))
    drawn = titles(retimed(asked, {"am": ["anna", "bea"]}).draw(asked))
    assert drawn["circle", "1. anna, 0:01"] == drawn["circle", "2. bea, 0:04"] == 1
    assert drawn["circle", "dora, unassigned"] == 1
    assert drawn["rect", "anna, 0:01 to 0:02"] == 1
    assert drawn["polyline", "am"] == drawn["rect", "bank"] == 1


def test_breaks_and_unloadings_are_bars_too() -> None:
    rests = shift(
        "am",
        0,
        9_000,
        departed=True,
        breaks=[lunch((150, 160))],
        capacity={"ml": 1},
        reload=reload("lab"),
    )
    asked = problem(visit("anna", load={"ml": 1}), visit("bea", load={"ml": 1}), shifts=[rests])
    plan = retimed(asked, {"am": ["anna", "bea"]})
    drawn = {title.partition(",")[0] for _, title in titles(plan.draw(asked))}
    assert {"am", "anna", "bea", "lab", "lunch"} <= drawn


def test_a_name_may_hold_any_character() -> None:
    name = "<Ann & 'Bea'>"
    asked = problem(visit("anna"), shifts=[shift(name)])
    drawn = titles(retimed(asked, {name: ["anna"]}).draw(asked))
    assert any(title.startswith(name) for _, title in drawn)


def test_a_plan_without_positions_has_a_timeline_and_one_without_tours_a_title() -> None:
    asked = problem(visit("anna"))
    assert asked.places[0].latitude is None
    assert not any(
        kind == "circle" for kind, _ in titles(retimed(asked, {"am": ["anna"]}).draw(asked))
    )
    empty = ET.fromstring(Plan().draw(asked))  # noqa: S314 - our own
    assert empty.findtext(f"{SVG}title") == "0 tours, 0 visits unassigned"
