"""Returned and destroyed bottles: lists of returns and destructions."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.returns.models import BottleReturn
from collector.laboratory.destructions.models import DestroyedItem, Destruction
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

    destruction: Destruction
    number: str
    volume_ml: int
    """Its own volume, or the rest that came back."""
    is_alone: bool
    """Whether it is the only bottle of its list, and its list can be signed at the counter."""


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
    """Return the bottles of destructions, the ones that await a witness first, then the latest."""
    on_list = aliased(DestroyedItem)
    things = (
        select(func.count())
        .where(on_list.destruction_id == Destruction.id, on_list.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Destruction,
            Bottle.number,
            func.coalesce(DestroyedItem.rest_ml, Bottle.volume_ml),
            things,
        )
        .join(DestroyedItem, DestroyedItem.destruction_id == Destruction.id)
        .join(Bottle, Bottle.id == DestroyedItem.bottle_id)
        .where(Destruction.bank_id == bank_id, DestroyedItem.withdrawn_at.is_(None))
        .order_by(Destruction.witnessed_at.is_not(None), DestroyedItem.id.desc())
        .limit(most)
    )
    return [
        DestroyedBottle(destruction=found, number=number, volume_ml=volume_ml, is_alone=count == 1)
        for found, number, volume_ml, count in rows
    ]
