"""Holds of a recall: the things that its opening stops, by the kind of its subject."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, PoolInput
from collector.laboratory.reception.models import Intake
from collector.recall.models import Recall, RecallHold, RecallSubject
from collector.recall.walk import MilkReach, Origin, batches, files_of

Stop = tuple[HoldSubject, int]
"""A thing to stop: its kind and its key."""
ALIKE = {
    RecallSubject.CONTAINER: HoldSubject.CONTAINER,
    RecallSubject.POOL: HoldSubject.POOL,
    RecallSubject.LOT: HoldSubject.LOT,
    RecallSubject.CYCLE: HoldSubject.CYCLE,
    RecallSubject.DEVICE: HoldSubject.DEVICE,
    RecallSubject.UNIT: HoldSubject.UNIT,
    RecallSubject.MATERIAL: HoldSubject.MATERIAL,
}
"""Subjects that one hold of the same kind stops."""
BOUNDED = frozenset({HoldSubject.DONOR, HoldSubject.DEVICE, HoldSubject.UNIT, HoldSubject.MATERIAL})
"""Things of which a hold stops a time."""


def stop_milk(
    session: Session, *, now: datetime, recall: Recall, origin: Origin, reach: MilkReach
) -> int:
    """Open the holds of a recall, and return their count.

    One hold on a donor stops all of her milk, also milk that comes later. A visit, a box and a day
    have no hold of their own: their containers and pools are stopped one by one.
    """
    stops = list(_stops(session, recall.bank_id, origin, reach))
    for subject, key in stops:
        hold = open_hold(
            session,
            now=now,
            bank_id=recall.bank_id,
            person_id=recall.opened_by_id,
            subject=subject,
            subject_id=key,
            reason=recall.reason,
            since=origin.since if subject in BOUNDED else None,
            until=origin.until if subject in BOUNDED else None,
        )
        session.flush()
        session.add(RecallHold(bank_id=recall.bank_id, recall_id=recall.id, hold_id=hold.id))
    session.flush()
    return len(stops)


def _stops(session: Session, bank_id: int, origin: Origin, reach: MilkReach) -> Iterator[Stop]:
    key = origin.subject_id or 0
    if origin.subject in ALIKE:
        yield ALIKE[origin.subject], key
    elif origin.subject is RecallSubject.DONOR:
        for each in files_of(session, bank_id=bank_id, donor_id=key):
            yield HoldSubject.DONOR, each
    elif origin.subject is RecallSubject.BOTTLE:
        lot = session.scalar(select(Bottle.lot_id).where(Bottle.id == key))
        yield HoldSubject.LOT, lot or 0
    elif origin.subject is RecallSubject.RECIPIENT:
        yield from _lots_of(session, reach)
    else:
        yield from _one_by_one(session, reach)


def _lots_of(session: Session, reach: MilkReach) -> Iterator[Stop]:
    for batch in batches(reach.pools):
        for key in session.scalars(select(Lot.id).where(Lot.pool_id.in_(batch)).order_by(Lot.id)):
            yield HoldSubject.LOT, key


def _one_by_one(session: Session, reach: MilkReach) -> Iterator[Stop]:
    emptied = set[int]()
    for batch in batches(reach.containers):
        emptied |= set(
            session.scalars(
                select(Intake.container_id)
                .join(PoolInput, PoolInput.intake_id == Intake.id)
                .where(Intake.container_id.in_(batch), PoolInput.withdrawn_at.is_(None))
            )
        )
    for key in sorted(reach.containers - emptied):
        yield HoldSubject.CONTAINER, key
    for key in sorted(reach.pools):
        yield HoldSubject.POOL, key
