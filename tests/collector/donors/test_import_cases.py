"""Cases of the field: files as coordinators send them, kept outside the project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.csv_rows import ImportReport
from collector.db import transaction
from collector.donors.importing import import_donors
from collector.pickups.importing import import_requests
from tests.town import MORNING, Town

CASES = Path(
    os.environ.get("MILKROUND_SAMPLE_CASES", Path(__file__).parents[4] / "shared" / "cases")
)


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def report_of(session: Session, town: Town, name: str) -> ImportReport:
    path = CASES / "imports" / name
    if not path.exists():
        pytest.skip(f"the sample case is not at {path}")
    bring_in = import_donors if name.startswith("d") else import_requests
    actor = f"person:{town.claire}"
    return bring_in(session, path.read_bytes(), now=MORNING, bank_id=town.bank, actor=actor)


def test_no_remark_and_no_two_numbers_pass_for_a_telephone(session: Session, town: Town) -> None:
    report = report_of(session, town, "d10_phone_junk.csv")
    assert [(row.line, mistake.code) for row in report.rejected for mistake in row.mistakes] == [
        (2, "phone_not_valid"),
        (3, "phone_not_valid"),
        (4, "phone_not_valid"),
        (5, "phone_not_valid"),
    ]


@pytest.mark.parametrize(
    ("name", "columns"),
    [("r04_ml_unit.csv", {"volume_ml"}), ("r07_times.csv", {"opens", "closes"})],
)
def test_volumes_with_units_and_spreadsheet_times_are_understood(
    session: Session, town: Town, name: str, columns: set[str]
) -> None:
    report = report_of(session, town, name)
    assert report.rows
    unread = {mistake.field for row in report.rejected for mistake in row.mistakes}
    assert not unread & columns
