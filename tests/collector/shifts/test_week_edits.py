"""A copied week and a swap; a changed vehicle or box; a person who leaves."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session

from collector.errors import Conflict, Refused
from collector.people.models import Person
from collector.shifts.actions import MistakenShift, write_shift
from collector.shifts.contracts import contract_mistakes, end_contract
from collector.shifts.fleet_changes import (
    days_at_site,
    follow_box,
    follow_vehicle,
    leave_out_box,
    leave_out_vehicle,
)
from collector.shifts.models import RosterShift
from collector.shifts.queries import contract_of, shifts_between
from collector.shifts.week_edits import copy_week, swap_shifts
from tests.builders import DAY, MORNING
from tests.collector.shifts.rosters import box, contract, draft, session, vehicle
from tests.town import Town

__all__ = ["session"]

MONDAY = date(2026, 12, 14)
WEEK = timedelta(days=7)


def put(session: Session, town: Town, person_id: int, day: date, **terms: object) -> RosterShift:
    return write_shift(
        session,
        now=MORNING,
        actor="system",
        person=session.get_one(Person, person_id),
        day=day,
        draft=draft(town, **terms),
    )


def week_of(session: Session, town: Town, monday: date) -> list[tuple[int, date]]:
    found = shifts_between(
        session, bank_id=town.bank, first=monday, last=monday + timedelta(days=6)
    )
    return [(shift.collector_id, shift.day) for shift in found]


def test_a_week_is_copied_but_holidays_and_days_with_a_shift(session: Session, town: Town) -> None:
    friday, christmas_week = MONDAY + timedelta(days=4), MONDAY + WEEK
    put(session, town, town.ana, MONDAY)
    put(session, town, town.ana, friday)  # a week later it is Christmas Day
    put(session, town, town.bruno, MONDAY, begins=time(9))
    put(session, town, town.bruno, christmas_week, begins=time(18), ends=time(20))
    people = [session.get_one(Person, key) for key in (town.ana, town.bruno)]
    written, left_out = copy_week(
        session, now=MORNING, actor="system", people=people, monday=christmas_week
    )
    assert (written, left_out) == (1, [])
    assert week_of(session, town, christmas_week) == [
        (town.ana, christmas_week),
        (town.bruno, christmas_week),
    ]


def test_a_copy_names_the_days_on_which_a_box_is_not_good(session: Session, town: Town) -> None:
    box(session, town, qualified_until=MONDAY)
    put(session, town, town.ana, MONDAY, boxes=("B1",))
    ana = session.get_one(Person, town.ana)
    written, left_out = copy_week(
        session, now=MORNING, actor="system", people=[ana], monday=MONDAY + WEEK
    )
    assert written == 0
    assert [(day, name, why.code) for day, name, why in left_out] == [
        (MONDAY + WEEK, "Ana", "box_not_qualified")
    ]


@pytest.mark.parametrize("day", [MONDAY, MONDAY + timedelta(days=1)])
def test_two_collectors_exchange_their_shifts_and_keep_their_skills(
    session: Session, town: Town, day: date
) -> None:
    contract(session, town.ana, skills=("blood",))
    hers = put(session, town, town.ana, MONDAY, skills=("blood",))
    his = put(session, town, town.bruno, day)
    swap_shifts(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        one=(hers.id, hers.version),
        other=(his.id, his.version),
    )
    session.expire_all()
    assert (hers.collector_id, hers.skills, hers.begins) == (town.bruno, [], time(8))
    assert (his.collector_id, his.skills) == (town.ana, ["blood"])


def test_a_swap_that_gives_someone_two_shifts_at_once_is_refused(
    session: Session, town: Town
) -> None:
    hers = put(session, town, town.ana, MONDAY)
    put(session, town, town.bruno, MONDAY, begins=time(15), ends=time(19))
    his = put(session, town, town.bruno, MONDAY + timedelta(days=1))
    pair = {"one": (hers.id, hers.version), "other": (his.id, his.version)}
    known = {"now": MORNING, "bank_id": town.bank, "actor": "system"}
    with pytest.raises(MistakenShift, match="shift_twice"):
        swap_shifts(session, **known, **pair)
    with pytest.raises(Refused, match="swap_same_person"):
        swap_shifts(session, **known, one=pair["one"], other=pair["one"])
    with pytest.raises(Conflict):
        swap_shifts(session, **known, one=(hers.id, 0), other=pair["other"])


def test_a_vehicle_with_another_name_and_capacity_is_followed_ahead(
    session: Session, town: Town
) -> None:
    van = vehicle(session, town)
    box(session, town)
    past = put(session, town, town.ana, DAY - WEEK, vehicle="Van")
    shift = put(session, town, town.ana, MONDAY, vehicle="Van", boxes=("B1",))
    van.name, van.capacity_bottles = "Kangoo", 60
    days = follow_vehicle(session, bank_id=town.bank, since=DAY, was="Van", now_named="Kangoo")
    assert days == [MONDAY]
    assert (shift.vehicle, shift.capacity_bottles) == ("Kangoo", 60)
    assert (past.vehicle, past.capacity_bottles) == ("Van", 100)
    follow_box(session, bank_id=town.bank, since=DAY, was="B1", now_coded="B2")
    assert shift.boxes == ["B2"]
    assert leave_out_box(session, bank_id=town.bank, since=DAY, code="B2") == [MONDAY]
    assert leave_out_vehicle(session, bank_id=town.bank, since=DAY, name="Kangoo") == [MONDAY]
    assert (shift.vehicle, shift.boxes, shift.capacity_bottles) == ("", [], 160)
    assert MONDAY in days_at_site(session, bank_id=town.bank, since=DAY, site_id=town.site)


def test_a_contract_that_ends_takes_later_shifts_off(session: Session, town: Town) -> None:
    put(session, town, town.ana, MONDAY)
    put(session, town, town.ana, MONDAY + WEEK)
    end_contract(
        session,
        now=MORNING,
        actor="system",
        person=session.get_one(Person, town.ana),
        last=MONDAY,
    )
    assert week_of(session, town, MONDAY) == [(town.ana, MONDAY)]
    assert week_of(session, town, MONDAY + WEEK) == []
    ended = contract_of(session, bank_id=town.bank, person_id=town.ana)
    assert ended is not None
    assert ended.ends_on == MONDAY


@pytest.mark.parametrize(("minutes", "codes"), [(0, ["contract_hours"]), (2100, []), (None, [])])
def test_contract_hours_are_more_than_none_and_at_most_sixty(
    session: Session, town: Town, minutes: int | None, codes: list[str]
) -> None:
    facts = {"weekly_minutes": minutes, "skills": [], "home_site_id": None}
    found = contract_mistakes(session, bank_id=town.bank, facts=facts)
    assert [each.code for each in found] == codes
    away = contract_mistakes(session, bank_id=town.bank, facts=facts | {"home_site_id": 999})
    assert away[-1].code == "site_missing"
