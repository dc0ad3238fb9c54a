"""Orders that another system sends: one order for each of its numbers, however often it comes."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.orders.actions import OrderDraft, ask_for_milk
from collector.dispensary.orders.models import MilkOrder, ReceivedOrder
from collector.errors import Conflict, NotFound
from collector.recipients.queries import recipient_by_pseudonym


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOrder:
    """An order as another system sent it.

    Attributes
    ----------
    system, value
        The name space and the number of the order there.
    pseudonym
        The code of the child.
    """

    system: str
    value: str
    pseudonym: str
    needed_on: date
    volume_ml: int

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of child, day and volume."""
        told = f"{self.pseudonym}\t{self.needed_on}\t{self.volume_ml}"
        return hashlib.sha256(told.encode()).hexdigest()


def receive_order(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    application_id: int,
    actor: str,
    sent: SentOrder,
    today: date,
) -> MilkOrder:
    """Order milk for the ward of a child; the same number of the same system orders once.

    Raises
    ------
    NotFound
        `recipient_unknown`.
    Conflict
        `order_number_used` (`number`): the number was sent with another child, day or volume;
        as `ask_for_milk`.
    Refused
        `pseudonym_not_read`, `scan_mistyped` (`number`); as `ask_for_milk`.
    """
    if before := _sent_before(session, application_id, sent):
        return before
    child = recipient_by_pseudonym(session, bank_id=bank_id, text=sent.pseudonym)
    order = ask_for_milk(
        session,
        now=now,
        bank_id=bank_id,
        person_id=None,
        actor=actor,
        ward_id=child.ward_id,
        draft=OrderDraft(recipient_id=child.id, needed_on=sent.needed_on, volume_ml=sent.volume_ml),
        today=today,
    )
    session.add(
        ReceivedOrder(
            bank_id=bank_id,
            order_id=order.id,
            application_id=application_id,
            system=sent.system,
            value=sent.value,
            fingerprint=sent.fingerprint,
            received_at=now,
        )
    )
    session.flush()
    return order


def _sent_before(session: Session, application_id: int, sent: SentOrder) -> MilkOrder | None:
    """Return the order of the same number, which must be the same order."""
    before = session.scalar(
        select(ReceivedOrder).where(
            ReceivedOrder.application_id == application_id,
            ReceivedOrder.system == sent.system,
            ReceivedOrder.value == sent.value,
        )
    )
    if before is None:
        return None
    if before.fingerprint != sent.fingerprint:
        raise Conflict("order_number_used", number=sent.value)
    return session.get_one(MilkOrder, before.order_id)


def received_order(session: Session, *, application_id: int, order_id: int) -> MilkOrder:
    """Return an order that an application sent.

    Raises
    ------
    NotFound
        It sent no such order.
    """
    order = session.scalar(
        select(MilkOrder)
        .join(ReceivedOrder, ReceivedOrder.order_id == MilkOrder.id)
        .where(MilkOrder.id == order_id, ReceivedOrder.application_id == application_id)
    )
    if order is None:
        raise NotFound("not_found", kind="milk_orders")
    return order


def number_elsewhere(session: Session, order_id: int) -> ReceivedOrder | None:
    """Return the number under which another system sent an order; None if a person asked."""
    return session.scalar(select(ReceivedOrder).where(ReceivedOrder.order_id == order_id))
