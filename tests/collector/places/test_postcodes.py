"""Positions of postcodes: from an operator's file, or near the prefecture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from geopy.distance import great_circle
from sqlalchemy import select

from collector.db import reading, transaction
from collector.errors import Refused
from collector.places.models import PostcodePlace
from collector.places.postcodes import PREFECTURES, import_postcodes, locate_postcode

pytestmark = pytest.mark.twin

SAMPLES = Path(
    os.environ.get("MILKROUND_SAMPLE_DATA", Path(__file__).parents[4] / "shared" / "data")
)
COMMUNES = SAMPLES / "communes" / "laposte_hexasmal.csv"

FILE = """Code_commune_INSEE;Nom_commune;Code_postal;Ligne_5;Libellé_d_acheminement;coordonnees_gps
33318;PESSAC;33600;;PESSAC;44.79,-0.67
01001;L ABERGEMENT;1400;;L ABERGEMENT;46.10,4.90
01002;L AUTRE;1400;;L AUTRE;46.20,5.10
33999;NOWHERE;33990;;NOWHERE;
"""


def test_without_a_file_a_postcode_has_the_position_of_its_prefecture_marked_inexact(
    app: Flask,
) -> None:
    with app.app_context(), reading() as session:
        found = locate_postcode(session, "33600")
        assert found is not None
        assert (found.at, found.exact) == ((44.8, -0.6), False)
        assert locate_postcode(session, "20600").at == (42.7, 9.5), "Bastia"
        assert locate_postcode(session, "20000").at == (41.9, 8.7), "Ajaccio"
        assert locate_postcode(session, "97410").at == (-20.9, 55.5)


@pytest.mark.parametrize("text", ["", "3360", "336000", "99999", "33 60", "abcde", "٣٣٦٠٠"])
def test_a_text_that_is_no_french_postcode_has_no_position(app: Flask, text: str) -> None:
    with app.app_context(), reading() as session:
        assert locate_postcode(session, text) is None


def test_a_file_gives_exact_positions_and_replaces_the_earlier_one(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            assert import_postcodes(session, FILE.encode()) == 2
        with transaction() as session:
            assert import_postcodes(session, FILE.encode()) == 2
        with reading() as session:
            pessac, shared = locate_postcode(session, "33600"), locate_postcode(session, "01400")
            assert (pessac.town, pessac.at, pessac.exact) == ("Pessac", (44.79, -0.67), True)
            assert shared.at == pytest.approx((46.15, 5.0)), "the middle of its communes"
            assert not locate_postcode(session, "33990").exact, "a commune without a place"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "file_not_text"),
        (b"name;town\n1;2\n", "column_missing"),
        (b"", "column_missing"),
        (b"code_postal;nom_commune;coordonnees_gps\n", "file_empty"),
    ],
)
def test_another_file_is_refused_in_words(app: Flask, data: bytes, code: str) -> None:
    with app.app_context(), pytest.raises(Refused) as refused, transaction() as session:
        import_postcodes(session, data)
    assert refused.value.code == code


def test_every_prefecture_lies_in_its_departement(app: Flask) -> None:
    if not COMMUNES.exists():
        pytest.skip(f"the sample data is not at {SAMPLES}")
    with app.app_context():
        with transaction() as session:
            assert import_postcodes(session, COMMUNES.read_bytes()) > 6000
        with reading() as session:
            for place in session.scalars(select(PostcodePlace)):
                known = [place.postcode[:length] for length in (5, 3, 2)]
                own = next((PREFECTURES[each] for each in known if each in PREFECTURES), None)
                if own is not None and not place.postcode.startswith("973"):  # Guiana is vast
                    assert great_circle((place.latitude, place.longitude), own).km < 160, place
