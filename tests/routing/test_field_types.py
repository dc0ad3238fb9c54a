"""Values of a problem from NumPy are welcome; values of a wrong type are refused by name."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from routing import (
    Balance,
    Break,
    InvalidProblemError,
    Measure,
    Pin,
    Place,
    Problem,
    Reload,
    Safety,
    Shift,
    Shipment,
    Spreads,
    Travel,
    Visit,
    Window,
    read_problem,
    write_problem,
)

HOURS = Window(earliest=0, latest=1_000)


def asked(**more: Any) -> Problem:  # noqa: ANN401 - any field
    """Return a problem with one value of every kind."""
    said: dict[str, Any] = {
        "places": (Place(id="bank", receives=True), Place(id="door")),
        "travel": {"car": Travel(seconds=((0, 5), (5, 0)), metres=((0, 9), (9, 0)))},
        "shifts": (
            Shift(
                id="am",
                collector="ines",
                start="bank",
                ends=("bank",),
                window=HOURS,
                breaks=(Break(id="lunch", windows=(HOURS,), duration=10),),
                reload=Reload(places=("bank",)),
            ),
        ),
        "visits": (
            Visit(id="anna", place="door", windows=(HOURS,), load={"ml": 4}),
            Visit(id="to the bank", place="bank", windows=(HOURS,), load={"ml": -4}),
        ),
        "pins": (Pin(visit="anna", shift="am"),),
        "shipments": (Shipment(pickup="anna", delivery="to the bank"),),
        "balances": (Balance(measure=Measure.STOPS, shifts=frozenset({"am"}), share=1, cents=2),),
        "periods": (HOURS,),
        "dimensions": ("ml",),
        "spreads": Spreads(leg=5),
        "safety": Safety(),
    }
    return Problem(**(said | more))


def test_a_problem_of_numpys_values_equals_one_of_pythons() -> None:
    hours = Window(earliest=np.int64(0), latest=np.uint16(1_000))
    found = asked(
        travel={
            "car": Travel(
                seconds=np.array([[0, 5], [5, 0]], dtype=np.int32),  # type: ignore[arg-type]
                metres=np.array([[0, 9], [9, 0]]),  # type: ignore[arg-type]
            )
        },
        visits=[
            Visit(id="anna", place="door", windows=[hours], load={"ml": np.int8(4)}),  # type: ignore[arg-type]
            Visit(id=np.str_("to the bank"), place="bank", windows=(hours,), load={"ml": -4}),
        ],
        periods=np.array([hours], dtype=object),
        dimensions=["ml"],
    )
    assert found == asked()
    assert read_problem(write_problem(found)) == found


def test_numpys_flags_and_lists_of_names_become_pythons() -> None:
    place = Place(id="bank", latitude=np.float32(44.5), receives=np.bool_(True))  # type: ignore[arg-type]  # noqa: FBT003
    assert (place.receives is True, type(place.latitude)) == (True, float)
    visit = Visit(id="anna", place="door", windows=(HOURS,), skills=["blood", "blood"])  # type: ignore[arg-type]
    assert visit.skills == frozenset({"blood"})


WRONG = (object(), 2.5, "seven", 3, None, [None], {"a": None}, np.array([1.5]))

MISSED_ELSEWHERE = {"id", "load", "collector", "shifts", "pickup", "delivery"}
"""Fields whose change is noticed at another entry, which refers to them."""


@pytest.mark.parametrize("kind", ["places", "shifts", "visits", "pins", "shipments", "balances"])
def test_every_wrong_type_in_a_value_is_refused_by_the_name_of_its_field(kind: str) -> None:
    first, *others = getattr(asked(), kind)
    for field in fields(first):
        for wrong in WRONG:
            entry = refused(**{kind: (replace(first, **{field.name: wrong}), *others)})
            known = entry is None or field.name in MISSED_ELSEWHERE
            assert known or str(entry).startswith((f"{kind}[0]", "pins", "shipments"))


def refused(**change: Any) -> str | None:  # noqa: ANN401 - any field
    """Return the entry at fault in a changed problem; None if it is valid."""
    try:
        asked(**change)
    except InvalidProblemError as error:
        return error.entry
    return None


@pytest.mark.parametrize("name", [field.name for field in fields(Problem) if field.init])
def test_every_wrong_type_in_a_problem_is_refused_by_the_name_of_its_field(name: str) -> None:
    for wrong in (object(), 2.5, "seven", 3, [None], [3], np.array([1.5])):
        assert str(refused(**{name: wrong})).startswith(name)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"service": 2.5}, "visits[0].service: is not a whole number"),
        ({"windows": None}, "visits[0].windows: is None, not a tuple"),
        ({"windows": [(0, 9)]}, "visits[0].windows[0]: is a tuple, not a Window"),
        ({"skills": "blood"}, "visits[0].skills: is a text, not a frozenset"),
        ({"load": 3}, "visits[0].load: is an int, not a Mapping"),
        ({"donor": 4}, "visits[0].donor: is an int, not a text or None"),
    ],
)
def test_a_refusal_says_what_was_given_and_what_is_wanted(
    change: dict[str, Any], sentence: str
) -> None:
    anna, other = asked().visits
    with pytest.raises(InvalidProblemError) as error:
        asked(visits=(replace(anna, **change), other), shipments=())
    assert str(error.value) == sentence


@pytest.mark.parametrize("cells", [None, 3, "seven", [1, 2], [[0, "x"], [1, 0]], np.eye(2)])
def test_a_matrix_of_a_wrong_type_is_refused(cells: Any) -> None:  # noqa: ANN401 - any at all
    travel = {"car": Travel(seconds=cells, metres=((0, 9), (9, 0)))}
    assert str(refused(travel=travel)).startswith("travel.car.seconds")
