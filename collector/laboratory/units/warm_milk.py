"""Milk that stood in a unit while it was too warm, and that no decision keeps."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.custody.models import Excursion, ExcursionDecision
from collector.laboratory.units.models import StoragePlace, StorageStay, UnitExcursion
from collector.laboratory.units.stays import stood_during


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedMilk:
    """The keys of the containers and bottles that stood in a unit during an excursion."""

    intakes: frozenset[int]
    bottles: frozenset[int]


def exposed_milk(session: Session, excursion: UnitExcursion) -> ExposedMilk:
    """Return everything that stood in the unit, including what has left since."""
    rows = session.execute(
        select(StorageStay.intake_id, StorageStay.bottle_id)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .where(
            StoragePlace.unit_id == excursion.unit_id,
            stood_during(excursion.began_at, excursion.ended_at),
        )
    ).all()
    return ExposedMilk(
        intakes=frozenset(row.intake_id for row in rows if row.intake_id is not None),
        bottles=frozenset(row.bottle_id for row in rows if row.bottle_id is not None),
    )


def warm_intakes(session: Session, intakes: Collection[int]) -> set[int]:
    """Return those of these intakes that an excursion of a unit blocks."""
    return _blocked(session, StorageStay.intake_id, intakes)


def warm_bottles(session: Session, bottles: Collection[int]) -> set[int]:
    """Return those of these bottles that an excursion of a unit blocks."""
    return _blocked(session, StorageStay.bottle_id, bottles)


def all_warm_intakes(session: Session, *, bank_id: int) -> set[int]:
    """Return the containers of a bank that an excursion of a unit blocks."""
    return _all(session, StorageStay.intake_id, bank_id)


def all_warm_bottles(session: Session, *, bank_id: int) -> set[int]:
    """Return the bottles of a bank that an excursion of a unit blocks."""
    return _all(session, StorageStay.bottle_id, bank_id)


def _all(session: Session, column: InstrumentedAttribute[int | None], bank_id: int) -> set[int]:
    found = session.scalars(_exposed(column).where(UnitExcursion.bank_id == bank_id))
    return {key for key in found if key is not None}


def _blocked(
    session: Session, column: InstrumentedAttribute[int | None], keys: Collection[int]
) -> set[int]:
    if not keys:
        return set()
    found = session.scalars(_exposed(column).where(column.in_(list(keys))))
    return {key for key in found if key is not None}


def _exposed(column: InstrumentedAttribute[int | None]) -> Select[int | None]:
    return (
        select(column)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .join(UnitExcursion, UnitExcursion.unit_id == StoragePlace.unit_id)
        .join(Excursion, Excursion.id == UnitExcursion.excursion_id)
        .where(_overlaps(), _not_kept())
    )


def _not_kept() -> ColumnElement[bool]:
    """Return the condition on excursions without the decision to keep the milk."""
    return and_(
        Excursion.withdrawn_at.is_(None),
        or_(Excursion.decision.is_(None), Excursion.decision == ExcursionDecision.DISCARD),
    )


def _overlaps() -> ColumnElement[bool]:
    return and_(
        or_(UnitExcursion.ended_at.is_(None), StorageStay.began_at <= UnitExcursion.ended_at),
        or_(StorageStay.ended_at.is_(None), StorageStay.ended_at >= UnitExcursion.began_at),
    )
