"""Builders of the roster's tests: drafts, vehicles, contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.banks.fleet import write_box, write_vehicle
from collector.banks.models import FleetVehicle, TransportBox
from collector.db import transaction
from collector.people.models import Person
from collector.shifts.contracts import write_contract
from collector.shifts.drafts import ShiftDraft, load_roster_facts, mistakes_in
from collector.shifts.models import Contract
from tests.builders import DAY, MORNING
from tests.town import Town

CAPACITY = {"capacity_bottles": 100, "capacity_ml": 30_000, "capacity_tubes": 10}


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - it is built first
    with app.app_context(), transaction() as session:
        yield session


def draft(town: Town, **changes: Any) -> ShiftDraft:  # noqa: ANN401 - any term
    terms = {"begins": time(8), "ends": time(16), "start_site_id": town.site}
    return ShiftDraft(**terms | {"end_site_id": town.site} | changes)


def vehicle(session: Session, town: Town, name: str = "Van", **changes: Any) -> FleetVehicle:  # noqa: ANN401
    facts = {"name": name, "plate": "", "service_due_on": None, "retired_on": None, **CAPACITY}
    known = {"now": MORNING, "bank_id": town.bank, "actor": "system"}
    return write_vehicle(session, facts=facts | changes, **known)


def box(session: Session, town: Town, code: str = "B1", **changes: Any) -> TransportBox:  # noqa: ANN401
    facts = {"code": code, "vehicle_id": None, "thermometer": "", "qualified_until": None}
    dates = {"thermometer_due_on": None, "retired_on": None}
    known = {"now": MORNING, "bank_id": town.bank, "actor": "system"}
    return write_box(session, facts=facts | dates | CAPACITY | changes, **known)


def contract(
    session: Session, person_id: int, *, hours: int | None = 35, skills: tuple[str, ...] = ()
) -> Contract:
    facts = {"weekly_minutes": hours and hours * 60, "skills": list(skills), "home_site_id": None}
    person = session.get_one(Person, person_id)
    return write_contract(session, now=MORNING, actor="system", person=person, facts=facts)


def mistakes(
    session: Session, town: Town, wanted: ShiftDraft, *, person_id: int, day: date = DAY
) -> list[tuple[str, str]]:
    facts = load_roster_facts(session, bank_id=town.bank, first=day, last=day)
    found = mistakes_in(facts, wanted, person=session.get_one(Person, person_id), day=day)
    return [(each.field, each.code) for each in found]
