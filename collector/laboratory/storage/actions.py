"""Writing of storage: putting away and taking out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.laboratory.storage.things import ScannedThing, scanned_thing
from collector.laboratory.storage.zones import refuse_zone
from collector.laboratory.units.models import (
    MoveReason,
    StorageMove,
    StoragePlace,
    StorageStay,
)
from collector.laboratory.units.stays import move, stay_of

LONGEST_NOTE = 200


def put_away(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    place_id: int,
    labels: Sequence[str],
) -> list[ScannedThing]:
    """Put scanned things into a place, in one move; return those that were not there yet.

    Raises
    ------
    NotFound
        The bank has no such place; `bottle_unknown`, `intake_unknown` (`number`).
    Refused
        the zone is another (`refuse_zone`); `place_full` (`capacity`).
    """
    place = lock_place(session, bank_id=bank_id, place_id=place_id)
    found = [scanned_thing(session, bank_id=bank_id, label=label) for label in labels]
    coming = []
    for each in found:
        refuse_zone(each.number, each.zones, place.unit.zone)
        stay = stay_of(session, each.thing)
        if stay is None or stay.place_id != place.id:
            coming.append(each)
    if not coming:
        return []
    if standing_in(session, place) + len(coming) > place.capacity_bottles:
        raise Refused("place_full", capacity=place.capacity_bottles)
    moved = move(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        things=[each.thing for each in coming],
        to=place,
        reason=MoveReason.PUT_AWAY,
    )
    record_move(session, moved, coming)
    return coming


def take_out(
    session: Session, *, now: datetime, bank_id: int, person_id: int, label: str, note: str
) -> ScannedThing:
    """Take a thing out of storage, with the reason.

    Raises
    ------
    NotFound
        `bottle_unknown`, `intake_unknown` (`number`).
    Refused
        `reason_missing`; `text_too_long` (`most`); `not_in_storage` (`number`).
    """
    if not note.strip():
        raise Refused("reason_missing")
    if len(note) > LONGEST_NOTE:
        raise Refused("text_too_long", most=LONGEST_NOTE)
    found = scanned_thing(session, bank_id=bank_id, label=label)
    if stay_of(session, found.thing) is None:
        raise Refused("not_in_storage", number=found.number)
    moved = move(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        things=[found.thing],
        to=None,
        reason=MoveReason.TAKEN_OUT,
        note=note.strip(),
    )
    record_move(session, moved, [found])
    return found


def lock_place(session: Session, *, bank_id: int, place_id: int) -> StoragePlace:
    """Return a place of a bank with its unit, locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such place.
    """
    owned(session, StoragePlace, bank_id, place_id)
    return session.scalars(
        select(StoragePlace)
        .options(joinedload(StoragePlace.unit, innerjoin=True))
        .where(StoragePlace.id == place_id)
        .with_for_update(of=StoragePlace)
        .execution_options(populate_existing=True)
    ).one()


def standing_in(session: Session, place: StoragePlace) -> int:
    """Return the number of things that stand in a place."""
    stays = select(func.count()).where(
        StorageStay.place_id == place.id, StorageStay.ended_at.is_(None)
    )
    return session.scalar(stays) or 0


def record_move(session: Session, moved: StorageMove, things: Sequence[ScannedThing]) -> None:
    """Append one entry for a move to the audit chain."""
    record(
        session,
        now=moved.at,
        bank_id=moved.bank_id,
        actor=f"person:{moved.moved_by_id}",
        action="milk moved",
        subject=f"storage_move:{moved.id}",
        reason=moved.reason.value,
        place=moved.to_place_id,
        numbers=[each.number for each in things],
    )
