"""Vehicles off duty: a service ahead, the lot of its visits, the mark on the roster."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import reading, transaction
from collector.rounds.queries import planned_shifts
from collector.shifts.models import Absence, AbsenceReason, RosterShift
from collector.shifts.queries import duties_on
from tests.builders import DAY
from tests.collector.planning.on_the_road import published
from tests.collector.shifts.rosters import vehicle
from tests.town import Town, sign_in

PAGE = "/board/roster/vehicles"
SERVICE = {"first_day": str(DAY), "until": str(DAY), "reason": "service"}


@pytest.fixture
def van(app: Flask, town: Town) -> int:
    """The vehicle of Ana's shift."""
    with app.app_context(), transaction() as session:
        name = session.get_one(RosterShift, town.shifts[0]).vehicle
        return vehicle(session, town, name).id


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def on_duty(app: Flask, town: Town) -> list[int]:
    with app.app_context(), reading() as session:
        return [duty.shift.id for duty in duties_on(session, bank_id=town.bank, day=DAY)]


def test_a_service_takes_the_shifts_of_the_vehicle_off_duty(
    app: Flask, town: Town, van: int, claire: FlaskClient
) -> None:
    assert "Every vehicle is on duty" in claire.get(PAGE).text
    assert claire.post(PAGE, data=SERVICE | {"vehicle": str(van)}).status_code == 303
    assert on_duty(app, town) == [town.shifts[1]]
    roster = re.sub(r"\s+", " ", claire.get(f"/board/roster?first={DAY}").text)
    assert "at the garage for its service" in roster
    assert '<span class="mark-off">veh.</span>' in roster
    assert "at the garage" in claire.get(f"/board/roster/people/{town.ana}/{DAY}").text
    with app.app_context(), reading() as session:
        (absence,) = session.scalars(select(Absence))
        assert absence.reason is AbsenceReason.SERVICE
    assert claire.post(f"{PAGE}/{absence.id}/withdrawal").status_code == 303
    assert set(on_duty(app, town)) == set(town.shifts)


def test_a_part_of_a_day_leaves_the_rest_on_duty(
    app: Flask, town: Town, van: int, claire: FlaskClient
) -> None:
    part = {"vehicle": str(van), "from_time": "13:00"}
    assert claire.post(PAGE, data=SERVICE | part).status_code == 303
    with app.app_context(), reading() as session:
        duties = {each.shift.id: each for each in duties_on(session, bank_id=town.bank, day=DAY)}
        assert duties[town.shifts[0]].ends.hour == 12, "13:00 in Paris"


@pytest.mark.parametrize("choice", ["tray", "propose"])
def test_planned_visits_are_asked_about(
    app: Flask, town: Town, claire: FlaskClient, choice: str
) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
        first = planned_shifts(session, bank_id=town.bank, shifts=town.shifts)[0].shift_id
        key = vehicle(session, town, session.get_one(RosterShift, first).vehicle).id
    form = SERVICE | {"vehicle": str(key)}
    asked = claire.post(PAGE, data=form)
    assert asked.status_code == 422
    assert "What becomes of" in asked.text
    assert claire.post(PAGE, data=form | {"visits": "keep"}).status_code == 422
    assert claire.post(PAGE, data=form | {"visits": choice}).status_code == 303
    with app.app_context(), reading() as session:
        assert planned_shifts(session, bank_id=town.bank, shifts=[first]) == []


def test_a_mistaken_absence_is_refused(van: int, claire: FlaskClient) -> None:
    known = SERVICE | {"vehicle": str(van)}
    before = {"until": str(DAY - timedelta(days=1))}
    for given in ({"first_day": ""}, before, {"until": "2030-01-01"}):
        assert claire.post(PAGE, data=known | given).status_code == 422
    assert claire.post(PAGE, data=SERVICE | {"vehicle": "99"}).status_code == 404
    assert claire.post(PAGE, data=known | {"reason": "leave"}).status_code == 404


def test_another_banks_vehicle_is_not_found(
    app: Flask, town: Town, van: int, claire: FlaskClient
) -> None:
    claire.post(PAGE, data=SERVICE | {"vehicle": str(van)})
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert sophie.post(PAGE, data=SERVICE | {"vehicle": str(van)}).status_code == 404
    assert sophie.post(f"{PAGE}/1/withdrawal").status_code == 404
