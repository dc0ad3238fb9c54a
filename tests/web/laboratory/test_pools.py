"""A pool as Lea makes it: thaw, scan, fill, print, scan back, close."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from collector.custody.numbers import number_of
from collector.db import reading, transaction
from collector.laboratory.pooling.models import Bottle, MilkPool, PoolState
from collector.laboratory.reception.models import BenchScan
from tests.laboratory_bench import Bench, bottles, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.town import Town, sign_in
from tests.web.sign_ins import text

POOL = "/laboratory/pools/1"


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


def scanned(client: FlaskClient, url: str, label: str) -> str:
    answer = client.post(url, data={"label": label}, follow_redirects=True)
    return text(answer)


def test_a_pool_from_the_thaw_to_its_balance(lea: FlaskClient, bench: Bench) -> None:
    labels = [number_of(bench.dora, index) for index in (1, 2)]
    for label in labels:
        assert "thaws from now on" in scanned(lea, "/laboratory/quarantine/thaws", label)
    assert "No pool was made yet" in text(lea.get("/laboratory/pools"))
    assert lea.post("/laboratory/pools", data={"line": "donated"}).headers["Location"] == POOL
    for label in labels:
        assert "is in the pool" in scanned(lea, f"{POOL}/scans", label)
    page = text(lea.get(POOL))
    assert "0.4 L <small>" in page
    filled = lea.post(f"{POOL}/bottles", data={"count": "3", "volume_ml": "120", "before": "0"})
    assert filled.status_code == 303
    again = lea.post(f"{POOL}/bottles", data={"count": "3", "volume_ml": "120", "before": "0"})
    assert again.status_code == 422
    closing = {"sampled_ml": "30", "discarded_ml": "0"}
    page = text(lea.post(f"{POOL}/closing", data=closing))
    assert "Not scanned back: " in page
    with reading() as session:
        numbers = list(session.scalars(select(Bottle.number).order_by(Bottle.number)))
    for number in numbers:
        assert "is scanned back" in scanned(lea, f"{POOL}/scans", number)
    assert "was scanned already" in scanned(lea, f"{POOL}/scans", numbers[0])
    # 400 ml less 360 in bottles and 30 for samples: 10 ml, 25 permille.
    assert "10 ml are lost, 25 ‰" in text(lea.post(f"{POOL}/closing", data=closing))
    closed = lea.post(f"{POOL}/closing", data=closing | {"loss_reason": "Spilled"})
    assert closed.status_code == 303
    assert "10 ml: Spilled" in text(lea.get(POOL))
    with reading() as session:
        assert session.get_one(MilkPool, 1).state is PoolState.CLOSED


def test_a_label_that_does_not_belong_is_refused_and_kept(lea: FlaskClient, bench: Bench) -> None:
    lea.post("/laboratory/pools", data={"line": "donated"})
    frozen = number_of(bench.dora, 1)
    for label, words in (
        (frozen, "is still frozen"),
        ("MR-404", "has not taken over"),
        ("M000126000001-0010", "is mistyped"),
    ):
        answer = lea.post(f"{POOL}/scans", data={"label": label})
        assert answer.status_code == 422
        assert re.search(words, text(answer))
    with reading() as session:
        assert session.scalar(select(func.count(BenchScan.id))) == 3


def test_the_undo_of_an_input_and_the_end_of_an_empty_pool(lea: FlaskClient, bench: Bench) -> None:
    label = number_of(bench.dora, 1)
    scanned(lea, "/laboratory/quarantine/thaws", label)
    lea.post("/laboratory/pools", data={"line": "donated"})
    page = scanned(lea, f"{POOL}/scans", label)
    undo = re.search(r'action="(/laboratory/pools/inputs/\d+/withdrawal)"', page)
    assert undo is not None
    assert "beside the pool again" in text(lea.post(undo[1], follow_redirects=True))
    assert lea.post(f"{POOL}/dissolution", data={"reason": ""}).status_code == 422
    assert lea.post(f"{POOL}/dissolution", data={"reason": "Not needed"}).status_code == 303
    assert "dissolved" in text(lea.get("/laboratory/pools"))


def test_labels_are_printed_and_a_second_print_bears_its_number(
    lea: FlaskClient, bench: Bench
) -> None:
    label = number_of(bench.dora, 1)
    scanned(lea, "/laboratory/quarantine/thaws", label)
    lea.post("/laboratory/pools", data={"line": "donated"})
    scanned(lea, f"{POOL}/scans", label)
    sheet = {"layout": "a4_65", "first_label": "11"}
    assert lea.post(f"{POOL}/labels", data=sheet).status_code == 422
    lea.post(f"{POOL}/bottles", data={"count": "2", "volume_ml": "95", "before": "0"})
    printed = lea.post(f"{POOL}/labels", data=sheet)
    assert printed.status_code == 303
    page = text(lea.get(printed.headers["Location"]))
    assert page.count("<path fill") == 2
    assert "210mm" in page
    assert " R1" not in page
    donor = re.search(r"<strong>(\d{8,9})</strong>", text(lea.get(POOL)))
    assert donor is not None
    assert donor[1] not in page
    assert lea.post(f"{POOL}/labels", data=sheet).status_code == 422
    again = lea.post(f"{POOL}/labels", data=sheet | {"reason": "The printer jammed"})
    assert "95 ml R1" in text(lea.get(again.headers["Location"]))
    assert "The printer jammed" in text(lea.get(f"{POOL}/labels"))
