"""Webhooks are posted in order, signed, tried again, paused and replayed; by a real server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from collector.applications import delivery
from collector.applications.delivery import PAUSES, deliver_webhooks
from collector.applications.models import Webhook, WebhookAttempt
from collector.applications.posting import HttpPoster
from collector.applications.webhooks import (
    end_webhook,
    make_webhook,
    pause_webhook,
    resume_webhook,
)
from collector.audit.actions import record
from collector.audit.queries import last_sequence
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.vault import Vault
from collector.pickups.actions import cancel
from tests.collector.applications.receiver import Receiver, receiving
from tests.conftest import SetClock
from tests.town import Town

pytestmark = pytest.mark.twin

HERE = ("127.0.0.0/8",)
KINDS = ("request.cancelled", "day.published")


class Hooked:
    """The town's webhook, its receiver and its worker."""

    def __init__(self, app: Flask, town: Town, clock: SetClock, receiver: Receiver) -> None:
        self.town, self.clock, self.receiver = town, clock, receiver
        self.vault = Vault(app.extensions["milkround_settings"].secret_key)
        with transaction() as session:
            made, self.secret = make_webhook(
                session,
                now=clock.now(),
                bank_id=town.bank,
                person_id=town.adele,
                url=receiver.url,
                kinds=KINDS,
                vault=self.vault,
            )
            self.key = made.id
        self.known = {"bank_id": town.bank, "webhook_id": self.key, "person_id": town.adele}

    def cancel_all(self) -> None:
        for key in self.town.pickups:
            with transaction() as session:
                cancel(
                    session,
                    now=self.clock.now(),
                    bank_id=self.town.bank,
                    pickup_id=key,
                    actor=f"person:{self.town.claire}",
                )

    def deliver(self, networks: tuple[str, ...] = HERE) -> int:
        return deliver_webhooks(
            transaction,
            reading=reading,
            poster=HttpPoster(networks),
            vault=self.vault,
            now=self.clock.now,
        )

    def subjects(self) -> list[str]:
        return [json.loads(body)["data"]["subject"] for _, body in self.receiver.requests]

    def row(self) -> Webhook:
        with reading() as session:
            return session.get_one(Webhook, self.key)

    def attempts(self) -> list[tuple[int | None, str]]:
        with reading() as session:
            rows = session.scalars(select(WebhookAttempt).order_by(WebhookAttempt.id))
            return [(row.status, row.fault) for row in rows]


@pytest.fixture
def hooked(app: Flask, town: Town, clock: SetClock) -> Iterator[Hooked]:
    """A webhook of the town at a server of this machine."""
    with receiving() as receiver, app.app_context():
        yield Hooked(app, town, clock, receiver)


def test_events_are_posted_once_in_order_and_signed(hooked: Hooked) -> None:
    assert hooked.deliver() == 0
    hooked.cancel_all()
    assert [hooked.deliver() for _ in range(4)] == [1, 1, 1, 0]
    assert hooked.subjects() == [f"pickup:{key}" for key in hooked.town.pickups]
    headers, body = hooked.receiver.requests[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hooked.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(hooked.clock.now().timestamp()))
    assert json.loads(body)["type"] == "request.cancelled"


def test_no_event_overtakes_one_that_was_not_taken(hooked: Hooked) -> None:
    hooked.cancel_all()
    hooked.receiver.status = 500
    assert hooked.deliver() == 0
    assert hooked.deliver() == 0
    assert len(hooked.receiver.requests) == 1
    hooked.clock.advance(seconds=PAUSES[0].total_seconds())
    hooked.receiver.status = 200
    assert [hooked.deliver() for _ in range(3)] == [1, 1, 1]
    first = f"pickup:{hooked.town.pickups[0]}"
    assert hooked.subjects()[:2] == [first, first]
    identities = [headers["webhook-id"] for headers, _ in hooked.receiver.requests]
    assert identities[0] == identities[1]
    assert hooked.attempts()[:2] == [(500, "refused"), (200, "")]


