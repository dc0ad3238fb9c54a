"""A bank of its own on the road: its round, its collector's phone, and what a finger does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector import migrations
from collector.app import create_app
from collector.banks.actions import found_bank
from collector.clock import SystemClock
from collector.config import settings_from
from collector.custody.models import Container, ContainerState
from collector.db import db, reading, transaction
from collector.people.actions import add_person, make_link
from collector.people.devices import devices_of, revoke_device
from collector.people.models import Role, WebSession
from collector.pickups.models import Pickup, Purpose
from collector.planning.editing import By
from collector.planning.moves import Place, move
from collector.processes import Processes, free_port
from collector.rounds.actions import open_day, publish
from collector.rounds.models import DayPlan, RoundEvent
from collector.service_day import ServiceDay
from tests.browser.browsers import CHROMIUM, LOOPBACK, QUIET, enter
from tests.builders import add_donor, add_pickup, add_shift, add_site

_slugs = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A bank of its own on the running server: Ana's round of tomorrow, three visits, published."""

    app: Flask
    address: str
    bank: int
    day: date
    claire: int
    ana: int
    round: int
    pickups: tuple[int, ...]

    def link(self) -> str:
        """Return the address of a sign-in link for Ana, to be followed by one click."""
        with self.app.app_context(), transaction() as session:
            now = SystemClock().now()
            token = make_link(session, now=now, bank_id=self.bank, person_id=self.ana)
        return f"{self.address}/link/{token}#go"

    def publish(self, places: dict[int, int | None]) -> None:
        """Move visits to these places of the round, or to the tray, and publish."""
        with self.app.app_context(), transaction() as session:
            _publish(session, self.bank, self.day, self.round, self.claire, places)

    def shut_out(self) -> None:
        """Shut every phone of Ana's out, as a coordinator would for a lost one."""
        with self.app.app_context(), transaction() as session:
            for device in devices_of(session, bank_id=self.bank, people=[self.ana]):
                revoke_device(
                    session,
                    now=SystemClock().now(),
                    bank_id=self.bank,
                    device_id=device.id,
                    person_id=self.claire,
                )

    def needs(self, pickup: int, *purposes: Purpose) -> None:
        """Let a visit have these purposes, and publish it so."""
        with self.app.app_context(), transaction() as session:
            session.get_one(Pickup, pickup).purposes = list(purposes)
            plan = session.scalars(select(DayPlan).where(DayPlan.bank_id == self.bank)).one()
            publish(
                session,
                now=SystemClock().now(),
                bank_id=self.bank,
                day=self.day,
                version=plan.version,
                person_id=self.claire,
            )

    def revoke(self) -> None:
        """End every session of Ana's, as an administrator would for a lost phone."""
        revoked = update(WebSession).where(WebSession.person_id == self.ana)
        with self.app.app_context(), transaction() as session:
            session.execute(revoked.values(revoked_at=SystemClock().now()))

    def said(self) -> list[tuple[str, int | None]]:
        """Return what the bank took, in the phones' order."""
        kinds = select(RoundEvent.kind, RoundEvent.pickup_id).where(
            RoundEvent.round_id == self.round
        )
        with self.app.app_context(), reading() as session:
            rows = session.execute(kinds.order_by(RoundEvent.sequence)).all()
        return [(kind.value, pickup) for kind, pickup in rows]

    def containers(self, state: ContainerState) -> int:
        """Return how many containers of the bank are in a state."""
        wanted = select(Container.id).where(
            Container.bank_id == self.bank, Container.state == state
        )
        with self.app.app_context(), reading() as session:
            return len(session.scalars(wanted).all())


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, first_port: int
) -> Iterator[tuple[Flask, str]]:
    """One server for all of this module's banks."""
    home = tmp_path_factory.mktemp("phone")
    port, log = free_port(LOOPBACK, first_port), home / "processes.log"
    address = f"http://{LOOPBACK}:{port}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MILKROUND_HOME", str(home))
        environment.setenv("PUBLIC_URL", address)
        environment.setenv("DATABASE_URL", f"sqlite:///{home / 'milkround.sqlite3'}")
        app = create_app(settings_from(os.environ))
        with app.app_context():
            migrations.upgrade(db.engine)
        with Processes() as processes:
            processes.start(["serve", "--port", str(port)], log=log)
            processes.wait_for_port(LOOPBACK, port)
            yield app, address
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def road(server: tuple[Flask, str]) -> Road:
    app, address = server
    with app.app_context():
        with transaction() as session:
            found = _furnish(session, app, address)
        db.session.remove()
        return found


