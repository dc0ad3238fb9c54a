"""Queries of destroying: the lists of a bank, and the things of one list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.db import owned
from collector.laboratory.destructions.models import DestroyedItem, Destruction
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.models import Intake

DESTROYED_ML = func.coalesce(DestroyedItem.rest_ml, Bottle.volume_ml, Intake.volume_ml)
"""Volume of a thing on a list, of statements that join `Bottle` and `Intake`."""
MOST_ENDED = 50
"""The ended destructions that the page lists, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyedThing:
    """A container or a bottle on a list, with its number and its volume."""

    item_id: int
    number: str
    volume_ml: int
    intake_id: int | None = None
    bottle_id: int | None = None
    came_back: bool = False
    """Whether it is a bottle that a ward sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionLine:
    """A destruction with the sums of its things."""

    destruction: Destruction
    things: int
    volume_ml: int


def contents_of(session: Session, found: Destruction) -> list[DestroyedThing]:
    """Return the things on a list: containers, then bottles, by number."""
    listed = DestroyedItem.destruction_id == found.id, DestroyedItem.withdrawn_at.is_(None)
    containers = session.execute(
        select(DestroyedItem.id, Container.number, Intake.volume_ml, Intake.id)
        .join(Intake, Intake.id == DestroyedItem.intake_id)
        .join(Container, Container.id == Intake.container_id)
        .where(*listed)
        .order_by(Container.number)
    )
    bottles = session.execute(
        select(DestroyedItem.id, Bottle.number, Bottle.volume_ml, Bottle.id, DestroyedItem.rest_ml)
        .join(Bottle, Bottle.id == DestroyedItem.bottle_id)
        .where(*listed)
        .order_by(Bottle.number)
    )
    return [
        DestroyedThing(item_id=item, number=number, volume_ml=volume, intake_id=key)
        for item, number, volume, key in containers
    ] + [
        DestroyedThing(
            item_id=item,
            number=number,
            volume_ml=volume if rest is None else rest,
            bottle_id=key,
            came_back=rest is not None,
        )
        for item, number, volume, key, rest in bottles
    ]


def destruction_of(session: Session, *, bank_id: int, destruction_id: int) -> Destruction:
    """Return a destruction of a bank.

    Raises
    ------
    NotFound
        The bank has no such destruction.
    """
    return owned(session, Destruction, bank_id, destruction_id)


def destructions_of(session: Session, *, bank_id: int) -> Sequence[DestructionLine]:
    """Return the lists that await their witness, then the newest ended ones."""
    volume = func.coalesce(func.sum(DESTROYED_ML), 0)
    is_open = Destruction.witnessed_at.is_(None) & Destruction.abandoned_at.is_(None)
    rows = session.execute(
        select(Destruction, func.count(DestroyedItem.id), volume)
        .outerjoin(
            DestroyedItem,
            (DestroyedItem.destruction_id == Destruction.id) & DestroyedItem.withdrawn_at.is_(None),
        )
        .outerjoin(Bottle, Bottle.id == DestroyedItem.bottle_id)
        .outerjoin(Intake, Intake.id == DestroyedItem.intake_id)
        .where(Destruction.bank_id == bank_id)
        .group_by(Destruction.id)
        .order_by(is_open.desc(), Destruction.id.desc())
        .limit(MOST_ENDED)
    )
    return [
        DestructionLine(destruction=found, things=things, volume_ml=volume_ml)
        for found, things, volume_ml in rows
    ]
