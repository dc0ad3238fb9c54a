"""Materials: the makers' lots in use, and the pools that each of them touched.

A pool uses every lot that is open between its making and its closing; no row joins the two.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Refused
from collector.laboratory.pooling.models import LabMaterial, MaterialKind, MilkPool
from collector.service_day import ServiceDay

LONGEST_LOT = 60
"""Longest number of a maker's lot, in characters."""
MOST_SHOWN = 100


def open_material(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    kind: MaterialKind,
    makers_lot: str,
    expires_on: date | None,
) -> LabMaterial:
    """Begin to use a maker's lot; others of its kind stay in use until they are closed.

    Raises
    ------
    Refused
        `makers_lot_missing`; `text_too_long` (`most`); `makers_lot_known` (`number`);
        `material_expired` (`number`).
    """
    number = " ".join(makers_lot.split())
    if not number:
        raise Refused("makers_lot_missing")
    if len(number) > LONGEST_LOT:
        raise Refused("text_too_long", most=LONGEST_LOT)
    known = select(LabMaterial.id).where(
        LabMaterial.bank_id == bank_id, LabMaterial.kind == kind, LabMaterial.makers_lot == number
    )
    if session.scalar(known) is not None:
        raise Refused("makers_lot_known", number=number)
    if expires_on is not None and expires_on < _today(session, now, bank_id):
        raise Refused("material_expired", number=number)
    found = LabMaterial(
        bank_id=bank_id,
        kind=kind,
        makers_lot=number,
        expires_on=expires_on,
        opened_by_id=person_id,
        opened_at=now,
        closed_at=None,
    )
    session.add(found)
    _record(session, now, person_id, found, "material opened")
    return found


def close_material(
    session: Session, *, now: datetime, bank_id: int, person_id: int, material_id: int
) -> LabMaterial:
    """End the use of a maker's lot.

    Raises
    ------
    NotFound
        The bank has no such material.
    Refused
        `material_closed` (`number`).
    """
    found = owned(session, LabMaterial, bank_id, material_id)
    if found.closed_at is not None:
        raise Refused("material_closed", number=found.makers_lot)
    found.closed_at = now
    _record(session, now, person_id, found, "material closed")
    return found


def refuse_expired_material(session: Session, *, bank_id: int, today: date) -> None:
    """Refuse to fill while a lot in use is past its last day.

    Raises
    ------
    Refused
        `material_expired` (`number`).
    """
    expired = session.scalar(
        select(LabMaterial.makers_lot)
        .where(
            LabMaterial.bank_id == bank_id,
            LabMaterial.closed_at.is_(None),
            LabMaterial.expires_on < today,
        )
        .order_by(LabMaterial.id)
        .limit(1)
    )
    if expired is not None:
        raise Refused("material_expired", number=expired)


def materials_of(session: Session, bank_id: int) -> Sequence[LabMaterial]:
    """Return the materials of a bank: those in use first, then the newest."""
    return session.scalars(
        select(LabMaterial)
        .where(LabMaterial.bank_id == bank_id)
        .order_by(LabMaterial.closed_at.is_not(None), LabMaterial.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def materials_used(session: Session, pools: Sequence[int]) -> dict[int, list[LabMaterial]]:
    """Return the materials that were in use while each of these pools was open, by pool."""
    found: dict[int, list[LabMaterial]] = {key: [] for key in pools}
    rows = session.execute(
        select(MilkPool.id, LabMaterial)
        .join(LabMaterial, LabMaterial.bank_id == MilkPool.bank_id)
        .where(MilkPool.id.in_(pools), in_use_for_pool())
        .order_by(LabMaterial.kind, LabMaterial.id)
    )
    for pool, material in rows:
        found[pool].append(material)
    return found


def in_use_for_pool() -> ColumnElement[bool]:
    """Return the condition on a material and a pool whose times meet, both ends included."""
    return and_(
        or_(MilkPool.closed_at.is_(None), LabMaterial.opened_at <= MilkPool.closed_at),
        or_(LabMaterial.closed_at.is_(None), LabMaterial.closed_at >= MilkPool.made_at),
    )


def _today(session: Session, now: datetime, bank_id: int) -> date:
    return ServiceDay.of(now, get_bank(session, bank_id).zone).day


def _record(
    session: Session, now: datetime, person_id: int, material: LabMaterial, action: str
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=material.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"material:{material.id}",
        kind=material.kind.value,
    )
