"""Candidates of an allocation: open orders and free bottles, read as values."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from collector.banks.models import Known
from collector.dispensary.allocation.choice import FreeBottle, OpenNeed
from collector.dispensary.allocation.models import BottleAllocation, ServingOverride
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.orders.cover import StockCover
from collector.dispensary.orders.models import MilkOrder, Prescription
from collector.dispensary.orders.prescriptions import valid_on
from collector.laboratory.pooling.models import Bottle, Lot, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.release.leaving import lots_free_to_leave, stopped_bottles
from collector.recipients.models import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedVolumes:
    """Millilitres of an order: kept for it, picked or gone, and handed over of these."""

    kept_ml: int = 0
    picked_ml: int = 0
    gone_ml: int = 0

    @property
    def served_ml(self) -> int:
        """Millilitres that the order need not wait for."""
        return self.kept_ml + self.picked_ml


def free_bottles(session: Session, *, bank_id: int, today: date, now: datetime) -> list[FreeBottle]:
    """Return the bottles that may leave, that no order keeps and that are not picked."""
    lots = lots_free_to_leave(session, bank_id=bank_id, today=today)
    picked = select(DispensedBottle.bottle_id).where(
        DispensedBottle.bank_id == bank_id,
        DispensedBottle.withdrawn_at.is_(None),
        DispensedBottle.returned_at.is_(None),
    )
    kept = select(BottleAllocation.bottle_id).where(
        BottleAllocation.bank_id == bank_id,
        BottleAllocation.ended_at.is_(None),
        BottleAllocation.kept_until > now,
    )
    rows = session.execute(
        select(Bottle, Lot)
        .join(Lot, Lot.id == Bottle.lot_id)
        .where(
            Bottle.lot_id.in_(lots),
            Bottle.left_at.is_(None),
            Bottle.id.not_in(picked),
            Bottle.id.not_in(kept),
            Bottle.id.not_in(stopped_bottles(session, bank_id=bank_id)),
        )
        .order_by(Lot.expires_on, Bottle.number)
    ).all()
    traits = _traits(session, {lot.pool_id for _, lot in rows})
    return [
        FreeBottle(
            bottle_id=bottle.id,
            number=bottle.number,
            volume_ml=bottle.volume_ml,
            expires_on=lot.expires_on,
            pool_id=lot.pool_id,
            child_of_id=traits[lot.pool_id][0],
            dairy_free=traits[lot.pool_id][1],
        )
        for bottle, lot in rows
    ]


def open_needs(
    session: Session,
    *,
    orders: Sequence[MilkOrder],
    cover: StockCover,
    volumes: Mapping[int, ServedVolumes],
) -> list[OpenNeed]:
    """Return the needs of these orders that still lack milk."""
    people = {order.recipient_id for order in orders if order.recipient_id is not None}
    recipients = {
        row.id: row for row in session.scalars(select(Recipient).where(Recipient.id.in_(people)))
    }
    pools = _pools_had(session, people)
    prescribed = _prescribed(session, orders)
    overridden = _overridden(session, [order.id for order in orders])
    found = []
    for order in orders:
        missing = order.volume_ml - volumes[order.id].served_ml
        if missing <= 0:
            continue
        child = recipients.get(order.recipient_id) if order.recipient_id else None
        found.append(
            OpenNeed(
                order_id=order.id,
                missing_ml=missing,
                need_class=order.need_class,
                needed_on=order.needed_on,
                asked_at=order.asked_at,
                mother_id=child.mother_id if child else None,
                dairy_free=child.dairy_free if child else False,
                pools=pools.get(order.recipient_id or 0, frozenset()),
                is_served=order.need_class in cover.served or order.id in overridden,
                is_prescribed=order.recipient_id is None or order.id in prescribed,
            )
        )
    return found


def volumes_of(
    session: Session, orders: Collection[int], *, now: datetime
) -> dict[int, ServedVolumes]:
    """Return the millilitres kept, picked and gone of each of these orders."""
    kept = dict.fromkeys(orders, 0)
    for row in session.execute(
        select(BottleAllocation.order_id, func.sum(Bottle.volume_ml))
        .join(Bottle, Bottle.id == BottleAllocation.bottle_id)
        .where(
            BottleAllocation.order_id.in_(orders),
            BottleAllocation.ended_at.is_(None),
            BottleAllocation.kept_until > now,
        )
        .group_by(BottleAllocation.order_id)
    ):
        kept[row[0]] = row[1]
    picked, gone = dict.fromkeys(orders, 0), dict.fromkeys(orders, 0)
    for order, handed_over, volume in session.execute(
        select(Dispensing.order_id, Dispensing.handed_over_at, func.sum(Bottle.volume_ml))
        .join(DispensedBottle, DispensedBottle.dispensing_id == Dispensing.id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(Dispensing.order_id.in_(orders), DispensedBottle.withdrawn_at.is_(None))
        .group_by(Dispensing.id, Dispensing.order_id, Dispensing.handed_over_at)
    ):
        picked[order] += volume
        if handed_over is not None:
            gone[order] += volume
    return {
        order: ServedVolumes(kept_ml=kept[order], picked_ml=picked[order], gone_ml=gone[order])
        for order in orders
    }


def child_of_pool(session: Session, pool_id: int) -> int | None:
    """Return the donor for whose own child a pool is; None for donated milk."""
    return _traits(session, {pool_id})[pool_id][0]


def _traits(session: Session, pools: Collection[int]) -> dict[int, tuple[int | None, bool]]:
    """Return, by pool, the donor of an own child's milk, and whether every input is dairy-free."""
    dairy = func.sum(case((Intake.dairy_free == Known.YES, 0), else_=1))
    rows = session.execute(
        select(PoolInput.pool_id, func.max(Intake.child_of_id), dairy)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(PoolInput.pool_id.in_(pools), PoolInput.withdrawn_at.is_(None))
        .group_by(PoolInput.pool_id)
    )
    return {pool: (child_of, not others) for pool, child_of, others in rows}


def _pools_had(session: Session, recipients: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the pools of which recipients had milk."""
    found: dict[int, set[int]] = defaultdict(set)
    for recipient, pool in session.execute(
        select(Dispensing.recipient_id, Lot.pool_id)
        .join(DispensedBottle, DispensedBottle.dispensing_id == Dispensing.id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Lot, Lot.id == Bottle.lot_id)
        .where(
            Dispensing.recipient_id.in_(recipients),
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
        )
        .distinct()
    ):
        found[recipient or 0].add(pool)
    return {recipient: frozenset(pools) for recipient, pools in found.items()}


def _prescribed(session: Session, orders: Sequence[MilkOrder]) -> set[int]:
    """Return the keys of the orders whose day a prescription of the recipient covers."""
    pairs = {(order.recipient_id, order.needed_on) for order in orders if order.recipient_id}
    days = {day for _, day in pairs}
    covered = {
        (recipient, day)
        for day in days
        for recipient in session.scalars(
            select(Prescription.recipient_id).where(
                Prescription.recipient_id.in_([each for each, _ in pairs]),
                valid_on(day),
            )
        )
    }
    return {order.id for order in orders if (order.recipient_id, order.needed_on) in covered}


def _overridden(session: Session, orders: Sequence[int]) -> set[int]:
    """Return the orders that two people decided to serve at any level."""
    return set(
        session.scalars(
            select(ServingOverride.order_id).where(
                ServingOverride.order_id.in_(orders), ServingOverride.agreed_at.is_not(None)
            )
        )
    )
