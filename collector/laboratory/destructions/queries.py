"""Queries of destructions: the things that are destroyed, or on a list that awaits its witness."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.laboratory.destructions.models import DestroyedItem, Destruction


def item_of(
    session: Session, *, intake_id: int | None = None, bottle_id: int | None = None
) -> tuple[DestroyedItem, Destruction] | None:
    """Return the entry of a container or a bottle in a destruction, witnessed or not."""
    own = (
        DestroyedItem.intake_id == intake_id
        if intake_id is not None
        else DestroyedItem.bottle_id == bottle_id
    )
    row = session.execute(
        select(DestroyedItem, Destruction)
        .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
        .where(own, DestroyedItem.withdrawn_at.is_(None))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def intakes_in_destructions(session: Session, intakes: Collection[int]) -> set[int]:
    """Return those of these intakes that are destroyed, or on a list."""
    return _keys(session, DestroyedItem.intake_id, DestroyedItem.intake_id.in_(list(intakes)))


def bottles_on_lists(session: Session, *, bank_id: int) -> set[int]:
    """Return the bottles of a bank on the lists that await their witness."""
    return _keys(
        session,
        DestroyedItem.bottle_id,
        DestroyedItem.bank_id == bank_id,
        DestroyedItem.destruction_id.in_(
            select(Destruction.id).where(
                Destruction.witnessed_at.is_(None), Destruction.abandoned_at.is_(None)
            )
        ),
    )


def is_destroyed(bottle_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition on bottles that were destroyed before a witness."""
    return (
        select(DestroyedItem.id)
        .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
        .where(
            DestroyedItem.bottle_id == bottle_id,
            DestroyedItem.withdrawn_at.is_(None),
            Destruction.witnessed_at.is_not(None),
        )
        .exists()
    )


def _keys(
    session: Session, column: InstrumentedAttribute[int | None], *conditions: ColumnElement[bool]
) -> set[int]:
    found = session.scalars(
        select(column).where(column.is_not(None), DestroyedItem.withdrawn_at.is_(None), *conditions)
    )
    return {key for key in found if key is not None}
