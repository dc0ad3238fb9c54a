"""Fates of dispensed milk that a recall tells: written beside the ones of the wards' scans."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.actions import settled_ml
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.errors import Refused
from collector.laboratory.pooling.models import Bottle
from collector.recipients.models import Recipient


def write_recalled_fate(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    bottle_id: int,
    volume_ml: int,
    fate: MilkFate,
    recipient_id: int | None,
) -> BottleFate | None:
    """Write the fate of a recalled bottle that was handed over; None if all of it has one already.

    Milk that is held is recorded as given all the same: the child drank it before the hold.

    Parameters
    ----------
    volume_ml
        Volume in question; at most the rest without a fate is written.
    recipient_id
        The child to whom it was given; None for the child of the dispensing.

    Raises
    ------
    Refused
        `recipient_missing`: it was given, and no child is known; `recipient_unknown`: the ward has
        no such child.
    """
    found = _handed_over(session, bottle_id)
    if found is None:
        return None
    row, bottle, dispensing = found
    open_ml = min(volume_ml, bottle.volume_ml - settled_ml(session, row.id))
    if open_ml <= 0:
        return None
    child = recipient_id or dispensing.recipient_id
    if fate is MilkFate.GIVEN:
        _refuse_child(session, child, dispensing.ward_id)
    if row.arrived_at is None and fate is not MilkFate.NOT_FOUND:
        row.arrived_at, row.arrived_by_id = now, person_id
    written = BottleFate(
        bank_id=bank_id,
        dispensed_bottle_id=row.id,
        fate=fate,
        volume_ml=open_ml,
        recipient_id=child,
        thawed_at=None,
        note="",
        recorded_by_id=person_id,
        at=now,
        client_id=None,
        withdrawn_at=None,
    )
    session.add(written)
    session.flush()
    return written


def withdraw_recalled_fate(session: Session, *, now: datetime, bank_id: int, fate_id: int) -> None:
    """Withdraw a fate that a recall wrote, once the recall tells another; the row stays."""
    owned(session, BottleFate, bank_id, fate_id).withdrawn_at = now
    session.flush()


def latest_end(session: Session, dispensed_bottle_id: int, since: datetime) -> BottleFate | None:
    """Return the fate that stands for the rest of a bottle: a given part first, then the last one.

    None while a part of the bottle has no fate.
    """
    row = session.get_one(DispensedBottle, dispensed_bottle_id)
    if settled_ml(session, row.id) < session.get_one(Bottle, row.bottle_id).volume_ml:
        return None
    return session.scalar(
        select(BottleFate)
        .where(
            BottleFate.dispensed_bottle_id == row.id,
            BottleFate.withdrawn_at.is_(None),
            BottleFate.at >= since,
        )
        .order_by((BottleFate.fate == MilkFate.GIVEN).desc(), BottleFate.id.desc())
        .limit(1)
    )


def came_back(session: Session, bottle_id: int) -> bool:
    """Return whether a bottle that was handed over is back: in stock again, or sent back."""
    found = _handed_over(session, bottle_id)
    if found is None:
        return True
    sent_back = select(BottleFate.id).where(
        BottleFate.dispensed_bottle_id == found[0].id,
        BottleFate.fate == MilkFate.RETURNED,
        BottleFate.withdrawn_at.is_(None),
    )
    return session.scalar(sent_back.limit(1)) is not None


def _handed_over(
    session: Session, bottle_id: int
) -> tuple[DispensedBottle, Bottle, Dispensing] | None:
    row = session.execute(
        select(DispensedBottle, Bottle, Dispensing)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(
            DispensedBottle.bottle_id == bottle_id,
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
        .order_by(DispensedBottle.id.desc())
        .limit(1)
        .with_for_update(of=DispensedBottle)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def _refuse_child(session: Session, recipient_id: int | None, ward_id: int) -> None:
    if recipient_id is None:
        raise Refused("recipient_missing")
    child = session.get(Recipient, recipient_id)
    if child is None or child.ward_id != ward_id:
        raise Refused("recipient_unknown")
