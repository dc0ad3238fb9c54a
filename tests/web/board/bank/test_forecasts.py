"""The page of forecasts against outcomes: charts, table, file, and a period without any."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import transaction
from collector.demo.play import said_of
from collector.planning.dispatch.forecasts import keep_forecasts, settle_forecasts
from collector.web.board.bank import forecasts
from collector.web.board.bank.charts import CalibrationValue, calibrated
from tests.builders import DAY, MORNING
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import published, say
from tests.town import Town, sign_in

URL = f"/board/bank/reports/forecasts?first={DAY}&last={DAY}"
FILE = f"/board/bank/reports/forecasts/forecasts.csv?first={DAY}&last={DAY}"


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def drive(app: Flask, town: Town) -> int:
    """Let every round be driven as planned; return the number of its visits."""
    with app.app_context(), transaction() as session:
        published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        rounds = [each for each in the_plan(session, town).rounds if each.published]
        for round_ in rounds:
            for said in said_of(round_.published or {}):
                say(session, round_, said, now=datetime.fromisoformat(said["device_at"]))
            settle_forecasts(session, now=MORNING, bank_id=town.bank, round_id=round_.id)
        return sum(len(round_.stops) for round_ in rounds)


def test_without_an_outcome_the_page_says_what_will_appear(claire: FlaskClient) -> None:
    page = claire.get(URL).get_data(as_text=True)
    assert "No forecast of these days has an outcome yet" in page
    assert "<svg viewBox" not in page


def test_the_page_has_a_chart_and_the_same_figures_in_a_table(
    app: Flask, town: Town, claire: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = drive(app, town)
    page = claire.get(URL).get_data(as_text=True)
    assert 'class="diagonal"' not in page, "three forecasts are in the table only"
    monkeypatch.setattr(forecasts, "DRAWN_FROM", 1)
    page = claire.get(URL).get_data(as_text=True)
    assert page.count('class="diagonal"') == 2, "one chart of promises, one of clocks"
    assert "Promised times, when the round was published" in page
    assert "came within the times in which 9 of 10 were expected" in page
    rows = list(csv.DictReader(io.StringIO(claire.get(FILE).text.lstrip("\ufeff")), delimiter=";"))
    promises = [row for row in rows if row["subject"] == "promise"]
    assert sum(int(row["forecasts"]) for row in promises) == visits
    assert sum(int(row["kept"]) for row in promises) == visits


def test_a_period_backwards_is_refused(claire: FlaskClient) -> None:
    answer = claire.get("/board/bank/reports/forecasts?first=2026-11-25&last=2026-11-24")
    assert answer.status_code == 422


def test_a_point_lies_on_the_diagonal_if_as_many_came_true_as_foretold() -> None:
    chart = calibrated(
        [
            CalibrationValue(foretold=90, share=90, least=80, most=96, series=0),
            CalibrationValue(foretold=100, share=95, least=90, most=100, series=1),
        ]
    )
    assert chart is not None
    on, below = chart.points
    # Both axes begin at 80 %: 90 % is half-way between the ends of the diagonal.
    assert on.x == pytest.approx((chart.left + chart.right) / 2)
    assert on.y == pytest.approx((chart.top + chart.bottom) / 2)
    assert on.bottom == chart.bottom
    assert (below.x, below.top) == (chart.right, chart.top)
    assert below.y > chart.top
    assert calibrated([]) is None
