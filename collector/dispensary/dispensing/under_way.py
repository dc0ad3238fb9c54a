"""Dispensings under way: their rows, locked, with the bottles picked so far."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.errors import Conflict
from collector.laboratory.labels.numbers import read_bottle_number
from collector.laboratory.pooling.models import Bottle


def dispensing_under_way(session: Session, order_id: int) -> Dispensing | None:
    """Return the dispensing of an order that is neither handed over nor cancelled."""
    return session.scalar(
        select(Dispensing).where(
            Dispensing.order_id == order_id,
            Dispensing.handed_over_at.is_(None),
            Dispensing.cancelled_at.is_(None),
        )
    )


def bottles_of(session: Session, dispensing_id: int) -> list[tuple[DispensedBottle, Bottle]]:
    """Return the bottles of a dispensing that were not laid back, in the order of the picking."""
    rows = session.execute(
        select(DispensedBottle, Bottle)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            DispensedBottle.dispensing_id == dispensing_id, DispensedBottle.withdrawn_at.is_(None)
        )
        .order_by(DispensedBottle.id)
    )
    return [(row, bottle) for row, bottle in rows]


def lock_dispensing(session: Session, bank_id: int, dispensing_id: int) -> Dispensing:
    """Return a dispensing under way, locked until the transaction ends."""
    dispensing = owned(session, Dispensing, bank_id, dispensing_id)
    session.refresh(dispensing, with_for_update=True)
    if dispensing.handed_over_at is not None or dispensing.cancelled_at is not None:
        raise Conflict("dispensing_over")
    return dispensing


def bottle_here(session: Session, dispensing: Dispensing, text: str) -> DispensedBottle | None:
    """Return the row of a scanned bottle that is in a dispensing, or None."""
    number = read_bottle_number(text)
    return session.scalar(
        select(DispensedBottle)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            DispensedBottle.dispensing_id == dispensing.id,
            DispensedBottle.withdrawn_at.is_(None),
            Bottle.number == number,
        )
    )
