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
from collector.laboratory.pooling.models import Bottle, Lot, PoolInput
from collector.laboratory.reception.models import Intake
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


def held_bottles(session: Session, *, bank_id: int) -> dict[int, list[LaboratoryHold]]:
    """Return the bottles that are held by themselves, each with its holds."""
    found: dict[int, list[LaboratoryHold]] = defaultdict(list)
    for hold in holds_on(session, bank_id=bank_id, subjects=[HoldSubject.BOTTLE]):
        found[hold.subject_id].append(hold)
    return dict(found)


def lots_reached(session: Session, hold: LaboratoryHold) -> list[int]:
    """Return the keys of the lots that a hold stops, as long as it is open."""
    reached = LOTS_OF.get(hold.subject)
    if reached is None:
        return list(session.scalars(select(Bottle.lot_id).where(Bottle.id == hold.subject_id)))
    zone = get_bank(session, hold.bank_id).zone
    return list(session.scalars(reached(hold, zone).distinct()))


def _of_donor(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    milk = Container.donor_id == hold.subject_id
    if hold.since is not None:
        milk = and_(milk, Intake.expressed_last >= hold.since)
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
    if hold.since is None:
        return found
    begins = ServiceDay(hold.since, zone).epoch
    return found.where(or_(Cycle.began_at.is_(None), Cycle.began_at >= begins))


def _of_lot(hold: LaboratoryHold, _zone: ZoneInfo) -> LotKeys:
    return _lots(hold).where(Lot.id == hold.subject_id)


LOTS_OF: Mapping[HoldSubject, Callable[[LaboratoryHold, ZoneInfo], LotKeys]] = {
    HoldSubject.DONOR: _of_donor,
    HoldSubject.CONTAINER: _of_container,
    HoldSubject.POOL: _of_pool,
    HoldSubject.CYCLE: _of_cycle,
    HoldSubject.DEVICE: _of_device,
    HoldSubject.LOT: _of_lot,
}
"""The lots that a hold of each subject stops; a bottle's hold stops the bottle alone."""


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
