"""A real browser, and a real bank behind a real server and a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session

from collector.banks.actions import found_bank
from collector.clock import SystemClock
from collector.db import transaction
from collector.people.actions import add_person, make_link
from collector.people.models import Role
from collector.service_day import ServiceDay
from tests.browser.browsers import CHROMIUM, QUIET
from tests.browser.long_roads import long_road
from tests.browser.roads import road, server
from tests.browser.served import served
from tests.builders import add_donor, add_shift, add_site
from tests.conftest import IN_CI

__all__ = ["long_road", "road", "server"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBank:
    """A bank that is served: where, for which day, and who is who."""

    app: Flask
    address: str
    day: date
    bank: int
    claire: int
    colin: int
    ana: int
    dora: int

    def link(self, *, person: int | None = None, donor: int | None = None) -> str:
        """Return the address of a sign-in link, to be followed by one click."""
        with self.app.app_context(), transaction() as session:
            token = make_link(
                session,
                now=SystemClock().now(),
                bank_id=self.bank,
                person_id=person,
                donor_id=donor,
            )
        return f"{self.address}/link/{token}#go"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a screen."""
    if CHROMIUM is None:
        if IN_CI:
            pytest.fail("the gate needs Chromium")
        pytest.skip("no chromium on the path (or set MILKROUND_TEST_CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def running_bank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int
) -> Iterator[RunningBank]:
    """A small bank with two coordinators, a collector on duty tomorrow and a donor."""
    with served(tmp_path, monkeypatch, first_port, _furnish) as bank:
        yield bank


def _furnish(app: Flask, address: str) -> RunningBank:
    with transaction() as session:
        return _bank(session, app, address)


def _bank(session: Session, app: Flask, address: str) -> RunningBank:
    now = SystemClock().now()
    bank = found_bank(session, now=now, slug="browser", name="Browser bank", town="Pessac")
    tomorrow = ServiceDay.of(now, bank.zone).day + timedelta(days=1)

    def person(name: str, role: Role) -> int:
        email = f"{name.lower()}@bank.example"
        return add_person(
            session, bank_id=bank.id, name=name, email=email, roles=[role], language="en"
        ).id

    claire, colin = person("Claire", Role.COORDINATOR), person("Colin", Role.COORDINATOR)
    ana = add_person(
        session,
        bank_id=bank.id,
        name="Ana",
        email="ana@bank.example",
        roles=[Role.COLLECTOR],
        language="en",
    )
    site = add_site(session, bank.id)
    add_shift(session, ana, site, day=tomorrow, begins=time(8), ends=time(17))
    donor = add_donor(
        session, bank.id, serology_until=tomorrow + timedelta(days=30), signed_by_id=claire
    )
    donor.baby_born_on = tomorrow - timedelta(days=60)
    return RunningBank(
        app=app,
        address=address,
        day=tomorrow,
        bank=bank.id,
        claire=claire,
        colin=colin,
        ana=ana.id,
        dora=donor.id,
    )