def _furnish(session: Session, app: Flask, address: str) -> Road:
    now, slug = SystemClock().now(), f"road-{next(_slugs)}"
    bank = found_bank(session, now=now, slug=slug, name="Road bank", town="Pessac")
    tomorrow = ServiceDay.of(now, bank.zone).day + timedelta(days=1)
    claire, ana = (
        add_person(
            session,
            bank_id=bank.id,
            name=name,
            email=f"{name.lower()}@{slug}.example",
            roles=[role],
            language="en",
        )
        for name, role in (("Claire", Role.COORDINATOR), ("Ana", Role.COLLECTOR))
    )
    add_shift(session, ana, add_site(session, bank.id), day=tomorrow)
    pickups = [
        _visit(session, bank.id, name, latitude, tomorrow, claire.id)
        for name, latitude in (("Dora", 44.80), ("Elise", 44.82), ("Fanny", 44.84))
    ]
    round_ = open_day(session, bank_id=bank.id, day=tomorrow).rounds[0].id
    places: dict[int, int | None] = {key: n for n, key in enumerate(pickups)}
    _publish(session, bank.id, tomorrow, round_, claire.id, places)
    return Road(
        app=app,
        address=address,
        bank=bank.id,
        day=tomorrow,
        claire=claire.id,
        ana=ana.id,
        round=round_,
        pickups=tuple(pickups),
    )


def _visit(
    session: Session, bank_id: int, name: str, latitude: float, day: date, signed_by_id: int
) -> int:
    donor = add_donor(
        session,
        bank_id,
        first_name=name,
        latitude=latitude,
        serology_until=day + timedelta(days=30),
        signed_by_id=signed_by_id,
    )
    donor.baby_born_on = day - timedelta(days=60)
    pickup: Pickup = add_pickup(
        session,
        donor,
        bottles=4,
        volume_ml=800,
        oldest_on=day - timedelta(days=20),
        windows=((day, time(8), time(18)),),
    )
    return pickup.id


def _publish(
    session: Session,
    bank_id: int,
    day: date,
    round_id: int,
    claire: int,
    places: dict[int, int | None],
) -> None:
    now = SystemClock().now()
    of_the_day = select(DayPlan).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    for pickup, place in places.items():
        plan = session.scalars(of_the_day).one()
        move(
            session,
            by=By(now=now, actor=f"person:{claire}", reason="she phoned"),
            bank_id=bank_id,
            day=day,
            version=plan.version,
            pickups=[pickup],
            place=Place.read("tray" if place is None else f"{round_id}:{place}"),
        )
    plan = session.scalars(of_the_day).one()
    publish(session, now=now, bank_id=bank_id, day=day, version=plan.version, person_id=claire)


def on_the_road(browser: Browser, road: Road) -> tuple[BrowserContext, Page]:
    """Open Ana's phone and start the round once it can be read without a network."""
    context, phone = enter(browser, road.link(), width=390)
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    start(phone)
    return context, phone


def start(phone: Page) -> None:
    """Start the round without a box to read."""
    phone.get_by_role("link", name="Start the round").click()
    phone.get_by_role("button", name="Start the round").click()
    expect(phone.get_by_text("Next stop")).to_be_visible()


def arrive(phone: Page) -> None:
    phone.get_by_role("button", name="I'm here").click()


def record(phone: Page, *, celsius: str = "20", bottles: str = "4", label: str = "") -> None:
    phone.get_by_role("link", name="Record the visit").click()
    phone.get_by_text("Kept as it should be").click()
    phone.get_by_role("textbox", name="Temperature of the freezer").fill(celsius)
    phone.get_by_role("textbox", name="Bottles you take").fill(bottles)
    phone.get_by_role("textbox", name="Volume").fill("600")
    if label:
        phone.get_by_text("Bottle numbers").first.click()
        phone.get_by_role("textbox", name="Bottle numbers").fill(label)
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator("form.record")).to_have_count(0)


def give_up(phone: Page, reason: str) -> None:
    phone.get_by_role("link", name="Not done").first.click()
    phone.get_by_text(reason).click()
    phone.get_by_role("button", name="Record as not done").click()
    expect(phone.locator("#undo")).to_be_visible()


def all_sent(phone: Page) -> None:
    expect(phone.locator("#sync")).to_contain_text("All sent")


def open_profile(
    browser: Browser, profile: Path, *, offline: bool = False
) -> tuple[BrowserContext, Page]:
    """Start a browser whose disk outlives it."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=QUIET,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        offline=offline,
    )
    return context, context.pages[0]


def kill(profile: Path) -> None:
    """End the browser of a profile, and all of its processes, without any warning."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = str(profile).encode() in (process / "cmdline").read_bytes()
            if ours:
                os.kill(int(process.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue
