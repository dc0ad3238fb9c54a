"""Queries of destructions: the things that are destroyed, or on a list that awaits its witness."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionsFound:
    """Witnessed destructions by the keys of intakes and bottles."""

    of_intakes: dict[int, Destruction]
    of_bottles: dict[int, Destruction]

    @property
    def people(self) -> Iterator[int]:
        """The keys of the people who destroyed, and of their witnesses."""
        for found in (*self.of_intakes.values(), *self.of_bottles.values()):
            yield found.begun_by_id
            yield from filter(None, (found.witness_id,))


def destructions_with(
    session: Session, *, intakes: Collection[int], bottles: Collection[int]
) -> DestructionsFound:
    """Return the witnessed destructions of containers and bottles."""
    rows = session.execute(
        select(DestroyedItem, Destruction)
        .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
        .where(
            or_(DestroyedItem.intake_id.in_(intakes), DestroyedItem.bottle_id.in_(bottles)),
            DestroyedItem.withdrawn_at.is_(None),
            Destruction.witnessed_at.is_not(None),
        )
    ).all()
    return DestructionsFound(
        of_intakes={item.intake_id: found for item, found in rows if item.intake_id is not None},
        of_bottles={item.bottle_id: found for item, found in rows if item.bottle_id is not None},
    )


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
