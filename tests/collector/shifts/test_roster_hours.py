"""Paid hours of a week against the contract, closing days, breaks, shifts taken off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from collector.banks.calendar import close_on, closing_days, open_again, public_holidays
from collector.banks.models import Bank
from collector.errors import Refused
from collector.people.models import Person
from collector.shifts.actions import take_off_roster, write_absence, write_shift
from collector.shifts.duty import break_of, during_shift, duty_of, paid_time, rostered
from collector.shifts.models import AbsenceReason, RosterShift
from collector.shifts.queries import absences_on, days_on_duty, duties_on, shifts_on
from collector.shifts.roster import load_roster, monday_of
from tests.builders import DAY, MORNING
from tests.collector.shifts.rosters import contract, draft, session
from tests.town import Town

__all__ = ["session"]

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 12, 7)
HOURS = timedelta(hours=1)


def put(session: Session, town: Town, day: date, **terms: object) -> RosterShift:
    return write_shift(
        session,
        now=MORNING,
        actor="system",
        person=session.get_one(Person, town.ana),
        day=day,
        draft=draft(town, **terms),
    )


def test_hours_of_a_week_are_compared_with_the_contract(session: Session, town: Town) -> None:
    contract(session, town.ana, hours=35)
    for weekday in range(5):
        put(session, town, MONDAY + timedelta(days=weekday))  # 8 h each
    roster = load_roster(session, bank_id=town.bank, first=MONDAY, last=MONDAY)
    found = roster.hours(town.ana, MONDAY)
    assert (found.planned, found.contract, found.over) == (40 * HOURS, 35 * HOURS, 5 * HOURS)
    assert roster.hours(town.bruno, MONDAY).contract is None
    assert roster.hours(town.bruno, MONDAY).over == timedelta()


def test_an_unpaid_break_is_not_paid_and_a_paid_one_is(session: Session, town: Town) -> None:
    lunch = {"break_minutes": 60, "break_from": time(12), "break_until": time(14)}
    unpaid = put(session, town, MONDAY, **lunch)
    paid = put(session, town, MONDAY + timedelta(days=1), break_paid=True, **lunch)
    assert paid_time(rostered(unpaid, PARIS)) == 7 * HOURS
    assert paid_time(rostered(paid, PARIS)) == 8 * HOURS
    earliest, latest, long = break_of(rostered(unpaid, PARIS), PARIS) or (None,) * 3
    assert earliest == datetime(2026, 12, 7, 11, tzinfo=UTC)
    assert latest == datetime(2026, 12, 7, 12, tzinfo=UTC)
    assert long == HOURS


def test_leave_counts_as_worked_and_its_hours_are_shown_apart(session: Session, town: Town) -> None:
    contract(session, town.ana, hours=8)
    put(session, town, MONDAY)
    put(session, town, MONDAY + timedelta(days=1))
    write_absence(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        begins_at=datetime(2026, 12, 7, 11, tzinfo=UTC),  # noon in Paris
        ends_at=datetime(2026, 12, 7, 23, tzinfo=UTC),
        reason=AbsenceReason.LEAVE,
        person_id=town.ana,
    )
    roster = load_roster(session, bank_id=town.bank, first=MONDAY, last=MONDAY)
    found = roster.hours(town.ana, MONDAY)
    assert (found.planned, found.absent, found.over) == (12 * HOURS, 4 * HOURS, 8 * HOURS)
    assert len(roster.cell(town.ana, MONDAY).absences) == 1
    assert roster.cell(town.ana, MONDAY + timedelta(days=1)).absences == ()
    assert roster.cell(town.ana, MONDAY).state != roster.cell(town.bruno, MONDAY).state


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 28), 3), (date(2026, 10, 25), 5), (MONDAY, 4)]
)
def test_a_night_over_the_clock_change_has_its_true_length(
    session: Session, town: Town, day: date, hours: int
) -> None:
    shift = put(session, town, day, begins=time(1), ends=time(5))
    assert paid_time(rostered(shift, PARIS)) == hours * HOURS


def test_a_closing_day_takes_everyone_off_duty_until_it_is_opened_again(
    session: Session, town: Town
) -> None:
    assert len(duties_on(session, bank_id=town.bank, day=DAY)) == 2
    closing = close_on(
        session, now=MORNING, bank_id=town.bank, actor="system", day=DAY, name="Inventory"
    )
    assert len(shifts_on(session, bank_id=town.bank, day=DAY)) == 2
    assert duties_on(session, bank_id=town.bank, day=DAY) == []
    assert days_on_duty(session, bank_id=town.bank, first=DAY, last=DAY) == []
    (absence,) = absences_on(session, bank_id=town.bank, day=DAY)
    assert absence.of_all
    assert (
        open_again(session, now=MORNING, bank_id=town.bank, actor="system", closing_id=closing.id)
        == DAY
    )
    assert len(duties_on(session, bank_id=town.bank, day=DAY)) == 2


def test_a_closing_day_is_ahead_and_there_once(session: Session, town: Town) -> None:
    known = {"now": MORNING, "bank_id": town.bank, "actor": "system", "name": ""}
    with pytest.raises(Refused, match="closing_past"):
        close_on(session, day=date(2026, 11, 22), **known)
    close_on(session, day=date(2026, 11, 23), **known)
    with pytest.raises(Refused, match="closing_known"):
        close_on(session, day=date(2026, 11, 23), **known)
    assert len(closing_days(session, bank_id=town.bank, first=DAY.replace(day=1), last=DAY)) == 1


def test_public_holidays_are_those_of_country_and_region(session: Session, town: Town) -> None:
    bank = session.get_one(Bank, town.bank)
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    assert public_holidays(bank, **year)[date(2026, 7, 14)] == "Fête nationale"
    assert date(2026, 12, 26) not in public_holidays(bank, **year)
    bank.holiday_region = "6AE"
    assert date(2026, 12, 26) in public_holidays(bank, **year)
    assert public_holidays(bank, **year, language="en")[date(2026, 5, 1)] == "Labor Day"


def test_a_shift_taken_off_is_on_no_duty_and_comes_back(session: Session, town: Town) -> None:
    shift = put(session, town, MONDAY)
    take_off_roster(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        shift_id=shift.id,
        seen=shift.version,
    )
    assert shifts_on(session, bank_id=town.bank, day=MONDAY) == []
    assert duty_of(shift, [], PARIS) is None
    assert [each.reason for each in during_shift(shift, [], PARIS)] == [AbsenceReason.TAKEN_OFF]
    again = put(session, town, MONDAY, ends=time(12))
    assert (again.id, again.ended_at, again.ends) == (shift.id, None, time(12))


def test_a_shift_of_a_day_that_is_over_is_not_taken_off(session: Session, town: Town) -> None:
    shift = put(session, town, MORNING.date() - timedelta(days=1))
    with pytest.raises(Refused, match="roster_past"):
        take_off_roster(
            session,
            now=MORNING,
            bank_id=town.bank,
            actor="system",
            shift_id=shift.id,
            seen=shift.version,
        )


def test_a_week_begins_on_monday() -> None:
    assert monday_of(MONDAY + timedelta(days=6)) == MONDAY
    assert monday_of(MONDAY) == MONDAY
