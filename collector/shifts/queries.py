"""Queries of the roster."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.shifts.models import RosterShift

OF_A_SHIFT: Sequence[_AbstractLoad] = (
    joinedload(RosterShift.collector),
    joinedload(RosterShift.start_site),
    joinedload(RosterShift.end_site),
)
"""What a lane of the board and a phone show of a shift."""


def shifts_on(session: Session, *, bank_id: int, day: date) -> list[RosterShift]:
    """Return the shifts of a day in the order of their begin, sites and collectors loaded."""
    return list(
        session.scalars(
            select(RosterShift)
            .where(RosterShift.bank_id == bank_id, RosterShift.day == day)
            .options(*OF_A_SHIFT)
            .order_by(RosterShift.begins, RosterShift.id)
        )
    )


def shifts_of(
    session: Session, *, bank_id: int, person_id: int | None, first: date, last: date
) -> list[RosterShift]:
    """Return a collector's shifts, or with None everybody's, from one day to another, both in."""
    asked = select(RosterShift).where(
        RosterShift.bank_id == bank_id, RosterShift.day >= first, RosterShift.day <= last
    )
    if person_id is not None:
        asked = asked.where(RosterShift.collector_id == person_id)
    return list(
        session.scalars(asked.options(*OF_A_SHIFT).order_by(RosterShift.day, RosterShift.begins))
    )
