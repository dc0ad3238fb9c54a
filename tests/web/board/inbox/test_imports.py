"""The board's imports: every row of a file, or none, with a report by row."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from collector.db import reading
from collector.donors.models import Donor
from tests.town import Town, sign_in

HEADER = "first_name;family_name;line;postcode;town;email\n"
GOOD = "Hana;Petit;2 rue du Lac;33000;Bordeaux;hana@home.example\n"
WRONG = "Ines;;3 rue du Lac;33000;Bordeaux;no address\n"


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def send(browser: FlaskClient, content: str, kind: str = "donors"):
    file = (io.BytesIO(content.encode()), "file.csv")
    return browser.post("/board/inbox/imports", data={"kind": kind, "file": file})


def donors(app: Flask, bank: int) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).where(Donor.bank_id == bank)) or 0


def test_a_good_file_is_imported_whole(app: Flask, town: Town, claire: FlaskClient) -> None:
    before = donors(app, town.bank)
    assert send(claire, HEADER + GOOD).status_code == 303
    assert donors(app, town.bank) == before + 1
    assert "Hana" in claire.get("/board/donors?q=hana").get_data(as_text=True)


def test_one_bad_row_keeps_nothing_and_is_named(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    answer = send(claire, HEADER + GOOD + WRONG)
    page = re.sub(r"\s+", " ", answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Nothing was imported." in page
    assert "<code>family_name</code>" in page
    assert "<code>email</code>" in page
    assert donors(app, town.bank) == before


def test_no_file_asks_for_one(claire: FlaskClient) -> None:
    answer = claire.post("/board/inbox/imports", data={"kind": "donors"}, follow_redirects=True)
    assert "Choose a file first" in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["donors", "requests"])
def test_the_example_file_names_every_column(claire: FlaskClient, kind: str) -> None:
    answer = claire.get(f"/board/inbox/imports/{kind}.csv")
    assert answer.mimetype == "text/csv"
    assert "email" in answer.get_data(as_text=True)


def test_the_example_of_donors_can_be_imported(claire: FlaskClient) -> None:
    example = claire.get("/board/inbox/imports/donors.csv").get_data()
    file = (io.BytesIO(example), "donors.csv")
    assert (
        claire.post("/board/inbox/imports", data={"kind": "donors", "file": file}).status_code
        == 303
    )


@pytest.mark.parametrize("address", ["/board/inbox/imports/staff.csv"])
def test_a_kind_that_cannot_be_imported_is_not_found(claire: FlaskClient, address: str) -> None:
    assert claire.get(address).status_code == 404
    assert send(claire, HEADER, kind="staff").status_code == 404
