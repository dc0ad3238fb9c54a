"""Queries of destructions: the things that are destroyed, or on a list that awaits its witness."""

from sqlalchemy import select
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


def intakes_on_lists(session: Session, *, bank_id: int) -> set[int]:
    """Return the intakes of a bank on the lists that await their witness."""
    return _on_lists(session, DestroyedItem.intake_id, bank_id)


def bottles_on_lists(session: Session, *, bank_id: int) -> set[int]:
    """Return the bottles of a bank on the lists that await their witness."""
    return _on_lists(session, DestroyedItem.bottle_id, bank_id)


def _on_lists(
    session: Session, column: InstrumentedAttribute[int | None], bank_id: int
) -> set[int]:
    found = session.scalars(
        select(column)
        .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
        .where(
            Destruction.bank_id == bank_id,
            Destruction.witnessed_at.is_(None),
            Destruction.abandoned_at.is_(None),
            DestroyedItem.withdrawn_at.is_(None),
        )
    )
    return {key for key in found if key is not None}
