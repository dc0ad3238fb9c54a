"""Judgement of a scan at the dispensing: right, or the reason against it.

Nothing of it is stored on a bottle: every scan asks again.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.allocation.candidates import child_of_pool
from collector.dispensary.allocation.models import BottleAllocation
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.orders.models import MilkOrder
from collector.dispensary.orders.prescriptions import prescription_on
from collector.errors import Conflict, Refused
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.release.leaving import bottle_to_leave
from collector.recipients.models import Recipient


def judge_bottle(
    session: Session,
    *,
    dispensing: Dispensing,
    text: str,
    today: date,
    now: datetime,
    is_picked: bool = False,
) -> Bottle:
    """Return the scanned bottle if it may go to the order of a dispensing.

    Parameters
    ----------
    is_picked
        Whether this dispensing has the bottle already.

    Raises
    ------
    NotFound
        `bottle_unknown` (`number`).
    Conflict
        `bottle_gone` (`number`): it is picked or handed over elsewhere.
    Refused
        `prescription_not_valid`; the reasons of `bottle_to_leave`; `bottle_of_other_child`,
        `bottle_of_other_order` (`number`).
    """
    order = session.get_one(MilkOrder, dispensing.order_id)
    refuse_order(session, order, today)
    bottle = _bottle_to_leave(session, order.bank_id, text, today)
    if not is_picked and _is_picked(session, bottle):
        raise Conflict("bottle_gone", number=bottle.number)
    lot = session.get_one(Lot, bottle.lot_id)
    _refuse_other_child(session, order, bottle, lot)
    if not is_picked:
        _refuse_other_order(session, order, bottle, now)
    return bottle


def refuse_order(session: Session, order: MilkOrder, today: date) -> None:
    """Refuse an order that may not be served today.

    Raises
    ------
    Refused
        `day_past`: its day is over; `prescription_not_valid`: no prescription covers its day.
    """
    child = order.recipient_id
    if child is not None and prescription_on(session, child, order.needed_on) is None:
        raise Refused("prescription_not_valid")
    if order.needed_on < today:
        raise Refused("day_past")


def _bottle_to_leave(session: Session, bank_id: int, text: str, today: date) -> Bottle:
    try:
        return bottle_to_leave(session, bank_id=bank_id, text=text, today=today)
    except Refused as refused:
        if refused.code == "bottle_gone":
            raise Conflict("bottle_gone", **refused.figures) from refused
        raise


def _is_picked(session: Session, bottle: Bottle) -> bool:
    found = select(DispensedBottle.id).where(
        DispensedBottle.bottle_id == bottle.id,
        DispensedBottle.withdrawn_at.is_(None),
        DispensedBottle.returned_at.is_(None),
    )
    return session.scalar(found.limit(1)) is not None


def _refuse_other_child(session: Session, order: MilkOrder, bottle: Bottle, lot: Lot) -> None:
    child_of = child_of_pool(session, lot.pool_id)
    if child_of is None:
        return
    mother = None
    if order.recipient_id is not None:
        mother = session.get_one(Recipient, order.recipient_id).mother_id
    if mother != child_of:
        raise Refused("bottle_of_other_child", number=bottle.number)


def _refuse_other_order(session: Session, order: MilkOrder, bottle: Bottle, now: datetime) -> None:
    kept_for = session.scalar(
        select(BottleAllocation.order_id).where(
            BottleAllocation.bottle_id == bottle.id,
            BottleAllocation.ended_at.is_(None),
            BottleAllocation.kept_until > now,
        )
    )
    if kept_for not in {None, order.id}:
        raise Refused("bottle_of_other_order", number=bottle.number)
