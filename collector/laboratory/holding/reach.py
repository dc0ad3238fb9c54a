"""Reach of holds: the lots, bottles and containers that open holds stop, computed at each question.

One hold on a donor stops every bottle of her pools, and writes no row of a bottle.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.models import Container
from collector.laboratory.heating.models import Cycle
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.holds.standing import holds_on
from collector.laboratory.pooling.materials import in_use_for_pool
from collector.laboratory.pooling.models import Bottle, LabMaterial, Lot, MilkPool, PoolInput
from collector.laboratory.reception.held_milk import stood_in_unit
from collector.laboratory.reception.models import Intake
from collector.laboratory.units.models import StorageStay
from collector.service_day import ServiceDay

LotKeys = Select[int]
"""A statement of keys of lots."""
LotHolds = dict[int, list[LaboratoryHold]]
"""The holds of each stopped lot, by its key."""


def held_lots(session: Session, *, bank_id: int, lots: Sequence[int] | None = None) -> LotHolds:
    """Return the lots that open holds stop, each with its holds.

    A hold on a single bottle stops no other bottle of its lot.

    Parameters
    ----------
    lots
        The lots in question; None for all of the bank.
    """
    found: LotHolds = defaultdict(list)
    zone = get_bank(session, bank_id).zone
    for hold in holds_on(session, bank_id=bank_id, subjects=LOTS_OF):
        statement = LOTS_OF[hold.subject](hold, zone)
        if lots is not None:
            statement = statement.where(Lot.id.in_(lots))
        for key in session.scalars(statement.distinct()):
            found[key].append(hold)
    return dict(found)


def held_bottles(
    session: Session, *, bank_id: int, bottles: Sequence[int] | None = None
) -> dict[int, list[LaboratoryHold]]:
    """Return the bottles that are held by themselves or by a unit, each with its holds.

    Parameters
    ----------
    bottles
        The bottles in question; None for all of the bank.
    """
    found: dict[int, list[LaboratoryHold]] = defaultdict(list)
    zone = get_bank(session, bank_id).zone
    subjects = (HoldSubject.BOTTLE, HoldSubject.UNIT)
    for hold in holds_on(session, bank_id=bank_id, subjects=subjects):
        for key in _bottles_of(session, hold, zone, bottles):
            found[key].append(hold)
    return dict(found)


def lots_reached(session: Session, hold: LaboratoryHold) -> list[int]:
    """Return the keys of the lots that a hold stops, as long as it is open."""
    zone = get_bank(session, hold.bank_id).zone
    found = set[int]()
    if hold.subject in LOTS_OF:
        found.update(session.scalars(LOTS_OF[hold.subject](hold, zone).distinct()))
    if hold.subject in {HoldSubject.BOTTLE, HoldSubject.UNIT}:
        keys = _bottles_of(session, hold, zone, None)
        found.update(session.scalars(select(Bottle.lot_id).where(Bottle.id.in_(keys)).distinct()))
    return sorted(found)


def _bottles_of(
    session: Session, hold: LaboratoryHold, zone: ZoneInfo, bottles: Sequence[int] | None
) -> Sequence[int]:
    """Return the bottles that a hold on a bottle or on a unit stops by themselves."""
    if hold.subject is HoldSubject.BOTTLE:
        return [hold.subject_id] if bottles is None or hold.subject_id in bottles else []
    found = stood_in_unit(hold, zone, StorageStay.bottle_id)
    if bottles is not None:
        found = found.where(StorageStay.bottle_id.in_(bottles))
    return [key for key in session.scalars(found.distinct()) if key is not None]


def _of_donor(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    milk = Container.donor_id == hold.subject_id
    if hold.since is not None:
        milk = and_(milk, Intake.expressed_last >= hold.since)
    if hold.until is not None:
        milk = and_(milk, Intake.expressed_first <= hold.until)
    return _with_input(hold, milk)


def _of_container(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    return _with_input(hold, Container.id == hold.subject_id)


def _of_pool(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    return _lots(hold).where(Lot.pool_id == hold.subject_id)


def _of_cycle(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    return _lots(hold).where(Lot.cycle_id == hold.subject_id)


def _of_device(hold: LaboratoryHold, zone: ZoneInfo) -> LotKeys:
    found = _lots(hold).join(Cycle, Cycle.id == Lot.cycle_id)
    found = found.where(Cycle.device_id == hold.subject_id)
    if hold.since is not None:
        begins = ServiceDay(hold.since, zone).epoch
        found = found.where(or_(Cycle.began_at.is_(None), Cycle.began_at >= begins))
    if hold.until is not None:
        found = found.where(Cycle.began_at < ServiceDay(hold.until, zone).end)
    return found


def _of_unit(hold: LaboratoryHold, zone: ZoneInfo) -> LotKeys:
    """Return the lots of the containers that stood in a unit; its bottles are stopped alone."""
    return _with_input(hold, Intake.id.in_(stood_in_unit(hold, zone, StorageStay.intake_id)))


def _of_material(hold: LaboratoryHold, zone: ZoneInfo) -> LotKeys:
    found = (
        _lots(hold)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .join(LabMaterial, LabMaterial.id == hold.subject_id)
        .where(in_use_for_pool())
    )
    if hold.since is not None:
        begins = ServiceDay(hold.since, zone).epoch
        found = found.where(or_(MilkPool.closed_at.is_(None), MilkPool.closed_at >= begins))
    if hold.until is not None:
        found = found.where(MilkPool.made_at < ServiceDay(hold.until, zone).end)
    return found


def _of_lot(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    return _lots(hold).where(Lot.id == hold.subject_id)


LOTS_OF: Mapping[HoldSubject, Callable[[LaboratoryHold, ZoneInfo], LotKeys]] = {
    HoldSubject.DONOR: _of_donor,
    HoldSubject.CONTAINER: _of_container,
    HoldSubject.POOL: _of_pool,
    HoldSubject.CYCLE: _of_cycle,
    HoldSubject.DEVICE: _of_device,
    HoldSubject.LOT: _of_lot,
    HoldSubject.UNIT: _of_unit,
    HoldSubject.MATERIAL: _of_material,
}
"""The lots that a hold of each subject stops; `held_bottles` returns single bottles."""


def _lots(hold: LaboratoryHold) -> LotKeys:
    return select(Lot.id).where(Lot.bank_id == hold.bank_id)


def _with_input(hold: LaboratoryHold, condition: ColumnElement[bool]) -> LotKeys:
    return (
        _lots(hold)
        .join(PoolInput, PoolInput.pool_id == Lot.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .join(Container, Container.id == Intake.container_id)
        .where(PoolInput.withdrawn_at.is_(None), condition)
    )
