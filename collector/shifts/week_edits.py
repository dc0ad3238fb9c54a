"""Edits of several shifts at once: a copy of a week, and a swap between two collectors."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from collector.banks.calendar import public_holidays
from collector.banks.queries import get_bank
from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.people.models import Person
from collector.shifts.actions import (
    MistakenShift,
    record_shift,
    refuse_past,
    shift_seen,
    write_shift,
)
from collector.shifts.drafts import draft_of, load_roster_facts, mistakes_in
from collector.shifts.models import Contract, RosterShift
from collector.shifts.queries import contract_of, shifts_between


def copy_week(
    session: Session, *, now: datetime, actor: str, people: Iterable[Person], monday: date
) -> tuple[int, list[tuple[date, str, FieldMistake]]]:
    """Copy the shifts of the week before into a week, for these people.

    A day that is over, a public holiday, and a day on which a person has a shift are left alone.

    Returns
    -------
    tuple of int and list
        The number of shifts written, and the days left out with the name and the mistake.
    """
    named = {person.id: person for person in people}
    bank = get_bank(session, next(iter(named.values())).bank_id)
    sunday, today = monday + timedelta(days=6), now.astimezone(bank.zone).date()
    free = public_holidays(bank, first=monday, last=sunday)
    facts = load_roster_facts(session, bank_id=bank.id, first=monday, last=sunday)
    busy = {(shift.collector_id, shift.day) for shift in facts.shifts}
    before = shifts_between(
        session, bank_id=bank.id, first=monday - timedelta(7), last=monday - timedelta(1)
    )
    written, left_out = 0, []
    for shift in before:
        day, person = shift.day + timedelta(7), named.get(shift.collector_id)
        if person is None or day < today or day in free or (person.id, day) in busy:
            continue
        try:
            write_shift(
                session,
                now=now,
                actor=actor,
                person=person,
                day=day,
                draft=draft_of(shift),
                facts=facts,
            )
            written += 1
        except MistakenShift as mistaken:
            left_out.append((day, person.name, mistaken.mistakes[0]))
    return written, left_out


def swap_shifts(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    one: tuple[int, int],
    other: tuple[int, int],
) -> None:
    """Let two collectors exchange their shifts; each keeps the skills of the contract.

    Parameters
    ----------
    one, other
        The key of a shift and its version as the person has seen it.

    Raises
    ------
    Conflict
        One of them changed meanwhile: `changed_meanwhile`.
    MistakenShift
        One of the two may not have the other's shift.
    Refused
        `swap_same_person`; `roster_past`.
    """
    pair = [
        shift_seen(session, bank_id=bank_id, shift_id=key, seen=seen) for key, seen in (one, other)
    ]
    first, second = pair
    if first.collector_id == second.collector_id:
        raise Refused("swap_same_person")
    people = [session.get_one(Person, shift.collector_id) for shift in pair]
    contracts = [contract_of(session, bank_id=bank_id, person_id=each.id) for each in people]
    for shift in pair:
        refuse_past(session, bank_id=bank_id, day=shift.day, now=now)
    _refuse_swap(session, pair, people, contracts)
    _exchange(session, first, second)
    for shift, contract in zip(pair, reversed(contracts), strict=True):
        shift.skills = list(contract.skills) if contract else []
        shift.changed = shift.weekly_id is not None
        record_shift(session, shift, now=now, actor=actor, action="shift swapped")


def _refuse_swap(
    session: Session,
    pair: list[RosterShift],
    people: list[Person],
    contracts: list[Contract | None],
) -> None:
    """Refuse a swap after which one of the two shifts would have a mistake."""
    for shift, person, contract in zip(pair, reversed(people), reversed(contracts), strict=True):
        facts = load_roster_facts(session, bank_id=shift.bank_id, first=shift.day, last=shift.day)
        facts.shifts[:] = [each for each in facts.shifts if each not in pair]
        skills = tuple(contract.skills) if contract else ()
        mistakes = mistakes_in(
            facts, replace(draft_of(shift), skills=skills), person=person, day=shift.day
        )
        if mistakes:
            raise MistakenShift(mistakes)


def _exchange(session: Session, first: RosterShift, second: RosterShift) -> None:
    """Exchange the collectors of two shifts, which may begin at the same time of the same day.

    The unique key of collector, day and begin holds after every statement, so the first shift
    begins a second later until the other one has changed.
    """
    begins = first.begins
    one, other = first.collector_id, second.collector_id
    first.begins = time(begins.hour, begins.minute, 59)
    first.collector_id = other
    session.flush()
    second.collector_id = one
    session.flush()
    first.begins = begins
    session.flush()
