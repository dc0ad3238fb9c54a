"""Cases of the field: files as coordinators send them, kept outside the project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.csv_rows import read_rows
from collector.db import transaction
from collector.donors.import_columns import COLUMNS as DONOR_COLUMNS
from collector.donors.importing import judge_donors
from collector.import_reports import ImportReport
from collector.pickups.import_columns import COLUMNS as REQUEST_COLUMNS
from collector.pickups.importing import judge_requests
from tests.town import MORNING, Town

CASES = Path(
    os.environ.get("MILKROUND_SAMPLE_CASES", Path(__file__).parents[4] / "shared" / "cases")
)
REFUSED = {
    "d10_phone_junk.csv": [(line, "phone", "phone_not_valid") for line in (2, 3, 4, 5)],
    "d15_baby_1926.csv": [(2, "baby_born_on", "born_too_long_ago")],
    "d30_latlon_swapped.csv": [(2, "latitude", "position_swapped")],
    "d50_serology_2096.csv": [(2, "serology_valid_until", "serology_too_long")],
    "d53_serology_drawn_ddmm_swapped.csv": [(2, "serology_valid_until", "serology_too_long")],
    "r15_by_phone_only.csv": [(2, "phone", "donor_unknown")],
}
UNDERSTOOD = {
    "d01_sep_line.csv": [],
    "d02_leading_zero_lost.csv": [("1000", "01000")],
    "d04_postcode_float.csv": [("33000.0", "33000")],
    "d07_postcode_excel_text.csv": [('="01000"', "01000")],
    "d16_french_headers.csv": [],
    "d18_extra_column.csv": [],
    "d40_total_row.csv": [],
}
OTHER_FIELDS = {"email", "interview_signed_by", "day", "day2", "oldest_on"}
"""The people and days of the cases, which the town of the tests does not have."""


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def report_of(session: Session, town: Town, name: str) -> ImportReport:
    path = CASES / "imports" / name
    if not path.exists():
        pytest.skip(f"the sample case is not at {path}")
    about = {"now": MORNING, "bank_id": town.bank}
    if name.startswith("d"):
        return judge_donors(session, read_rows(path.read_bytes(), DONOR_COLUMNS), **about).report
    return judge_requests(session, read_rows(path.read_bytes(), REQUEST_COLUMNS), **about).report


def mistakes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [
        (row.line, each.field, each.code)
        for row in report.rejected
        for each in row.mistakes
        if each.field not in OTHER_FIELDS
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_cell_is_refused_in_its_row(session: Session, town: Town, name: str) -> None:
    report = report_of(session, town, name)
    assert not report.file_mistakes
    found = mistakes(report)
    assert [each for each in found if "after" not in each[2]] == REFUSED[name]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_spelling_is_understood_and_shown(session: Session, town: Town, name: str) -> None:
    report = report_of(session, town, name)
    assert (report.file_mistakes, mistakes(report)) == ((), [])
    (row,) = report.rows
    assert [(each.given, each.kept) for each in row.repairs] == UNDERSTOOD[name]


@pytest.mark.parametrize("name", ["r02_litres.csv", "r04_ml_unit.csv", "r07_times.csv"])
def test_volumes_and_times_of_spreadsheets_are_understood(
    session: Session, town: Town, name: str
) -> None:
    report = report_of(session, town, name)
    assert report.rows
    assert mistakes(report) == []


def test_the_same_donor_twice_is_shown_before_anything_is_kept(
    session: Session, town: Town
) -> None:
    report = report_of(session, town, "d34_homonym_twins.csv")
    assert [len(row.likely) for row in report.rows] == [0, 1]


def test_a_broken_workbook_is_one_mistake_of_the_file(session: Session, town: Town) -> None:
    report = report_of(session, town, "d25_xlsx.csv")
    assert [each.code for each in report.file_mistakes] == ["workbook_broken"]
