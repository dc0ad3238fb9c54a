"""Filling: bottles with their numbers, prints of their labels, and the scan back."""

from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.labels.layouts import LAYOUTS
from collector.laboratory.labels.numbers import read_bottle_number
from collector.laboratory.pooling.actions import lock_pool
from collector.laboratory.pooling.materials import refuse_expired_material
from collector.laboratory.pooling.models import (
    Bottle,
    LabelPrint,
    Lot,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.pooling.numbering import bottle_numbers
from collector.laboratory.pooling.queries import bottles_of, prints_of
from collector.service_day import ServiceDay

MOST_BOTTLE_ML = 250
"""Largest volume of one bottle, in millilitres; Milkround's own value, not verified."""
MOST_BOTTLES = 200
"""Most bottles filled in one act."""


def fill_bottles(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    pool_id: int,
    count: int,
    volume_ml: int,
    filled_before: int,
) -> list[Bottle]:
    """Fill bottles of one size from a pool, each with a number.

    Parameters
    ----------
    filled_before
        The bottles of the pool as the person saw them: a form that is sent twice fills once.

    Raises
    ------
    NotFound
        The bank has no such pool.
    Conflict
        `changed_meanwhile`: the pool has another number of bottles.
    Refused
        `pool_not_open`, `pool_empty`, `bottle_count_out_of_bounds` (`most`),
        `bottle_volume_out_of_bounds` (`most`); `material_expired` (`number`).
    """
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    if pool.state is not PoolState.OPEN:
        raise Refused("pool_not_open", pool=pool.number)
    lot = session.scalar(select(Lot).where(Lot.pool_id == pool.id))
    before = bottles_of(session, lot) if lot else []
    if len(before) != filled_before:
        raise Conflict("changed_meanwhile")
    if not 1 <= count <= MOST_BOTTLES:
        raise Refused("bottle_count_out_of_bounds", most=MOST_BOTTLES)
    if not 1 <= volume_ml <= MOST_BOTTLE_ML:
        raise Refused("bottle_volume_out_of_bounds", most=MOST_BOTTLE_ML)
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    refuse_expired_material(session, bank_id=bank_id, today=today)
    if lot is None:
        lot = _make_lot(session, pool, today)
    last = before[-1].number if before else None
    numbers = islice(bottle_numbers(pool.number, after=last), count)
    bottles = [_bottle(lot, number, volume_ml, now) for number in numbers]
    if len(bottles) < count:
        raise Refused("numbers_used_up")
    session.add_all(bottles)
    _record_lot(session, now, lot, person_id, "bottles filled", count=count, volume_ml=volume_ml)
    return bottles


def scan_back(
    session: Session, *, now: datetime, bank_id: int, pool_id: int, text: str
) -> tuple[Bottle, bool]:
    """Scan a labelled bottle of a pool; return it, and whether this was its first scan.

    Raises
    ------
    NotFound
        The bank has no such pool.
    Refused
        `bottle_number_not_read`, `scan_mistyped`; `bottle_of_another_pool` (`number`).
    """
    number = read_bottle_number(text)
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    bottle = session.scalar(
        select(Bottle)
        .join(Lot, Lot.id == Bottle.lot_id)
        .where(Lot.pool_id == pool.id, Bottle.number == number)
    )
    if bottle is None:
        raise Refused("bottle_of_another_pool", number=number)
    is_first = bottle.scanned_back_at is None
    if is_first:
        bottle.scanned_back_at = now
    return bottle, is_first


def print_labels(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    pool_id: int,
    layout: str,
    first_label: int,
    reason: str,
) -> LabelPrint:
    """Note a print of the labels of a pool's bottles.

    Raises
    ------
    NotFound
        The bank has no such pool, or Milkround has no such layout.
    Refused
        `pool_without_bottles`; `first_label_out_of_bounds` (`most`); `reprint_needs_reason`.
    """
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    sheet = LAYOUTS.get(layout)
    if sheet is None:
        raise NotFound("not_found")
    lot = session.scalar(select(Lot).where(Lot.pool_id == pool.id))
    if lot is None:
        raise Refused("pool_without_bottles", pool=pool.number)
    if not 1 <= first_label <= sheet.count:
        raise Refused("first_label_out_of_bounds", most=sheet.count)
    before = prints_of(session, lot)
    if before and not reason.strip():
        raise Refused("reprint_needs_reason")
    found = LabelPrint(
        bank_id=bank_id,
        lot_id=lot.id,
        layout=layout,
        first_label=first_label,
        copies=len(bottles_of(session, lot)),
        reprint=len(before),
        reason=reason.strip() if before else "",
        printed_by_id=person_id,
        printed_at=now,
    )
    session.add(found)
    _record_lot(session, now, lot, person_id, "labels printed", reprint=found.reprint)
    return found


def _bottle(lot: Lot, number: str, volume_ml: int, now: datetime) -> Bottle:
    return Bottle(
        bank_id=lot.bank_id,
        number=number,
        lot_id=lot.id,
        volume_ml=volume_ml,
        filled_at=now,
        scanned_back_at=None,
    )


def _make_lot(session: Session, pool: MilkPool, today: date) -> Lot:
    inputs = select(PoolInput.id).where(
        PoolInput.pool_id == pool.id, PoolInput.withdrawn_at.is_(None)
    )
    if session.scalar(inputs.limit(1)) is None:
        raise Refused("pool_empty", pool=pool.number)
    lot = Lot(bank_id=pool.bank_id, pool_id=pool.id, expires_on=_expires_on(session, pool, today))
    session.add(lot)
    session.flush()
    return lot


def _expires_on(session: Session, pool: MilkPool, filled_on: date) -> date:
    """Return the shelf life after heating, counted from the filling, which comes before it."""
    days = policies_of(session, pool.bank_id)[PolicyKey.SHELF_LIFE_DAYS]
    return filled_on + timedelta(days=days)


def _record_lot(
    session: Session, now: datetime, lot: Lot, person_id: int, action: str, **details: object
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=lot.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"pool:{lot.pool_id}",
        **details,
    )
