"""Origins of recalls: the subjects that a number names, their labels and their bounds."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.models import Container
from collector.db import Base, owned
from collector.donors.models import Donor
from collector.errors import Refused
from collector.laboratory.chain.numbers import ChainSubject, cycle_number, thing_numbered
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.pooling.models import Bottle, LabMaterial, Lot, MaterialKind, MilkPool
from collector.laboratory.sampling.models import LabSample
from collector.laboratory.units.models import StorageUnit
from collector.pickups.models import Pickup
from collector.recall.models import RecallSubject
from collector.recall.scope import visit_number
from collector.recall.walk import Origin, donors_behind
from collector.recipients.models import Recipient
from collector.recipients.numbers import is_pseudonym
from collector.recipients.queries import recipient_by_pseudonym
from collector.rounds.models import DayPlan, Round, RoundEvent, RoundStop
from collector.service_day import ServiceDay

ROWS: dict[RecallSubject, type[Base]] = {
    RecallSubject.DONOR: Donor,
    RecallSubject.CONTAINER: Container,
    RecallSubject.VISIT: Pickup,
    RecallSubject.BOX: Round,
    RecallSubject.POOL: MilkPool,
    RecallSubject.LOT: Lot,
    RecallSubject.CYCLE: Cycle,
    RecallSubject.DEVICE: LabDevice,
    RecallSubject.UNIT: StorageUnit,
    RecallSubject.MATERIAL: LabMaterial,
    RecallSubject.BOTTLE: Bottle,
    RecallSubject.RECIPIENT: Recipient,
}
"""The row of each subject; a day has none."""
NEEDS_A_DAY = frozenset({RecallSubject.DEVICE, RecallSubject.UNIT})
"""Subjects of recalls that need a first day."""


def refuse_unfit_origin(session: Session, *, bank_id: int, origin: Origin, now: datetime) -> None:
    """Refuse a subject of another bank, or days that cannot be.

    Raises
    ------
    NotFound
        The bank has no such subject.
    Refused
        `recall_day_missing`; `recall_day_ahead`; `days_backwards`.
    """
    row = ROWS.get(origin.subject)
    if row is not None:
        owned(session, row, bank_id, origin.subject_id or 0)
    if origin.subject in NEEDS_A_DAY and origin.since is None:
        raise Refused("recall_day_missing")
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    if origin.since is not None and origin.since > today:
        raise Refused("recall_day_ahead")
    if origin.since and origin.until and origin.until < origin.since:
        raise Refused("days_backwards")


def origins_named(session: Session, *, bank_id: int, text: str) -> list[Origin]:
    """Return the subjects to which a number leads, the thing itself first.

    A bottle leads to its lot, its cycle and its donors; a container to its visit, its box, its day
    and its donor.

    Raises
    ------
    NotFound
        `number_unknown` (`number`).
    Refused
        `label_missing`; `scan_mistyped` (`number`).
    """
    typed = text.strip()
    if is_pseudonym(typed):
        child = recipient_by_pseudonym(session, bank_id=bank_id, text=typed)
        return [Origin(subject=RecallSubject.RECIPIENT, subject_id=child.id)]
    device = select(LabDevice.id).where(LabDevice.bank_id == bank_id, LabDevice.serial == typed)
    unit = select(StorageUnit.id).where(StorageUnit.bank_id == bank_id, StorageUnit.name == typed)
    material = select(LabMaterial.id).where(
        LabMaterial.bank_id == bank_id, LabMaterial.makers_lot == typed
    )
    for subject, statement in (
        (RecallSubject.DEVICE, device),
        (RecallSubject.UNIT, unit),
        (RecallSubject.MATERIAL, material),
    ):
        keys = session.scalars(statement.limit(len(MaterialKind))).all()
        if keys:
            return [Origin(subject=subject, subject_id=key) for key in keys]
    thing = thing_numbered(session, bank_id=bank_id, text=typed)
    if thing.subject is ChainSubject.DONOR:
        return [Origin(subject=RecallSubject.DONOR, subject_id=thing.key)]
    if thing.subject is ChainSubject.CONTAINER:
        return _around_container(session, thing.key)
    lots = {
        ChainSubject.POOL: select(Lot.id).where(Lot.pool_id == thing.key),
        ChainSubject.BOTTLE: select(Bottle.lot_id).where(Bottle.id == thing.key),
        ChainSubject.SAMPLE: select(LabSample.lot_id).where(LabSample.id == thing.key),
        ChainSubject.CYCLE: select(Lot.id).where(Lot.cycle_id == thing.key),
    }[thing.subject]
    own = {
        ChainSubject.POOL: RecallSubject.POOL,
        ChainSubject.CYCLE: RecallSubject.CYCLE,
    }.get(thing.subject)
    first = [Origin(subject=own, subject_id=thing.key)] if own else []
    found = [*first, *_around_lots(session, bank_id, lots)]
    return list(dict.fromkeys(found))


def origin_of_day(day: date) -> Origin:
    """Return the milk of the rounds of a service day as a subject."""
    return Origin(subject=RecallSubject.DAY, since=day)


def label_of_origin(session: Session, *, origin: Origin) -> str:
    """Return the number or the name of a subject."""
    key = origin.subject_id or 0
    if origin.subject is RecallSubject.DAY:
        return origin.since.isoformat() if origin.since else ""
    if origin.subject is RecallSubject.VISIT:
        return visit_number(key)
    if origin.subject is RecallSubject.CYCLE:
        return cycle_number(key)
    if origin.subject is RecallSubject.BOX:
        return f"{origin.box} {_round_words(session, key)}"
    statements: dict[RecallSubject, Select[str]] = {
        RecallSubject.DONOR: select(Donor.number).where(Donor.id == key),
        RecallSubject.CONTAINER: select(Container.number).where(Container.id == key),
        RecallSubject.POOL: select(MilkPool.number).where(MilkPool.id == key),
        RecallSubject.LOT: select(MilkPool.number)
        .join(Lot, Lot.pool_id == MilkPool.id)
        .where(Lot.id == key),
        RecallSubject.DEVICE: select(LabDevice.name).where(LabDevice.id == key),
        RecallSubject.UNIT: select(StorageUnit.name).where(StorageUnit.id == key),
        RecallSubject.MATERIAL: select(LabMaterial.makers_lot).where(LabMaterial.id == key),
        RecallSubject.BOTTLE: select(Bottle.number).where(Bottle.id == key),
        RecallSubject.RECIPIENT: select(Recipient.pseudonym).where(Recipient.id == key),
    }
    return str(session.scalar(statements[origin.subject]))


def _round_words(session: Session, round_id: int) -> str:
    row = session.execute(
        select(DayPlan.day, Round.letter)
        .join(Round, Round.day_plan_id == DayPlan.id)
        .where(Round.id == round_id)
    ).one()
    return f"{row.day.isoformat()} {row.letter}"


def _around_container(session: Session, key: int) -> list[Origin]:
    container = session.get_one(Container, key)
    found = [
        Origin(subject=RecallSubject.CONTAINER, subject_id=key),
        Origin(subject=RecallSubject.VISIT, subject_id=container.pickup_id),
        Origin(subject=RecallSubject.DONOR, subject_id=container.donor_id),
    ]
    for round_id, day in _rounds_of(session, container.pickup_id):
        if container.box:
            found.append(Origin(subject=RecallSubject.BOX, subject_id=round_id, box=container.box))
        found.append(origin_of_day(day))
    return list(dict.fromkeys(found))


def _rounds_of(session: Session, pickup_id: int) -> Sequence[tuple[int, date]]:
    """Return the rounds in which a visit was, by its events or by its plan."""
    told = select(RoundEvent.round_id).where(RoundEvent.pickup_id == pickup_id)
    planned = select(RoundStop.round_id).where(RoundStop.pickup_id == pickup_id)
    rows = session.execute(
        select(Round.id, DayPlan.day)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(Round.id.in_(told.union(planned)))
        .order_by(Round.id)
    )
    return [(row.id, row.day) for row in rows]


def _around_lots(session: Session, bank_id: int, lots: Select[int]) -> list[Origin]:
    """Return lots with their cycles and their donors as subjects."""
    rows = session.execute(select(Lot.id, Lot.pool_id, Lot.cycle_id).where(Lot.id.in_(lots))).all()
    pools = {row.pool_id for row in rows}
    donors = donors_behind(session, bank_id=bank_id, pools=pools)
    return [
        *(Origin(subject=RecallSubject.LOT, subject_id=row.id) for row in rows),
        *(
            Origin(subject=RecallSubject.CYCLE, subject_id=row.cycle_id)
            for row in rows
            if row.cycle_id is not None
        ),
        *(Origin(subject=RecallSubject.DONOR, subject_id=key) for key in sorted(donors)),
    ]
