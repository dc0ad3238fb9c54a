"""Places in the chain: the stays of containers and bottles, with the warm times of their units."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from collector.laboratory.chain.links import Keys
from collector.laboratory.units.models import (
    StorageMove,
    StoragePlace,
    StorageStay,
    UnitExcursion,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayLink:
    """A stay with the moves that began and ended it."""

    stay: StorageStay
    """With its place and unit."""
    began: StorageMove
    ended: StorageMove | None
    excursions: Sequence[UnitExcursion]
    """The times during the stay at which the unit was too warm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysFound:
    """The stays of a chain, oldest first."""

    of_intakes: dict[int, list[StayLink]]
    of_bottles: dict[int, list[StayLink]]


def stays_of(session: Session, *, intakes: Keys, bottles: Keys) -> StaysFound:
    """Return the stays of containers and bottles, by the keys of intakes and bottles."""
    began, ended = aliased(StorageMove), aliased(StorageMove)
    rows = session.execute(
        select(StorageStay, began, ended)
        .join(began, began.id == StorageStay.began_move_id)
        .outerjoin(ended, ended.id == StorageStay.ended_move_id)
        .options(joinedload(StorageStay.place).joinedload(StoragePlace.unit))
        .where(or_(StorageStay.intake_id.in_(intakes), StorageStay.bottle_id.in_(bottles)))
        .order_by(StorageStay.id)
    ).all()
    warm = _warm_times(session, {row[0].place.unit_id for row in rows})
    of_intakes: dict[int, list[StayLink]] = defaultdict(list)
    of_bottles: dict[int, list[StayLink]] = defaultdict(list)
    for stay, first, last in rows:
        link = StayLink(
            stay=stay,
            began=first,
            ended=last,
            excursions=[each for each in warm[stay.place.unit_id] if _meet(stay, each)],
        )
        if stay.intake_id is not None:
            of_intakes[stay.intake_id].append(link)
        elif stay.bottle_id is not None:
            of_bottles[stay.bottle_id].append(link)
    return StaysFound(of_intakes=of_intakes, of_bottles=of_bottles)


def _warm_times(session: Session, units: Keys) -> dict[int, list[UnitExcursion]]:
    found: dict[int, list[UnitExcursion]] = defaultdict(list)
    for row in session.scalars(
        select(UnitExcursion)
        .options(joinedload(UnitExcursion.excursion))
        .where(UnitExcursion.unit_id.in_(units))
        .order_by(UnitExcursion.began_at, UnitExcursion.id)
    ):
        found[row.unit_id].append(row)
    return found


def _meet(stay: StorageStay, warm: UnitExcursion) -> bool:
    """Return whether a thing stood in a unit while it was too warm, both ends included.

    `units.stays.stood_during` is the same rule as a condition of a statement.
    """
    left_before = stay.ended_at is not None and stay.ended_at < warm.began_at
    came_after = warm.ended_at is not None and stay.began_at > warm.ended_at
    return not left_before and not came_after
