"""Usual weeks: A and B weeks, public holidays, ends, exceptions, the horizon."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from collector.errors import Conflict, Refused
from collector.people.models import Person
from collector.shifts.actions import take_off_roster, write_shift
from collector.shifts.models import RosterShift, WeekLetter, WeeklyShift
from collector.shifts.queries import shifts_between
from collector.shifts.usual_weeks import (
    LAID_OUT_AHEAD,
    add_weekly_shift,
    end_weekly_shift,
    lay_out_all,
    week_letter,
    weeks_to_lay_out,
)
from tests.builders import DAY, MORNING
from tests.collector.shifts.rosters import draft, session
from tests.town import Town

__all__ = ["session"]

THURSDAY = 4
FIRST = date(2026, 11, 26)
"""The Thursday after the town's day, in a B week."""
LAST = MORNING.date() + LAID_OUT_AHEAD
WEEK = timedelta(days=7)


def usual_week(session: Session, town: Town, **changes: Any) -> WeeklyShift:  # noqa: ANN401
    weekly, left_out = add_weekly_shift(
        session,
        **{
            "now": MORNING,
            "actor": "system",
            "person": session.get_one(Person, town.ana),
            "draft": draft(town),
            "weekday": THURSDAY,
            "weeks": WeekLetter.EVERY,
            "starts_on": DAY,
        }
        | changes,
    )
    assert left_out == {}
    return weekly


def thursdays(session: Session, town: Town, *, until: date = LAST) -> list[RosterShift]:
    return shifts_between(session, bank_id=town.bank, first=FIRST, last=until, person_id=town.ana)


def days(session: Session, town: Town, *, until: date = LAST) -> list[date]:
    return [shift.day for shift in thursdays(session, town, until=until)]


@pytest.mark.parametrize(
    ("day", "letter"),
    [
        (date(2024, 1, 1), WeekLetter.A),
        (date(2024, 1, 7), WeekLetter.A),
        (date(2024, 1, 8), WeekLetter.B),
        (date(2026, 12, 28), WeekLetter.A),  # week 53 of 2026: the letters go on
        (date(2027, 1, 4), WeekLetter.B),
    ],
)
def test_a_and_b_weeks_alternate_through_a_year_of_53_weeks(day: date, letter: WeekLetter) -> None:
    assert week_letter(day) is letter


def test_a_usual_week_is_laid_out_for_twelve_weeks(session: Session, town: Town) -> None:
    usual_week(session, town)
    found = days(session, town)
    assert found[0] == FIRST
    assert found[-1] == date(2027, 2, 11)
    assert len(found) == 12


def test_every_second_week_is_left_to_the_other_letter(session: Session, town: Town) -> None:
    usual_week(session, town, weeks=WeekLetter.B)
    assert week_letter(FIRST) is WeekLetter.B
    assert days(session, town, until=FIRST + 4 * WEEK) == [
        FIRST,
        FIRST + 2 * WEEK,
        FIRST + 4 * WEEK,
    ]


def test_a_public_holiday_is_left_out_unless_the_collector_works_on_it(
    session: Session, town: Town
) -> None:
    friday, christmas = 5, date(2026, 12, 25)
    usual_week(session, town, weekday=friday)
    usual_week(
        session,
        town,
        weekday=friday,
        on_holidays=True,
        draft=draft(town, begins=time(17), ends=time(19)),
    )
    found = [shift.begins for shift in thursdays(session, town) if shift.day == christmas]
    assert found == [time(17)]


def test_a_usual_week_ends_on_its_last_day_included(session: Session, town: Town) -> None:
    usual_week(session, town, ends_on=FIRST + WEEK)
    assert days(session, town) == [FIRST, FIRST + WEEK]


def test_a_period_that_ends_before_it_begins_is_refused(session: Session, town: Town) -> None:
    with pytest.raises(Refused, match="period_backwards"):
        usual_week(session, town, ends_on=DAY - timedelta(days=1))


def test_an_end_takes_later_shifts_off_but_those_to_keep(session: Session, town: Town) -> None:
    weekly = usual_week(session, town)
    kept = thursdays(session, town)[2].id
    days_kept = end_weekly_shift(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        weekly_id=weekly.id,
        ends_on=FIRST,
        seen=weekly.version,
        keep=[kept],
    )
    assert days_kept == [FIRST + 2 * WEEK]
    assert days(session, town) == [FIRST, FIRST + 2 * WEEK]


def test_the_end_of_a_usual_week_that_a_colleague_changed_is_refused(
    session: Session, town: Town
) -> None:
    weekly = usual_week(session, town)
    with pytest.raises(Conflict):
        end_weekly_shift(
            session,
            now=MORNING,
            bank_id=town.bank,
            actor="system",
            weekly_id=weekly.id,
            ends_on=FIRST,
            seen=weekly.version - 1,
        )


def test_an_exception_stays_when_the_usual_week_ends(session: Session, town: Town) -> None:
    weekly = usual_week(session, town)
    shift = thursdays(session, town)[1]
    write_shift(
        session,
        now=MORNING,
        actor="system",
        person=session.get_one(Person, town.ana),
        day=shift.day,
        draft=draft(town, begins=time(9)),
        shift_id=shift.id,
        seen=shift.version,
    )
    end_weekly_shift(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        weekly_id=weekly.id,
        ends_on=DAY,
        seen=weekly.version,
    )
    assert days(session, town) == [FIRST + WEEK]


def test_weeks_go_on_and_a_day_taken_off_stays_free(session: Session, town: Town) -> None:
    weekly = usual_week(session, town)
    shift = thursdays(session, town)[0]
    take_off_roster(
        session, now=MORNING, bank_id=town.bank, actor="system", shift_id=shift.id, seen=1
    )
    assert weeks_to_lay_out(session, now=MORNING, bank_id=town.bank) == []
    weekly.laid_out_until = DAY  # as if the night's work had been undone
    later = MORNING + 2 * WEEK
    assert weeks_to_lay_out(session, now=later, bank_id=town.bank) == [weekly]
    for other in thursdays(session, town):
        session.delete(other)
    session.flush()
    lay_out_all(session, now=MORNING, bank_id=town.bank)
    assert days(session, town)[:2] == [FIRST + WEEK, FIRST + 2 * WEEK]
    lay_out_all(session, now=later, bank_id=town.bank)
    assert days(session, town, until=LAST + 2 * WEEK)[-1] == date(2027, 2, 25)
