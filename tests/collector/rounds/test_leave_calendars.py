"""Calendars of leave at an address: taken over, withdrawn, left to a person, and faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask
from sqlalchemy import select

from collector.applications.posting import Fetched, HttpPoster
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Role
from collector.people.vault import Vault
from collector.rounds.leave_calendars import (
    LOOK_EVERY,
    calendars_of,
    follow_calendar,
    look_at_calendars,
)
from collector.shifts.models import Absence, LeaveCalendar
from tests.builders import MORNING
from tests.phone_round import publish_round
from tests.town import Town
from tests.web.board.donors.test_donors import desk

VAULT = Vault("a secret")
URL = "https://calendar.example/ana.ics"


def ics(*days: str) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n" for day in days
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


class Shelf:
    """A fetcher with one content for every address."""

    def __init__(self, content: bytes = b"", fault: str = "") -> None:
        self.answer, self.asked = Fetched(content=content, fault=fault), list[str]()

    def fetch(self, url: str, *, most: int) -> Fetched:
        assert most
        self.asked.append(url)
        return self.answer


def follow(app: Flask, town: Town, url: str = URL) -> None:
    with app.app_context(), transaction() as session:
        follow_calendar(
            session,
            now=MORNING,
            bank_id=town.bank,
            actor="person:1",
            person_id=town.ana,
            url=url,
            vault=VAULT,
        )


def look(app: Flask, shelf: Shelf, now: datetime = MORNING) -> int:
    with app.app_context():
        return look_at_calendars(
            transaction, reading=reading, fetcher=shelf, vault=VAULT, now=lambda: now
        )


def leave(app: Flask) -> list[str]:
    with app.app_context(), reading() as session:
        rows = session.scalars(
            select(Absence).where(Absence.withdrawn_at.is_(None)).order_by(Absence.begins_at)
        )
        return [f"{each.begins_at + timedelta(hours=1):%Y%m%d}" for each in rows]


def test_events_become_leave_and_what_is_gone_is_withdrawn(app: Flask, town: Town) -> None:
    follow(app, town)
    shelf = Shelf(ics("20261201", "20261205", "20261101"))
    assert look(app, shelf) == 1
    assert shelf.asked == [URL]
    assert leave(app) == ["20261201", "20261205"]
    assert look(app, shelf) == 0, "it is not due yet"
    later = MORNING + LOOK_EVERY
    assert look(app, Shelf(ics("20261205", "20261206")), later) == 1
    assert leave(app) == ["20261205", "20261206"]
    assert look(app, Shelf(fault="no_connection"), later + LOOK_EVERY) == 1
    assert leave(app) == ["20261205", "20261206"], "a fault takes nothing back"
    with app.app_context(), reading() as session:
        (calendar,) = calendars_of(session, town.bank)
        assert (calendar.fault, calendar.host) == ("no_connection", "calendar.example")
        assert "ana.ics" not in calendar.sealed_url


def test_a_day_with_planned_visits_waits_for_a_person(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        publish_round(session, town.shifts[0], town.pickups[:1])
    follow(app, town)
    look(app, Shelf(ics("20261124", "20261201")))
    assert leave(app) == ["20261201"]
    with app.app_context(), reading() as session:
        assert session.scalars(select(LeaveCalendar.left_out)).one() == 1


@pytest.mark.parametrize("content", [b"<html>", b"", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"])
def test_a_text_that_is_no_calendar_is_a_fault(app: Flask, town: Town, content: bytes) -> None:
    follow(app, town)
    look(app, Shelf(content))
    with app.app_context(), reading() as session:
        assert session.scalars(select(LeaveCalendar.fault)).one() == "calendar_not_read"


@pytest.mark.parametrize("url", ["", "ana", "ftp://x.example/a", "https://u:p@x.example/a"])
def test_an_address_that_cannot_be_is_refused(app: Flask, town: Town, url: str) -> None:
    with pytest.raises(Refused):
        follow(app, town, url)


def test_the_page_follows_and_leaves_a_calendar(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.COORDINATOR)
    home = "/board/roster/files"
    wrong = client.post(f"{home}/calendars", data={"person": str(town.ana), "url": "ana"})
    assert (wrong.status_code, 'id="url-wrong"' in wrong.text) == (422, True)
    sent = {"person": str(town.ana), "url": "webcal://calendar.example/ana.ics"}
    assert client.post(f"{home}/calendars", data=sent).status_code == 303
    assert "calendar.example" in client.get(home).text
    assert client.post(f"{home}/calendars/1/end").status_code == 303
    assert "calendar.example" not in client.get(home).text


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/ana.ics")
        self.end_headers()
        self.wfile.write(ics("20261201"))

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Handler) as listening:
        thread = threading.Thread(target=partial(listening.serve_forever, 0.05))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_a_fetch_meets_the_judge_of_webhooks(server: str) -> None:
    assert HttpPoster().fetch(f"{server}/ana.ics", most=1000).fault == "address_refused"
    allowed = HttpPoster(["127.0.0.0/8"])
    assert allowed.fetch(f"{server}/ana.ics", most=1000).content == ics("20261201")
    assert allowed.fetch(f"{server}/ana.ics", most=10).fault == "too_large"
    assert allowed.fetch(f"{server}/moved", most=1000).fault == "answer_refused"
