"""Deactivation of a person: every way in ends, and the rounds ahead are listed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.db import reading, transaction
from collector.errors import NotFound, Refused
from collector.notices.actions import subscribe
from collector.notices.models import PushSubscription
from collector.people.actions import deactivate, make_link, reactivate
from collector.people.devices import is_revoked, see_device
from collector.people.feeds import make_feed, read_feed
from collector.rounds.queries import uncovered_rounds
from collector.shifts.queries import duties_on
from collector.web.board.dispatch.stream import Streams
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town, sign_in

KEY = "00000000-0000-0000-0000-000000000001"


def close(app: Flask, town: Town, person: int, *, actor: str = "system") -> None:
    with app.app_context(), transaction() as session:
        deactivate(session, now=MORNING, bank_id=town.bank, person_id=person, actor=actor)


def test_every_way_in_ends(app: Flask, town: Town) -> None:
    ana, claire = (sign_in(app, bank=town.bank, person=each) for each in (town.ana, town.claire))
    said = {"now": MORNING, "bank_id": town.bank}
    with app.app_context(), transaction() as session:
        link = make_link(session, **said, person_id=town.ana)
        feed = make_feed(session, now=MORNING, person_id=town.ana, everybody=False)
        see_device(
            session,
            **said,
            person_id=town.ana,
            key=KEY,
            name="iPhone",
            session_id=None,
            unsent=0,
        )
        push = {"endpoint": "https://push.example/1", "p256dh": "p", "auth": "a"}
        subscribe(session, **said, recipient=f"person:{town.ana}", **push)
    assert ana.get("/phone/session").status_code == 200
    close(app, town, town.ana)
    close(app, town, town.ana)
    assert ana.get("/phone/session", headers={"Accept": "application/json"}).status_code == 401
    assert app.test_client().post(f"/link/{link}").status_code == 410
    assert app.test_client().get(f"/calendar/{feed}.ics").status_code == 404
    with app.app_context(), reading() as session:
        assert read_feed(session, feed) is None
        assert is_revoked(session, KEY)
        assert session.scalars(select(PushSubscription)).all() == []
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("person deactivated") == 1
    assert claire.get("/board/morning").status_code == 200


def test_an_open_stream_ends_at_its_next_look(app: Flask, town: Town) -> None:
    streams: Streams = app.extensions["milkround_streams"]
    streams.pause = lambda _seconds: None
    claire = sign_in(app, bank=town.bank, person=town.claire)
    stream = claire.get(f"/board/days/{DAY}/dispatch/stream").response
    next(iter(stream))
    assert "data:" in str(next(iter(stream)))
    close(app, town, town.claire)
    assert list(stream) == []


def test_rounds_ahead_are_listed_as_uncovered(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "of Ana" not in claire.get("/board/morning").text
    close(app, town, town.ana)
    close(app, town, town.bruno)
    with app.app_context(), reading() as session:
        found = uncovered_rounds(session, bank_id=town.bank, first=DAY)
        assert [each.shift.collector_id for each in found] == [town.ana]
        assert uncovered_rounds(session, bank_id=town.other_bank, first=DAY) == []
        assert duties_on(session, bank_id=town.bank, day=DAY) == []
    assert "of Ana" in claire.get("/board/morning").text


def test_an_account_of_another_bank_and_ones_own_are_refused(app: Flask, town: Town) -> None:
    with pytest.raises(NotFound):
        close(app, town, town.sophie)
    with pytest.raises(Refused, match="deactivates_oneself"):
        close(app, town, town.claire, actor=f"person:{town.claire}")


def test_a_reactivated_person_signs_in_anew(app: Flask, town: Town) -> None:
    ana = sign_in(app, bank=town.bank, person=town.ana)
    close(app, town, town.ana)
    with app.app_context(), transaction() as session:
        for _ in range(2):
            reactivate(session, now=MORNING, bank_id=town.bank, person_id=town.ana, actor="system")
    assert ana.get("/phone/session", headers={"Accept": "application/json"}).status_code == 401
    assert sign_in(app, bank=town.bank, person=town.ana).get("/phone/session").status_code == 200
