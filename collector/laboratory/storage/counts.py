"""Counts: one place scanned through, and the differences that follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.storage.actions import lock_place
from collector.laboratory.storage.things import ScannedThing, scanned_thing
from collector.laboratory.units.models import (
    CountedItem,
    MoveReason,
    StorageCount,
    StoragePlace,
    StorageStay,
)
from collector.laboratory.units.stays import StoredThing, move


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDifference:
    """The things of a count by their keys.

    Attributes
    ----------
    found
        Registered in the place, and scanned.
    missing
        Registered in the place, and not scanned.
    strangers
        Scanned, and registered elsewhere or nowhere.
    """

    found: frozenset[StoredThing]
    missing: frozenset[StoredThing]
    strangers: frozenset[StoredThing]


def begin_count(
    session: Session, *, now: datetime, bank_id: int, person_id: int, place_id: int
) -> StorageCount:
    """Begin the count of a place, or return the one under way.

    Raises
    ------
    NotFound
        The bank has no such place.
    """
    place = lock_place(session, bank_id=bank_id, place_id=place_id)
    under_way = session.scalar(
        select(StorageCount).where(
            StorageCount.place_id == place.id, StorageCount.closed_at.is_(None)
        )
    )
    if under_way is not None:
        return under_way
    count = StorageCount(
        bank_id=bank_id,
        place_id=place.id,
        begun_by_id=person_id,
        begun_at=now,
        closed_by_id=None,
        closed_at=None,
        expected=0,
        missing=0,
        strangers=0,
    )
    session.add(count)
    session.flush()
    return count


def count_thing(
    session: Session, *, now: datetime, bank_id: int, count_id: int, label: str
) -> tuple[ScannedThing, bool]:
    """Count a scanned thing; return it, and whether this was its first scan.

    Raises
    ------
    NotFound
        The bank has no such count; `bottle_unknown`, `intake_unknown` (`number`).
    Refused
        `count_closed`.
    """
    count = _open_count(session, bank_id, count_id)
    found = scanned_thing(session, bank_id=bank_id, label=label)
    if found.thing in counted(session, count):
        return found, False
    session.add(
        CountedItem(
            bank_id=bank_id,
            count_id=count.id,
            intake_id=found.thing.intake_id,
            bottle_id=found.thing.bottle_id,
            scanned_at=now,
        )
    )
    session.flush()
    return found, True


def close_count(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    count_id: int,
    missing_seen: int,
) -> StorageCount:
    """Close a count: what is missing leaves its place, and strangers stand where they were found.

    A missing thing stays on the list of missing things until a scan finds it again. A stranger in
    the wrong zone is registered here all the same, since it stands here: the map shows it.

    Parameters
    ----------
    missing_seen
        The number of missing things as the person saw it.

    Raises
    ------
    NotFound
        The bank has no such count.
    Conflict
        `changed_meanwhile`: another number is missing.
    Refused
        `count_closed`.
    """
    count = _open_count(session, bank_id, count_id)
    place = lock_place(session, bank_id=bank_id, place_id=count.place_id)
    difference = difference_of(session, count)
    if len(difference.missing) != missing_seen:
        raise Conflict("changed_meanwhile")
    _settle(session, now, person_id, place, difference)
    count.closed_by_id, count.closed_at = person_id, now
    count.expected = len(difference.found) + len(difference.missing)
    count.missing, count.strangers = len(difference.missing), len(difference.strangers)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="place counted",
        subject=f"storage_place:{place.id}",
        expected=count.expected,
        missing=count.missing,
        strangers=count.strangers,
    )
    return count


def difference_of(session: Session, count: StorageCount) -> CountDifference:
    """Return the difference between a count's scans and what is registered in its place now."""
    stays = session.scalars(
        select(StorageStay).where(
            StorageStay.place_id == count.place_id, StorageStay.ended_at.is_(None)
        )
    )
    expected = {StoredThing(intake_id=stay.intake_id, bottle_id=stay.bottle_id) for stay in stays}
    scanned = counted(session, count)
    return CountDifference(
        found=frozenset(expected & scanned),
        missing=frozenset(expected - scanned),
        strangers=frozenset(scanned - expected),
    )


def counted(session: Session, count: StorageCount) -> set[StoredThing]:
    """Return the things that were scanned in a count, and that have not left since.

    A thing has left if a later move took it out or to another place, if it was emptied, handed
    over or destroyed, or if its take-over was undone.
    """
    rows = session.scalars(select(CountedItem).where(CountedItem.count_id == count.id)).all()
    intakes = {each.intake_id for each in rows if each.intake_id is not None}
    bottles = {each.bottle_id for each in rows if each.bottle_id is not None}
    gone = _gone_intakes(session, intakes)
    left = set(
        session.scalars(
            select(Bottle.id).where(Bottle.id.in_(bottles), Bottle.left_at.is_not(None))
        )
    )
    moved = _moves_elsewhere(session, count, intakes, bottles)
    found = set()
    for each in rows:
        thing = StoredThing(intake_id=each.intake_id, bottle_id=each.bottle_id)
        later = moved.get(thing)
        has_left = each.intake_id in gone or each.bottle_id in left
        if not has_left and (later is None or later <= each.scanned_at):
            found.add(thing)
    return found


def _gone_intakes(session: Session, intakes: Collection[int]) -> set[int]:
    """Return those of these containers that were emptied, destroyed or given back."""
    gone = or_(
        Intake.withdrawn_at.is_not(None),
        Intake.state.in_((IntakeState.POOLED, IntakeState.DESTROYED)),
    )
    return set(session.scalars(select(Intake.id).where(Intake.id.in_(intakes), gone)))


def _moves_elsewhere(
    session: Session, count: StorageCount, intakes: Collection[int], bottles: Collection[int]
) -> dict[StoredThing, datetime]:
    """Return the instant of the latest move of each thing that does not stand in the place."""
    stays = session.scalars(
        select(StorageStay)
        .where(or_(StorageStay.intake_id.in_(intakes), StorageStay.bottle_id.in_(bottles)))
        .order_by(StorageStay.id)
    )
    latest = {
        StoredThing(intake_id=each.intake_id, bottle_id=each.bottle_id): each for each in stays
    }
    return {
        thing: stay.ended_at or stay.began_at
        for thing, stay in latest.items()
        if stay.ended_at is not None or stay.place_id != count.place_id
    }


def counts_of(session: Session, place: StoragePlace, *, most: int = 10) -> Sequence[StorageCount]:
    """Return the newest counts of a place."""
    return session.scalars(
        select(StorageCount)
        .where(StorageCount.place_id == place.id)
        .order_by(StorageCount.id.desc())
        .limit(most)
    ).all()


def _open_count(session: Session, bank_id: int, count_id: int) -> StorageCount:
    count = owned(session, StorageCount, bank_id, count_id)
    session.refresh(count, with_for_update=True)
    if count.closed_at is not None:
        raise Refused("count_closed")
    return count


def _settle(
    session: Session,
    now: datetime,
    person_id: int,
    place: StoragePlace,
    difference: CountDifference,
) -> None:
    for things, to, reason in (
        (difference.missing, None, MoveReason.MISSING),
        (difference.strangers, place, MoveReason.COUNTED),
    ):
        if things:
            move(
                session,
                now=now,
                bank_id=place.bank_id,
                person_id=person_id,
                things=sorted(things, key=_by_key),
                to=to,
                reason=reason,
            )


def _by_key(thing: StoredThing) -> tuple[int, int]:
    return thing.intake_id or 0, thing.bottle_id or 0
