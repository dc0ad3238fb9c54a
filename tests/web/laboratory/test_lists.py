"""The lists of the laboratory as CSV and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from collector.db import transaction
from collector.laboratory.lists.queries import LaboratoryList
from collector.web.laboratory.list_wording import COLUMNS, LISTS
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

LISTED = "/laboratory/lists"


@pytest.fixture
def nora(app: Flask, town: Town) -> Iterator[FlaskClient]:
    """Nora of quality, after one released lot of 200 ml and another that waits."""
    with open_bench(app, town) as bench:
        with transaction() as session:
            lea = ReleaseBench(bench, session)
            released, _ = lea.lots(2)
            lea.ready(released)
            lea.release(released)
        app.extensions["milkround_clock"].instant = LATER
        yield sign_in(app, bank=town.bank, person=bench.nora)


@pytest.mark.parametrize("which", list(LaboratoryList))
def test_every_list_is_a_file_with_known_columns(nora: FlaskClient, which: LaboratoryList) -> None:
    csv = nora.get(f"{LISTED}/file.csv?which={which}").get_data(as_text=True)
    lines = csv.removeprefix("\ufeff").splitlines()
    names = [cell.strip('"') for cell in lines[0].split(";")]
    assert set(names) <= set(COLUMNS)
    book = load_workbook(BytesIO(nora.get(f"{LISTED}/file.xlsx?which={which}").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert list(rows[0]) == names
    assert len(rows) == len(lines)


def test_the_figures_of_a_list_are_numbers(nora: FlaskClient) -> None:
    book = load_workbook(BytesIO(nora.get(f"{LISTED}/file.xlsx?which=lots").data))
    head, first, second = book.worksheets[0].iter_rows(values_only=True)
    lots = [dict(zip(head, row, strict=True)) for row in (first, second)]
    assert [each["state"] for each in lots] == ["released", "waiting"]
    assert [each["volume_ml"] for each in lots] == [200, 200]


def test_the_page_offers_every_list_and_refuses_odd_days(nora: FlaskClient) -> None:
    page = text(nora.get(LISTED))
    assert all(str(words) in page for words in LISTS.values())
    assert nora.get(f"{LISTED}?first=2026-02-01&last=2026-01-01").status_code == 422
    assert nora.get(f"{LISTED}?first=2020-01-01&last=2026-01-01").status_code == 422
    assert nora.get(f"{LISTED}/file.csv?which=names").status_code == 404
    outside = nora.get(f"{LISTED}/file.csv?which=lots&first=2020-01-01&last=2020-01-31")
    assert outside.get_data(as_text=True).count("\r\n") == 1
