"""Contracts of the staff, and the roster of a person who leaves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.fleet import change_row
from collector.banks.models import Site
from collector.field_parsers import FieldMistake
from collector.people.models import Person
from collector.shifts.models import Contract, RosterShift, WeeklyShift
from collector.shifts.queries import contract_of

BLOOD = "blood"
SKILLS = (BLOOD,)
MOST_WEEKLY_MINUTES = 60 * 60


def contract_mistakes(
    session: Session, *, bank_id: int, facts: Mapping[str, Any]
) -> list[FieldMistake]:
    """Return the mistakes of a contract, by the names of its columns."""
    mistakes = []
    minutes, home = facts["weekly_minutes"], facts["home_site_id"]
    if minutes is not None and not 0 < minutes <= MOST_WEEKLY_MINUTES:
        mistakes.append(FieldMistake("weekly_minutes", "contract_hours"))
    if home is not None:
        site = session.get(Site, home)
        if site is None or site.bank_id != bank_id:
            mistakes.append(FieldMistake("home_site_id", "site_missing"))
    return mistakes


def write_contract(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person: Person,
    facts: Mapping[str, Any],
    seen: int = 0,
) -> Contract:
    """Write the contract of a person, or change one of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    contract = contract_of(session, bank_id=person.bank_id, person_id=person.id)
    if contract is None:
        contract = Contract(bank_id=person.bank_id, person_id=person.id, ends_on=None, **facts)
        session.add(contract)
    else:
        change_row(contract, facts, seen=seen)
    session.flush()
    record(
        session,
        now=now,
        bank_id=person.bank_id,
        actor=actor,
        action="contract written",
        subject=f"person:{person.id}",
        weekly_minutes=contract.weekly_minutes,
        skills=contract.skills,
    )
    return contract


def end_contract(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person: Person,
    last: date,
) -> None:
    """End the contract of a person after a day: usual weeks and later shifts leave the roster."""
    contract = contract_of(session, bank_id=person.bank_id, person_id=person.id)
    if contract is None:
        contract = Contract(
            bank_id=person.bank_id,
            person_id=person.id,
            weekly_minutes=None,
            skills=[],
            home_site_id=None,
        )
        session.add(contract)
    contract.ends_on = last
    for weekly in session.scalars(select(WeeklyShift).where(WeeklyShift.collector_id == person.id)):
        weekly.ends_on = min(weekly.ends_on or last, last)
    for shift in session.scalars(
        select(RosterShift).where(
            RosterShift.collector_id == person.id,
            RosterShift.day > last,
            RosterShift.ended_at.is_(None),
        )
    ):
        shift.ended_at = now
    session.flush()
    record(
        session,
        now=now,
        bank_id=person.bank_id,
        actor=actor,
        action="contract ended",
        subject=f"person:{person.id}",
        last=last.isoformat(),
    )
