"""Overrides: two people serve an order that the level of the stock leaves waiting."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.acts import needed_text, recorded
from collector.dispensary.allocation.actions import allocate_orders
from collector.dispensary.allocation.choice import AllocationPlan
from collector.dispensary.allocation.models import ServingOverride
from collector.dispensary.orders.actions import lock_order
from collector.dispensary.orders.models import WaitReason
from collector.errors import Conflict, NotFound, Refused
from collector.people.models import Role
from collector.people.queries import roles_of


def propose_override(
    session: Session, *, now: datetime, bank_id: int, person_id: int, order_id: int, note: str
) -> ServingOverride:
    """Sign first that an order be served in spite of the level of the stock.

    Raises
    ------
    NotFound
        The bank has no such order.
    Conflict
        `override_proposed`: a first signature waits already.
    Refused
        `order_cancelled`; `order_not_short`: it does not wait for a shortage; `reason_missing`;
        `text_too_long` (`most`).
    """
    order = lock_order(session, bank_id=bank_id, order_id=order_id)
    if order.waits_because is not WaitReason.SHORTAGE:
        raise Refused("order_not_short")
    if waiting_override(session, order_id) is not None:
        raise Conflict("override_proposed")
    override = ServingOverride(
        bank_id=bank_id,
        order_id=order_id,
        note=needed_text(note),
        asked_by_id=person_id,
        asked_at=now,
        agreed_by_id=None,
        agreed_at=None,
        withdrawn_at=None,
    )
    session.add(override)
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="override proposed",
        subject=f"milk_order:{order_id}",
    )
    return override


def agree_to_override(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    order_id: int,
    today: date,
) -> AllocationPlan:
    """Sign second that an order be served, and allocate its bottles.

    Raises
    ------
    NotFound
        The bank has no such order, or no first signature waits for it.
    Refused
        `order_cancelled`; `two_people_needed`; `not_dispenser_or_quality`.
    """
    order = lock_order(session, bank_id=bank_id, order_id=order_id)
    override = waiting_override(session, order_id)
    if override is None:
        raise NotFound("not_found", kind="serving_overrides")
    if override.asked_by_id == person_id:
        raise Refused("two_people_needed")
    if not roles_of(session, person_id) & {Role.DISPENSER, Role.QUALITY}:
        raise Refused("not_dispenser_or_quality")
    override.agreed_by_id, override.agreed_at = person_id, now
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="override agreed",
        subject=f"milk_order:{order_id}",
        first=f"person:{override.asked_by_id}",
    )
    return allocate_orders(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        today=today,
        until=order.needed_on,
        orders=[order_id],
    )


def waiting_override(session: Session, order_id: int) -> ServingOverride | None:
    """Return the first signature of an order that awaits its second one."""
    return session.scalar(
        select(ServingOverride).where(
            ServingOverride.order_id == order_id,
            ServingOverride.agreed_at.is_(None),
            ServingOverride.withdrawn_at.is_(None),
        )
    )
