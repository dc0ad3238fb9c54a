"""What is written about containers: the record at the door, and every change of holder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.excursions import let_door_excursions_stand
from collector.custody.models import (
    Container,
    ContainerKind,
    ContainerState,
    CustodyEntry,
    DoorRecord,
    RefusalReason,
)
from collector.custody.pickup_record import PickupRecord
from collector.errors import Refused
from collector.pickups.models import Pickup

LADDER = (
    ContainerState.DECLARED,
    ContainerState.COLLECTED,
    ContainerState.IN_TRANSIT,
    ContainerState.RECEIVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyStep:
    """A container's arrival at a state: who holds it from then on, since when, how cold."""

    holder: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Where a container should be, and the steps that lead there."""

    state: ContainerState
    steps: Mapping[ContainerState, CustodyStep]
    refused_because: RefusalReason | None = None
    kind: ContainerKind = ContainerKind.BOTTLE
    box: str = ""


def record_door(
    session: Session,
    *,
    now: datetime,
    pickup: Pickup,
    collector_id: int,
    event_id: int,
    device_at: datetime,
    door: PickupRecord,
    freezer_warmest: int,
    missing: tuple[str, ...] = (),
) -> DoorRecord:
    """Keep what was recorded at a door; it is never removed, only withdrawn."""
    record = DoorRecord(
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        collector_id=collector_id,
        event_id=event_id,
        bottles=door.bottles,
        volume_ml=door.volume_ml,
        freezer_celsius=door.freezer_celsius,
        storage_ok=door.storage_ok,
        empties_left=door.empties_left,
        note=door.note,
        flags=door.flags(freezer_warmest, missing),
        device_at=device_at,
        recorded_at=now,
        withdrawn_at=None,
        details=door.details() | {"missing": list(missing)},
    )
    session.add(record)
    session.flush()
    return record


def let_stand(
    session: Session, *, now: datetime, events: Iterable[int], standing: int | None
) -> None:
    """Withdraw the records of these events, all but the one that stands."""
    records = list(session.scalars(select(DoorRecord).where(DoorRecord.event_id.in_(list(events)))))
    for record in records:
        if record.event_id == standing:
            record.withdrawn_at = None
        elif record.withdrawn_at is None:
            record.withdrawn_at = now
    let_door_excursions_stand(session, records)


def refuse_taken_labels(session: Session, *, pickup: Pickup, numbers: Iterable[str]) -> None:
    """Refuse a label that another visit's bottle carries.

    Raises
    ------
    Refused
        `container_taken`, naming the number.
    """
    for container in _by_number(session, pickup.bank_id, numbers).values():
        if container.pickup_id != pickup.id and not _free(container):
            raise Refused("container_taken", number=container.number)


def settle_containers(
    session: Session, *, now: datetime, pickup: Pickup, fates: Mapping[str, Fate]
) -> None:
    """Bring every container of a visit where it should be, one custody entry for each step.

    A container that no record names any more (the collector took it back) returns to the state
    `declared`: it, its history and its tie to donor and visit remain.
    """
    known = _by_number(session, pickup.bank_id, fates)
    for number, fate in fates.items():
        container = known.get(number) or _declare(session, now, pickup, number, fate)
        if container.pickup_id != pickup.id:
            _tie_again(session, now, container, pickup)
        _bring(session, now, container, fate)
    ours = session.scalars(select(Container).where(Container.pickup_id == pickup.id))
    for container in ours:
        if container.number not in fates and container.state is not ContainerState.DECLARED:
            _enter(session, now, container, ContainerState.DECLARED, _back(container, now))
            container.refused_because = None
    session.flush()


def _by_number(session: Session, bank_id: int, numbers: Iterable[str]) -> dict[str, Container]:
    rows = session.scalars(
        select(Container)
        .where(Container.bank_id == bank_id, Container.number.in_(list(numbers)))
        .with_for_update()
    )
    return {row.number: row for row in rows}


def _free(container: Container) -> bool:
    """Whether its collector took back having it: typed at the wrong door, then undone."""
    return container.state is ContainerState.DECLARED


def _declare(session: Session, now: datetime, pickup: Pickup, number: str, fate: Fate) -> Container:
    container = Container(
        bank_id=pickup.bank_id,
        number=number,
        donor_id=pickup.donor_id,
        pickup_id=pickup.id,
        state=ContainerState.DECLARED,
        refused_because=None,
        kind=fate.kind,
        box=fate.box,
    )
    session.add(container)
    session.flush()
    first = min(fate.steps.values(), key=lambda step: step.at)
    step = CustodyStep(holder=f"donor:{pickup.donor_id}", at=first.at)
    _enter(session, now, container, ContainerState.DECLARED, step)
    return container


def _tie_again(session: Session, now: datetime, container: Container, pickup: Pickup) -> None:
    """Correct a label that was typed at the wrong door; the entry keeps what had been said."""
    was = {"corrected_from_pickup": container.pickup_id, "corrected_from": container.donor_id}
    container.pickup_id, container.donor_id = pickup.id, pickup.donor_id
    step = CustodyStep(holder=f"donor:{pickup.donor_id}", at=now, details=was)
    _enter(session, now, container, ContainerState.DECLARED, step)


def _bring(session: Session, now: datetime, container: Container, fate: Fate) -> None:
    if container.state is not fate.state:
        for state in _path(container.state, fate.state):
            _enter(session, now, container, state, fate.steps[state])
    container.refused_because, container.kind = fate.refused_because, fate.kind
    container.box = fate.box


def _path(state: ContainerState, wanted: ContainerState) -> list[ContainerState]:
    """Return the states to go through, upwards one by one, back in one correction."""
    if wanted not in LADDER:
        return [wanted]
    here = LADDER.index(state) if state in LADDER else 0
    there = LADDER.index(wanted)
    return list(LADDER[here + 1 : there + 1]) if there > here else [wanted]


def _back(container: Container, now: datetime) -> CustodyStep:
    return CustodyStep(holder=f"donor:{container.donor_id}", at=now, details={"taken_back": True})


def _enter(
    session: Session, now: datetime, container: Container, state: ContainerState, step: CustodyStep
) -> None:
    container.state = state
    session.add(
        CustodyEntry(
            bank_id=container.bank_id,
            container_id=container.id,
            state=state,
            holder=step.holder,
            happened_at=step.at,
            recorded_at=now,
            details=dict(step.details),
        )
    )
