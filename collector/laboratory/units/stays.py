"""Stays of containers and bottles: begun and ended by moves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from collector.laboratory.units.models import MoveReason, StorageMove, StoragePlace, StorageStay


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredThing:
    """A container or a bottle by its key; exactly one of the two is set."""

    intake_id: int | None = None
    bottle_id: int | None = None


def stay_of(session: Session, thing: StoredThing) -> StorageStay | None:
    """Return the stay of a thing that goes on, or None if it stands nowhere."""
    stays = standing(session, [thing])
    return stays[0] if stays else None


def standing(session: Session, things: Collection[StoredThing]) -> list[StorageStay]:
    """Return the stays of things that go on, locked until the transaction ends."""
    intakes = [each.intake_id for each in things if each.intake_id is not None]
    bottles = [each.bottle_id for each in things if each.bottle_id is not None]
    return list(
        session.scalars(
            select(StorageStay)
            .where(
                StorageStay.ended_at.is_(None),
                or_(StorageStay.intake_id.in_(intakes), StorageStay.bottle_id.in_(bottles)),
            )
            .order_by(StorageStay.id)
            .with_for_update()
        )
    )


def move(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    things: Sequence[StoredThing],
    to: StoragePlace | None,
    reason: MoveReason,
    note: str = "",
) -> StorageMove:
    """End the stays of things, and begin their stays in a place.

    Parameters
    ----------
    to
        The new place; None if they leave storage.
    """
    found = StorageMove(
        bank_id=bank_id,
        reason=reason,
        to_place_id=to.id if to else None,
        note=note,
        moved_by_id=person_id,
        at=now,
    )
    session.add(found)
    session.flush()
    for stay in standing(session, things):
        stay.ended_at, stay.ended_move_id = now, found.id
    session.flush()
    if to is not None:
        session.add_all(
            StorageStay(
                bank_id=bank_id,
                intake_id=each.intake_id,
                bottle_id=each.bottle_id,
                place_id=to.id,
                began_at=now,
                ended_at=None,
                began_move_id=found.id,
                ended_move_id=None,
            )
            for each in things
        )
        session.flush()
    return found


def leave_storage(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    things: Sequence[StoredThing],
    reason: MoveReason,
) -> None:
    """End the stays of those of these things that stand somewhere."""
    if standing(session, things):
        move(
            session,
            now=now,
            bank_id=bank_id,
            person_id=person_id,
            things=things,
            to=None,
            reason=reason,
        )


def stood_during(began_at: datetime, ended_at: datetime | None) -> ColumnElement[bool]:
    """Return the condition on stays that overlap an interval, both ends included."""
    still = or_(StorageStay.ended_at.is_(None), StorageStay.ended_at >= began_at)
    return still if ended_at is None else and_(StorageStay.began_at <= ended_at, still)
