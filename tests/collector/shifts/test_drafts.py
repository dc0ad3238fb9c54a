"""Mistakes of a shift before it is written, each at its field."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from collector.people.models import Person
from collector.shifts.actions import MistakenShift, write_shift
from collector.shifts.models import RosterShift
from tests.builders import DAY, MORNING
from tests.collector.shifts.rosters import box, contract, draft, mistakes, session, vehicle
from tests.town import Town

__all__ = ["session"]

LATER = DAY + timedelta(days=7)
SPRING = date(2027, 3, 28)
"""The night on which clocks go from 02:00 to 03:00."""
BREAK = {"break_minutes": 45, "break_from": time(12), "break_until": time(14)}


def test_a_plain_shift_has_no_mistake(session: Session, town: Town) -> None:
    assert mistakes(session, town, draft(town), person_id=town.ana, day=LATER) == []


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        ({"ends": time(8)}, "ends", "shift_backwards"),
        ({"start_site_id": 999}, "start_site_id", "site_missing"),
        ({"vehicle": "Unknown"}, "vehicle", "vehicle_unknown"),
        ({"boxes": ("B9",)}, "boxes", "box_unknown"),
        ({"skills": ("blood",)}, "skills", "not_qualified"),
        ({**BREAK, "break_minutes": 4}, "break_minutes", "number_out_of_bounds"),
        ({**BREAK, "break_until": None}, "break_from", "break_hours_missing"),
        ({**BREAK, "break_until": time(16, 1)}, "break_from", "break_outside"),
        ({**BREAK, "break_minutes": 121}, "break_minutes", "break_too_long"),
    ],
)
def test_a_mistake_is_found_at_its_field(
    session: Session, town: Town, terms: dict[str, Any], field: str, code: str
) -> None:
    found = mistakes(session, town, draft(town, **terms), person_id=town.ana, day=LATER)
    assert (field, code) in found


def test_a_break_may_fill_its_hours_to_the_minute(session: Session, town: Town) -> None:
    whole = draft(town, break_minutes=120, break_from=time(12), break_until=time(14))
    assert mistakes(session, town, whole, person_id=town.ana, day=LATER) == []


def test_a_colleague_without_the_role_drives_no_round(session: Session, town: Town) -> None:
    found = mistakes(session, town, draft(town), person_id=town.claire, day=LATER)
    assert found == [("collector", "collector_needed")]


def test_an_hour_that_the_clock_change_skips_does_not_begin_a_shift(
    session: Session, town: Town
) -> None:
    night = draft(town, begins=time(2, 30), ends=time(5))
    found = mistakes(session, town, night, person_id=town.ana, day=SPRING)
    assert found == [("begins", "hour_skipped")]
    assert mistakes(session, town, night, person_id=town.ana, day=LATER) == []


def test_a_retired_vehicle_is_not_on_duty_from_its_day_on(session: Session, town: Town) -> None:
    vehicle(session, town, retired_on=LATER)
    van = draft(town, vehicle="Van")
    found = mistakes(session, town, van, person_id=town.ana, day=LATER)
    assert found == [("vehicle", "vehicle_retired")]
    the_day_before = LATER - timedelta(days=1)
    assert mistakes(session, town, van, person_id=town.ana, day=the_day_before) == []


def test_a_vehicle_and_a_box_are_in_one_shift_at_a_time(session: Session, town: Town) -> None:
    vehicle(session, town)
    box(session, town)
    ana, wanted = session.get_one(Person, town.ana), draft(town, vehicle="Van", boxes=("B1",))
    write_shift(session, now=MORNING, actor="system", person=ana, day=LATER, draft=wanted)
    found = mistakes(session, town, wanted, person_id=town.bruno, day=LATER)
    assert found == [("vehicle", "vehicle_taken"), ("boxes", "box_taken")]
    evening = draft(town, vehicle="Van", boxes=("B1",), begins=time(16), ends=time(20))
    assert mistakes(session, town, evening, person_id=town.bruno, day=LATER) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"retired_on": LATER}, "box_retired"),
        ({"qualified_until": LATER - timedelta(days=1)}, "box_not_qualified"),
    ],
)
def test_a_box_that_is_not_good_on_the_day_stays_at_home(
    session: Session, town: Town, changes: dict[str, Any], code: str
) -> None:
    box(session, town, **changes)
    found = mistakes(session, town, draft(town, boxes=("B1",)), person_id=town.ana, day=LATER)
    assert found == [("boxes", code)]


def test_a_box_is_good_on_the_last_day_of_its_qualification(session: Session, town: Town) -> None:
    box(session, town, qualified_until=LATER)
    assert mistakes(session, town, draft(town, boxes=("B1",)), person_id=town.ana, day=LATER) == []


def test_a_qualified_collector_draws_blood_until_the_contract_ends(
    session: Session, town: Town
) -> None:
    hers = contract(session, town.ana, skills=("blood",))
    hers.ends_on = LATER
    session.flush()
    wanted = draft(town, skills=("blood",))
    assert mistakes(session, town, wanted, person_id=town.ana, day=LATER) == []
    after = LATER + timedelta(days=1)
    found = mistakes(session, town, wanted, person_id=town.ana, day=after)
    assert found == [("collector", "contract_over")]


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [((), (100, 30_000, 10)), (("B1",), (40, 10_000, 10)), (("B1", "B2"), (80, 20_000, 10))],
)
def test_a_shift_carries_its_boxes_and_at_most_its_vehicle(
    session: Session, town: Town, boxes: tuple[str, ...], expected: tuple[int, int, int]
) -> None:
    vehicle(session, town)
    for code in ("B1", "B2"):
        box(session, town, code, capacity_bottles=40, capacity_ml=10_000)
    shift = write_shift(
        session,
        now=MORNING,
        actor="system",
        person=session.get_one(Person, town.ana),
        day=LATER,
        draft=draft(town, vehicle="Van", boxes=boxes),
    )
    found = (shift.capacity_bottles, shift.capacity_ml, shift.capacity_tubes)
    assert found == expected


def test_nothing_of_a_mistaken_shift_is_written(session: Session, town: Town) -> None:
    before = session.query(RosterShift).count()
    with pytest.raises(MistakenShift) as found:
        write_shift(
            session,
            now=MORNING,
            actor="system",
            person=session.get_one(Person, town.ana),
            day=LATER,
            draft=draft(town, ends=time(7), vehicle="Unknown"),
        )
    assert [each.field for each in found.value.mistakes] == ["ends", "vehicle"]
    assert session.query(RosterShift).count() == before
