"""Calendars of leave at an address: looked at every few hours, and taken over as absences.

An event becomes leave of its person unless visits are planned during it: these wait for a
coordinator. Leave that came from the calendar and is gone from it is withdrawn.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.applications.posting import Fetched
from collector.applications.webhooks import is_address
from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Refused
from collector.people.models import Person
from collector.people.vault import Vault
from collector.rounds.queries import planned_shifts
from collector.shifts.actions import withdraw_absence, write_absence
from collector.shifts.files import absences_in
from collector.shifts.models import Absence, AbsenceReason, LeaveCalendar
from collector.shifts.queries import shifts_between
from collector.shifts.roster import touched_shifts

LOOK_EVERY: Final = timedelta(hours=3)
MOST_BYTES: Final = 1_000_000
MOST_EVENTS: Final = 400
LONGEST_URL: Final = 1000

Transaction = Callable[[], AbstractContextManager[Session]]


class Fetcher(Protocol):
    """Interface that fetches an address."""

    def fetch(self, url: str, *, most: int) -> Fetched:
        """Fetch an address once; it raises nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """The result of a calendar: leave written, withdrawn, and left out for planned visits."""

    written: int
    withdrawn: int
    left_out: int


def follow_calendar(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    person_id: int,
    url: str,
    vault: Vault,
) -> LeaveCalendar:
    """Follow a person's calendar at an address, in place of a former one.

    Raises
    ------
    NotFound
        The person is not of this bank.
    Refused
        `calendar_address_unreadable`.
    """
    owned(session, Person, bank_id, person_id)
    web = "https" + url.removeprefix("webcal") if url.startswith("webcal://") else url
    if len(web) > LONGEST_URL or not is_address(web):
        raise Refused("calendar_address_unreadable")
    calendar = calendar_of(session, person_id)
    if calendar is None:
        calendar = LeaveCalendar(bank_id=bank_id, person_id=person_id)
        session.add(calendar)
    calendar.sealed_url, calendar.host = vault.seal(web), urlsplit(web).hostname or ""
    calendar.next_look_at, calendar.looked_at = now, None
    calendar.fault, calendar.left_out, calendar.made_by = "", 0, actor
    session.flush()
    _record(session, calendar, now=now, actor=actor, action="leave calendar followed")
    return calendar


def unfollow_calendar(
    session: Session, *, now: datetime, bank_id: int, actor: str, calendar_id: int
) -> None:
    """Follow a calendar no longer; the leave that it brought stays."""
    calendar = owned(session, LeaveCalendar, bank_id, calendar_id)
    _record(session, calendar, now=now, actor=actor, action="leave calendar left")
    session.delete(calendar)
    session.flush()


def calendar_of(session: Session, person_id: int) -> LeaveCalendar | None:
    """Return the calendar of a person that is followed, if any."""
    return session.scalar(select(LeaveCalendar).where(LeaveCalendar.person_id == person_id))


def calendars_of(session: Session, bank_id: int) -> list[LeaveCalendar]:
    """Return the followed calendars of a bank."""
    rows = select(LeaveCalendar).where(LeaveCalendar.bank_id == bank_id)
    return list(session.scalars(rows.order_by(LeaveCalendar.id)))


def look_at_calendars(
    transaction: Transaction,
    *,
    reading: Transaction,
    fetcher: Fetcher,
    vault: Vault,
    now: Callable[[], datetime],
) -> int:
    """Fetch every calendar that is due, outside any transaction; return their number."""
    with reading() as session:
        due = select(LeaveCalendar.id, LeaveCalendar.sealed_url)
        found = session.execute(due.where(LeaveCalendar.next_look_at <= now())).all()
    for key, sealed in found:
        url = vault.unseal(sealed)
        fetched = fetcher.fetch(url, most=MOST_BYTES) if url else Fetched(fault="secret_changed")
        with transaction() as session:
            calendar = session.get(LeaveCalendar, key)
            if calendar is not None:
                settle(session, calendar, fetched, now=now())
    return len(found)


def settle(
    session: Session, calendar: LeaveCalendar, fetched: Fetched, *, now: datetime
) -> TakenOver | None:
    """Take a fetched calendar over, or note its fault; the next look is hours later."""
    calendar.looked_at, calendar.next_look_at = now, now + LOOK_EVERY
    calendar.fault = fetched.fault
    if fetched.fault:
        return None
    zone = get_bank(session, calendar.bank_id).zone
    try:
        spans = absences_in(fetched.content, zone=zone, first=now.astimezone(zone).date())
    except Refused as refused:
        calendar.fault = refused.code
        return None
    taken = _take_over(session, calendar, spans[:MOST_EVENTS], now=now)
    calendar.left_out = taken.left_out
    return taken


def _take_over(
    session: Session,
    calendar: LeaveCalendar,
    spans: list[tuple[datetime, datetime]],
    *,
    now: datetime,
) -> TakenOver:
    known = list(
        session.scalars(
            select(Absence).where(
                Absence.person_id == calendar.person_id,
                Absence.withdrawn_at.is_(None),
                Absence.ends_at > now,
            )
        )
    )
    gone = [
        each
        for each in known
        if each.from_calendar and (each.begins_at, each.ends_at) not in set(spans)
    ]
    for each in gone:
        withdraw_absence(session, each, now=now, actor=calendar.made_by)
    stays = [each for each in known if each not in gone]
    fresh = [
        (begins, ends)
        for begins, ends in spans
        if not any(each.begins_at <= begins and ends <= each.ends_at for each in stays)
    ]
    left_out = sum(
        not _write_leave(session, calendar, begins, ends, now=now) for begins, ends in fresh
    )
    return TakenOver(written=len(fresh) - left_out, withdrawn=len(gone), left_out=left_out)


def _write_leave(
    session: Session, calendar: LeaveCalendar, begins: datetime, ends: datetime, *, now: datetime
) -> bool:
    """Write an event as leave, unless visits are planned during it."""
    leave = Absence(
        person_id=calendar.person_id,
        begins_at=begins,
        ends_at=ends,
        reason=AbsenceReason.LEAVE,
    )
    if has_visits(session, leave, bank_id=calendar.bank_id):
        return False
    written = write_absence(
        session,
        now=now,
        bank_id=calendar.bank_id,
        actor=calendar.made_by,
        begins_at=begins,
        ends_at=ends,
        reason=AbsenceReason.LEAVE,
        person_id=calendar.person_id,
    )
    written.from_calendar = True
    session.flush()
    return True


def has_visits(session: Session, leave: Absence, *, bank_id: int) -> bool:
    """Return whether an absence covers a shift whose round has visits."""
    zone = get_bank(session, bank_id).zone
    first, last = (each.astimezone(zone).date() for each in (leave.begins_at, leave.ends_at))
    shifts = shifts_between(
        session, bank_id=bank_id, first=first, last=last, person_id=leave.person_id
    )
    touched = [shift.id for shift in touched_shifts(shifts, leave, zone)]
    return bool(planned_shifts(session, bank_id=bank_id, shifts=touched))


def _record(
    session: Session, calendar: LeaveCalendar, *, now: datetime, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=calendar.bank_id,
        actor=actor,
        action=action,
        subject=f"person:{calendar.person_id}",
        host=calendar.host,
    )
