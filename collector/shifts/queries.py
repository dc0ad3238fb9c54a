"""Queries of the roster: the shifts of a day or of a range of days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.shifts.models import RosterShift

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


def days_with_shifts(session: Session, *, bank_id: int, first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included, that have a shift."""
    days = _between(select(RosterShift.day), bank_id, first, last)
    return list(session.scalars(days.distinct().order_by(RosterShift.day)))


def _between(rows: Select[Any], bank_id: int, first: date, last: date) -> Select[Any]:
    return rows.where(RosterShift.bank_id == bank_id, RosterShift.day.between(first, last))
