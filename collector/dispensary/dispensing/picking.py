"""Picking: one person gathers the bottles of an order, each scan judged."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.db import is_duplicate
from collector.dispensary.acts import recorded
from collector.dispensary.allocation.models import AllocationEnd, BottleAllocation
from collector.dispensary.dispensing.judgement import judge_bottle, refuse_order
from collector.dispensary.dispensing.under_way import (
    bottle_here,
    bottles_of,
    dispensing_under_way,
    lock_dispensing,
)
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing, DispensingKind
from collector.dispensary.orders.actions import lock_order
from collector.errors import Conflict, Refused


def begin_dispensing(
    session: Session, *, now: datetime, bank_id: int, person_id: int, order_id: int, today: date
) -> Dispensing:
    """Begin to pick an order, or return the dispensing of it that is under way.

    Raises
    ------
    NotFound
        The bank has no such order.
    Refused
        `order_cancelled`; `prescription_not_valid`; `day_past`.
    """
    order = lock_order(session, bank_id=bank_id, order_id=order_id)
    found = dispensing_under_way(session, order_id)
    if found is not None:
        return found
    refuse_order(session, order, today)
    dispensing = Dispensing(
        bank_id=bank_id,
        kind=DispensingKind.DELIVERED if order.recipient_id else DispensingKind.DISTRIBUTED,
        order_id=order_id,
        ward_id=order.ward_id,
        recipient_id=order.recipient_id,
        picked_by_id=person_id,
        began_at=now,
        checked_by_id=None,
        label_checked_at=None,
        box="",
        celsius=None,
        carrier="",
        handed_over_at=None,
        cancelled_at=None,
    )
    session.add(dispensing)
    session.flush()
    return dispensing


def pick_bottle(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    dispensing_id: int,
    text: str,
    today: date,
) -> DispensedBottle:
    """Pick a scanned bottle; a second scan of it changes nothing.

    Raises
    ------
    NotFound
        The bank has no such dispensing; `bottle_unknown` (`number`).
    Conflict
        `bottle_gone` (`number`): it is picked or handed over already; `dispensing_over`.
    Refused
        `picked_by_another`; the reasons of `judge_bottle`.
    """
    dispensing = lock_dispensing(session, bank_id, dispensing_id)
    if dispensing.picked_by_id != person_id:
        raise Refused("picked_by_another")
    here = bottle_here(session, dispensing, text)
    if here is not None:
        return here
    bottle = judge_bottle(session, dispensing=dispensing, text=text, today=today, now=now)
    row = DispensedBottle(
        bank_id=bank_id,
        dispensing_id=dispensing_id,
        bottle_id=bottle.id,
        picked_at=now,
        checked_at=None,
        withdrawn_at=None,
        arrived_at=None,
        arrived_by_id=None,
        returned_at=None,
    )
    session.add(row)
    # Read before the flush: a refused one leaves no row readable.
    number = bottle.number
    try:
        session.flush()
    except IntegrityError as error:
        if is_duplicate(error):
            raise Conflict("bottle_gone", number=number) from error
        raise
    _end_allocation(session, now, bottle.id)
    return row


def lay_back(
    session: Session, *, now: datetime, bank_id: int, person_id: int, dispensing_id: int, text: str
) -> None:
    """Lay a picked bottle back before the hand-over; a second scan changes nothing.

    Raises
    ------
    NotFound
        The bank has no such dispensing.
    Conflict
        `dispensing_over`.
    Refused
        `picked_by_another`; `bottle_number_not_read`, `scan_mistyped` (`number`).
    """
    dispensing = lock_dispensing(session, bank_id, dispensing_id)
    if dispensing.picked_by_id != person_id:
        raise Refused("picked_by_another")
    row = bottle_here(session, dispensing, text)
    if row is not None:
        row.withdrawn_at = now
        session.flush()


def cancel_dispensing(
    session: Session, *, now: datetime, bank_id: int, person_id: int, dispensing_id: int
) -> None:
    """Give a dispensing up before the hand-over; its bottles are free again.

    Raises
    ------
    NotFound
        The bank has no such dispensing.
    Conflict
        `dispensing_over`.
    """
    dispensing = lock_dispensing(session, bank_id, dispensing_id)
    dispensing.cancelled_at = now
    for row, _ in bottles_of(session, dispensing_id):
        row.withdrawn_at = now
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="dispensing given up",
        subject=f"dispensing:{dispensing_id}",
    )


def _end_allocation(session: Session, now: datetime, bottle_id: int) -> None:
    session.execute(
        update(BottleAllocation)
        .where(BottleAllocation.bottle_id == bottle_id, BottleAllocation.ended_at.is_(None))
        .values(ended_at=now, ended_because=AllocationEnd.DISPENSED)
    )
