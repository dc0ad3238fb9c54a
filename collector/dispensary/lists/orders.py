"""Orders of a day with their state, their kept bottles and the reason of each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.dispensary.allocation.candidates import ServedVolumes, volumes_of
from collector.dispensary.allocation.models import BottleAllocation, ServingOverride
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate
from collector.dispensary.orders.models import MilkOrder
from collector.errors import NotFound
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.units.models import StoragePlace, StorageStay, StorageUnit


class OrderState(StrEnum):
    """States of an order, computed from its bottles (docs/states.md)."""

    ASKED = "asked"
    WAITING = "waiting"
    PART = "part"
    """Some of it is kept."""
    ALLOCATED = "allocated"
    PICKING = "picking"
    SENT = "sent"
    PART_SENT = "part_sent"
    ARRIVED = "arrived"
    CLOSED = "closed"
    """Every millilitre has a fate."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBottle:
    """A bottle that is kept for an order, with its place and the reason of the choice."""

    allocation: BottleAllocation
    bottle: Bottle
    expires_on: date
    place: str
    """Unit, shelf and place; empty if it stands nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order with its ward, its recipient, its state and its kept bottles."""

    order: MilkOrder
    state: OrderState
    volumes: ServedVolumes
    kept: Sequence[KeptBottle]
    dispensings: Sequence[Dispensing]
    override: ServingOverride | None
    """The latest override, agreed or waiting for its second person."""


def orders_of(
    session: Session, *, bank_id: int, day: date, now: datetime, ward_id: int | None = None
) -> list[OrderLine]:
    """Return the orders for a day, by class and time of asking; cancelled ones last.

    Parameters
    ----------
    ward_id
        The ward in question; None for all.
    """
    found = select(MilkOrder).where(MilkOrder.bank_id == bank_id, MilkOrder.needed_on == day)
    if ward_id is not None:
        found = found.where(MilkOrder.ward_id == ward_id)
    orders = session.scalars(
        found.options(
            joinedload(MilkOrder.ward, innerjoin=True), joinedload(MilkOrder.recipient)
        ).order_by(
            MilkOrder.cancelled_at.is_not(None),
            MilkOrder.need_class,
            MilkOrder.asked_at,
            MilkOrder.id,
        )
    ).all()
    return _lines(session, orders, now)


def order_line(session: Session, *, bank_id: int, order_id: int, now: datetime) -> OrderLine:
    """Return one order.

    Raises
    ------
    NotFound
        The bank has no such order.
    """
    order = session.scalar(
        select(MilkOrder)
        .where(MilkOrder.id == order_id, MilkOrder.bank_id == bank_id)
        .options(joinedload(MilkOrder.ward, innerjoin=True), joinedload(MilkOrder.recipient))
    )
    if order is None:
        raise NotFound("not_found", kind="milk_orders")
    return _lines(session, [order], now)[0]


def _lines(session: Session, orders: Sequence[MilkOrder], now: datetime) -> list[OrderLine]:
    keys = [order.id for order in orders]
    volumes = volumes_of(session, keys, now=now)
    kept = _kept(session, keys, now)
    dispensings = _dispensings(session, keys)
    overrides = _overrides(session, keys)
    open_ml, unarrived = _outside(session, keys)
    return [
        OrderLine(
            order=order,
            state=_state(order, volumes[order.id], open_ml[order.id], unarrived[order.id]),
            volumes=volumes[order.id],
            kept=kept[order.id],
            dispensings=dispensings[order.id],
            override=overrides.get(order.id),
        )
        for order in orders
    ]


def _state(order: MilkOrder, volumes: ServedVolumes, open_ml: int, unarrived: int) -> OrderState:
    """Return the first state whose condition holds, the last step first."""
    all_gone = volumes.gone_ml >= order.volume_ml
    steps = (
        (order.cancelled_at is not None, OrderState.CANCELLED),
        (all_gone and open_ml <= 0, OrderState.CLOSED),
        (all_gone and unarrived > 0, OrderState.SENT),
        (all_gone, OrderState.ARRIVED),
        (volumes.gone_ml > 0, OrderState.PART_SENT),
        (volumes.picked_ml > 0, OrderState.PICKING),
        (volumes.served_ml >= order.volume_ml, OrderState.ALLOCATED),
        (volumes.served_ml > 0, OrderState.PART),
        (order.waits_because is not None, OrderState.WAITING),
    )
    return next((state for holds, state in steps if holds), OrderState.ASKED)


def _kept(session: Session, orders: Collection[int], now: datetime) -> dict[int, list[KeptBottle]]:
    found: dict[int, list[KeptBottle]] = defaultdict(list)
    rows = session.execute(
        select(BottleAllocation, Bottle, Lot.expires_on, StoragePlace, StorageUnit.name)
        .join(Bottle, Bottle.id == BottleAllocation.bottle_id)
        .join(Lot, Lot.id == Bottle.lot_id)
        .outerjoin(
            StorageStay,
            (StorageStay.bottle_id == Bottle.id) & StorageStay.ended_at.is_(None),
        )
        .outerjoin(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .outerjoin(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .where(
            BottleAllocation.order_id.in_(orders),
            BottleAllocation.ended_at.is_(None),
            BottleAllocation.kept_until > now,
        )
        .order_by(BottleAllocation.id)
    )
    for allocation, bottle, expires_on, place, unit in rows:
        found[allocation.order_id].append(
            KeptBottle(
                allocation=allocation,
                bottle=bottle,
                expires_on=expires_on,
                place=f"{unit} / {place.shelf} / {place.name}" if unit else "",
            )
        )
    return found


def _dispensings(session: Session, orders: Collection[int]) -> dict[int, list[Dispensing]]:
    found: dict[int, list[Dispensing]] = defaultdict(list)
    for row in session.scalars(
        select(Dispensing)
        .where(Dispensing.order_id.in_(orders), Dispensing.cancelled_at.is_(None))
        .order_by(Dispensing.id)
    ):
        found[row.order_id].append(row)
    return found


def _overrides(session: Session, orders: Collection[int]) -> dict[int, ServingOverride]:
    rows = session.scalars(
        select(ServingOverride)
        .where(ServingOverride.order_id.in_(orders), ServingOverride.withdrawn_at.is_(None))
        .order_by(ServingOverride.id)
    )
    return {row.order_id: row for row in rows}


def _outside(session: Session, orders: Collection[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return, by order, the millilitres without a fate, and the bottles not scanned in yet."""
    open_ml, unarrived = dict.fromkeys(orders, 0), dict.fromkeys(orders, 0)
    settled = (
        select(func.coalesce(func.sum(BottleFate.volume_ml), 0))
        .where(
            BottleFate.dispensed_bottle_id == DispensedBottle.id,
            BottleFate.withdrawn_at.is_(None),
        )
        .correlate(DispensedBottle)
        .scalar_subquery()
    )
    for order, volume, arrived_at in session.execute(
        select(Dispensing.order_id, Bottle.volume_ml - settled, DispensedBottle.arrived_at)
        .join(DispensedBottle, DispensedBottle.dispensing_id == Dispensing.id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            Dispensing.order_id.in_(orders),
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
        )
    ):
        open_ml[order] += volume
        unarrived[order] += arrived_at is None
    return open_ml, unarrived
