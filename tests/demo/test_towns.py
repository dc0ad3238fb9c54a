"""The demonstration's towns lie where they lie."""

from __future__ import annotations

import csv
import os
import unicodedata
from pathlib import Path

import pytest
from geopy.distance import great_circle

from collector.demo.cast import ASKING_TODAY, DONORS, cast
from collector.demo.towns import (
    AROUND_BORDEAUX,
    BASSIN_AND_MEDOC,
    LANDES,
    LIBOURNAIS,
    PESSAC,
    Town,
)

POSTCODES = (
    Path(os.environ.get("MILKROUND_SAMPLE_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "communes"
    / "laposte_hexasmal.csv"
)
EVERY_TOWN = (PESSAC, *AROUND_BORDEAUX, *BASSIN_AND_MEDOC, *LIBOURNAIS, *LANDES)
CENTRE_TO_TOWN_HALL_KM = 9
"""The base gives a commune's centre; La Teste-de-Buch is 20 km long."""


def plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.upper())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.replace("-", " ").replace("'", " ").replace("SAINT ", "ST ")


@pytest.fixture(scope="module")
def communes() -> dict[str, list[tuple[str, float, float]]]:
    if not POSTCODES.exists():
        pytest.skip("the national postcode base is not at hand (set MILKROUND_SAMPLE_DATA)")
    found: dict[str, list[tuple[str, float, float]]] = {}
    with POSTCODES.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if row[0][:2] in {"33", "40"} and row[5]:
                latitude, longitude = map(float, row[5].split(","))
                found.setdefault(row[1], []).append((row[2], latitude, longitude))
    return found


@pytest.mark.parametrize("town", EVERY_TOWN, ids=lambda town: town.name)
def test_a_town_has_its_true_place(
    town: Town, communes: dict[str, list[tuple[str, float, float]]]
) -> None:
    entries = communes[plain(town.name)]
    _, latitude, longitude = entries[0]
    away = great_circle((latitude, longitude), (town.latitude, town.longitude)).km
    assert away < CENTRE_TO_TOWN_HALL_KM


def test_of_the_donors_forty_eight_ask() -> None:
    members = list(cast())
    assert len(members) == DONORS == 96
    assert sum(member.request is not None for member in members) == ASKING_TODAY == 48
    assert len({(member.latitude, member.longitude) for member in members}) == DONORS
