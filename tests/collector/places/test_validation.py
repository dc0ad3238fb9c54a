"""Postcodes, towns and positions: repaired, or refused with the reason."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.db import transaction
from collector.errors import Refused
from collector.places.models import PostcodePlace
from collector.places.validation import (
    COMPLETE_LIST,
    parse_town,
    postcode_parser,
    refuse_position,
)


def outcome(app: Flask, text: str, country: str = "FR") -> str:
    """Return the postcode, or the code of its refusal."""
    with app.app_context(), transaction() as session:
        parse = postcode_parser(session, country)
    try:
        return parse(text)
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize(
    ("text", "country", "postcode"),
    [
        ("33600", "FR", "33600"),
        ("1400", "FR", "01400"),
        ("33 600", "FR", "33600"),
        ("33600.0", "FR", "33600"),
        ("1400,0", "FR", "01400"),
        ('="01400"', "FR", "01400"),
        ("F-33600", "FR", "33600"),
        ("98713", "FR", "98713"),
        ("2134", "US", "02134"),
        ("sw1a 1aa", "GB", "SW1A 1AA"),
        ("01310-100", "BR", "01310-100"),
        ("336000", "FR", "postcode_not_valid"),
        ("336", "FR", "postcode_not_valid"),
        ("Pessac", "FR", "postcode_not_valid"),
        ("99999", "FR", "postcode_unknown"),
        ("33600", "GB", "postcode_not_valid"),
    ],
)
def test_a_postcode_is_repaired_or_refused(
    app: Flask, text: str, country: str, postcode: str
) -> None:
    assert outcome(app, text, country) == postcode


def test_a_complete_list_decides_and_a_part_of_one_does_not(app: Flask) -> None:
    def know(codes: range) -> None:
        with app.app_context(), transaction() as session:
            session.add_all(
                PostcodePlace(postcode=str(code), town="", latitude=44.8, longitude=-0.6)
                for code in codes
            )

    know(range(33_000, 33_010))
    assert outcome(app, "33076") == "33076", "a part of the list proves nothing"
    know(range(40_000, 40_000 + COMPLETE_LIST))
    assert outcome(app, "33001") == "33001"
    assert outcome(app, "33076") == "postcode_unknown"


def test_a_cedex_is_no_door() -> None:
    assert parse_town("Bordeaux") == "Bordeaux"
    with pytest.raises(Refused, match="cedex_no_door"):
        parse_town("BORDEAUX Cedex 9")


@pytest.mark.parametrize(
    ("latitude", "longitude", "country"),
    [(44.84, -0.57, "FR"), (-20.9, 55.5, "FR"), (51.5, -0.1, "GB")],
)
def test_a_position_in_the_country_of_the_bank_is_right(
    latitude: float, longitude: float, country: str
) -> None:
    refuse_position(latitude=latitude, longitude=longitude, country=country)


@pytest.mark.parametrize(
    ("latitude", "longitude", "country", "code"),
    [
        (-0.57, 44.84, "FR", "position_swapped"),
        (4.84, -0.57, "FR", "position_abroad"),
        (0.0, 0.0, "FR", "position_abroad"),
        (44.84, -0.57, "BR", "position_abroad"),
    ],
)
def test_a_position_outside_the_country_of_the_bank_is_refused(
    latitude: float, longitude: float, country: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        refuse_position(latitude=latitude, longitude=longitude, country=country)
