"""`milkround remove shift`: planned visits need the word what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import click
import pytest
from flask import Flask

from collector.cli_shift_removal import take_off
from collector.db import reading, transaction
from collector.jobs.models import Job
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState
from collector.rounds.queries import day_plan, planned_shifts
from collector.shifts.queries import shifts_on
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town

pytestmark = pytest.mark.twin


def remove(app: Flask, person_id: int, visits: str | None) -> int:
    with reading() as session:
        person = session.get_one(Person, person_id)
    settings = app.extensions["milkround_settings"]
    return take_off(person, DAY, visits=visits, now=MORNING, settings=settings)


@pytest.fixture
def planned(app: Flask, town: Town) -> tuple[int, set[int]]:
    """A collector with visits in her published round, and these visits."""
    with app.app_context(), transaction() as session:
        published(session, town)
        first = planned_shifts(session, bank_id=town.bank, shifts=town.shifts)[0]
        person = town.ana if first.shift_id == town.shifts[0] else town.bruno
        return person, set(first.pickups)


def test_planned_visits_keep_the_shift_until_their_lot_is_chosen(
    app: Flask, town: Town, planned: tuple[int, set[int]]
) -> None:
    with app.app_context():
        with pytest.raises(click.ClickException, match="--visits tray, or --visits propose"):
            remove(app, planned[0], None)
        with reading() as session:
            assert len(shifts_on(session, bank_id=town.bank, day=DAY)) == 2


@pytest.mark.parametrize("visits", ["tray", "propose"])
def test_the_visits_wait_and_the_shift_is_off(
    app: Flask, town: Town, planned: tuple[int, set[int]], visits: str
) -> None:
    person, pickups = planned
    with app.app_context():
        assert remove(app, person, visits) == len(pickups)
        with reading() as session:
            assert len(shifts_on(session, bank_id=town.bank, day=DAY)) == 1
            plan = day_plan(session, bank_id=town.bank, day=DAY)
            assert plan is not None
            assert pickups.isdisjoint(plan.placed)
            states = {session.get_one(Pickup, key).state for key in pickups}
            assert states == {PickupState.ACCEPTED}
            jobs = session.query(Job).count()
            assert jobs >= 1 if visits == "propose" else jobs == 0


def test_a_shift_without_visits_is_taken_off_without_a_question(app: Flask, town: Town) -> None:
    with app.app_context():
        assert remove(app, town.ana, None) == 0
        assert remove(app, town.ana, None) == 0
        with reading() as session:
            shifts = shifts_on(session, bank_id=town.bank, day=DAY)
            assert [shift.collector_id for shift in shifts] == [town.bruno]
            assert shifts_on(session, bank_id=town.bank, day=DAY + timedelta(days=1)) == []
