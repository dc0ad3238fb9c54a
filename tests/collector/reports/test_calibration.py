"""Calibration: bins, shares, intervals and the band of arrivals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.db import transaction
from collector.planning.models import ChanceForecast, ForecastStage, ForecastSubject
from collector.reports.calibration import CalibrationBin, calibration
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town


def add(
    session: Session, town: Town, round_id: int, chance: int, *, kept: bool | None, after: int = 0
) -> None:
    """Add a settled forecast whose arrival came minutes after the begin of its hour's band."""
    session.add(
        ChanceForecast(
            bank_id=town.bank,
            day=DAY,
            round_id=round_id,
            stage=ForecastStage.PUBLISHED,
            subject=ForecastSubject.PROMISE,
            revision=1,
            chance=chance,
            earliest_at=MORNING,
            latest_at=MORNING + timedelta(hours=1),
            made_at=MORNING,
            came_at=None if kept is None else MORNING + timedelta(minutes=after),
            kept=kept,
            settled_at=MORNING,
        )
    )


def binned(kept: int, count: int, foretold: float = 90.0) -> CalibrationBin:
    return CalibrationBin(
        stage=ForecastStage.PUBLISHED,
        subject=ForecastSubject.PROMISE,
        least=90,
        most=94,
        foretold=foretold,
        count=count,
        kept=kept,
    )


def test_forecasts_with_about_the_same_chance_share_a_bin(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        key = published(session, town).rounds[0].id
        for chance, kept in ((90, True), (92, True), (94, False), (95, True), (100, True)):
            add(session, town, key, chance, kept=kept, after=30 if kept else 90)
        add(session, town, key, 91, kept=None)
        session.flush()
        found = calibration(session, bank_id=town.bank, first=DAY, last=DAY)
    rows = found.of(ForecastStage.PUBLISHED, ForecastSubject.PROMISE)
    assert [(row.least, row.most, row.count, row.kept) for row in rows] == [
        (90, 94, 3, 2),
        (95, 98, 1, 1),
        (99, 100, 1, 1),
    ]
    assert rows[0].foretold == 92
    assert found.unknown == 1
    assert found.in_band == ((ForecastStage.PUBLISHED, 4, 5),)


def test_other_days_and_other_banks_do_not_count(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        key = published(session, town).rounds[0].id
        add(session, town, key, 90, kept=True)
        session.flush()
        later = DAY + timedelta(days=1)
        assert calibration(session, bank_id=town.bank, first=later, last=later).bins == ()
        assert calibration(session, bank_id=town.other_bank, first=DAY, last=DAY).bins == ()


@pytest.mark.parametrize(
    ("kept", "count", "least", "most"),
    [
        # Wilson's interval by hand: 9 of 10 gives 59.6 to 98.2 %, 10 of 10 gives 72.2 to 100 %.
        (9, 10, 59.6, 98.2),
        (10, 10, 72.2, 100.0),
        (90, 100, 82.6, 94.5),
    ],
)
def test_the_interval_is_that_of_wilson(kept: int, count: int, least: float, most: float) -> None:
    found = binned(kept, count).interval
    assert found == pytest.approx((least, most), abs=0.05)


def test_a_share_far_from_the_chance_is_named() -> None:
    assert binned(90, 100).verdict == "as_foretold"
    assert binned(70, 100).verdict == "worse"
    assert binned(100, 100).verdict == "better"
    assert binned(1, 1).verdict == "as_foretold", "one forecast proves nothing"
