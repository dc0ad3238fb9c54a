"""Check and hand-over: a second person scans the label and every bottle.

The two people are those of the sessions that scanned, never of a form.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.actions import lock_chain
from collector.db import owned
from collector.dispensary.acts import recorded
from collector.dispensary.dispensing.judgement import judge_bottle
from collector.dispensary.dispensing.under_way import bottle_here, bottles_of, lock_dispensing
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import MilkOrder
from collector.errors import Refused
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.units.models import MoveReason
from collector.laboratory.units.stays import StoredThing, leave_storage
from collector.recipients.models import Recipient

LONGEST_NAME = 80
COLDEST, WARMEST = -90.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The box, its temperature in degrees Celsius, and the carrier of a dispensing."""

    box: str
    celsius: float | None
    carrier: str


def check_label(
    session: Session, *, now: datetime, bank_id: int, person_id: int, dispensing_id: int, text: str
) -> Dispensing:
    """Check the scanned label of the recipient or of the order, as the second person.

    Raises
    ------
    NotFound
        The bank has no such dispensing.
    Conflict
        `dispensing_over`.
    Refused
        `two_people_needed`; `checked_by_another`; `label_of_another`: it names neither this
        recipient nor this order.
    """
    dispensing = _lock_for_check(session, bank_id, dispensing_id, person_id)
    label = "".join(text.split()).upper()
    if label not in _labels(session, dispensing):
        raise Refused("label_of_another")
    dispensing.label_checked_at = dispensing.label_checked_at or now
    session.flush()
    return dispensing


def check_bottle(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    dispensing_id: int,
    text: str,
    today: date,
) -> DispensedBottle:
    """Check a scanned bottle of a dispensing, as the second person.

    Raises
    ------
    NotFound
        The bank has no such dispensing; `bottle_unknown` (`number`).
    Conflict
        `dispensing_over`.
    Refused
        `two_people_needed`; `checked_by_another`; `label_not_checked`; `bottle_not_picked`
        (`number`); the reasons of `judge_bottle`.
    """
    dispensing = _lock_for_check(session, bank_id, dispensing_id, person_id)
    if dispensing.label_checked_at is None:
        raise Refused("label_not_checked")
    row = bottle_here(session, dispensing, text)
    bottle = judge_bottle(
        session, dispensing=dispensing, text=text, today=today, now=now, is_picked=row is not None
    )
    if row is None:
        raise Refused("bottle_not_picked", number=bottle.number)
    row.checked_at = row.checked_at or now
    session.flush()
    return row


def hand_over(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    dispensing_id: int,
    given: HandOver,
    today: date,
) -> Dispensing:
    """Hand the checked bottles over; a form that was sent twice hands over once.

    Every bottle is judged again, after the acts of other transactions: a hold is either seen
    here, or finds the bottles gone.

    Raises
    ------
    NotFound
        The bank has no such dispensing.
    Conflict
        `dispensing_over`: it was cancelled.
    Refused
        `two_people_needed`; `checked_by_another`; `label_not_checked`; `nothing_picked`;
        `bottles_not_checked` (`count`); `box_missing`; `carrier_missing`; `text_too_long`
        (`most`); `celsius_missing`; `box_celsius_out_of_bounds` (`least`, `most`); the reasons of
        `judge_bottle`.
    """
    lock_chain(session, bank_id)
    dispensing = owned(session, Dispensing, bank_id, dispensing_id)
    session.refresh(dispensing, with_for_update=True)
    if dispensing.handed_over_at is not None:
        return dispensing
    dispensing = _lock_for_check(session, bank_id, dispensing_id, person_id)
    _refuse_hand_over(given)
    rows = _checked_bottles(session, dispensing)
    for _, bottle in rows:
        _judge_picked(session, dispensing, bottle, today=today, now=now)
    _let_go(session, now, dispensing, [bottle for _, bottle in rows])
    dispensing.box, dispensing.carrier = given.box.strip(), given.carrier.strip()
    dispensing.celsius, dispensing.handed_over_at = given.celsius, now
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="milk dispensed",
        subject=f"dispensing:{dispensing_id}",
        order=dispensing.order_id,
        picked=f"person:{dispensing.picked_by_id}",
        bottles=[bottle.number for _, bottle in rows],
    )
    return dispensing


def _lock_for_check(
    session: Session, bank_id: int, dispensing_id: int, person_id: int
) -> Dispensing:
    """Return a dispensing under way, with this session's person as the second one."""
    dispensing = lock_dispensing(session, bank_id, dispensing_id)
    if dispensing.picked_by_id == person_id:
        raise Refused("two_people_needed")
    if dispensing.checked_by_id not in {None, person_id}:
        raise Refused("checked_by_another")
    dispensing.checked_by_id = person_id
    return dispensing


def _labels(session: Session, dispensing: Dispensing) -> set[str]:
    labels = {order_code(dispensing.order_id)}
    if dispensing.recipient_id is not None:
        labels.add(session.get_one(Recipient, dispensing.recipient_id).pseudonym)
    return labels


def _checked_bottles(
    session: Session, dispensing: Dispensing
) -> list[tuple[DispensedBottle, Bottle]]:
    """Return the bottles of a dispensing, all of them checked."""
    if dispensing.label_checked_at is None:
        raise Refused("label_not_checked")
    rows = bottles_of(session, dispensing.id)
    if not rows:
        raise Refused("nothing_picked")
    unchecked = sum(row.checked_at is None for row, _ in rows)
    if unchecked:
        raise Refused("bottles_not_checked", count=unchecked)
    return rows


def _judge_picked(
    session: Session, dispensing: Dispensing, bottle: Bottle, *, today: date, now: datetime
) -> None:
    judge_bottle(
        session,
        dispensing=dispensing,
        text=bottle.number,
        today=today,
        now=now,
        is_picked=True,
    )


def _let_go(session: Session, now: datetime, dispensing: Dispensing, bottles: list[Bottle]) -> None:
    """Take bottles out of storage and out of the stock."""
    leave_storage(
        session,
        now=now,
        bank_id=dispensing.bank_id,
        person_id=dispensing.picked_by_id,
        things=[StoredThing(bottle_id=bottle.id) for bottle in bottles],
        reason=MoveReason.DISPENSED,
    )
    for bottle in bottles:
        bottle.left_at = now
    order = session.get_one(MilkOrder, dispensing.order_id)
    order.waits_because = None


def _refuse_hand_over(given: HandOver) -> None:
    if not given.box.strip():
        raise Refused("box_missing")
    if not given.carrier.strip():
        raise Refused("carrier_missing")
    if max(len(given.box), len(given.carrier)) > LONGEST_NAME:
        raise Refused("text_too_long", most=LONGEST_NAME)
    if given.celsius is None:
        raise Refused("celsius_missing")
    if not COLDEST <= given.celsius <= WARMEST:
        raise Refused("box_celsius_out_of_bounds", least=round(COLDEST), most=round(WARMEST))
