"""Recalls as technicians, quality and those who release see them, and their reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.db import reading, transaction
from collector.laboratory.holds.models import LaboratoryHold
from collector.notices.models import Notice
from collector.recall.models import Recall, RecallItem, RecallState
from collector.web.recall.wording import stopwatch
from tests.laboratory_bench import Bench, open_bench
from tests.recall_bench import RecallBench
from tests.release_bench import LATER
from tests.town import Town, sign_in
from tests.web.sign_ins import text


class RecallCast:
    """Lea at the bench, Rose releases, Quentin is of quality."""

    def __init__(self, app: Flask, bench: Bench) -> None:
        self.app, self.bench = app, bench
        app.extensions["milkround_clock"].instant = LATER
        with transaction() as session:
            found = RecallBench(bench, session)
            self.people = {"lea": bench.lea, "rose": found.rose, "quentin": found.quentin}
            self.people["claire"] = bench.town.claire
            found.pour()
            self.labels = found.labels_of(found.released)
            self.raw = found.raw[0]
            self.lot = found.released

    def __getitem__(self, name: str) -> FlaskClient:
        return sign_in(self.app, bank=self.bench.town.bank, person=self.people[name])

    def later(self, **time: int) -> None:
        self.app.extensions["milkround_clock"].instant += timedelta(**time)

    def open(self, browser: FlaskClient, **changes: str) -> TestResponse:
        form = {"number": self.labels[0], "subject": f"lot-{self.lot}", "reason": "Fever"}
        return browser.post("/recalls", data=form | changes)

    @property
    def state(self) -> RecallState:
        with reading() as session:
            return session.scalars(select(Recall)).one().state


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[RecallCast]:
    with open_bench(app, town) as bench:
        yield RecallCast(app, bench)


def test_a_recall_from_a_scan_to_its_end(cast: RecallCast) -> None:
    lea, rose, quentin = cast["lea"], cast["rose"], cast["quentin"]
    assert "Nothing was ever recalled" in text(lea.get("/recalls"))
    subjects = text(lea.post("/recalls/scans", data={"label": cast.labels[0]}))
    assert "Lot of pool" in subjects
    answer = cast.open(lea)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    shown = text(lea.get(page))
    assert "2 open" not in shown
    assert "1 open" in shown
    assert cast.labels[1] in shown
    lea.post(f"{page}/confirmation-request")
    assert "You signed first" in text(lea.get(page))
    assert lea.post(f"{page}/confirmation").status_code == 422
    assert quentin.post(f"{page}/confirmation").status_code == 303
    assert cast.state is RecallState.CONFIRMED
    for label in cast.labels:
        assert lea.post(f"{page}/finds", data={"label": label}).status_code == 303
    assert "lines without a fate" in text(rose.get(page))
    with reading() as session:
        assert session.scalars(select(RecallItem).where(RecallItem.fate.is_(None))).all() == []


def test_a_drill_is_walked_without_a_message(cast: RecallCast) -> None:
    quentin, rose, lea = cast["quentin"], cast["rose"], cast["lea"]
    refused = quentin.post("/recalls/drills", data={"reason": ""})
    assert refused.status_code == 422
    page = quentin.post("/recalls/drills", data={"reason": "Quarterly"}).headers["Location"]
    cast.later(seconds=90)
    quentin.post(f"{page}/confirmation-request")
    rose.post(f"{page}/confirmation")
    for label in cast.labels:
        cast.later(minutes=1)
        lea.post(f"{page}/finds", data={"label": label})
    assert cast.state is RecallState.SETTLED
    assert lea.post(f"{page}/closing-request", data={"note": "x"}).status_code == 403
    assert quentin.post(f"{page}/closing-request", data={"note": ""}).status_code == 422
    assert quentin.post(f"{page}/closing-request", data={"note": "All"}).status_code == 303
    assert rose.post(f"{page}/closing").status_code == 303
    shown = text(rose.get(page)).replace("\N{NO-BREAK SPACE}", " ")
    assert "1 min 30 s" in shown
    assert "3 min 30 s" in shown
    report = rose.get(f"{page}/report.pdf")
    assert report.headers["Content-Type"] == "application/pdf"
    assert report.get_data().startswith(b"%PDF")
    with reading() as session:
        assert session.scalars(select(Notice)).all() == []
        holds = session.scalars(select(LaboratoryHold)).all()
        assert all(each.lifted_at for each in holds)


def test_wrong_input_is_answered_at_the_field(cast: RecallCast) -> None:
    lea = cast["lea"]
    unknown = lea.post("/recalls/scans", data={"label": "NOTHING"})
    assert unknown.status_code == 422
    assert "Nothing of the bank has the number NOTHING" in text(unknown)
    answer = cast.open(lea, reason="", since="x")
    assert answer.status_code == 422
    assert 'value="x"' in text(answer) or "Lot of pool" in text(answer)
    assert cast.open(lea, subject="day-2026-11-01", number="2026-11-01").status_code == 422
    assert cast.open(lea, subject="lot-999").status_code == 404
    assert cast.open(lea, subject="house-1").status_code == 404
    assert lea.post("/recalls/days", data={"day": ""}).status_code == 422
    assert lea.post("/recalls/days", data={"day": "2026-11-24"}).status_code == 200
    page = cast.open(lea).headers["Location"]
    strange = lea.post(f"{page}/finds", data={"label": cast.raw})
    assert strange.status_code == 422
    assert "leave it where it is" in text(strange)
    assert lea.post(f"{page}/fates", data={"fate": "here"}).status_code == 422
    assert lea.post(f"{page}/scope").status_code == 422


def test_fates_are_noted_for_chosen_lines(cast: RecallCast) -> None:
    lea = cast["lea"]
    page = cast.open(lea).headers["Location"]
    with reading() as session:
        keys = [
            each.id for each in session.scalars(select(RecallItem)) if each.number in cast.labels
        ]
    answer = lea.post(f"{page}/fates", data={"lines": keys, "fate": "not_found"})
    assert answer.status_code == 303
    assert "not found" in text(lea.get(f"{page}/lines"))
    assert "No line is left here" in text(lea.get(f"{page}/lines?open=yes"))
    assert cast.labels[0] in lea.get(f"{page}/lines.csv").text
    assert "other pools" in text(lea.get(f"{page}/second-ring"))
    assert lea.get(f"{page}/lines?place=used_up&after=1").status_code == 200


def test_a_coordinator_sees_no_recall(cast: RecallCast) -> None:
    assert cast["claire"].get("/recalls").status_code == 403


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"milliseconds": 417}, "0.42 s"),
        ({"seconds": 59}, "59 s"),
        ({"minutes": 12, "seconds": 3}, "12 min 3 s"),
        ({"hours": 2, "minutes": 5}, "2 h 5 min"),
        ({"days": 3, "hours": 4}, "3 d 4 h"),
    ],
)
def test_a_stopwatch(app: Flask, time: dict[str, int], words: str) -> None:
    with app.test_request_context():
        assert stopwatch(timedelta(**time)).replace("\N{NO-BREAK SPACE}", " ") == words
        assert stopwatch(None) == "not yet"