def test_after_the_last_pause_the_webhook_is_paused_and_its_events_wait(hooked: Hooked) -> None:
    hooked.cancel_all()
    hooked.receiver.status = 503
    for pause in PAUSES:
        assert hooked.deliver() == 0
        assert hooked.row().paused_at is None
        hooked.clock.advance(seconds=pause.total_seconds())
    assert hooked.deliver() == 0
    assert hooked.row().paused_at == hooked.clock.now()
    hooked.receiver.status = 204
    assert hooked.deliver() == 0
    with transaction() as session:
        resume_webhook(session, now=hooked.clock.now(), **hooked.known)
    assert [hooked.deliver() for _ in range(4)] == [1, 1, 1, 0]


def test_a_replay_posts_the_events_after_a_number_again(hooked: Hooked) -> None:
    hooked.cancel_all()
    before = hooked.row().position
    while hooked.deliver():
        pass
    with transaction() as session:
        resume_webhook(session, now=hooked.clock.now(), **hooked.known, after=before)
    while hooked.deliver():
        pass
    assert hooked.subjects() == 2 * [f"pickup:{key}" for key in hooked.town.pickups]


def test_a_replay_during_a_post_is_not_lost(hooked: Hooked) -> None:
    hooked.cancel_all()
    before = hooked.row().position
    assert hooked.deliver() == 1
    now = hooked.clock.now

    class Meanwhile(HttpPoster):
        def post(self, url, body, headers):  # noqa: ANN001, ANN202
            with transaction() as session:
                resume_webhook(session, now=now(), **hooked.known, after=before)
            return super().post(url, body, headers)

    deliver_webhooks(
        transaction, reading=reading, poster=Meanwhile(HERE), vault=hooked.vault, now=now
    )
    assert hooked.row().position == before


def test_other_acts_are_looked_through_once_and_in_steps(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STEP", 10)
    with transaction() as session:
        for number in range(25):
            record(
                session,
                now=hooked.clock.now(),
                bank_id=hooked.town.bank,
                actor="system",
                action="rule changed",
                subject=f"policy:{number}",
            )
    with reading() as session:
        behind = last_sequence(session, hooked.town.bank) - hooked.row().position
    hooked.cancel_all()
    for step in range(behind // 10):
        before = hooked.row().position
        assert (step, hooked.deliver(), hooked.row().position) == (step, 0, before + 10)
    assert hooked.receiver.requests == []
    while hooked.deliver():
        pass
    assert hooked.subjects() == [f"pickup:{key}" for key in hooked.town.pickups]
    with reading() as session:
        assert hooked.row().position == last_sequence(session, hooked.town.bank)


def test_a_paused_or_ended_webhook_posts_nothing(hooked: Hooked) -> None:
    with transaction() as session:
        pause_webhook(session, now=hooked.clock.now(), **hooked.known)
    hooked.cancel_all()
    assert hooked.deliver() == 0
    with transaction() as session:
        end_webhook(session, now=hooked.clock.now(), **hooked.known)
    with pytest.raises(Refused, match="webhook_ended"), transaction() as session:
        resume_webhook(session, now=hooked.clock.now(), **hooked.known)
    assert hooked.deliver() == 0
    assert hooked.receiver.requests == []


def test_a_redirect_is_a_failure_and_is_not_followed(hooked: Hooked) -> None:
    hooked.cancel_all()
    with receiving() as elsewhere:
        hooked.receiver.status, hooked.receiver.location = 302, elsewhere.url
        assert hooked.deliver() == 0
        assert elsewhere.requests == []
    assert hooked.attempts() == [(302, "refused")]


def test_an_address_of_this_machine_is_refused_unless_its_network_is_permitted(
    hooked: Hooked,
) -> None:
    hooked.cancel_all()
    assert hooked.deliver(networks=()) == 0
    assert hooked.receiver.requests == []
    assert hooked.attempts() == [(None, "address_refused")]


def test_a_claimed_webhook_is_left_to_its_worker(hooked: Hooked) -> None:
    hooked.cancel_all()
    clock = hooked.clock

    class Second(HttpPoster):
        """A poster during whose post another worker looks for work."""

        posts = 0

        def post(self, url, body, headers):  # noqa: ANN001, ANN202
            Second.posts += 1
            inner = deliver_webhooks(
                transaction, reading=reading, poster=Second(HERE), vault=hooked.vault, now=clock.now
            )
            assert inner == 0
            return super().post(url, body, headers)

    assert (
        deliver_webhooks(
            transaction, reading=reading, poster=Second(HERE), vault=hooked.vault, now=clock.now
        )
        == 1
    )
    assert Second.posts == 1
