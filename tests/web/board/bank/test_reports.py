"""Reports and the close of a day: figures equal the rows, files are safe, papers have no name."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import db, reading, transaction
from collector.demo.play import said_of
from collector.donor_contact.receipts import given_so_far
from collector.pickups.models import MilkLine, Pickup
from collector.reports.day_close import closing
from collector.reports.figures import rank, report
from collector.web.board.bank.charts import paired
from tests.builders import DAY
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import published, say
from tests.conftest import SetClock
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin

CLOSE = f"/board/days/{DAY}/dispatch/close"
STRETCH = f"first={DAY - timedelta(days=6)}&last={DAY}"


def drive(app: Flask, town: Town, clock: SetClock, *, nobody_home: int) -> None:
    """Let the day be driven to its end; at one door nobody is home."""
    with app.app_context():
        with transaction() as session:
            published(session, town)
        with transaction() as session:
            for round_ in the_plan(session, town).rounds:
                for said in said_of(round_.published) if round_.published else ():
                    if said["pickup"] == nobody_home and said["kind"] == "collected":
                        said |= {"kind": "not_done", "payload": {"reason": "nobody_home"}}
                    say(session, round_, said, now=clock.now())
        db.session.remove()


@pytest.fixture
def claire(app: Flask, town: Town, clock: SetClock) -> FlaskClient:
    clock.advance(days=1)
    clock.advance(hours=9)
    drive(app, town, clock, nobody_home=town.pickups[1])
    return sign_in(app, bank=town.bank, person=town.claire)


def test_the_figures_of_a_day_are_those_of_its_rows(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), reading() as session:
        found = report(session, bank_id=town.bank, first=DAY, last=DAY)
        (day,) = found.days
        rounds = [each for each in the_plan(session, town).rounds if each.stops]
        assert (day.rounds, day.visits, day.done, day.failed) == (1, 3, 2, 1)
        assert (day.bottles, day.volume_ml, day.declared_bottles) == (16, 3000, 16)
        assert day.planned_metres == sum(each.metres for each in rounds)
        assert day.cost_cents == sum(each.cost_cents for each in rounds)
        # The hand-over comes five minutes after the return that was planned.
        assert day.worked_seconds == day.told_seconds + 300
        assert found.reasons == (("nobody_home", 1),)
        assert found.km_per_litre == pytest.approx(found.metres / 3000)
        assert found.co2_kilograms == pytest.approx(found.metres * 200 / 1e6)
        assert found.waited == (1, 1)
    page = claire.get(f"/board/bank/reports?{STRETCH}").get_data(as_text=True)
    assert "nobody was home" in page
    assert page.count("<svg viewBox") == 2


def test_milk_for_own_children_is_no_gift(app: Flask, town: Town, claire: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).line = MilkLine.OWN_CHILD
    with app.app_context(), reading() as session:
        found = report(session, bank_id=town.bank, first=DAY, last=DAY)
        (day,) = found.days
        assert (day.bottles, day.volume_ml, day.own_child_ml) == (8, 1500, 1500)
        assert found.km_per_litre == pytest.approx(found.metres / 3000), "both were driven for"
        assert given_so_far(session, town.bank, town.dora) == (0, 0)
    page = claire.get(f"/board/bank/reports?{STRETCH}").get_data(as_text=True)
    assert "for own children, no gift" in page
    text = claire.get(f"/board/bank/reports/days.csv?{STRETCH}").get_data(as_text=True)
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    assert (row["volume_ml"], row["own_child_ml"]) == ("1500", "1500")


def test_the_days_are_given_as_files_that_no_spreadsheet_runs(claire: FlaskClient) -> None:
    text = claire.get(f"/board/bank/reports/days.csv?{STRETCH}").get_data(as_text=True)
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    assert (row["day"], row["bottles"], row["failed"]) == (str(DAY), "16", "1")
    book = openpyxl.load_workbook(
        io.BytesIO(claire.get(f"/board/bank/reports/days.xlsx?{STRETCH}").data)
    )
    days, reasons = book.worksheets
    assert [cell.value for cell in days[2]][:2] == [str(DAY), 1]
    assert [cell.value for cell in reasons[2]] == ["nobody was home", 1]
    assert all(cell.data_type != "f" for sheet in book.worksheets for cell in sheet[2])


def test_the_files_are_in_the_language_of_the_board(claire: FlaskClient) -> None:
    claire.get("/board/bank/reports?language=fr")
    text = claire.get(f"/board/bank/reports/days.csv?{STRETCH}").get_data(as_text=True)
    header, row = text.lstrip("\ufeff").splitlines()
    assert header.startswith('"Jour";"tournées";"Visites"')
    assert re.search(r'"\d+,\d"', row), "kilometres with a comma"
    text = claire.get(f"/board/days/{DAY}/rounds.csv").get_data(as_text=True)
    assert text.lstrip("\ufeff").startswith('"Tournée";"Équipe de collecte"')


def test_no_visit_done_is_not_all_visits_done(app: Flask, town: Town, clock: SetClock) -> None:
    clock.advance(hours=1)
    with app.app_context():
        with transaction() as session:
            published(session, town)
        db.session.remove()
    page = sign_in(app, bank=town.bank, person=town.claire).get(f"/board/bank/reports?{STRETCH}")
    assert "All of them did." not in page.text
    assert "None so far; the others are still ahead." in page.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("first=2026-11-25&last=2026-11-24", 422),
        ("first=2020-01-01&last=2026-11-24", 422),
        ("first=yesterday", 404),
        ("", 200),
    ],
)
def test_a_stretch_that_is_none_is_refused_in_words(
    app: Flask, town: Town, query: str, status: int
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.get(f"/board/bank/reports?{query}").status_code == status


def test_the_close_of_a_day_finds_what_does_not_agree(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), reading() as session:
        found = closing(session, bank_id=town.bank, day=DAY)
        assert (found.sum("declared"), found.sum("collected"), found.sum("received")) == (
            24,
            16,
            16,
        )
        assert found.settled
    page = claire.get(CLOSE).get_data(as_text=True)
    assert "Everything agrees" in page
    assert "nobody was home" in page
    sheet = claire.get(f"{CLOSE}/sheet").get_data(as_text=True)
    assert "Elise" not in sheet
    assert "Martin" not in sheet


def test_a_day_that_is_not_over_says_what_is_open(app: Flask, town: Town, clock: SetClock) -> None:
    with app.app_context():
        with transaction() as session:
            published(session, town)
        db.session.remove()
    claire = sign_in(app, bank=town.bank, person=town.claire)
    page = claire.get(CLOSE).get_data(as_text=True)
    assert "3 visits to come" in page
    assert "Everything agrees" not in page
    assert clock


def test_ranks_and_bars_are_what_they_say() -> None:
    assert [rank([5, 1, 3, 2, 4], share) for share in (0.5, 0.9, 1.0)] == [3, 5, 5]
    chart = paired([(50.0, 100.0), (0.0, 25.0)])
    assert chart is not None
    heights = [bar.height for bar in chart.columns]
    assert heights[1] == 2 * heights[0] == 4 * heights[3]
    assert heights[2] == 0
    assert paired([(0.0,)]) is None
