"""Freezers as Lea and Nora use them: places, scans, counts, probes, alarms, the decision of two."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.custody.models import Excursion, ExcursionDecision
from collector.custody.numbers import number_of
from collector.db import reading, transaction
from collector.laboratory.probes.watch import raise_due_alarms
from collector.laboratory.reception.models import BenchScan, ScanTask
from collector.laboratory.units.models import StoragePlace
from collector.timers import run_due_tasks
from tests.laboratory_bench import Bench, bottles, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.town import Town, sign_in
from tests.web.sign_ins import text

STORAGE = "/laboratory/storage"


@pytest.fixture
def bench(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as opened:
        with transaction() as session:
            given = {"bottles": 2, "volume_ml": 400}
            opened.send(session, collected(opened.dora, **given), opened.hand_over(2))
            for container in bottles(session):
                opened.accept(session, container)
        app.extensions["milkround_clock"].instant = FIRST_ARRIVAL
        yield opened


@pytest.fixture
def lea(app: Flask, bench: Bench) -> FlaskClient:
    return sign_in(app, bank=bench.town.bank, person=bench.lea)


def unit(lea: FlaskClient, bench: Bench, **changes: str) -> str:
    """Write a unit with two places; return the address of its page."""
    usual = {"name": "Freezer 1", "kind": "freezer", "zone": "raw", "site": str(bench.town.site)}
    made = lea.post(f"{STORAGE}/units", data=usual | changes)
    assert made.status_code == 303
    url = made.headers["Location"]
    for name in ("1", "2"):
        data = {"shelf": "A", "name": name, "capacity_bottles": "10"}
        assert lea.post(f"{url}/places", data=data).status_code == 303
    return url


def codes() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(StoragePlace.code).order_by(StoragePlace.id)))


def scan(client: FlaskClient, url: str, label: str) -> str:
    return text(client.post(f"{url}/scans", data={"label": label}, follow_redirects=True))


def post_readings(app: Flask, key: str, *rows: dict[str, Any]) -> Any:  # noqa: ANN401
    headers = {"Authorization": f"Bearer {key}"}
    return app.test_client().post("/probes/readings", json={"readings": rows}, headers=headers)


def test_a_bottle_is_put_away_found_and_counted(lea: FlaskClient, bench: Bench) -> None:
    assert "no storage unit yet" in text(lea.get(STORAGE))
    unit(lea, bench)
    first, second = (number_of(bench.dora, index) for index in (1, 2))
    assert "no place was ever scanned for it" in scan(lea, STORAGE, first)
    opened = lea.post(f"{STORAGE}/scans", data={"label": codes()[0]})
    place = opened.headers["Location"]
    assert "stands here now" in scan(lea, place, first)
    assert "stood here already" in scan(lea, place, first)
    assert "Freezer 1 / A / 1" in scan(lea, STORAGE, first)
    other = lea.post(f"{place}/scans", data={"label": codes()[1]}).headers["Location"]
    assert other != place
    scan(lea, other, second)
    page = text(lea.get(STORAGE))
    assert "2 of 20 places taken" in page
    count = lea.post(f"{place}/counts").headers["Location"]
    assert "is counted" in scan(lea, count, second)
    assert "was counted already" in scan(lea, count, second)
    assert "Close with 1 missing" in text(lea.get(count))
    assert lea.post(f"{count}/closing", data={"missing": "0"}).status_code == 422
    closed = lea.post(f"{count}/closing", data={"missing": "1"}, follow_redirects=True)
    assert "Counted: 1 is missing." in text(closed)
    assert "Closed at" in text(lea.get(count))
    assert lea.post(f"{count}/scans", data={"label": second}).status_code == 422
    page = text(lea.get(STORAGE))
    assert "Missing since a count" in page
    out = lea.post(f"{place}/withdrawals", data={"label": second, "note": ""})
    assert out.status_code == 422
    out = lea.post(f"{place}/withdrawals", data={"label": second, "note": "Broken"})
    assert out.status_code == 303
    assert "nowhere; it left Freezer 1" in scan(lea, STORAGE, second)


def test_a_scan_that_does_not_belong_is_refused_and_kept(lea: FlaskClient, bench: Bench) -> None:
    unit(lea, bench, zone="heated")
    place = lea.post(f"{STORAGE}/scans", data={"label": codes()[0]}).headers["Location"]
    first = number_of(bench.dora, 1)
    for url, label, words in (
        (place, first, "is raw milk"),
        (place, "P/00001-0", "is mistyped"),
        (place, "P/99999-9", "No place of the bank"),
        (STORAGE, "MR-404", "has not taken over"),
    ):
        answer = lea.post(f"{url}/scans", data={"label": label})
        assert answer.status_code == 422
        assert words in text(answer)
    with reading() as session:
        tasks = list(session.scalars(select(BenchScan.task)))
    assert tasks == [ScanTask.STORE] * 4


def test_units_places_and_labels(lea: FlaskClient, bench: Bench) -> None:
    url = unit(lea, bench)
    page = text(lea.get(url))
    assert "Warmest permitted: -18 °C" in page.replace("\N{MINUS SIGN}", "-")
    assert "No probe is in service" in page
    for data, words in (
        ({"name": ""}, "name"),
        ({"name": "Fridge", "kind": "refrigerator"}, "needs its own"),
        ({"name": "Fridge", "warmest": "cold"}, "whole degrees"),
    ):
        usual = {"kind": "freezer", "zone": "raw", "site": str(bench.town.site)}
        answer = lea.post(f"{STORAGE}/units", data=usual | data)
        assert answer.status_code == 422
        assert words in text(answer)
    wrong = lea.post(f"{url}/places", data={"shelf": "A", "name": "3", "capacity_bottles": "0"})
    assert wrong.status_code == 422
    for content, status in ((b"shelf;place;bottles\nB;1;12\n", 303), (b"shelf;place\nB;1\n", 422)):
        sent = {"file": (io.BytesIO(content), "places.csv")}
        assert lea.post(f"{url}/places-file", data=sent).status_code == status
    labels = text(lea.get(f"{url}/labels"))
    assert labels.count("<path fill") == 3
    for code in codes():
        assert code in labels


def test_readings_reach_a_probe_by_its_key_alone(
    app: Flask, lea: FlaskClient, bench: Bench
) -> None:
    url = unit(lea, bench)
    page = text(lea.post(f"{url}/probes", data={"probe": "top", "posts": "yes"}))
    key = re.search(r'<input id="shown-once" readonly value="([^"]+)"', page)
    assert key is not None
    assert key[1] not in text(lea.get(url))
    at = FIRST_ARRIVAL.isoformat()
    good = {"at": at, "celsius": -19.5}
    assert post_readings(app, key[1], good).get_json() == {"kept": 1}
    assert post_readings(app, key[1], good).get_json() == {"kept": 0}
    assert post_readings(app, "wrong", good).status_code == 401
    assert app.test_client().post("/probes/readings", json={"readings": [good]}).status_code == 401
    late = (FIRST_ARRIVAL + timedelta(hours=1)).isoformat()
    for row, code in (
        ({"at": late, "celsius": -19.5}, "reading_in_future"),
        ({"at": "yesterday", "celsius": -19.5}, "reading_not_read"),
        ({"at": at[:19], "celsius": -19.5}, "reading_not_read"),
        ({"at": at, "celsius": "NaN"}, "reading_not_read"),
    ):
        answer = post_readings(app, key[1], row)
        assert (answer.status_code, answer.get_json()["error"]) == (422, code)
    assert app.test_client().post("/probes/readings", data="no").status_code == 401
    assert post_readings(app, key[1]).get_json()["error"] == "readings_missing"
    assert "19" in text(lea.get(url))
    content = f"time,probe,celsius\n{at},top,-20\n".encode()
    sent = {"file": (io.BytesIO(content), "top.csv"), "profile": "long_utc"}
    assert lea.post(f"{url}/readings", data=sent).status_code == 303
    sent = {"file": (io.BytesIO(b""), "top.csv"), "profile": "long_utc"}
    assert lea.post(f"{url}/readings", data=sent).status_code == 422
    retirement = re.search(r'action="([^"]+/retirement)"', text(lea.get(url)))
    assert retirement is not None
    assert lea.post(retirement[1]).status_code == 303
    assert post_readings(app, key[1], good).status_code == 401


def test_an_alarm_is_acknowledged_and_an_excursion_decided_by_two(
    app: Flask, lea: FlaskClient, bench: Bench
) -> None:
    url = unit(lea, bench)
    place = lea.post(f"{STORAGE}/scans", data={"label": codes()[0]}).headers["Location"]
    first = number_of(bench.dora, 1)
    scan(lea, place, first)
    page = text(lea.post(f"{url}/probes", data={"probe": "top", "posts": "yes"}))
    key = re.search(r'<input id="shown-once" readonly value="([^"]+)"', page)
    assert key is not None
    post_readings(app, key[1], {"at": FIRST_ARRIVAL.isoformat(), "celsius": -15})
    assert run_due_tasks(FIRST_ARRIVAL + timedelta(minutes=30)) >= 1
    with transaction() as session:
        raise_due_alarms(
            session, now=FIRST_ARRIVAL + timedelta(minutes=30), bank_id=bench.town.bank
        )
    page = text(lea.get(STORAGE))
    assert "Freezer 1 has been too warm since" in page
    answer = re.search(r'action="([^"]+/acknowledgement)"', page)
    assert answer is not None
    assert lea.post(answer[1], data={"comment": ""}).status_code == 422
    assert lea.post(answer[1], data={"comment": "Door closed"}).status_code == 303
    assert "too warm in a unit" in scan(lea, STORAGE, first)
    nora = sign_in(app, bank=bench.town.bank, person=bench.nora)
    page = text(nora.get("/board/bank/excursions"))
    assert "Freezer 1 at" in page
    assert "1 bottle stood there." in page
    decision = "/board/bank/excursions/1/decision"
    nora.post("/board/bank/excursions/1/assessment", data={"assessment": "Door"})
    claire = sign_in(app, bank=bench.town.bank, person=bench.town.claire)
    kept = {"decision": ExcursionDecision.KEEP.value}
    assert "still too warm" in text(claire.post(decision, data=kept))
    cold = (FIRST_ARRIVAL + timedelta(minutes=5)).isoformat()
    post_readings(app, key[1], {"at": cold, "celsius": -20})
    nora.post(decision, data=kept)
    with reading() as session:
        assert session.get_one(Excursion, 1).decision is None
    assert claire.post(decision, data=kept).status_code == 303
    assert "too warm in a unit" not in scan(lea, STORAGE, first)
    assert "the milk is kept" in text(lea.get(STORAGE))
