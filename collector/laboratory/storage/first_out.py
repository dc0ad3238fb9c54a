"""First to expire, first out: the bottles that go next, and those that stand in a wrong zone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool
from collector.laboratory.release.leaving import lots_free_to_leave, stopped_bottles
from collector.laboratory.units.models import StoragePlace, StorageStay, StorageUnit, StorageZone


@dataclass(frozen=True, slots=True, kw_only=True)
class NextBottle:
    """A bottle that may leave, with its place."""

    number: str
    volume_ml: int
    expires_on: date
    place: str
    place_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MisplacedLot:
    """Bottles of a decided lot in a unit of another zone."""

    pool: str
    state: LotState
    unit: str
    bottles: int


def next_bottles(
    session: Session, *, bank_id: int, today: date, most: int = 20
) -> list[NextBottle]:
    """Return the stored bottles that go next: first to expire, first out.

    They are released, in date, and stopped by nothing; of one day the lower number goes first.
    """
    free = lots_free_to_leave(session, bank_id=bank_id, today=today)
    rows = session.execute(
        select(Bottle, Lot.expires_on, StoragePlace, StorageUnit.name)
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(StorageStay, StorageStay.bottle_id == Bottle.id)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .join(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .where(
            Bottle.lot_id.in_(free),
            Bottle.id.not_in(stopped_bottles(session, bank_id=bank_id)),
            StorageStay.ended_at.is_(None),
            StorageUnit.zone == StorageZone.RELEASED,
        )
        .order_by(Lot.expires_on, Bottle.number)
        .limit(most)
    )
    return [
        NextBottle(
            number=bottle.number,
            volume_ml=bottle.volume_ml,
            expires_on=expires_on,
            place=f"{unit} / {place.shelf} / {place.name}",
            place_id=place.id,
        )
        for bottle, expires_on, place, unit in rows
    ]


def misplaced_lots(session: Session, *, bank_id: int) -> list[MisplacedLot]:
    """Return the lots with bottles in a zone in which they may no longer stand, oldest first.

    A decision moves no bottle: a technician does.
    """
    # A subquery for each standing bottle, as for the map (`collector.laboratory.storage.queries`).
    lot = select(Bottle.lot_id).where(Bottle.id == StorageStay.bottle_id).scalar_subquery()
    standing = (
        select(lot.label("lot_id"), StorageStay.place_id, func.count().label("bottles"))
        .where(
            StorageStay.bank_id == bank_id,
            StorageStay.ended_at.is_(None),
            StorageStay.bottle_id.is_not(None),
        )
        .group_by(lot, StorageStay.place_id)
        .subquery()
    )
    rows = session.execute(
        select(MilkPool.number, Lot.state, StorageUnit.name, func.sum(standing.c.bottles))
        .join(Lot, Lot.pool_id == MilkPool.id)
        .join(standing, standing.c.lot_id == Lot.id)
        .join(StoragePlace, StoragePlace.id == standing.c.place_id)
        .join(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .where(
            StorageUnit.zone != StorageZone.BACK,
            Lot.state != LotState.WAITING,
            or_(Lot.state != LotState.RELEASED, StorageUnit.zone != StorageZone.RELEASED),
        )
        .group_by(MilkPool.number, Lot.id, Lot.state, StorageUnit.id, StorageUnit.name)
        .order_by(Lot.id)
    )
    return [
        MisplacedLot(pool=pool, state=state, unit=unit, bottles=bottles)
        for pool, state, unit, bottles in rows
    ]
