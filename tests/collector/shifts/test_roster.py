"""The roster: shifts week by week, overlaps, ranges of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.db import transaction
from collector.errors import Refused
from collector.people.models import Person
from collector.shifts.actions import change_shift, end_at_site, put_on_duty
from collector.shifts.models import RosterShift
from collector.shifts.queries import days_on_duty, shifts_between, shifts_on
from tests.builders import DAY, MORNING, add_site
from tests.town import Town

pytestmark = pytest.mark.twin

WEEK = timedelta(weeks=1)
LATER = DAY + timedelta(days=30)


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - it is built first
    with app.app_context(), transaction() as session:
        yield session


def on_duty(
    session: Session,
    town: Town,
    person_id: int,
    *,
    day: date = LATER,
    weeks: int = 1,
    begins: time = time(8),
    ends: time = time(17),
) -> list[RosterShift]:
    site = session.get_one(Site, town.site)
    return put_on_duty(
        session,
        now=MORNING,
        actor="system",
        collector=session.get_one(Person, person_id),
        day=day,
        weeks=weeks,
        begins=begins,
        ends=ends,
        start=site,
        end=site,
        vehicle=f"Van {person_id}",
        skills=[],
    )


def test_a_collector_is_on_duty_on_the_same_weekday_of_several_weeks(
    session: Session, town: Town
) -> None:
    shifts = on_duty(session, town, town.ana, weeks=3)
    assert [shift.day for shift in shifts] == [LATER, LATER + WEEK, LATER + 2 * WEEK]
    assert {shift.capacity_bottles for shift in shifts} == {160}


def test_a_colleague_without_the_role_is_not_put_on_duty(session: Session, town: Town) -> None:
    with pytest.raises(Refused, match=r"collector_needed \(name=Claire"):
        on_duty(session, town, town.claire)


@pytest.mark.parametrize("ends", [time(8), time(7, 59)])
def test_a_shift_ends_after_it_begins(session: Session, town: Town, ends: time) -> None:
    with pytest.raises(Refused, match="shift_backwards"):
        on_duty(session, town, town.ana, ends=ends)


@pytest.mark.parametrize(("begins", "ends"), [(time(6), time(8, 1)), (time(11, 59), time(13))])
def test_a_shift_that_overlaps_another_is_refused_with_its_day(
    session: Session, town: Town, begins: time, ends: time
) -> None:
    on_duty(session, town, town.ana, day=LATER + WEEK, ends=time(12))
    day = (LATER + WEEK).isoformat()
    with pytest.raises(Refused, match=f"shift_twice .day={day}"):
        on_duty(session, town, town.ana, weeks=2, begins=begins, ends=ends)


def test_a_shift_may_end_at_the_begin_of_the_next_and_a_colleague_may_work_meanwhile(
    session: Session, town: Town
) -> None:
    on_duty(session, town, town.ana, ends=time(12))
    on_duty(session, town, town.ana, begins=time(12))
    on_duty(session, town, town.bruno)
    hours = [(shift.collector.name, shift.begins.hour) for shift in shifts_on_day(session, town)]
    assert hours == [("Ana", 8), ("Bruno", 8), ("Ana", 12)]


def shifts_on_day(session: Session, town: Town) -> list[RosterShift]:
    return shifts_on(session, bank_id=town.bank, day=LATER)


def test_a_range_of_days_includes_both_ends(session: Session, town: Town) -> None:
    on_duty(session, town, town.ana, weeks=3)
    on_duty(session, town, town.bruno, day=LATER + WEEK, begins=time(9))
    ends = {"bank_id": town.bank, "first": LATER, "last": LATER + WEEK}
    found = shifts_between(session, **ends)
    assert [(shift.day, shift.collector_id) for shift in found] == [
        (LATER, town.ana),
        (LATER + WEEK, town.ana),
        (LATER + WEEK, town.bruno),
    ]
    assert len(shifts_between(session, **ends, person_id=town.bruno)) == 1
    assert days_on_duty(session, **ends) == [LATER, LATER + WEEK]
    assert days_on_duty(session, **ends | {"bank_id": town.other_bank}) == []


def test_the_end_the_end_site_and_the_capacity_of_a_shift_change(
    session: Session, town: Town
) -> None:
    (shift,) = on_duty(session, town, town.ana)
    home = add_site(session, town.bank, name="Home")
    change_shift(session, shift_id=shift.id, ends=time(18, 30), capacities={"capacity_bottles": 90})
    end_at_site(session, shift_id=shift.id, site_id=home.id)
    session.flush()
    session.expire_all()
    (changed,) = shifts_on_day(session, town)
    assert (changed.ends, changed.capacity_bottles) == (time(18, 30), 90)
    assert (changed.start_site.name, changed.end_site.name) == ("Bank", "Home")
