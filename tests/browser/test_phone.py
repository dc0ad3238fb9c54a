"""The collector's phone in a real browser: what is undone, refused, changed, lost and killed."""

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
from collector.people.models import Role, WebSession
from collector.pickups.models import Pickup
from collector.planning.moves import move
from collector.processes import Processes, free_port
from collector.rounds.actions import open_day, publish
from collector.rounds.models import DayPlan, RoundEvent
from collector.service_day import ServiceDay
from tests.browser.conftest import CHROMIUM, LOOPBACK, QUIET, enter
from tests.builders import add_donor, add_pickup, add_shift, add_site

pytestmark = pytest.mark.browser

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


@pytest.fixture(scope="module")
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
            now=now,
            bank_id=bank_id,
            day=day,
            version=plan.version,
            pickup_id=pickup,
            to_round_id=None if place is None else round_id,
            position=place or 0,
            actor=f"person:{claire}",
            reason="she phoned",
        )
    plan = session.scalars(of_the_day).one()
    publish(session, now=now, bank_id=bank_id, day=day, version=plan.version, person_id=claire)


def test_a_record_is_undone_at_once_or_reopened_later_and_nothing_is_lost_without_a_network(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    context.set_offline(offline=True)
    arrive(phone)
    record(phone, celsius="19,5")
    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_text("You arrived at")).to_be_visible()

    phone.get_by_role("link", name="Record the visit").click()
    expect(phone.get_by_role("textbox", name="Temperature of the freezer")).to_have_value("19.5")
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator(".stop-row.collected")).to_have_count(1)
    give_up(phone, "Nobody at home")
    expect(phone.locator(".stop-row.not_done")).to_have_count(1)

    phone.reload()
    phone.locator(".stop-row.not_done a").click()
    phone.get_by_role("link", name="Reopen this stop").click()
    phone.get_by_text("I came back later").click()
    phone.get_by_role("button", name="Reopen").click()
    expect(phone.get_by_role("button", name="I'm here")).to_be_visible()

    context.set_offline(offline=False)
    all_sent(phone)
    kinds = [kind for kind, _ in road.said()]
    assert kinds == ["started", "arrived", "collected", "undone", "collected", "not_done", "undone"]
    assert road.containers(ContainerState.IN_TRANSIT) == 4


def test_a_settled_stop_is_not_recorded_twice_by_going_back(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    arrive(phone)
    record(phone)
    phone.go_back()
    expect(phone.get_by_role("link", name="Reopen this stop")).to_be_visible()


def test_what_the_bank_refuses_says_what_to_do_and_holds_the_sign_out(
    browser: Browser, road: Road
) -> None:
    _, phone = on_the_road(browser, road)
    for _ in range(2):
        arrive(phone)
        record(phone, label="MR-1")
    expect(phone.locator("#sync")).to_contain_text("1 not accepted")
    expect(phone.locator("#undo")).to_have_count(0)

    phone.locator("#sync").click()
    expect(phone.get_by_text("MR-1")).to_be_visible()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_text("Still on this phone: 1.")).to_be_visible()

    phone.get_by_role("link", name="Open the stop").click()
    phone.get_by_role("link", name="Record the visit").click()
    phone.get_by_role("textbox", name="Bottle numbers").fill("MR-2")
    phone.get_by_role("button", name="Done").click()
    phone.locator("#sync").click()
    phone.get_by_role("button", name="I have dealt with it").click()
    all_sent(phone)
    assert road.containers(ContainerState.IN_TRANSIT) == 8

    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in")
    assert phone.evaluate("caches.keys().then((names) => names.join())").count("shell") == 0


def test_whoever_signs_in_again_has_the_round_without_a_network(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    phone.get_by_role("link", name="What was sent, signing out").click()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in")
    phone.goto(road.link())
    expect(phone.get_by_text("Next stop")).to_be_visible()
    context.set_offline(offline=True)
    phone.reload()
    expect(phone.get_by_text("Next stop")).to_be_visible()


def test_a_new_revision_is_a_card_and_waits_while_a_stop_is_open(
    browser: Browser, road: Road
) -> None:
    _, phone = enter(browser, road.link(), width=390)
    phone.locator(".stop-row a").first.click()
    expect(phone.get_by_role("heading", name="Dora Martin")).to_be_visible()
    road.publish({road.pickups[0]: None, road.pickups[2]: 0})
    with phone.expect_response(lambda answer: answer.url.endswith(f"/rounds/{road.round}")):
        phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.get_by_role("heading", name="Dora Martin")).to_be_visible()

    phone.get_by_role("link", name="Back to the round").click()
    expect(phone.get_by_role("heading", name="Your round has changed")).to_be_visible()
    expect(phone.get_by_text("Removed (1)")).to_be_visible()
    expect(phone.locator(".stop-row")).to_have_count(3)
    phone.get_by_role("button", name="OK, show the new round").click()
    expect(phone.locator(".stop-row")).to_have_count(2)
    expect(phone.locator(".stop-row").first).to_contain_text("Fanny")


def test_a_sign_in_that_ends_on_the_road_loses_nothing(browser: Browser, road: Road) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    context.set_offline(offline=True)
    arrive(phone)
    road.revoke()
    context.set_offline(offline=False)
    expect(phone.get_by_text("Please sign in again")).to_be_visible()
    expect(phone.get_by_role("link", name="Record the visit")).to_be_visible()
    phone.goto(road.link())
    all_sent(phone)
    assert [kind for kind, _ in road.said()] == ["started", "arrived"]


def test_of_two_phones_on_one_stop_both_show_what_was_recorded_last(
    browser: Browser, road: Road
) -> None:
    first_context, first = on_the_road(browser, road)
    all_sent(first)
    second_context, second = enter(browser, road.link(), width=390)
    expect(second.get_by_role("button", name="I'm here")).to_be_visible()
    for context in (first_context, second_context):
        context.set_offline(offline=True)
    for phone, taken in ((first, "3"), (second, "4")):
        arrive(phone)
        record(phone, bottles=taken)
    for context, phone in ((first_context, first), (second_context, second)):
        context.set_offline(offline=False)
        all_sent(phone)
    first.evaluate("dispatchEvent(new Event('online'))")
    for phone in (first, second):
        phone.goto(f"{road.address}/phone/#/stop/{road.pickups[0]}")
        expect(phone.get_by_text("4 bottles, 0.6")).to_be_visible()
    assert road.containers(ContainerState.IN_TRANSIT) == 4


def test_a_killed_browser_still_has_what_was_kept_and_sends_it_once(
    browser: Browser, road: Road, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context, phone = open_profile(browser, profile)
    phone.goto(road.link())
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    context.set_offline(offline=True)
    phone.get_by_role("button", name="Start the round").click()
    arrive(phone)
    expect(phone.locator("#sync")).to_contain_text("2 waiting")
    kill(profile)

    context, phone = open_profile(browser, profile, offline=True)
    phone.goto(f"{road.address}/phone/")
    expect(phone.locator("#sync")).to_contain_text("2 waiting")
    expect(phone.get_by_role("link", name="Record the visit")).to_be_visible()
    context.set_offline(offline=False)
    phone.goto(road.link())
    all_sent(phone)
    phone.reload()
    all_sent(phone)
    context.close()
    assert [kind for kind, _ in road.said()] == ["started", "arrived"]


def on_the_road(browser: Browser, road: Road) -> tuple[BrowserContext, Page]:
    """Open Ana's phone and start the round once it can be read without a network."""
    context, phone = enter(browser, road.link(), width=390)
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    phone.get_by_role("button", name="Start the round").click()
    return context, phone


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
