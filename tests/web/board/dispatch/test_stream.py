"""Streams of more readers than the server has threads: pages still come, marks by polling."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from collector import migrations
from collector.app import create_app
from collector.banks.actions import found_bank
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, transaction
from collector.people.actions import add_person, begin_session
from collector.people.models import Role, Surface
from collector.processes import Processes, free_port
from collector.service_day import ServiceDay

LOOPBACK = "127.0.0.1"
PLACES = 4
"""Two in each of the two workers, which have eight threads together."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server, and a coordinator's session."""

    port: int
    cookie: str
    day: date

    def ask(self, path: str) -> socket.socket:
        """Request a page and leave the connection open."""
        opened = socket.create_connection((LOOPBACK, self.port), timeout=30)
        head = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nConnection: close\r\n"
        opened.sendall(f"{head}Cookie: milkround_desk={self.cookie}\r\n\r\n".encode())
        return opened


def status(answered: socket.socket) -> int:
    """Return the status of an answer, once it has begun."""
    return int(answered.recv(64).split(b" ")[1])


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int) -> Iterator[Served]:
    """Serve a bank with two workers of four threads each."""
    port = free_port(LOOPBACK, first_port)
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", f"http://{LOOPBACK}:{port}")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'milkround.sqlite3'}")
    app, now = create_app(settings_from(os.environ)), SystemClock().now()
    with app.app_context():
        migrations.upgrade(db.engine)
        with transaction() as session:
            bank = found_bank(session, now=now, slug="live", name="Live", town="Pessac")
            claire = add_person(
                session,
                bank_id=bank.id,
                name="Claire",
                email="claire@bank.example",
                roles=[Role.COORDINATOR],
                language="en",
            )
            cookie = begin_session(
                session, now=now, bank_id=bank.id, surface=Surface.DESK, person_id=claire.id
            )
        day = ServiceDay.of(now, bank.zone).day
        db.session.remove()
        db.engine.dispose()
    with Processes() as processes:
        processes.start(["serve", "--port", str(port)], log=tmp_path / "log")
        processes.wait_for_port(LOOPBACK, port)
        yield Served(port, cookie, day)


@pytest.mark.processes
def test_streams_never_take_the_last_threads(served: Served) -> None:
    live = f"/board/days/{served.day}/dispatch"
    followers = [served.ask(f"{live}/stream") for _ in range(12)]
    answers = [status(follower) for follower in followers]
    assert set(answers) == {200, 503}
    assert 1 <= answers.count(200) <= PLACES
    for _ in range(12):
        page = served.ask(f"{live}/pane")
        assert status(page) == 200
        page.close()
    for follower in followers:
        follower.close()
