"""The page of webhooks: one is made, its log shown, paused, replayed and ended."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.applications.models import Webhook, WebhookAttempt
from collector.db import db, reading, transaction
from tests.conftest import SetClock
from tests.town import Town, sign_in

PAGE = "/board/bank/webhooks"
FIELDS = {"url": "https://hospital.example/milk", "kind": ["request.made", "day.published"]}


@pytest.fixture
def adele(app: Flask, town: Town) -> FlaskClient:
    """The administrator's browser."""
    return sign_in(app, bank=town.bank, person=town.adele)


def row(app: Flask) -> Webhook:
    with app.app_context():
        db.session.remove()
        with reading() as session:
            return session.get_one(Webhook, 1)


def test_a_webhook_is_made_and_its_secret_shown_once(app: Flask, adele: FlaskClient) -> None:
    shown = adele.post(PAGE, data=FIELDS).get_data(as_text=True)
    assert re.findall(r'value="(whsec_[^"]+)"', shown)
    assert "whsec_" not in adele.get(PAGE).get_data(as_text=True)
    assert row(app).kinds == ["request.made", "day.published"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"url": ""}, "Give an address"), ({"url": "ftp://a.example"}, "Give an address"),
     ({"url": "https://a:b@c.example"}, "Give an address"),
     ({"url": "https://a.example:99999"}, "Give an address"),
     ({"kind": []}, "at least one kind"), ({"kind": ["nothing"]}, "at least one kind")],
)  # fmt: skip
def test_a_mistake_makes_no_webhook(
    adele: FlaskClient, changed: dict[str, object], words: str
) -> None:
    answer = adele.post(PAGE, data=FIELDS | changed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "No webhook yet" in adele.get(PAGE).get_data(as_text=True)


def test_a_webhook_is_paused_replayed_and_ended(
    app: Flask, town: Town, clock: SetClock, adele: FlaskClient
) -> None:
    adele.post(PAGE, data=FIELDS)
    with app.app_context(), transaction() as session:
        session.get_one(Webhook, 1).position = 12
        session.add(
            WebhookAttempt(
                bank_id=town.bank,
                webhook_id=1,
                sequence=12,
                kind="request.made",
                at=clock.now(),
                status=None,
                fault="no_connection",
            )
        )
    log = adele.get(f"{PAGE}/1").get_data(as_text=True)
    assert "no connection" in log
    adele.post(f"{PAGE}/1/pause")
    assert row(app).paused_at == clock.now()
    adele.post(f"{PAGE}/1/resumption", data={"sequence": "12"})
    assert (row(app).paused_at, row(app).position) == (None, 11)
    assert adele.post(f"{PAGE}/1/resumption", data={"sequence": "x"}).status_code == 404
    adele.post(f"{PAGE}/1/end")
    assert row(app).ended_at == clock.now()
    assert adele.post(f"{PAGE}/1/resumption").status_code == 422
    assert "Post again" in adele.get(f"{PAGE}/1").get_data(as_text=True)


def test_a_webhook_of_another_bank_is_not_found(app: Flask, town: Town, adele: FlaskClient) -> None:
    adele.post(PAGE, data=FIELDS)
    other = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert other.get(f"{PAGE}/1").status_code == 404
    for act in ("pause", "resumption", "end"):
        assert other.post(f"{PAGE}/1/{act}").status_code == 404
