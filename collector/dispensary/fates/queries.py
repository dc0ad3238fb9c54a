"""Questions about dispensed milk: fates by bottle, open links, bottles on a ward."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, ReactionReport
from collector.laboratory.pooling.models import Bottle, Lot
from collector.recipients.models import Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleOut:
    """A bottle that was handed over, with its ward and the millilitres without a fate."""

    row: DispensedBottle
    bottle: Bottle
    dispensing: Dispensing
    lot: Lot
    open_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """A distributed bottle whose recipient the ward has not told in full."""

    number: str
    ward: str
    volume_ml: int
    open_ml: int
    handed_over_at: datetime
    is_overdue: bool


def bottles_out(
    session: Session, *, bank_id: int, ward_id: int | None = None, most: int = 500
) -> list[BottleOut]:
    """Return the bottles outside that have millilitres without a fate, oldest first.

    Parameters
    ----------
    ward_id
        The ward in question; None for all.
    """
    settled = _settled()
    found = _handed_over(bank_id).add_columns(func.coalesce(settled.c.volume_ml, 0))
    found = found.outerjoin(settled, settled.c.dispensed_bottle_id == DispensedBottle.id).where(
        Bottle.volume_ml > func.coalesce(settled.c.volume_ml, 0)
    )
    if ward_id is not None:
        found = found.where(Dispensing.ward_id == ward_id)
    rows = session.execute(found.order_by(DispensedBottle.id).limit(most))
    return [
        BottleOut(
            row=row, bottle=bottle, dispensing=dispensing, lot=lot, open_ml=bottle.volume_ml - ml
        )
        for row, bottle, dispensing, lot, ml in rows
    ]


def open_links(session: Session, *, bank_id: int, now: datetime, days: int) -> list[OpenLink]:
    """Return the distributed bottles whose recipient is not told in full, oldest first.

    Parameters
    ----------
    days
        Days after the hand-over from which a link is overdue.
    """
    wards = {
        row.id: f"{row.establishment}, {row.name}"
        for row in session.scalars(select(Ward).where(Ward.bank_id == bank_id))
    }
    return [
        OpenLink(
            number=each.bottle.number,
            ward=wards[each.dispensing.ward_id],
            volume_ml=each.bottle.volume_ml,
            open_ml=each.open_ml,
            handed_over_at=each.dispensing.handed_over_at,
            is_overdue=each.dispensing.handed_over_at + timedelta(days=days) < now,
        )
        for each in bottles_out(session, bank_id=bank_id, most=5000)
        if each.dispensing.recipient_id is None and each.dispensing.handed_over_at is not None
    ]


def fates_of(session: Session, rows: Collection[int]) -> dict[int, list[BottleFate]]:
    """Return the fates of dispensed bottles that stand, oldest first."""
    found: dict[int, list[BottleFate]] = defaultdict(list)
    for fate in session.scalars(
        select(BottleFate)
        .where(BottleFate.dispensed_bottle_id.in_(rows), BottleFate.withdrawn_at.is_(None))
        .order_by(BottleFate.id)
    ):
        found[fate.dispensed_bottle_id].append(fate)
    return found


def latest_fates(
    session: Session, *, ward_id: int, since: datetime
) -> list[tuple[BottleFate, str]]:
    """Return the reports of a ward after an instant, each with its bottle, the latest first."""
    rows = session.execute(
        select(BottleFate, Bottle.number)
        .join(DispensedBottle, DispensedBottle.id == BottleFate.dispensed_bottle_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            Dispensing.ward_id == ward_id,
            BottleFate.at >= since,
            BottleFate.withdrawn_at.is_(None),
        )
        .order_by(BottleFate.id.desc())
        .limit(20)
    )
    return [(fate, number) for fate, number in rows]


def reactions_of(
    session: Session, *, bank_id: int, ward_id: int | None = None, most: int = 50
) -> list[ReactionReport]:
    """Return reports of suspected reactions, the latest first."""
    found = select(ReactionReport).where(ReactionReport.bank_id == bank_id)
    if ward_id is not None:
        found = found.where(ReactionReport.ward_id == ward_id)
    return list(session.scalars(found.order_by(ReactionReport.id.desc()).limit(most)))


def _settled() -> Subquery[Any]:
    return (
        select(BottleFate.dispensed_bottle_id, func.sum(BottleFate.volume_ml).label("volume_ml"))
        .where(BottleFate.withdrawn_at.is_(None))
        .group_by(BottleFate.dispensed_bottle_id)
        .subquery()
    )


def _handed_over(bank_id: int) -> Select[DispensedBottle, Bottle, Dispensing, Lot]:
    return (
        select(DispensedBottle, Bottle, Dispensing, Lot)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(
            DispensedBottle.bank_id == bank_id,
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
            Dispensing.handed_over_at.is_not(None),
        )
    )
