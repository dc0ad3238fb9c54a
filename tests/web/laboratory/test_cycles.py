"""Heating as Lea sees it: load, start, stop, look at the curve, keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from collector.db import reading, transaction
from collector.laboratory.heating.models import Cycle, CycleCurve, CycleState
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.collector.laboratory.heating.test_cycles import CycleBench
from tests.laboratory_bench import Bench, open_bench
from tests.pool_bench import NOW
from tests.town import Town, sign_in
from tests.web.sign_ins import text

CYCLE = "/laboratory/cycles/1"
DEVICE = {
    "name": "Pasteuriser 1",
    "serial": "S-1",
    "profile": "long_utc",
    "qualified_until": "2026-12-31",
    "calibrated_until": "2026-12-31",
}


@pytest.fixture
def bench(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as opened:
        with transaction() as session:
            CycleBench(opened, session).lots(1)
        app.extensions["milkround_clock"].instant = NOW
        yield opened


@pytest.fixture
def lea(app: Flask, bench: Bench) -> FlaskClient:
    return sign_in(app, bank=bench.town.bank, person=bench.lea)


@pytest.fixture
def nora(app: Flask, bench: Bench) -> FlaskClient:
    return sign_in(app, bank=bench.town.bank, person=bench.nora)


def run(app: Flask, bench: Bench, lea: FlaskClient) -> FlaskClient:
    """Load the lot, start and stop the cycle; the session ends in its idle half hour."""
    assert lea.post("/laboratory/cycles", data={"device": 1, "lots": [1]}).status_code == 303
    assert lea.post(f"{CYCLE}/start").status_code == 303
    app.extensions["milkround_clock"].instant = NOW + timedelta(minutes=32)
    again = sign_in(app, bank=bench.town.bank, person=bench.lea)
    assert again.post(f"{CYCLE}/stop").status_code == 303
    return again


def seen(lea: FlaskClient, content: bytes) -> tuple[int, str]:
    sent = {"file": (BytesIO(content), "curve.csv")}
    answer = lea.post(f"{CYCLE}/preview", data=sent, content_type="multipart/form-data")
    return answer.status_code, text(answer)


def test_quality_writes_a_device_down_and_changes_it(nora: FlaskClient, lea: FlaskClient) -> None:
    assert "no pasteuriser yet" in text(lea.get("/laboratory/cycles"))
    answer = nora.post("/laboratory/devices", data=DEVICE | {"serial": "", "qualified_until": "x"})
    assert answer.status_code == 422
    assert 'id="serial-wrong"' in text(answer)
    assert 'id="qualified_until-wrong"' in text(answer)
    assert nora.post("/laboratory/devices", data=DEVICE).status_code == 303
    nora.post("/laboratory/devices", data=DEVICE | {"calibrated_until": "2026-11-01"})
    page = text(nora.get("/laboratory/devices"))
    assert page.count("<strong>Pasteuriser 1</strong>") == 1
    assert "calibrated until 1 November 2026" in page


def test_a_curve_is_seen_with_its_checks_before_it_is_kept(
    app: Flask, bench: Bench, lea: FlaskClient, nora: FlaskClient
) -> None:
    nora.post("/laboratory/devices", data=DEVICE)
    assert lea.post("/laboratory/cycles", data={"device": 1}).status_code == 422
    lea = run(app, bench, lea)
    status, page = seen(lea, written([*HOT, *COLD], start=NOW))
    assert status == 200
    assert page.count("tag ok") == 8
    assert "At the heat without a break for 30:00" in page
    assert 'class="plateau"' in page
    with reading() as session:
        assert session.scalar(select(func.count(CycleCurve.id))) == 0
    content = re.search(r'name="content" value="([^"]+)"', page)
    assert content is not None
    assert lea.post(f"{CYCLE}/curve", data={"content": "x"}).status_code == 422
    assert lea.post(f"{CYCLE}/curve", data={"content": content[1]}).status_code == 303
    assert "curve passed" in text(lea.get(CYCLE))
    assert lea.post(f"{CYCLE}/curve", data={"content": content[1]}).status_code == 422
    with reading() as session:
        assert session.get_one(Cycle, 1).state is CycleState.CURVE_OK


def test_a_failed_check_and_a_broken_file_are_told(
    app: Flask, bench: Bench, lea: FlaskClient, nora: FlaskClient
) -> None:
    nora.post("/laboratory/devices", data=DEVICE)
    lea = run(app, bench, lea)
    status, page = seen(lea, b"time,probe,celsius\n2026-11-24T09:00:00,P1,warm\n")
    assert status == 422
    assert "Line 2 cannot be read" in page
    assert seen(lea, b"")[0] == 422
    status, page = seen(lea, written([*HOT[:30], 61.0, *COLD], start=NOW))
    assert status == 200
    assert "29:00" in page
    assert "A failed check fails the cycle" in page


def test_a_cycle_that_was_not_started_is_unloaded(lea: FlaskClient, nora: FlaskClient) -> None:
    nora.post("/laboratory/devices", data=DEVICE)
    lea.post("/laboratory/cycles", data={"device": 1, "lots": [1]})
    assert lea.post(f"{CYCLE}/stop").status_code == 422
    assert lea.post(f"{CYCLE}/unloading").status_code == 303
    assert lea.post(f"{CYCLE}/start").status_code == 422
    assert 'name="lots"' in text(lea.get("/laboratory/cycles"))
