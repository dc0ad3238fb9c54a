"""Writing of orders: asked by a ward, repeated, cancelled; a class changed with a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import policies_of
from collector.db import owned
from collector.dispensary.acts import needed_text, recorded
from collector.dispensary.orders.classes import BirthFacts, need_class
from collector.dispensary.orders.models import MilkOrder, NeedClass
from collector.dispensary.orders.prescriptions import prescription_on
from collector.errors import Conflict, Refused
from collector.recipients.models import Recipient, Ward

LEAST_ML, MOST_ML = 1, 3000
MOST_ML_OF_DEPOT = 20_000
FURTHEST_DAYS = 14
"""The furthest day of an order, counted from today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order as a ward writes it: a recipient, or None for a depot's stock."""

    recipient_id: int | None
    needed_on: date
    volume_ml: int
    repeats_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Result of a repetition: the new orders, and the recipients without one.

    Attributes
    ----------
    unprescribed
        Keys of recipients without a prescription for the new day.
    """

    orders: list[MilkOrder]
    unprescribed: list[int]


def ask_for_milk(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int | None,
    ward_id: int,
    draft: OrderDraft,
    today: date,
    actor: str = "",
) -> MilkOrder:
    """Order milk for a day; the class is computed from the child's birth.

    Parameters
    ----------
    person_id
        The asking person; None for another system.
    actor
        The system in the audit chain; empty for a person.

    Raises
    ------
    NotFound
        The bank has no such ward or recipient.
    Conflict
        `order_exists`: an order of this recipient and day stands.
    Refused
        `day_past`, `day_too_far` (`most`); `day_volume_out_of_bounds` (`least`, `most`);
        `recipient_of_another_ward`; `prescription_not_valid`; `ward_not_depot`;
        `indication_missing`.
    """
    ward = owned(session, Ward, bank_id, ward_id)
    _refuse_day(draft.needed_on, today)
    most = MOST_ML if draft.recipient_id else MOST_ML_OF_DEPOT
    if not LEAST_ML <= draft.volume_ml <= most:
        raise Refused("day_volume_out_of_bounds", least=LEAST_ML, most=most)
    order_class = (
        _class_of_depot(ward)
        if draft.recipient_id is None
        else _class_of_recipient(session, bank_id, ward, draft.recipient_id, draft.needed_on)
    )
    if standing_order(session, ward_id, draft.recipient_id, draft.needed_on) is not None:
        raise Conflict("order_exists")
    order = _order_row(ward, draft, order_class, now=now, person_id=person_id)
    session.add(order)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor or f"person:{person_id}",
        action="milk ordered",
        subject=f"milk_order:{order.id}",
        volume_ml=draft.volume_ml,
    )
    return order


def repeat_orders(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    ward_id: int,
    of: date,
    needed_on: date,
    today: date,
) -> Repetition:
    """Repeat the orders of a ward for another day.

    An order that stands for the new day is left as it is, so a second repetition changes nothing.

    Raises
    ------
    NotFound
        The bank has no such ward.
    Refused
        `day_past`, `day_too_far` (`most`); `nothing_to_repeat`.
    """
    owned(session, Ward, bank_id, ward_id)
    _refuse_day(needed_on, today)
    rows = orders_of_day(session, ward_id=ward_id, day=of)
    if not rows:
        raise Refused("nothing_to_repeat")
    made, unprescribed = list[MilkOrder](), list[int]()
    for row in rows:
        if standing_order(session, ward_id, row.recipient_id, needed_on) is not None:
            continue
        if row.recipient_id and prescription_on(session, row.recipient_id, needed_on) is None:
            unprescribed.append(row.recipient_id)
            continue
        draft = OrderDraft(
            recipient_id=row.recipient_id,
            needed_on=needed_on,
            volume_ml=row.volume_ml,
            repeats_id=row.id,
        )
        order = ask_for_milk(
            session,
            now=now,
            bank_id=bank_id,
            person_id=person_id,
            ward_id=ward_id,
            draft=draft,
            today=today,
        )
        made.append(order)
    return Repetition(orders=made, unprescribed=unprescribed)


def change_class(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    order_id: int,
    to: NeedClass,
    note: str,
) -> MilkOrder:
    """Change the class of an order, with a note.

    Raises
    ------
    NotFound
        The bank has no such order.
    Refused
        `reason_missing`; `text_too_long` (`most`); `order_cancelled`.
    """
    order = lock_order(session, bank_id=bank_id, order_id=order_id)
    before, order.need_class, order.class_note = order.need_class, to, needed_text(note)
    order.waits_because = None
    _record(session, now, order, person_id, "class changed", before=before.value, after=to.value)
    return order


def lock_order(session: Session, *, bank_id: int, order_id: int) -> MilkOrder:
    """Return an order that was not cancelled, locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such order.
    Refused
        `order_cancelled`.
    """
    order = owned(session, MilkOrder, bank_id, order_id)
    session.refresh(order, with_for_update=True)
    if order.cancelled_at is not None:
        raise Refused("order_cancelled")
    return order


def standing_order(
    session: Session, ward_id: int, recipient_id: int | None, day: date
) -> MilkOrder | None:
    """Return the order of a recipient and day, or of a depot and day, that was not cancelled."""
    whose = (
        MilkOrder.recipient_id == recipient_id
        if recipient_id is not None
        else (MilkOrder.ward_id == ward_id) & MilkOrder.recipient_id.is_(None)
    )
    return session.scalar(
        select(MilkOrder).where(whose, MilkOrder.needed_on == day, MilkOrder.cancelled_at.is_(None))
    )


def orders_of_day(session: Session, *, ward_id: int, day: date) -> Sequence[MilkOrder]:
    """Return the orders of a ward for a day that were not cancelled, in the order of asking."""
    return session.scalars(
        select(MilkOrder)
        .where(
            MilkOrder.ward_id == ward_id,
            MilkOrder.needed_on == day,
            MilkOrder.cancelled_at.is_(None),
        )
        .order_by(MilkOrder.id)
    ).all()


def _order_row(
    ward: Ward, draft: OrderDraft, order_class: NeedClass, *, now: datetime, person_id: int | None
) -> MilkOrder:
    return MilkOrder(
        bank_id=ward.bank_id,
        ward_id=ward.id,
        recipient_id=draft.recipient_id,
        needed_on=draft.needed_on,
        volume_ml=draft.volume_ml,
        need_class=order_class,
        class_note="",
        waits_because=None,
        asked_by_id=person_id,
        asked_at=now,
        repeats_id=draft.repeats_id,
        cancelled_by_id=None,
        cancelled_at=None,
        cancelled_because="",
    )


def _class_of_depot(ward: Ward) -> NeedClass:
    if not ward.is_depot:
        raise Refused("ward_not_depot")
    return NeedClass.D


def _class_of_recipient(
    session: Session, bank_id: int, ward: Ward, recipient_id: int, day: date
) -> NeedClass:
    recipient = owned(session, Recipient, bank_id, recipient_id)
    if recipient.ward_id != ward.id:
        raise Refused("recipient_of_another_ward")
    if prescription_on(session, recipient_id, day) is None:
        raise Refused("prescription_not_valid")
    facts = BirthFacts(
        gestation_days=recipient.gestation_days, birth_weight_g=recipient.birth_weight_g
    )
    found = need_class(facts, policies_of(session, bank_id))
    if found is NeedClass.D and not recipient.indication:
        raise Refused("indication_missing")
    return found


def _refuse_day(day: date, today: date) -> None:
    if day < today:
        raise Refused("day_past")
    if (day - today).days > FURTHEST_DAYS:
        raise Refused("day_too_far", most=FURTHEST_DAYS)


def _record(
    session: Session,
    now: datetime,
    order: MilkOrder,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    recorded(
        session,
        now=now,
        bank_id=order.bank_id,
        person_id=person_id,
        action=action,
        subject=f"milk_order:{order.id}",
        **details,
    )
