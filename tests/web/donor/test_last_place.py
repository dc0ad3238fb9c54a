"""The last place, requested by all donors at once over connections to real servers."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.app import create_app
from collector.banks.actions import found_bank
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.donors.queries import get_donor
from collector.people.actions import add_person, begin_session
from collector.people.models import Role, Surface
from collector.pickups.drafts import PickupDraft
from collector.pickups.enquiries import save_enquiry
from collector.pickups.models import Enquiry
from collector.processes import Processes, free_port
from collector.service_day import ServiceDay
from tests.builders import add_donor, add_shift, add_site

LOOPBACK = "127.0.0.1"
DONORS = 200 if os.environ.get("MILKROUND_TEST_SCALE") else 24
BOTTLES = 8
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def furnish(session: Session) -> tuple[date, list[str]]:
    """Found a bank whose only collector has room for one more visit; return donors' cookies."""
    now = SystemClock().now()
    bank = found_bank(session, now=now, slug="last", name="Last place", town="Pessac")
    day = ServiceDay.of(now, bank.zone).day + timedelta(days=2)
    ana = add_person(
        session,
        bank_id=bank.id,
        name="Ana",
        email="ana@last.example",
        roles=[Role.COLLECTOR],
        language="en",
    )
    add_shift(session, ana, add_site(session, bank.id), day=day, capacity_bottles=BOTTLES)
    cookies = []
    for index in range(DONORS):
        donor = add_donor(
            session,
            bank.id,
            latitude=44.80 + index / 10_000,
            serology_until=day + timedelta(days=30),
            signed_by_id=ana.id,
        )
        draft = PickupDraft(bottles=BOTTLES, volume_ml=1500)
        save_enquiry(session, now=now, donor=get_donor(session, bank.id, donor.id), draft=draft)
        cookies.append(
            begin_session(
                session, now=now, bank_id=bank.id, surface=Surface.DONOR, donor_id=donor.id
            )
        )
    return day, cookies


@pytest.fixture
def outside(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as a server process finds it: by its environment."""
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    app = create_app(settings_from(os.environ))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_last_place_is_held_for_one_of_all_donors_at_once(
    outside: Flask, tmp_path: Path, first_port: int
) -> None:
    with outside.app_context(), transaction() as session:
        day, cookies = furnish(session)
    address = f"http://{LOOPBACK}:{(port := free_port(LOOPBACK, first_port))}"
    start = Barrier(DONORS)

    def take(cookie: str) -> tuple[int, str]:
        with requests.Session() as browser:
            browser.cookies.set("milkround_donor", cookie)
            # A connection that waits for the others would be closed by the server meanwhile.
            browser.headers["Connection"] = "close"
            page = browser.get(f"{address}/donor/loss", timeout=60).text
            token = TOKEN.search(page)
            assert token
            said = {"csrf_token": token[1], "slot": f"{day} 09:00 11:00"}
            start.wait(timeout=120)
            answer = browser.post(
                f"{address}/donor/request/slot", data=said, allow_redirects=False, timeout=120
            )
            return answer.status_code, answer.headers.get("Location", "")

    with Processes() as processes, ThreadPoolExecutor(DONORS) as pool:
        processes.start(["serve", "--port", str(port)], log=tmp_path / "serve.log")
        processes.wait_for_port(LOOPBACK, port)
        answers = Counter(pool.map(take, cookies))
    assert answers == {(303, "/donor/request/confirmation"): 1, (409, ""): DONORS - 1}
    with outside.app_context(), reading() as session:
        held = select(Enquiry.donor_id).where(Enquiry.held_until.is_not(None))
        assert len(session.scalars(held).all()) == 1
