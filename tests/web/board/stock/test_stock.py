"""The stock on the board: forecast, files, dated decisions, and their effect on the planner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import update

from collector.banks.models import Policy
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of, policy_periods
from collector.db import reading, transaction
from collector.dispensary.orders.cover import StockLevel
from collector.laboratory.pooling.models import Bottle
from collector.pickups.models import MilkLine, Purpose
from collector.planning.problem.build import PENALTY, penalty
from collector.planning.stock.queries import load_stock_forecast
from tests.builders import DAY, MORNING
from tests.collector.planning.problem.test_build import asked
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

STOCK = "/board/stock"
URGENT = {"key": "milk_urgency_percent", "value": "175", "weeks": "2"}
FIVE_WEEKS = timedelta(weeks=5)


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


@pytest.fixture
def stocked(app: Flask, town: Town) -> Iterator[FlaskClient]:
    """Claire, five weeks after one lot of 200 ml was released and another one failed to be."""
    with open_bench(app, town) as bench:
        with transaction() as session:
            lea = ReleaseBench(bench, session)
            released, _ = lea.lots(2)
            lea.ready(released)
            lea.release(released)
            session.execute(
                update(Policy)
                .where(Policy.bank_id == town.bank, Policy.key == "demand_ml_per_day")
                .values(value="50")
            )
        app.extensions["milkround_clock"].instant = LATER + FIVE_WEEKS
        yield sign_in(app, bank=town.bank, person=town.claire)


def test_without_a_history_the_page_says_how_many_days_are_missing(claire: FlaskClient) -> None:
    page = text(claire.get(STOCK))
    assert "Not enough days to foretell the stock. 28 more days" in page
    assert "the rules do not say how much milk is given on a day" in page
    assert "<svg viewBox" not in claire.get(STOCK).get_data(as_text=True)
    assert claire.get(f"{STOCK}/days.csv").get_data(as_text=True).count("\r\n") == 1


def test_the_forecast_of_a_stock_with_its_chart_and_files(stocked: FlaskClient) -> None:
    page = text(stocked.get(STOCK))
    assert "<dt>released stock</dt><dd>0.2 L</dd>" in page
    # 200 ml at 50 ml a day: four days, below seven and above three.
    assert "<dt>days it lasts</dt><dd>4</dd>" in page
    assert "short" in page
    assert "milk counts" not in page.lower()
    assert 'class="stock-line"' in stocked.get(STOCK).get_data(as_text=True)
    csv = stocked.get(f"{STOCK}/days.csv").get_data(as_text=True)
    assert csv.count("\r\n") == 57
    sheet = load_workbook(BytesIO(stocked.get(f"{STOCK}/days.xlsx").data)).worksheets[0]
    assert (sheet.max_row, sheet["A1"].value) == (57, "day")
    assert isinstance(sheet["B2"].value, int)


def test_bottles_that_left_are_no_stock_and_the_lines_stand_apart(
    app: Flask, town: Town, stocked: FlaskClient
) -> None:
    assert stocked
    told: dict[str, Any] = {"now": LATER + FIVE_WEEKS, "bank_id": town.bank}
    with app.app_context(), transaction() as session:
        before = load_stock_forecast(session, **told, line=MilkLine.DONATED)
        session.execute(update(Bottle).values(left_at=LATER))
        after = load_stock_forecast(session, **told, line=MilkLine.DONATED)
        own = load_stock_forecast(session, **told, line=MilkLine.OWN_CHILD)
    assert (before.stock_ml, after.stock_ml, own.stock_ml) == (200, 0, 0)
    assert (before.level, after.level) == (StockLevel.SHORT, StockLevel.CRITICAL)
    assert after.stock_out is not None
    assert (own.missing_days, own.paths, own.cover) == (28, None, None)


def test_a_decision_counts_on_the_day_and_is_taken_back(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    answer = claire.post(f"{STOCK}/decisions", data=URGENT)
    assert answer.status_code == 303
    day = f"/board/days/{MORNING.date()}"
    assert "Milk counts 1.75 times" in text(claire.get(day))
    assert "Milk counts 1.75 times" in text(claire.get("/board/horizon"))
    with app.app_context(), reading() as session:
        (period,) = policy_periods(session, town.bank, since=MORNING.date())
        assert period.last == MORNING.date() + timedelta(days=13)
        after = period.last + timedelta(days=1)
        assert policies_of(session, town.bank, on=after)[PolicyKey.MILK_URGENCY_PERCENT] == 100
        policies = policies_of(session, town.bank, on=period.last)
    milk = asked()
    blood = asked(purposes=(Purpose.COLLECTION, Purpose.BLOOD_SAMPLE))
    own = asked()
    own.line = MilkLine.OWN_CHILD
    found = [penalty(each, on=DAY, policies=policies) for each in (milk, blood, own)]
    assert found == [PENALTY * 7 // 4, PENALTY, PENALTY]
    url = f"{STOCK}/decisions/{period.id}/withdrawal"
    assert claire.post(url).status_code == 303
    assert "Milk counts 1.75 times" not in text(claire.get(day))
    assert claire.post(url).status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("weeks", "13", "at most 12 weeks"),
        ("weeks", "soon", "number"),
        ("weeks", "0", "before the first"),
        ("value", "400", "from 50 to 300"),
    ],
)
def test_a_wrong_decision_keeps_what_was_typed(
    claire: FlaskClient, field: str, value: str, words: str
) -> None:
    answer = claire.post(f"{STOCK}/decisions", data=URGENT | {field: value})
    assert answer.status_code == 422
    assert words in text(answer)


def test_the_laboratory_reads_the_stock_and_decides_nothing(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench:
        lea = sign_in(app, bank=town.bank, person=bench.lea)
        page = lea.get(STOCK)
        assert page.status_code == 200
        assert "/decisions" not in page.get_data(as_text=True)
        assert lea.post(f"{STOCK}/decisions", data=URGENT).status_code in {403, 404}


def test_levers_are_priced_beside_the_rules_of_today(claire: FlaskClient) -> None:
    page = text(claire.get(f"{STOCK}/levers"))
    assert "Milk in a week" in page
    assert "from 0.2 L on" in page or "from 0.6 L on" in page
    part = claire.get(f"{STOCK}/levers", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith("<div")
