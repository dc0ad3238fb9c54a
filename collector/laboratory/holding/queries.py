"""Queries of holds: the list of quality, and everything that a scanned number may stop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.holding.reach import lots_reached
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.holds.standing import holds_on
from collector.laboratory.labels.numbers import is_bottle_number, read_bottle_number
from collector.laboratory.pooling.materials import materials_used
from collector.laboratory.pooling.models import Bottle, LabMaterial, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.units.models import StoragePlace, StorageUnit
from collector.people.queries import names_of

MOST_LIFTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stoppable:
    """A thing that a hold may stop, by its kind, key and words for a person."""

    subject: HoldSubject
    key: int
    label: str

    @property
    def value(self) -> str:
        """The text by which a form names it."""
        return f"{self.subject.value}-{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """A hold with the words of its subject, its reach and its people."""

    hold: LaboratoryHold
    label: str
    lots: int
    """Lots that it stops, as long as it is open."""
    names: dict[int, str]


def holds_of(session: Session, bank_id: int) -> list[HoldLine]:
    """Return the open holds, and the ones lifted last."""
    lifted = session.scalars(
        select(LaboratoryHold)
        .where(LaboratoryHold.bank_id == bank_id, LaboratoryHold.lifted_at.is_not(None))
        .order_by(LaboratoryHold.lifted_at.desc())
        .limit(MOST_LIFTED)
    )
    holds = [*holds_on(session, bank_id=bank_id, subjects=tuple(HoldSubject)), *lifted]
    people = {key for each in holds for key in _people(each)}
    names = names_of(session, people)
    return [
        HoldLine(
            hold=each,
            label=label_of(session, each.subject, each.subject_id),
            lots=len(lots_reached(session, each)),
            names=names,
        )
        for each in holds
    ]


def stoppable_by(session: Session, *, bank_id: int, text: str) -> list[Stoppable]:
    """Return everything that a scanned or typed number, code or name may stop.

    A bottle, a pool, a container, the serial number of a pasteuriser, the code of a place, the
    name of a storage unit, or the number of a maker's lot.

    Raises
    ------
    NotFound
        `nothing_to_hold` (`number`).
    Refused
        `scan_mistyped` (`number`).
    """
    number = text.strip().upper()
    lot = _lot(session, bank_id, number)
    if lot is not None:
        return [*_bottle(session, bank_id, number), *_of_lot(session, lot)]
    container = session.scalar(
        select(Container).where(Container.bank_id == bank_id, Container.number == number)
    )
    if container is not None:
        return _named(
            session,
            (HoldSubject.CONTAINER, container.id),
            (HoldSubject.DONOR, container.donor_id),
        )
    found = [*_equipment(session, bank_id, text.strip())]
    if not found:
        raise NotFound("nothing_to_hold", number=number)
    return _named(session, *found)


def label_of(session: Session, subject: HoldSubject, key: int) -> str:
    """Return the number or name of a subject."""
    statements = {
        HoldSubject.DONOR: select(Donor.number).where(Donor.id == key),
        HoldSubject.CONTAINER: select(Container.number).where(Container.id == key),
        HoldSubject.POOL: select(MilkPool.number).where(MilkPool.id == key),
        HoldSubject.CYCLE: select(Cycle.id).where(Cycle.id == key),
        HoldSubject.DEVICE: select(LabDevice.name).where(LabDevice.id == key),
        HoldSubject.LOT: select(MilkPool.number)
        .join(Lot, Lot.pool_id == MilkPool.id)
        .where(Lot.id == key),
        HoldSubject.BOTTLE: select(Bottle.number).where(Bottle.id == key),
        HoldSubject.UNIT: select(StorageUnit.name).where(StorageUnit.id == key),
        HoldSubject.MATERIAL: select(LabMaterial.makers_lot).where(LabMaterial.id == key),
    }
    return str(session.scalar(statements[subject]))


def _people(hold: LaboratoryHold) -> Sequence[int]:
    found = (hold.opened_by_id, hold.lift_asked_by_id, hold.lifted_by_id)
    return [key for key in found if key is not None]


def _lot(session: Session, bank_id: int, number: str) -> Lot | None:
    lots = select(Lot).where(Lot.bank_id == bank_id)
    if is_bottle_number(number):
        bottles = lots.join(Bottle, Bottle.lot_id == Lot.id)
        return session.scalar(bottles.where(Bottle.number == read_bottle_number(number)))
    pools = lots.join(MilkPool, MilkPool.id == Lot.pool_id)
    return session.scalar(pools.where(MilkPool.number == number))


def _bottle(session: Session, bank_id: int, number: str) -> list[Stoppable]:
    key = session.scalar(
        select(Bottle.id).where(Bottle.bank_id == bank_id, Bottle.number == number)
    )
    return _named(session, (HoldSubject.BOTTLE, key)) if key is not None else []


def _equipment(session: Session, bank_id: int, text: str) -> Iterator[tuple[HoldSubject, int]]:
    """Yield the pasteurisers, units and materials of a serial number, a code or a name."""
    of_text: tuple[tuple[HoldSubject, Select[int]], ...] = (
        (HoldSubject.DEVICE, _keys(LabDevice, bank_id).where(LabDevice.serial == text)),
        (
            HoldSubject.UNIT,
            _keys(StorageUnit, bank_id)
            .outerjoin(StoragePlace, StoragePlace.unit_id == StorageUnit.id)
            .where(or_(StorageUnit.name == text, StoragePlace.code == text.upper()))
            .distinct(),
        ),
        (HoldSubject.MATERIAL, _keys(LabMaterial, bank_id).where(LabMaterial.makers_lot == text)),
    )
    for subject, statement in of_text:
        for key in session.scalars(statement):
            yield subject, key


def _keys(row: type[LabDevice | StorageUnit | LabMaterial], bank_id: int) -> Select[int]:
    return select(row.id).where(row.bank_id == bank_id)


def _of_lot(session: Session, lot: Lot) -> list[Stoppable]:
    found = [(HoldSubject.LOT, lot.id)]
    if lot.cycle_id is not None:
        cycle = session.get_one(Cycle, lot.cycle_id)
        found += [(HoldSubject.CYCLE, cycle.id), (HoldSubject.DEVICE, cycle.device_id)]
    donors = session.scalars(
        select(Container.donor_id)
        .join(Intake, Intake.container_id == Container.id)
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .where(PoolInput.pool_id == lot.pool_id, PoolInput.withdrawn_at.is_(None))
        .distinct()
    )
    found += [(HoldSubject.DONOR, key) for key in sorted(donors)]
    used = materials_used(session, [lot.pool_id])[lot.pool_id]
    found += [(HoldSubject.MATERIAL, each.id) for each in used]
    return _named(session, *found)


def _named(session: Session, *found: tuple[HoldSubject, int]) -> list[Stoppable]:
    return [
        Stoppable(subject=subject, key=key, label=label_of(session, subject, key))
        for subject, key in found
    ]
