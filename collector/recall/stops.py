"""Holds of a recall: the things that its opening stops, by the kind of its subject."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, PoolInput
from collector.laboratory.reception.models import Intake
from collector.recall.models import Recall, RecallHold, RecallSubject
from collector.recall.walk import Origin, Reach, batches, cycles_of_device, files_of
from collector.service_day import ServiceDay

Stop = tuple[HoldSubject, int, date | None]
"""A thing to stop: its kind, its key, and the first day of its milk or cycles."""
ALIKE = {
    RecallSubject.CONTAINER: HoldSubject.CONTAINER,
    RecallSubject.POOL: HoldSubject.POOL,
    RecallSubject.LOT: HoldSubject.LOT,
    RecallSubject.CYCLE: HoldSubject.CYCLE,
}
"""Subjects that one hold of the same kind stops."""


def stop_milk(
    session: Session, *, now: datetime, recall: Recall, origin: Origin, reach: Reach
) -> int:
    """Open the holds of a recall, and return their count.

    One hold on a donor stops all of her milk, also milk that comes later. A visit, a box, a day and
    a unit have no hold of their own: their containers and pools are stopped one by one.
    """
    stops = list(_stops(session, recall.bank_id, origin, reach))
    for subject, key, since in stops:
        hold = open_hold(
            session,
            now=now,
            bank_id=recall.bank_id,
            person_id=recall.opened_by_id,
            subject=subject,
            subject_id=key,
            reason=recall.reason,
            since=since,
        )
        session.flush()
        session.add(RecallHold(bank_id=recall.bank_id, recall_id=recall.id, hold_id=hold.id))
    session.flush()
    return len(stops)


def _stops(session: Session, bank_id: int, origin: Origin, reach: Reach) -> Iterator[Stop]:
    key = origin.subject_id or 0
    if origin.subject in ALIKE:
        yield ALIKE[origin.subject], key, None
    elif origin.subject is RecallSubject.DONOR:
        for each in files_of(session, bank_id=bank_id, donor_id=key):
            yield HoldSubject.DONOR, each, origin.since
    elif origin.subject is RecallSubject.DEVICE:
        yield from _of_device(session, bank_id, origin)
    elif origin.subject is RecallSubject.BOTTLE:
        lot = session.scalar(select(Bottle.lot_id).where(Bottle.id == key))
        yield HoldSubject.LOT, lot or 0, None
    else:
        yield from _one_by_one(session, reach)


def _of_device(session: Session, bank_id: int, origin: Origin) -> Iterator[Stop]:
    """Stop a device from a day on, or the cycles of a time that is over."""
    if origin.ends_at is None:
        zone = get_bank(session, bank_id).zone
        since = ServiceDay.of(origin.begins_at, zone).day if origin.begins_at else None
        yield HoldSubject.DEVICE, origin.subject_id or 0, since
        return
    for key in session.scalars(cycles_of_device(origin)):
        yield HoldSubject.CYCLE, key, None


def _one_by_one(session: Session, reach: Reach) -> Iterator[Stop]:
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
        yield HoldSubject.CONTAINER, key, None
    for key in sorted(reach.pools):
        yield HoldSubject.POOL, key, None
    for key in sorted(reach.bottles):
        yield HoldSubject.BOTTLE, key, None
