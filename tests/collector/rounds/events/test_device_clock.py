"""Instants of phones with a wrong clock: corrected by the offset, bounded by the reception."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collector.custody.models import BoxReading, CustodyEntry, DoorRecord
from collector.db import db, reading, transaction
from collector.errors import Refused
from collector.rounds.events.device_clock import corrected
from collector.rounds.events.intake import accept_events
from collector.rounds.events.queries import progress_of
from collector.rounds.events.schema import json_schema, parse_event
from collector.rounds.models import Incident, Round, RoundEvent
from tests.phone_round import FIRST_ARRIVAL, phone_event, publish_round
from tests.phone_round import collected as collected_event
from tests.town import Town

HOUR = timedelta(hours=1)
EVENING = FIRST_ARRIVAL + 10 * HOUR


class SkewedPhone:
    """Ana's phone, whose clock is ahead of the bank's; `ahead` may change in mid-day."""

    def __init__(self, town: Town, round_id: int) -> None:
        self.town, self.round_id = town, round_id
        self.dora, self.elise = town.pickups[:2]
        self.ahead = timedelta()

    def at(self, instant: datetime, event: dict[str, Any], *, measured: bool = True) -> Any:  # noqa: ANN401
        """Return the event of a deed at an instant, with the phone's own times."""
        payload = dict(event["payload"])
        if "tubes" in payload:
            payload["tubes"] = [
                tube | {"drawn_at": (tube["drawn_at"] + self.ahead).isoformat()}
                for tube in payload["tubes"]
            ]
        offset = -round(self.ahead / timedelta(milliseconds=1)) if measured else None
        at = (instant + self.ahead).isoformat()
        return event | {"device_at": at, "payload": payload, "offset_ms": offset}

    def send(self, *events: object, received_at: datetime = EVENING) -> list[str]:
        with transaction() as session:
            results = accept_events(
                session,
                now=received_at,
                bank_id=self.town.bank,
                person_id=self.town.ana,
                round_id=self.round_id,
                sent=events,
            )
        return [each.code or each.status.value for each in results]


@pytest.fixture
def phone(app: Flask, town: Town) -> Iterator[SkewedPhone]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield SkewedPhone(town, round_id)
        db.session.remove()


@pytest.mark.parametrize("ahead", [HOUR, 24 * HOUR, -HOUR, timedelta(days=365 * 40)])
def test_each_row_of_a_record_has_the_instant_of_the_deed(
    phone: SkewedPhone, ahead: timedelta
) -> None:
    phone.ahead = ahead
    drawn = FIRST_ARRIVAL - timedelta(minutes=5)
    tubes = [{"number": "T1", "drawn_at": drawn}]
    record = phone.at(FIRST_ARRIVAL, collected_event(phone.dora, sequence=2, tubes=tubes))
    box = phone.at(FIRST_ARRIVAL, phone_event("box_read", sequence=3, box="C1", celsius=-20))
    incident = phone.at(
        FIRST_ARRIVAL, phone_event("incident", sequence=4) | {"payload": {"kind": "road"}}
    )
    assert phone.send(record, box, incident) == ["accepted"] * 3
    with reading() as session:
        for row in session.scalars(select(RoundEvent)):
            assert (row.device_at, row.reported_at) == (FIRST_ARRIVAL, FIRST_ARRIVAL + ahead)
        for kind in (DoorRecord, BoxReading, Incident):
            assert set(session.scalars(select(kind.device_at))) == {FIRST_ARRIVAL}
        instants = set(session.scalars(select(CustodyEntry.happened_at)))
        assert instants == {drawn, FIRST_ARRIVAL}
        stored = session.scalars(select(RoundEvent).where(RoundEvent.kind == "collected")).one()
        assert datetime.fromisoformat(stored.payload["tubes"][0]["drawn_at"]) == drawn


def test_without_an_offset_an_event_is_bounded_only(phone: SkewedPhone) -> None:
    phone.ahead = 24 * HOUR
    tubes = [{"number": "T1", "drawn_at": FIRST_ARRIVAL}]
    record = phone.at(FIRST_ARRIVAL, collected_event(phone.dora, tubes=tubes), measured=False)
    assert phone.send(record) == ["accepted"]
    with reading() as session:
        row = session.scalars(select(RoundEvent)).one()
        assert (row.device_at, row.reported_at) == (EVENING, FIRST_ARRIVAL + 24 * HOUR)
        assert datetime.fromisoformat(row.payload["tubes"][0]["drawn_at"]) == EVENING


def test_a_clock_set_in_mid_day_keeps_the_order_and_the_instants(phone: SkewedPhone) -> None:
    phone.ahead = HOUR
    first = phone.at(FIRST_ARRIVAL, phone_event("arrived", phone.dora, sequence=1))
    phone.ahead = timedelta()
    later = FIRST_ARRIVAL + timedelta(minutes=20)
    second = phone.at(later, phone_event("not_done", phone.dora, sequence=2, reason="access"))
    assert phone.send(second, first) == ["accepted"] * 2
    with reading() as session:
        progress = progress_of(session, session.get_one(Round, phone.round_id))
    visit = progress.visits[phone.dora]
    assert [event.device_at for event in progress.counted] == [FIRST_ARRIVAL, later]
    assert (visit.arrived_at, visit.phase) == (FIRST_ARRIVAL, "not_done")


def test_the_offset_never_moves_an_event_behind_its_reception(phone: SkewedPhone) -> None:
    event = phone_event("started") | {"offset_ms": 24 * 3600 * 1000}
    assert phone.send(event, received_at=FIRST_ARRIVAL + HOUR) == ["accepted"]
    with reading() as session:
        assert session.scalars(select(RoundEvent.device_at)).one() == FIRST_ARRIVAL + HOUR


def test_an_offset_that_leaves_the_calendar_is_refused() -> None:
    event = parse_event(phone_event("started") | {"offset_ms": -400_000_000_000_000})
    with pytest.raises(Refused, match="event_unreadable"):
        corrected(event, received_at=EVENING)


def test_an_offset_is_a_whole_number_of_milliseconds() -> None:
    for offset in (1.5, "3", True, 10**15):
        with pytest.raises(Refused):
            parse_event(phone_event("started") | {"offset_ms": offset})
    assert parse_event(phone_event("started") | {"offset_ms": None}).offset_ms is None


def test_the_only_instant_of_a_payload_is_the_drawing_of_a_tube() -> None:
    """A further instant in a payload needs a correction in `rounds.events.device_clock`."""
    found = {
        (kind, name)
        for kind, definition in json_schema()["$defs"].items()
        if not kind.endswith("Event")
        for name, field in definition.get("properties", {}).items()
        if "date-time" in str(field)
    }
    assert found == {("Tube", "drawn_at")}
