"""Sums of dispensed milk: by civil day and line, and the part of released lots that is gone."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.orders.models import MilkOrder, NeedClass
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool
from collector.pickups.models import MilkLine
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensedSums:
    """Bottles and millilitres that were handed over, and the orders that they served."""

    bottles: int
    volume_ml: int
    orders: int


def dispensed_by_day(
    session: Session, *, bank_id: int, since: datetime, until: datetime, zone: ZoneInfo
) -> dict[tuple[date, MilkLine, NeedClass], int]:
    """Return the millilitres handed over between two instants, by civil day, line and class.

    Bottles that came back into stock are left out.
    """
    found: dict[tuple[date, MilkLine, NeedClass], int] = defaultdict(int)
    for at, line, need, volume in session.execute(
        select(
            Dispensing.handed_over_at,
            MilkPool.line,
            MilkOrder.need_class,
            func.sum(Bottle.volume_ml),
        )
        .join(DispensedBottle, DispensedBottle.dispensing_id == Dispensing.id)
        .join(MilkOrder, MilkOrder.id == Dispensing.order_id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(
            Dispensing.bank_id == bank_id,
            Dispensing.handed_over_at >= since,
            Dispensing.handed_over_at < until,
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
        .group_by(Dispensing.id, Dispensing.handed_over_at, MilkPool.line, MilkOrder.need_class)
    ):
        if at is not None:
            found[ServiceDay.of(at, zone).day, line, need] += volume
    return dict(found)


def dispensed_sums(session: Session, *, bank_id: int) -> DispensedSums:
    """Return the sums of all hand-overs of a bank."""
    bottles, volume, orders = session.execute(
        select(
            func.count(DispensedBottle.id),
            func.coalesce(func.sum(Bottle.volume_ml), 0),
            func.count(Dispensing.order_id.distinct()),
        )
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            Dispensing.bank_id == bank_id,
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
        )
    ).one()
    return DispensedSums(bottles=bottles, volume_ml=volume, orders=orders)
