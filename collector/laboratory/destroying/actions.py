"""Writing of destructions: a list of scanned things, and the signature of its witness.

A bottle that the dispensary destroys at its counter is a list of one thing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.laboratory.destroying.queries import DestroyedThing, contents_of
from collector.laboratory.destructions.models import (
    DestroyedItem,
    Destruction,
    DestructionMethod,
    DestructionReason,
)
from collector.laboratory.destructions.queries import item_of
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.storage.things import ScannedThing, scanned_thing
from collector.laboratory.units.models import MoveReason
from collector.laboratory.units.stays import StoredThing, leave_storage

LONGEST_NOTE = 200
MOST_THINGS = 500
"""Most things of one destruction."""


def begin_destruction(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    reason: DestructionReason,
    method: DestructionMethod,
    note: str,
) -> Destruction:
    """Begin an empty list of things to destroy.

    Raises
    ------
    Refused
        `destruction_needs_note`: the reason or the way is another one; `text_too_long` (`most`).
    """
    is_other = reason is DestructionReason.OTHER or method is DestructionMethod.OTHER
    if is_other and not note.strip():
        raise Refused("destruction_needs_note")
    if len(note) > LONGEST_NOTE:
        raise Refused("text_too_long", most=LONGEST_NOTE)
    found = Destruction(
        bank_id=bank_id,
        reason=reason,
        method=method,
        note=note.strip(),
        begun_by_id=person_id,
        begun_at=now,
        witness_id=None,
        witnessed_at=None,
        abandoned_at=None,
    )
    session.add(found)
    _record(session, now, found, person_id, "destruction begun", reason=reason.value)
    return found


def add_to_destruction(
    session: Session, *, now: datetime, bank_id: int, destruction_id: int, label: str
) -> tuple[ScannedThing, bool]:
    """Put a scanned container or bottle on the list; return it, and whether it was not on it yet.

    Raises
    ------
    NotFound
        The bank has no such destruction; `bottle_unknown`, `intake_unknown` (`number`).
    Refused
        `destruction_ended`; `destruction_full` (`most`); the thing may not be destroyed
        (`refuse_undestroyable`).
    """
    found = _lock(session, bank_id, destruction_id)
    thing = scanned_thing(session, bank_id=bank_id, label=label)
    entry = item_of(session, **_keys(thing.thing))
    if entry is not None and entry[1].id == found.id:
        return thing, False
    refuse_undestroyable(session, thing)
    if len(contents_of(session, found)) >= MOST_THINGS:
        raise Refused("destruction_full", most=MOST_THINGS)
    session.add(
        DestroyedItem(
            bank_id=bank_id,
            destruction_id=found.id,
            rest_ml=None,
            scanned_at=now,
            withdrawn_at=None,
            **_keys(thing.thing),
        )
    )
    session.flush()
    return thing, True


def list_bottle(
    session: Session, *, now: datetime, found: Destruction, bottle: Bottle, rest_ml: int | None
) -> DestroyedItem:
    """Put a bottle that no other list has on a list, in the house or back from a ward.

    Parameters
    ----------
    rest_ml
        Millilitres that a ward sent back; None for a bottle that had not left.
    """
    item = DestroyedItem(
        bank_id=found.bank_id,
        destruction_id=found.id,
        bottle_id=bottle.id,
        rest_ml=rest_ml,
        scanned_at=now,
        withdrawn_at=None,
    )
    session.add(item)
    session.flush()
    return item


def refuse_undestroyable(session: Session, thing: ScannedThing) -> None:
    """Refuse a thing that is not there to be destroyed.

    Raises
    ------
    Refused
        `thing_on_list` (`number`): another destruction has it; `thing_emptied` (`number`): its
        milk is in a pool.
    """
    if item_of(session, **_keys(thing.thing)) is not None:
        raise Refused("thing_on_list", number=thing.number)
    if thing.thing.intake_id is not None:
        intake = session.get_one(Intake, thing.thing.intake_id)
        if intake.state is IntakeState.POOLED:
            raise Refused("thing_emptied", number=thing.number)


def take_off_destruction(
    session: Session, *, now: datetime, bank_id: int, destruction_id: int, item_id: int
) -> DestroyedItem:
    """Take a thing off a list that no witness has signed.

    Raises
    ------
    NotFound
        The bank has no such destruction or entry.
    Refused
        `destruction_ended`.
    """
    found = _lock(session, bank_id, destruction_id)
    item = owned(session, DestroyedItem, bank_id, item_id)
    if item.destruction_id != found.id or item.withdrawn_at is not None:
        raise Refused("destruction_ended")
    item.withdrawn_at = now
    return item


def abandon_destruction(
    session: Session, *, now: datetime, bank_id: int, person_id: int, destruction_id: int
) -> Destruction:
    """Give a list up: its things are as they were.

    Raises
    ------
    NotFound
        The bank has no such destruction.
    Refused
        `destruction_ended`.
    """
    found = _lock(session, bank_id, destruction_id)
    for item in session.scalars(
        select(DestroyedItem).where(
            DestroyedItem.destruction_id == found.id, DestroyedItem.withdrawn_at.is_(None)
        )
    ):
        item.withdrawn_at = now
    found.abandoned_at = now
    _record(session, now, found, person_id, "destruction abandoned")
    return found


def witness_destruction(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    destruction_id: int,
    seen: int,
) -> Destruction:
    """Sign as the second person that everything on the list was destroyed.

    The things leave their places, and containers of quarantine become `destroyed`.
    `dispensary.returns.actions.sign_destruction` also settles bottles that came back.

    Parameters
    ----------
    seen
        The number of things that the witness's page showed.

    Raises
    ------
    NotFound
        The bank has no such destruction.
    Conflict
        `changed_meanwhile`: the list has another number of things.
    Refused
        `destruction_ended`; `destruction_empty`; `two_people_needed`; `bottle_gone` (`number`):
        it left the bank meanwhile.
    """
    found = _lock(session, bank_id, destruction_id)
    if person_id == found.begun_by_id:
        raise Refused("two_people_needed")
    things = contents_of(session, found)
    if not things:
        raise Refused("destruction_empty")
    if len(things) != seen:
        raise Conflict("changed_meanwhile")
    _leave(session, now, found, things)
    found.witness_id, found.witnessed_at = person_id, now
    figures = {"things": len(things), "volume_ml": sum(each.volume_ml for each in things)}
    _record(session, now, found, person_id, "milk destroyed", **figures)
    return found


def _leave(
    session: Session, now: datetime, found: Destruction, things: list[DestroyedThing]
) -> None:
    """End the stays of things and the quarantine of containers; bottles have left from now on."""
    bottles = {each.bottle_id: each for each in things if each.bottle_id is not None}
    rows = select(Bottle).where(Bottle.id.in_(bottles)).order_by(Bottle.id).with_for_update()
    for bottle in session.scalars(rows.execution_options(populate_existing=True)):
        if bottle.left_at is not None and not bottles[bottle.id].came_back:
            raise Refused("bottle_gone", number=bottle.number)
        bottle.left_at = bottle.left_at or now
    leave_storage(
        session,
        now=now,
        bank_id=found.bank_id,
        person_id=found.begun_by_id,
        things=[StoredThing(intake_id=each.intake_id, bottle_id=each.bottle_id) for each in things],
        reason=MoveReason.DESTROYED,
    )
    keys = [each.intake_id for each in things if each.intake_id is not None]
    for intake in session.scalars(select(Intake).where(Intake.id.in_(keys))):
        if intake.state is not IntakeState.REFUSED:
            intake.state = IntakeState.DESTROYED


def _keys(thing: StoredThing) -> dict[str, int | None]:
    return {"intake_id": thing.intake_id, "bottle_id": thing.bottle_id}


def _lock(session: Session, bank_id: int, destruction_id: int) -> Destruction:
    """Return a destruction that awaits its witness, locked until the transaction ends."""
    found = owned(session, Destruction, bank_id, destruction_id)
    session.refresh(found, with_for_update=True)
    if found.witnessed_at is not None or found.abandoned_at is not None:
        raise Refused("destruction_ended")
    return found


def _record(
    session: Session,
    now: datetime,
    found: Destruction,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=found.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"destruction:{found.id}",
        **details,
    )
