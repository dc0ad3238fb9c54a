"""Queries of the roster: the shifts, absences and duties of a day or of a range of days."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.banks.calendar import closing_days
from collector.banks.models import ClosingDay
from collector.banks.queries import get_bank
from collector.service_day import ServiceDay
from collector.shifts.duty import Duty, duty_of, within_site_hours
from collector.shifts.models import Absence, AbsenceReason, Contract, RosterShift, WeeklyShift

OF_A_SHIFT: Sequence[_AbstractLoad] = (
    joinedload(RosterShift.collector),
    joinedload(RosterShift.start_site),
    joinedload(RosterShift.end_site),
)
"""Loader options of a shift: its collector and its sites."""


def shifts_on(session: Session, *, bank_id: int, day: date) -> list[RosterShift]:
    """Return the shifts of a day in the order of their begin, with collector and sites."""
    return shifts_between(session, bank_id=bank_id, first=day, last=day)


def shifts_between(
    session: Session, *, bank_id: int, first: date, last: date, person_id: int | None = None
) -> list[RosterShift]:
    """Return the shifts of the days from `first` to `last`, both included, by day and begin.

    Parameters
    ----------
    person_id
        The collector; None for the shifts of every collector.
    """
    shifts = _between(select(RosterShift), bank_id, first, last)
    if person_id is not None:
        shifts = shifts.where(RosterShift.collector_id == person_id)
    ordered = shifts.order_by(RosterShift.day, RosterShift.begins, RosterShift.id)
    return list(session.scalars(ordered.options(*OF_A_SHIFT)))


def absences_on(session: Session, *, bank_id: int, day: date) -> list[Absence]:
    """Return the absences that hold during a part of a day, by their begin."""
    return absences_between(session, bank_id=bank_id, first=day, last=day)


def absences_between(session: Session, *, bank_id: int, first: date, last: date) -> list[Absence]:
    """Return the absences that hold during a part of these days, both included, by their begin.

    A closing day of the bank is one of all collectors; it has no row of its own.
    """
    zone = get_bank(session, bank_id).zone
    closed = [
        _closed(closing, zone)
        for closing in closing_days(session, bank_id=bank_id, first=first, last=last)
    ]
    return closed + list(
        session.scalars(
            select(Absence)
            .where(
                Absence.bank_id == bank_id,
                Absence.withdrawn_at.is_(None),
                Absence.begins_at < ServiceDay(last, zone).end,
                Absence.ends_at > ServiceDay(first, zone).epoch,
            )
            .order_by(Absence.begins_at, Absence.id)
            .options(joinedload(Absence.person))
        )
    )


def _closed(closing: ClosingDay, zone: ZoneInfo) -> Absence:
    day = ServiceDay(closing.day, zone)
    return Absence(
        bank_id=closing.bank_id, begins_at=day.epoch, ends_at=day.end, reason=AbsenceReason.CLOSED
    )


def absence_of_disruption(session: Session, disruption_id: int) -> Absence | None:
    """Return the absence that a disruption caused, withdrawn or not; None without one."""
    return session.scalar(select(Absence).where(Absence.disruption_id == disruption_id))


def duties_on(session: Session, *, bank_id: int, day: date) -> list[Duty]:
    """Return the shifts of a day with hours on duty, by their rostered begin."""
    return duties_between(session, bank_id=bank_id, first=day, last=day)


def duties_between(session: Session, *, bank_id: int, first: date, last: date) -> list[Duty]:
    """Return the shifts of these days, both included, with hours on duty, by day and begin."""
    zone = get_bank(session, bank_id).zone
    absences = absences_between(session, bank_id=bank_id, first=first, last=last)
    found = (
        duty_of(shift, absences, zone)
        for shift in shifts_between(session, bank_id=bank_id, first=first, last=last)
    )
    open_ones = (within_site_hours(duty, zone) for duty in found if duty is not None)
    return [duty for duty in open_ones if duty is not None]


def days_on_duty(session: Session, *, bank_id: int, first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included, with a collector on duty."""
    duties = duties_between(session, bank_id=bank_id, first=first, last=last)
    return sorted({duty.shift.day for duty in duties})


def contracts_of(session: Session, bank_id: int) -> dict[int, Contract]:
    """Return the contracts of a bank, by person."""
    rows = session.scalars(select(Contract).where(Contract.bank_id == bank_id))
    return {contract.person_id: contract for contract in rows}


def contract_of(session: Session, *, bank_id: int, person_id: int) -> Contract | None:
    """Return the contract of a person; None if none was written."""
    return session.scalar(
        select(Contract).where(Contract.bank_id == bank_id, Contract.person_id == person_id)
    )


def weekly_shifts_of(
    session: Session, bank_id: int, *, person_id: int | None = None
) -> list[WeeklyShift]:
    """Return the usual weeks of a bank or of one collector, by weekday and begin."""
    rows = select(WeeklyShift).where(WeeklyShift.bank_id == bank_id)
    if person_id is not None:
        rows = rows.where(WeeklyShift.collector_id == person_id)
    ordered = rows.order_by(WeeklyShift.weekday, WeeklyShift.begins, WeeklyShift.id)
    return list(session.scalars(ordered.options(joinedload(WeeklyShift.collector))))


def _between(rows: Select[Any], bank_id: int, first: date, last: date) -> Select[Any]:
    return rows.where(
        RosterShift.bank_id == bank_id,
        RosterShift.day.between(first, last),
        RosterShift.ended_at.is_(None),
    )
