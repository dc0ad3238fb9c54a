"""Returned and destroyed bottles: lists of returns and destructions."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.returns.models import BottleDestruction, BottleReturn
from collector.laboratory.pooling.models import Bottle
from collector.recipients.models import Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedBottle:
    """A returned bottle with its ward."""

    back: BottleReturn
    bottle: Bottle
    ward: Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyedBottle:
    """A bottle that was destroyed, or waits for its witness."""

    row: BottleDestruction
    number: str


def returns_of(session: Session, *, bank_id: int, most: int = 50) -> list[ReturnedBottle]:
    """Return the returned bottles, undecided ones first, then the latest."""
    rows = session.execute(
        select(BottleReturn, Bottle, Ward)
        .join(DispensedBottle, DispensedBottle.id == BottleReturn.dispensed_bottle_id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Ward, Ward.id == Dispensing.ward_id)
        .where(BottleReturn.bank_id == bank_id)
        .order_by(BottleReturn.second_at.is_not(None), BottleReturn.id.desc())
        .limit(most)
    )
    return [ReturnedBottle(back=back, bottle=bottle, ward=ward) for back, bottle, ward in rows]


def destructions_of(session: Session, *, bank_id: int, most: int = 50) -> list[DestroyedBottle]:
    """Return the destructions, those that wait for a witness first, then the latest."""
    rows = session.execute(
        select(BottleDestruction, Bottle.number)
        .join(Bottle, Bottle.id == BottleDestruction.bottle_id)
        .where(BottleDestruction.bank_id == bank_id, BottleDestruction.withdrawn_at.is_(None))
        .order_by(BottleDestruction.witnessed_at.is_not(None), BottleDestruction.id.desc())
        .limit(most)
    )
    return [DestroyedBottle(row=row, number=number) for row, number in rows]
