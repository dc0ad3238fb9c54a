"""Usual weeks: shifts that repeat every week or every second one, laid out day by day."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.calendar import public_holidays
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake
from collector.people.models import Person
from collector.shifts.actions import DEFAULT_COSTS, record_shift
from collector.shifts.drafts import (
    RosterFacts,
    ShiftDraft,
    draft_of,
    load_roster_facts,
    mistakes_in,
    write_terms,
)
from collector.shifts.models import RosterShift, WeekLetter, WeeklyShift
from collector.shifts.queries import weekly_shifts_of

FIRST_A_WEEK = date(2024, 1, 1)
"""The Monday from which A and B weeks alternate, through years of 53 weeks too."""

LAID_OUT_AHEAD = timedelta(weeks=12)
"""The time ahead for which shifts stand on the roster."""


def week_letter(day: date) -> WeekLetter:
    """Return whether a day lies in an A week or in a B week."""
    weeks = (day - FIRST_A_WEEK).days // 7
    return WeekLetter.B if weeks % 2 else WeekLetter.A


def add_weekly_shift(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person: Person,
    draft: ShiftDraft,
    weekday: int,
    weeks: WeekLetter,
    starts_on: date,
    ends_on: date | None = None,
    on_holidays: bool = False,
) -> tuple[WeeklyShift, dict[date, FieldMistake]]:
    """Add a shift to a collector's usual week and lay it out; return the days left out too.

    Raises
    ------
    Refused
        `period_backwards`.
    """
    if ends_on is not None and ends_on < starts_on:
        raise Refused("period_backwards")
    weekly = WeeklyShift(
        bank_id=person.bank_id,
        collector_id=person.id,
        weekday=weekday,
        weeks=weeks,
        on_holidays=on_holidays,
        starts_on=starts_on,
        ends_on=ends_on,
        laid_out_until=None,
    )
    write_terms(weekly, draft)
    session.add(weekly)
    session.flush()
    left_out = lay_out(session, weekly, now=now, person=person)
    record_shift(session, weekly, now=now, actor=actor, action="usual week added")
    return weekly, left_out


def lay_out(
    session: Session, weekly: WeeklyShift, *, now: datetime, person: Person
) -> dict[date, FieldMistake]:
    """Write the shifts of a usual week up to its horizon; return the days left out, with why.

    A public holiday is left out without a word unless the collector works on holidays. A day whose
    shift was taken from the roster stays without one.
    """
    bank = get_bank(session, weekly.bank_id)
    today = now.astimezone(bank.zone).date()
    last = min(weekly.ends_on or date.max, today + LAID_OUT_AHEAD)
    begun = weekly.laid_out_until
    first = max(weekly.starts_on, today, begun + timedelta(days=1) if begun else date.min)
    if first > last:
        return {}
    free = {} if weekly.on_holidays else public_holidays(bank, first=first, last=last)
    facts = load_roster_facts(session, bank_id=bank.id, first=first, last=last)
    taken_off = _taken_off(session, weekly, first, last)
    draft, left_out = draft_of(weekly), {}
    for day in days_of(weekly, first, last):
        if day in free or day in taken_off:
            continue
        mistakes = mistakes_in(facts, draft, person=person, day=day)
        if mistakes:
            left_out[day] = mistakes[0]
        else:
            session.add(_shift(weekly, draft, facts, day))
    weekly.laid_out_until = last
    session.flush()
    return left_out


def days_of(weekly: WeeklyShift, first: date, last: date) -> Iterator[date]:
    """Yield the days of a usual week between two days, both included, holidays too."""
    day = first + timedelta(days=(weekly.weekday - first.isoweekday()) % 7)
    while day <= last:
        if weekly.weeks in {WeekLetter.EVERY, week_letter(day)}:
            yield day
        day += timedelta(days=7)


def end_weekly_shift(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    weekly_id: int,
    ends_on: date,
    seen: int,
    keep: Collection[int] = (),
) -> list[date]:
    """End a usual week after a day; later shifts leave the roster, except those to keep.

    Parameters
    ----------
    keep
        Shifts whose rounds have visits. They stay, as shifts of their own.

    Returns
    -------
    list of date
        The days of the kept shifts.

    Raises
    ------
    Conflict
        `changed_meanwhile`.
    Refused
        `roster_past`.
    """
    weekly = owned(session, WeeklyShift, bank_id, weekly_id)
    if weekly.version != seen:
        raise Conflict("changed_meanwhile")
    today = now.astimezone(get_bank(session, bank_id).zone).date()
    if ends_on < today - timedelta(days=1):
        raise Refused("roster_past")
    weekly.ends_on = ends_on
    kept = []
    for shift in shifts_laid_out(session, weekly, after=max(ends_on, today - timedelta(days=1))):
        if shift.id in keep:
            shift.changed = True
            kept.append(shift.day)
        else:
            shift.ended_at = now
    session.flush()
    record_shift(session, weekly, now=now, actor=actor, action="usual week ended")
    return kept


def shifts_laid_out(session: Session, weekly: WeeklyShift, *, after: date) -> list[RosterShift]:
    """Return the shifts on the roster that a usual week laid out after a day, unchanged since."""
    return list(
        session.scalars(
            select(RosterShift)
            .where(
                RosterShift.weekly_id == weekly.id,
                RosterShift.day > after,
                RosterShift.ended_at.is_(None),
                RosterShift.changed.is_(False),
            )
            .order_by(RosterShift.day)
        )
    )


def weeks_to_lay_out(session: Session, *, now: datetime, bank_id: int) -> list[WeeklyShift]:
    """Return the usual weeks whose shifts do not reach the horizon by a week or more."""
    today = now.astimezone(get_bank(session, bank_id).zone).date()
    enough = today + LAID_OUT_AHEAD - timedelta(days=7)
    return [
        weekly
        for weekly in weekly_shifts_of(session, bank_id)
        if weekly.collector.active
        and (weekly.laid_out_until or date.min) < min(enough, weekly.ends_on or date.max)
    ]


def lay_out_all(session: Session, *, now: datetime, bank_id: int) -> None:
    """Write the shifts of every usual week up to the horizon."""
    for weekly in weeks_to_lay_out(session, now=now, bank_id=bank_id):
        lay_out(session, weekly, now=now, person=weekly.collector)


def _taken_off(session: Session, weekly: WeeklyShift, first: date, last: date) -> set[date]:
    return set(
        session.scalars(
            select(RosterShift.day).where(
                RosterShift.collector_id == weekly.collector_id,
                RosterShift.begins == weekly.begins,
                RosterShift.day.between(first, last),
                RosterShift.ended_at.is_not(None),
            )
        )
    )


def _shift(weekly: WeeklyShift, draft: ShiftDraft, facts: RosterFacts, day: date) -> RosterShift:
    capacity = facts.capacity(draft)
    shift = RosterShift(
        bank_id=weekly.bank_id,
        day=day,
        collector_id=weekly.collector_id,
        weekly_id=weekly.id,
        capacity_bottles=capacity.bottles,
        capacity_ml=capacity.ml,
        capacity_tubes=capacity.tubes,
        **DEFAULT_COSTS,
    )
    write_terms(shift, draft)
    return shift
