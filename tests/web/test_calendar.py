"""Which days the board knows: those of a calendar that a bank plans."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.town import Town, sign_in


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


@pytest.mark.parametrize(
    "day", ["tomorrow", "9999-12-31", "0001-01-01", "2019-12-31", "2101-01-01"]
)
def test_a_day_that_is_none_is_not_found(claire: FlaskClient, day: str) -> None:
    assert claire.get(f"/board/days/{day}").status_code == 404
    assert claire.get(f"/board/days?day={day}").status_code == 404


@pytest.mark.parametrize("day", ["2020-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_are_days(claire: FlaskClient, day: str) -> None:
    assert claire.get(f"/board/days/{day}").status_code == 200
