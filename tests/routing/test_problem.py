"""A problem that contradicts itself does not come to be, and the entry at fault is named."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.errors import InvalidProblemError
from routing.problem import Place, Problem, Travel
from routing.units import LARGEST, Seconds
from tests.routing.builders import pin, problem, shift, street, visit, window

ROWS = street().seconds


def one_place(seconds: tuple[tuple[int, ...], ...]) -> Problem:
    return Problem(
        places=(Place(id="bank"),),
        travel={"car": Travel(seconds=seconds, metres=((0,),))},
        shifts=(shift(),),
    )


def moved_place(**changes: object) -> Problem:
    asked = problem(visit("anna"))
    return replace(asked, places=(replace(asked.places[0], **changes), *asked.places[1:]))


WRONG: dict[str, tuple[Callable[[], Problem], str]] = {
    "too few rows": (
        lambda: problem(travel={"car": Travel(seconds=ROWS[:-1], metres=ROWS)}),
        "travel.car.seconds: has 6 rows for 7 places",
    ),
    "a short row": (
        lambda: problem(travel={"car": Travel(seconds=ROWS, metres=(*ROWS[:-1], (1, 2)))}),
        "travel.car.metres[6]: has 2 columns for 7 places",
    ),
    "negative travel": (lambda: one_place(((-1,),)), "travel.car.seconds[0][0]: is negative"),
    "half a second": (
        lambda: one_place(((0.5,),)),  # type: ignore[arg-type]
        "travel.car.seconds[0][0]: is not a whole number",
    ),
    "travel for ages": (
        lambda: one_place(((LARGEST + 1,),)),
        f"travel.car.seconds[0][0]: is above {LARGEST}",
    ),
    "a window backwards": (
        lambda: problem(visit("anna", (0, 1)), visit("bea", (2, 1))),
        "visits[1].windows[0]: ends before it begins",
    ),
    "a window before the epoch": (
        lambda: problem(visit("anna", (-1, 1))),
        "visits[0].windows[0].earliest: is negative",
    ),
    "windows that overlap": (
        lambda: problem(visit("anna", (0, 10), (10, 20))),
        "visits[0].windows[1]: begins before the window ahead of it has ended",
    ),
    "no window": (
        lambda: problem(replace(visit("anna"), windows=())),
        "visits[0].windows: there is no window",
    ),
    "a shift backwards": (
        lambda: problem(shifts=[shift("am", 5, 4)]),
        "shifts[0].window: ends before it begins",
    ),
    "no shift": (lambda: problem(shifts=[]), "shifts: there is no shift"),
    "a visit nowhere": (
        lambda: problem(visit("moon")),
        "visits[0].place: there is no place 'moon'",
    ),
    "a start nowhere": (
        lambda: problem(shifts=[shift(start="moon")]),
        "shifts[0].start: there is no place 'moon'",
    ),
    "an end nowhere": (
        lambda: problem(shifts=[shift(end="moon")]),
        "shifts[0].ends[0]: there is no place 'moon'",
    ),
    "no such profile": (
        lambda: problem(shifts=[shift(profile="boat")]),
        "shifts[0].profile: there is no travel profile 'boat'",
    ),
    "a load in nothing": (
        lambda: problem(visit("anna", load={"botles": 1})),
        "visits[0].load.botles: there is no dimension 'botles'",
    ),
    "a capacity in nothing": (
        lambda: problem(shifts=[shift(capacity={"botles": 1})]),
        "shifts[0].capacity.botles: there is no dimension 'botles'",
    ),
    "a negative load": (
        lambda: problem(visit("anna", load={"ml": -1})),
        "visits[0].load.ml: is negative",
    ),
    "a negative service": (
        lambda: problem(visit("anna", service=-1)),
        "visits[0].service: is negative",
    ),
    "a negative limit": (
        lambda: problem(visit("anna", ride={"milk": -1})),
        "visits[0].ride_limits.milk: is negative",
    ),
    "a negative penalty": (
        lambda: problem(visit("anna", penalty=-1)),
        "visits[0].penalty: is negative",
    ),
    "a skill misspelt": (
        lambda: problem(visit("anna", skills=["blod"]), skills=["blood"]),
        "visits[0].skills: there is no skill 'blod'",
    ),
    "a shift's skill misspelt": (
        lambda: problem(shifts=[shift(skills=["blod"])], skills=["blood"]),
        "shifts[0].skills: there is no skill 'blod'",
    ),
    "a visit that allows nobody known": (
        lambda: problem(visit("anna", shifts=["night"])),
        "visits[0].shifts: there is no shift 'night'",
    ),
    "two visits of one name": (
        lambda: problem(visit("anna"), visit("bea", name="anna")),
        "visits[1].id: 'anna' is also the id of visits[0]",
    ),
    "two shifts of one name": (
        lambda: problem(shifts=[shift(), shift()]),
        "shifts[1].id: 'am' is also the id of shifts[0]",
    ),
    "a name that is empty": (
        lambda: problem(replace(visit("anna"), id="")),
        "visits[0].id: is not a name",
    ),
    "a dimension twice": (
        lambda: replace(problem(), dimensions=("ml", "ml")),
        "dimensions[1]: 'ml' is there twice",
    ),
    "beyond the pole": (
        lambda: moved_place(latitude=91.0, longitude=0.0),
        "places[0].latitude: is not between -90 and 90",
    ),
    "half a position": (
        lambda: moved_place(latitude=45.0),
        "places[0]: has only one of latitude and longitude",
    ),
    "a pin on nobody": (
        lambda: problem(visit("anna"), pins=[pin("zoe")]),
        "pins[0].visit: there is no visit 'zoe'",
    ),
    "a pin to nowhere": (
        lambda: problem(visit("anna"), pins=[pin("anna", "night")]),
        "pins[0].shift: there is no shift 'night'",
    ),
    "two pins on one visit": (
        lambda: problem(visit("anna"), pins=[pin("anna"), pin("anna", "am", 0)]),
        "pins[1]: visit 'anna' is pinned by pins[0] already",
    ),
    "two visits on one seat": (
        lambda: problem(
            visit("anna"), visit("bea"), pins=[pin("anna", "am", 0), pin("bea", "am", 0)]
        ),
        "pins[1]: position 0 of shift 'am' is taken by pins[0] already",
    ),
    "a pin against the visit's wish": (
        lambda: problem(
            visit("anna", shifts=["pm"]), shifts=[shift("am"), shift("pm")], pins=[pin("anna")]
        ),
        "pins[0]: visit 'anna' does not allow shift 'am'",
    ),
    "a position no tour has": (
        lambda: problem(visit("anna"), visit("bea"), pins=[pin("anna", "am", 2)]),
        "pins[0].position: shift 'am' can have 2 stops at most",
    ),
    "a position that pins elsewhere take away": (
        lambda: problem(
            visit("anna"),
            visit("bea"),
            shifts=[shift("am"), shift("pm")],
            pins=[pin("anna", "am", 1), pin("bea", "pm")],
        ),
        "pins[0].position: shift 'am' can have 1 stops at most",
    ),
    "a negative position": (
        lambda: problem(visit("anna"), pins=[pin("anna", "am", -1)]),
        "pins[0].position: is negative",
    ),
    "costs beyond 64 bits": (
        lambda: problem(
            visit("anna"),
            shifts=[shift(per_km=LARGEST, per_hour=LARGEST)],
            travel={
                "car": replace(street(), metres=tuple(tuple(LARGEST for _ in row) for row in ROWS))
            },
        ),
        "shifts: costs, distances and times are too large to be added up",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_refused_and_its_entry_named(mistake: str):
    make, sentence = WRONG[mistake]
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}$"):
        make()


def test_the_largest_numbers_are_accepted_where_they_add_up():
    asked = problem(
        visit("anna", (0, LARGEST), load={"ml": LARGEST}, penalty=LARGEST),
        shifts=[shift("am", 0, LARGEST, capacity={"ml": LARGEST}, fixed=LARGEST)],
    )
    assert asked.visits[0].windows == (window(0, LARGEST),)


def test_windows_may_touch_without_sharing_a_second():
    assert problem(visit("anna", (0, 10), (11, 20)))


def test_a_pin_makes_a_visit_mandatory():
    asked = problem(visit("anna", penalty=5), visit("bea", penalty=5), pins=[pin("anna")])
    assert [asked.mandatory(found) for found in asked.visits] == [True, False]


def test_a_penalty_of_nothing_makes_a_visit_optional():
    asked = problem(visit("anna"), visit("bea", penalty=0))
    assert [asked.mandatory(found) for found in asked.visits] == [True, False]


def test_matrices_are_directed():
    uphill = replace(street(), seconds=((0, 7), (3, 0)), metres=((0, 1), (1, 0)))
    asked = Problem(
        places=(Place(id="bank"), Place(id="hill")), travel={"car": uphill}, shifts=(shift(),)
    )
    assert asked.seconds("car", start="bank", end="hill") == Seconds(7)
    assert asked.seconds("car", start="hill", end="bank") == Seconds(3)
