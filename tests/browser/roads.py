"""A bank of its own on the road: its round, its visits, its collector."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector import migrations
from collector.app import create_app
from collector.banks.actions import found_bank
from collector.banks.models import Policy
from collector.banks.policies import PolicyKey
from collector.clock import SystemClock
from collector.config import settings_from
from collector.custody.models import Container, ContainerState
from collector.db import db, reading, transaction
from collector.people.actions import add_person, begin_session, make_link
from collector.people.devices import devices_of, revoke_device
from collector.people.models import Role, WebSession
from collector.pickups.models import Pickup, Purpose
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition
from collector.processes import Processes, free_port
from collector.rounds.actions import open_day, publish
from collector.rounds.models import DayPlan, RoundEvent
from collector.service_day import ServiceDay
from collector.web.framework.guards import Surface as WayIn
from tests.browser.browsers import LOOPBACK
from tests.builders import add_donor, add_pickup, add_shift, add_site
from tests.collector.planning.days import move
from tests.phone_round import publish_round

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

    def sign_in(self, context: BrowserContext, address: str) -> None:
        """Let Ana's browser be signed in at this address, where its line may be a bad one."""
        with self.app.app_context(), transaction() as session:
            now = SystemClock().now()
            key = begin_session(
                session, now=now, bank_id=self.bank, surface=WayIn.PHONE, person_id=self.ana
            )
        context.add_cookies([{"name": WayIn.PHONE, "value": key, "url": address}])

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

    def events(self) -> list[tuple[str, int | None]]:
        """Return what the bank took, in the phones' order."""
        kinds = select(RoundEvent.kind, RoundEvent.pickup_id).where(
            RoundEvent.round_id == self.round
        )
        with self.app.app_context(), reading() as session:
            rows = session.execute(kinds.order_by(RoundEvent.sequence)).all()
        return [(kind.value, pickup) for kind, pickup in rows]

    def client_ids(self) -> list[str]:
        """Return the identity of each event that the bank took, in the phones' order."""
        ids = select(RoundEvent.client_id).where(RoundEvent.round_id == self.round)
        with self.app.app_context(), reading() as session:
            return list(session.scalars(ids.order_by(RoundEvent.sequence)))

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
    with serving(tmp_path_factory.mktemp("phone"), first_port) as served:
        yield served


@contextmanager
def serving(home: Path, first_port: int) -> Iterator[tuple[Flask, str]]:
    """Serve an empty database from this folder; give the application and its address."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A visit to be made: who lives there, where, and what is fetched or brought."""

    name: str
    latitude: float
    longitude: float = -0.60
    line: str = "1 rue du Port"
    town: str = "Bordeaux"
    access: str = ""
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,)
    bottles: int = 4
    empties: int = 0
    call_first: bool = False
    note: str = ""


DOORS = (
    Door(name="Dora", latitude=44.80),
    Door(name="Elise", latitude=44.82),
    Door(name="Fanny", latitude=44.84),
)


@pytest.fixture
def road(server: tuple[Flask, str]) -> Road:
    return built(server, DOORS)


def built(
    server: tuple[Flask, str],
    doors: Sequence[Door],
    *,
    language: str = "en",
    rules: Mapping[PolicyKey, int | str] = MappingProxyType({}),
    by_hand: bool = False,
) -> Road:
    """Found a bank of its own, with these rules, and publish Ana's round of tomorrow.

    Parameters
    ----------
    by_hand
        Half an hour for each door instead of what the planner says: a long round is made at once.
    """
    app, address = server
    with app.app_context():
        with transaction() as session:
            found = _furnish(session, app, address, doors, language, rules, by_hand=by_hand)
        db.session.remove()
        return found


def _furnish(
    session: Session,
    app: Flask,
    address: str,
    doors: Sequence[Door],
    language: str,
    rules: Mapping[PolicyKey, int | str],
    *,
    by_hand: bool,
) -> Road:
    now, slug = SystemClock().now(), f"road-{next(_slugs)}"
    bank = found_bank(session, now=now, slug=slug, name="Road bank", town="Pessac")
    bank.phone = "+33 5 57 00 00 00"
    for policy in session.scalars(select(Policy).where(Policy.bank_id == bank.id)):
        policy.value = str(rules.get(PolicyKey(policy.key), policy.value))
    tomorrow = ServiceDay.of(now, bank.zone).day + timedelta(days=1)
    claire, ana = (
        add_person(
            session,
            bank_id=bank.id,
            name=name,
            email=f"{name.lower()}@{slug}.example",
            roles=[role],
            language=language,
        )
        for name, role in (("Claire", Role.COORDINATOR), ("Ana", Role.COLLECTOR))
    )
    shift = add_shift(session, ana, add_site(session, bank.id), day=tomorrow, skills=("blood",))
    pickups = tuple(_visit(session, bank.id, door, tomorrow, claire.id) for door in doors)
    if by_hand:
        nine = ServiceDay(tomorrow, bank.zone).instant(time(9))
        round_ = publish_round(session, shift.id, pickups, arrival=nine).id
    else:
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
        pickups=pickups,
    )


def _visit(session: Session, bank_id: int, door: Door, day: date, signed_by_id: int) -> int:
    donor = add_donor(
        session,
        bank_id,
        first_name=door.name,
        latitude=door.latitude,
        longitude=door.longitude,
        serology_until=day + timedelta(days=30),
        signed_by_id=signed_by_id,
    )
    donor.baby_born_on = day - timedelta(days=60)
    donor.address.line, donor.address.town = door.line, door.town
    donor.address.access_notes = door.access
    pickup: Pickup = add_pickup(
        session,
        donor,
        purposes=door.purposes,
        bottles=door.bottles,
        volume_ml=200 * door.bottles,
        oldest_on=day - timedelta(days=20),
        windows=((day, time(8), time(18)),),
    )
    pickup.empties_wanted, pickup.call_first = door.empties, door.call_first
    pickup.note = door.note
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
            context=EditContext(now=now, actor=f"person:{claire}", reason="she phoned"),
            bank_id=bank_id,
            day=day,
            version=plan.version,
            pickups=[pickup],
            place=TargetPosition.parse("tray" if place is None else f"{round_id}:{place}"),
        )
    plan = session.scalars(of_the_day).one()
    publish(session, now=now, bank_id=bank_id, day=day, version=plan.version, person_id=claire)
