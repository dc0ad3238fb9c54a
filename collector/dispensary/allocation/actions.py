"""Writing of allocations: by the serving order, by hand, freed; overrides by two people."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from collector.audit.actions import lock_chain
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.db import owned
from collector.dispensary.acts import needed_text, recorded
from collector.dispensary.allocation.candidates import free_bottles, open_needs, volumes_of
from collector.dispensary.allocation.choice import AllocationPlan, plan_allocation
from collector.dispensary.allocation.models import (
    AllocationEnd,
    BottleAllocation,
    ChoiceReason,
)
from collector.dispensary.orders.actions import lock_order
from collector.dispensary.orders.cover import StockLevel, cover_of
from collector.dispensary.orders.models import MilkOrder
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.release.leaving import lots_free_to_leave, stopped_bottles


def allocate_orders(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    today: date,
    until: date,
    orders: Sequence[int] | None = None,
) -> AllocationPlan:
    """Keep bottles for the open orders from today to a day, in the serving order.

    A second run on the same stock changes nothing. Runs of one bank wait for each other.

    Parameters
    ----------
    until
        The last day of need.
    orders
        The orders in question; None for all of these days.

    Raises
    ------
    NotFound
        The bank has no such order.
    """
    lock_chain(session, bank_id)
    end_lapsed(session, now=now, bank_id=bank_id)
    _end_blocked(session, now=now, bank_id=bank_id, today=today)
    rows = _orders(session, bank_id, today, until, orders)
    volumes = volumes_of(session, [row.id for row in rows], now=now)
    cover = cover_of(session, bank_id=bank_id, today=today)
    needs = open_needs(session, orders=rows, cover=cover, volumes=volumes)
    bottles = free_bottles(session, bank_id=bank_id, today=today, now=now)
    plan = plan_allocation(needs, bottles, today=today)
    for row in rows:
        row.waits_because = plan.waits.get(row.id)
    session.flush()
    _keep_choices(session, plan, cover.level, now=now, bank_id=bank_id, person_id=person_id)
    return plan


def free_order(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    order_id: int,
) -> int:
    """Free the bottles that are kept for an order; return their number.

    Raises
    ------
    NotFound
        The bank has no such order.
    """
    owned(session, MilkOrder, bank_id, order_id)
    freed = _end(session, now, AllocationEnd.GIVEN_BACK, BottleAllocation.order_id == order_id)
    if freed:
        recorded(
            session,
            now=now,
            bank_id=bank_id,
            person_id=person_id,
            action="bottles freed",
            subject=f"milk_order:{order_id}",
            bottles=freed,
        )
    return freed


def cancel_order(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    order_id: int,
    reason: str,
    ward_id: int | None = None,
) -> MilkOrder:
    """Cancel an order of which no bottle was picked, and free its bottles.

    Parameters
    ----------
    ward_id
        The ward that asks: another ward's order is not found.

    Raises
    ------
    NotFound
        The bank, or the ward, has no such order.
    Refused
        `order_cancelled`; `order_picked`; `reason_missing`; `text_too_long` (`most`).
    """
    order = lock_order(session, bank_id=bank_id, order_id=order_id)
    if ward_id is not None and order.ward_id != ward_id:
        raise NotFound("not_found", kind="milk_orders")
    if volumes_of(session, [order_id], now=now)[order_id].picked_ml:
        raise Refused("order_picked")
    order.cancelled_because = needed_text(reason)
    order.cancelled_by_id, order.cancelled_at = person_id, now
    free_order(session, now=now, bank_id=bank_id, person_id=person_id, order_id=order_id)
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="order cancelled",
        subject=f"milk_order:{order_id}",
    )
    return order


def end_lapsed(session: Session, *, now: datetime, bank_id: int) -> None:
    """End the allocations of a bank whose hours are over."""
    _end(
        session,
        now,
        AllocationEnd.LAPSED,
        (BottleAllocation.bank_id == bank_id) & (BottleAllocation.kept_until <= now),
    )


def _keep_choices(
    session: Session,
    plan: AllocationPlan,
    level: StockLevel,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
) -> None:
    """Keep the chosen bottles of a plan, with one entry of the audit chain."""
    if not plan.choices:
        return
    hours = policies_of(session, bank_id)[PolicyKey.ALLOCATION_HOURS]
    for choice in plan.choices:
        _keep(
            session,
            now=now,
            bank_id=bank_id,
            person_id=person_id,
            order_id=choice.order_id,
            bottle_id=choice.bottle.bottle_id,
            reason=choice.reason,
            passed_over=choice.passed_over,
            hours=hours,
        )
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="bottles allocated",
        subject=f"bank:{bank_id}",
        level=level.value,
        bottles=Counter(str(each.order_id) for each in plan.choices),
    )


def _end_blocked(session: Session, *, now: datetime, bank_id: int, today: date) -> None:
    """End the allocations of bottles that may no longer leave."""
    free = lots_free_to_leave(session, bank_id=bank_id, today=today)
    stopped = stopped_bottles(session, bank_id=bank_id)
    blocked = select(Bottle.id).where(
        Bottle.bank_id == bank_id, Bottle.lot_id.not_in(free) | Bottle.id.in_(stopped)
    )
    _end(
        session,
        now,
        AllocationEnd.BLOCKED,
        (BottleAllocation.bank_id == bank_id) & BottleAllocation.bottle_id.in_(blocked),
    )


def _end(
    session: Session, now: datetime, because: AllocationEnd, which: ColumnElement[bool]
) -> int:
    ended = session.execute(
        update(BottleAllocation)
        .where(which, BottleAllocation.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
        .returning(BottleAllocation.id)
    )
    return len(ended.all())


def _orders(
    session: Session, bank_id: int, today: date, until: date, orders: Sequence[int] | None
) -> list[MilkOrder]:
    """Return the orders in question, locked until the transaction ends."""
    found = select(MilkOrder).where(
        MilkOrder.bank_id == bank_id,
        MilkOrder.cancelled_at.is_(None),
        MilkOrder.needed_on >= today,
        MilkOrder.needed_on <= until,
    )
    if orders is not None:
        for key in orders:
            owned(session, MilkOrder, bank_id, key)
        found = found.where(MilkOrder.id.in_(orders))
    return list(session.scalars(found.order_by(MilkOrder.id).with_for_update()))


def _keep(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    order_id: int,
    bottle_id: int,
    reason: ChoiceReason,
    passed_over: int,
    hours: int,
) -> BottleAllocation:
    # The bottle is locked, so that of two transactions the second one sees the first.
    session.get_one(Bottle, bottle_id, with_for_update=True, populate_existing=True)
    kept = select(BottleAllocation.id).where(
        BottleAllocation.bottle_id == bottle_id, BottleAllocation.ended_at.is_(None)
    )
    if session.scalar(kept) is not None:
        raise Conflict("bottle_kept")
    allocation = BottleAllocation(
        bank_id=bank_id,
        order_id=order_id,
        bottle_id=bottle_id,
        reason=reason,
        passed_over=passed_over,
        made_by_id=person_id,
        made_at=now,
        kept_until=now + timedelta(hours=hours),
        ended_at=None,
        ended_because=None,
    )
    session.add(allocation)
    session.flush()
    return allocation
