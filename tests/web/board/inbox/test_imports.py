"""The board's imports: upload, review, import of the good rows, the others as a file."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from collector.db import reading
from collector.donors.models import Donor
from collector.imports.models import ImportFile
from collector.timers import run_due_tasks
from tests.town import MORNING, Town, sign_in

HEADER = "first_name;family_name;line;postcode;town;email\n"
GOOD = "Hana;Petit;2 rue du Lac;33000;Bordeaux;hana@home.example\n"
WRONG = "Ines;;3 rue du Lac;33000;Bordeaux;no address\n"


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def send(browser: FlaskClient, content: str | bytes, kind: str = "donors") -> TestResponse:
    data = content if isinstance(content, bytes) else content.encode()
    file = (io.BytesIO(data), "file.csv")
    return browser.post("/board/inbox/imports", data={"kind": kind, "file": file})


def review(browser: FlaskClient, content: str | bytes, kind: str = "donors") -> tuple[str, str]:
    """Send a file; return the address of its review and the page."""
    address = send(browser, content, kind).headers["Location"]
    return address, re.sub(r"\s+", " ", browser.get(address).text)


def upload_workbook(browser: FlaskClient, lines: list[list[object]]) -> str:
    """Send a workbook of these lines; return the address of its review."""
    book = Workbook()
    sheet = book.worksheets[0]
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    written = io.BytesIO()
    book.save(written)
    return send(browser, written.getvalue()).headers["Location"]


def donors(app: Flask, bank: int) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).where(Donor.bank_id == bank)) or 0


def files(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(ImportFile)) or 0


def test_nothing_is_kept_before_the_import_is_confirmed(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    address, page = review(claire, HEADER + GOOD)
    assert "Import 1 row" in page
    assert donors(app, town.bank) == before
    assert claire.post(f"{address}/rows").headers["Location"] == "/board/donors"
    assert donors(app, town.bank) == before + 1
    assert "Hana" in claire.get("/board/donors?q=hana").text
    assert files(app) == 0, "a file without rows to correct is deleted"


def test_the_good_rows_come_in_and_the_bad_go_back_with_a_reason_per_cell(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    address, page = review(claire, HEADER + GOOD + WRONG)
    assert "Import 1 row" in page
    assert "This must not be empty." in page
    assert claire.post(f"{address}/rows").headers["Location"] == address
    assert donors(app, town.bank) == before + 1
    back = claire.get(f"{address}/rejected").get_data().decode("utf-8-sig")
    assert back.splitlines() == [
        '"first_name";"family_name";"line";"postcode";"town";"email";"to correct"',
        (
            '"Ines";"";"3 rue du Lac";"33000";"Bordeaux";"no address";'
            '"family_name: This must not be empty. | email: This is not an e-mail address."'
        ),
    ]
    assert "1 row is imported" in claire.get(address).text
    corrected = back.replace('"";"3', '"Roux";"3').replace("no address", "ines@home.example")
    address, page = review(claire, corrected)
    assert "to correct" not in page.partition("left out:")[2].partition("</summary>")[0]
    claire.post(f"{address}/rows")
    assert donors(app, town.bank) == before + 2


def test_the_rows_of_a_workbook_go_back_as_a_workbook_and_come_in_again(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    bad = [{"Prénom": "=1+1", "Nom": "", "Adresse": "3 rue du Lac", "CP": 33000, "Ville": "Lyon"}]
    address = upload_workbook(claire, [list(bad[0]), [*bad[0].values()]])
    back = claire.get(f"{address}/rejected")
    assert back.headers["Content-Disposition"].endswith('.xlsx"')
    sheet = load_workbook(io.BytesIO(back.data)).worksheets[0]
    assert "f" not in {cell.data_type for cell in sheet[2]}, "a cell runs as a formula"
    headings, row = [[cell.value or "" for cell in line] for line in sheet.iter_rows()]
    assert headings == ["Prénom", "Nom", "Adresse", "CP", "Ville", "to correct"]
    assert (row[0], row[3]) == ("=1+1", "33000")
    assert "Nom: This must not be empty." in row[5]
    address = upload_workbook(claire, [headings, ["Ines", "Roux", *row[2:]]])
    claire.post(f"{address}/rows")
    assert donors(app, town.bank) == before + 1


def test_importing_twice_brings_in_nothing_twice(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    address, _page = review(claire, HEADER + GOOD + WRONG)
    claire.post(f"{address}/rows")
    claire.post(f"{address}/rows")
    assert donors(app, town.bank) == before + 1


def test_unknown_headings_are_asked_once_and_remembered_by_the_bank(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    text = "Mother;Nom;Adresse;Code postal;Ville\nHana;Petit;2 rue du Lac;1000;Bourg\n"
    address, page = review(claire, text)
    assert "Which column of the file is this? <strong>First name</strong>" in page
    assert "Import 1 row" not in page
    assert claire.post(f"{address}/rows").status_code == 422
    chosen = ("first_name", "family_name", "line", "postcode", "town")
    columns = {f"column-{index}": column for index, column in enumerate(chosen)}
    claire.post(f"{address}/columns", data=columns)
    page = re.sub(r"\s+", " ", claire.get(address).text)
    assert "Import 1 row" in page
    assert "<del>1000</del> → 01000" in page
    assert "Import 1 row" in review(claire, text)[1], "the next file needs no question"
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert "Which column of the file is this?" in review(sophie, text)[1], "another bank"
    assert sophie.get(address).status_code == 404


def test_known_donors_and_likely_duplicates_wait_for_a_choice(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    before = donors(app, town.bank)
    rows = (
        "Dora;Roux;9 rue Neuve;33600;Pessac;dora@home.example\n"
        "Dora;Martin;1 rue du Port;33000;Bordeaux;other@home.example\n"
    )
    address, page = review(claire, HEADER + rows + GOOD + WRONG)
    assert "Known by number or e-mail" in page
    assert "Perhaps the same donor" in page
    assert page.index("Perhaps the same donor") < page.index("To correct")
    claire.post(f"{address}/rows")
    assert donors(app, town.bank) == before + 1
    address, page = review(claire, HEADER + rows)
    claire.post(f"{address}/rows", data={"update_known": "yes", "line-3": "new"})
    assert donors(app, town.bank) == before + 2
    assert "Roux" in claire.get(f"/board/donors/{town.dora}").text


def test_a_file_without_readable_rows_is_refused_with_the_reason(claire: FlaskClient) -> None:
    answer = send(claire, b"PK\x03\x04 no workbook")
    assert answer.status_code == 422
    assert "The spreadsheet cannot be opened" in answer.text


def test_a_file_is_deleted_on_request_and_within_a_day(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert town.bank
    address, _page = review(claire, HEADER + GOOD)
    assert address in claire.get("/board/inbox/imports").text
    claire.post(f"{address}/removal")
    assert files(app) == 0
    review(claire, HEADER + GOOD)
    with app.app_context():
        run_due_tasks(MORNING + timedelta(hours=23))
        assert files(app) == 1
        run_due_tasks(MORNING + timedelta(hours=25))
    assert files(app) == 0


def test_no_file_asks_for_one(claire: FlaskClient) -> None:
    answer = claire.post("/board/inbox/imports", data={"kind": "donors"}, follow_redirects=True)
    assert "Choose a file first" in answer.text


@pytest.mark.parametrize("kind", ["donors", "requests"])
def test_the_example_file_names_every_column(claire: FlaskClient, kind: str) -> None:
    answer = claire.get(f"/board/inbox/imports/{kind}.csv")
    assert answer.mimetype == "text/csv"
    assert "email" in answer.text


def test_the_example_of_donors_can_be_imported(app: Flask, town: Town, claire: FlaskClient) -> None:
    before = donors(app, town.bank)
    example = claire.get("/board/inbox/imports/donors.csv").get_data()
    address, _page = review(claire, example)
    # Dora Martin of the example lives where Dora Martin of the town does.
    assert claire.post(f"{address}/rows", data={"line-2": "new"}).status_code == 303
    assert donors(app, town.bank) == before + 1


@pytest.mark.parametrize("address", ["/board/inbox/imports/staff.csv"])
def test_a_kind_that_cannot_be_imported_is_not_found(claire: FlaskClient, address: str) -> None:
    assert claire.get(address).status_code == 404
    assert send(claire, HEADER, kind="staff").status_code == 404
