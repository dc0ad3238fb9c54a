"""Writing of custody: door records, and every change of a container's holder."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collector.custody.discrepancies import (
    PhoneClaim,
    compare_claims,
    open_discrepancies,
    open_discrepancy,
    withdraw_missing,
)
from collector.custody.excursions import withdraw_excursions
from collector.custody.models import (
    Container,
    ContainerKind,
    ContainerState,
    CustodyEntry,
    DoorRecord,
    Excursion,
    RefusalReason,
)
from collector.custody.pickup_record import PickupRecord
from collector.errors import Conflict, Refused
from collector.pickups.models import Pickup

LADDER = (
    ContainerState.DECLARED,
    ContainerState.COLLECTED,
    ContainerState.IN_TRANSIT,
    ContainerState.RECEIVED,
)
"""States of a container on its way, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyStep:
    """A container's arrival at a state: its holder from then on, the instant, the temperature."""

    holder: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The state that a container should have, and the steps that lead there."""

    state: ContainerState
    steps: Mapping[ContainerState, CustodyStep]
    refused_because: RefusalReason | None = None
    kind: ContainerKind = ContainerKind.BOTTLE
    box: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFates:
    """The fates of a visit's containers, by number."""

    pickup: Pickup
    fates: Mapping[str, Fate]


def door_record(
    record: PickupRecord,
    *,
    now: datetime,
    pickup: Pickup,
    collector_id: int,
    event_id: int,
    device_at: datetime,
    freezer_warmest: int,
    missing: tuple[str, ...] = (),
) -> DoorRecord:
    """Return the row of a visit's record; it is never removed, only withdrawn.

    Parameters
    ----------
    freezer_warmest
        The bank's limit for the donor's freezer, in degrees Celsius.
    missing
        The proofs that the bank requires and that were not given.
    """
    return DoorRecord(
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        collector_id=collector_id,
        event_id=event_id,
        bottles=record.bottles,
        volume_ml=record.volume_ml,
        freezer_celsius=record.freezer_celsius,
        storage_ok=record.storage_ok,
        empties_left=record.empties_left,
        note=record.note,
        flags=record.flags(freezer_warmest, missing),
        device_at=device_at,
        recorded_at=now,
        withdrawn_at=None,
        details=record.details() | {"missing": list(missing)},
    )


def withdraw_records(
    session: Session, *, now: datetime, events: Iterable[int], standing: Collection[int]
) -> None:
    """Withdraw the door records of these events, with their excursions; restore the standing ones.

    Parameters
    ----------
    events, standing
        Keys of events.
    """
    records = session.scalars(select(DoorRecord).where(DoorRecord.event_id.in_(list(events))))
    changed: dict[int, datetime | None] = {}
    for record in records:
        stands = record.event_id in standing
        if stands != (record.withdrawn_at is None):
            record.withdrawn_at = None if stands else now
            changed[record.id] = record.withdrawn_at
    withdraw_excursions(session, Excursion.record_id, changed)


def lock_containers(
    session: Session, *, bank_id: int, numbers: Iterable[str]
) -> dict[str, Container]:
    """Return a bank's containers of these numbers, by number, locked in the order of their keys."""
    rows = session.scalars(
        select(Container)
        .where(Container.bank_id == bank_id, Container.number.in_(list(numbers)))
        .order_by(Container.id)
        .with_for_update()
    )
    return {row.number: row for row in rows}


def refuse_taken_labels(containers: Iterable[Container], *, pickup: Pickup) -> None:
    """Refuse a label that another visit's bottle carries.

    Parameters
    ----------
    containers
        The containers that bear the labels of the visit's record.

    Raises
    ------
    Refused
        `container_taken`, naming the number.
    """
    for container in containers:
        if container.pickup_id != pickup.id and not _is_free(container):
            raise Refused("container_taken", number=container.number)


def settle_containers(session: Session, *, now: datetime, visits: Sequence[VisitFates]) -> None:
    """Bring every container of these visits to its state, one custody entry for each step.

    A container that no record names any more, because the collector undid it, returns to the state
    `declared`: the container, its history and its tie to donor and visit remain. A container that
    the laboratory took over stays as it is; a difference becomes a discrepancy.
    """
    if not visits:
        return
    known = _known(session, visits)
    _declare_missing(session, now, visits, known)
    claims: list[PhoneClaim] = []
    for visit in visits:
        for number, fate in visit.fates.items():
            container = known[number]
            if container.taken_over_at is not None:
                claims.append(PhoneClaim(container, fate.state, visit.pickup.id))
                continue
            if container.pickup_id != visit.pickup.id:
                _tie_again(session, now, container, visit.pickup)
            _bring(session, now, container, fate)
    fates = {visit.pickup.id: visit.fates for visit in visits}
    named = {claim.container.id for claim in claims}
    for container in known.values():
        here = fates.get(container.pickup_id)
        if here is None or container.number in here or container.id in named:
            continue
        if container.taken_over_at is not None:
            claims.append(PhoneClaim(container, ContainerState.DECLARED, container.pickup_id))
        elif not _is_free(container):
            _enter(session, now, container, ContainerState.DECLARED, _undo(container, now))
            container.refused_because = None
    compare_claims(session, now=now, claims=claims)
    session.flush()


def take_over(
    session: Session,
    *,
    now: datetime,
    container: Container,
    site_id: int,
    refused_because: RefusalReason | None = None,
) -> None:
    """Give a received container to the laboratory; from then on no phone moves it.

    Parameters
    ----------
    site_id
        The bank's site at which it was taken over.
    refused_because
        The reason of a refusal at the reception.
    """
    container.taken_over_at = now
    if refused_because is not None:
        step = CustodyStep(holder=f"site:{site_id}", at=now)
        _enter(session, now, container, ContainerState.REFUSED_AT_RECEPTION, step)
        container.refused_because = refused_because
    withdraw_missing(session, now=now, container=container)
    session.flush()


def give_back(session: Session, *, now: datetime, container: Container, site_id: int) -> None:
    """Undo a take-over: the container waits for the laboratory again.

    Raises
    ------
    Refused
        `discrepancy_stands`: the phones and the laboratory differ on this container.
    """
    if open_discrepancies(session, [container]):
        raise Refused("discrepancy_stands", number=container.number)
    if container.state is ContainerState.REFUSED_AT_RECEPTION:
        step = CustodyStep(holder=f"site:{site_id}", at=now, details={"taken_back": True})
        _enter(session, now, container, ContainerState.RECEIVED, step)
    container.taken_over_at, container.refused_because = None, None
    session.flush()


def receive_unannounced(
    session: Session, *, now: datetime, pickup: Pickup, number: str, site_id: int
) -> Container:
    """Receive a bottle that no phone named, with the label of a known donor.

    A discrepancy tells that the phones do not know it; it is withdrawn once a phone names it.

    Raises
    ------
    Conflict
        `container_known` (`number`): the bank has a container of this number.
    """
    known = select(Container.id).where(
        Container.bank_id == pickup.bank_id, Container.number == number
    )
    if session.scalar(known) is not None:
        raise Conflict("container_known", number=number)
    holder = f"site:{site_id}"
    steps = {ContainerState.RECEIVED: CustodyStep(holder=holder, at=now)}
    container = _declared(pickup, number, Fate(state=ContainerState.RECEIVED, steps=steps))
    session.add(container)
    session.flush()
    _enter(session, now, container, ContainerState.RECEIVED, steps[ContainerState.RECEIVED])
    open_discrepancy(
        session, now=now, claim=PhoneClaim(container, ContainerState.DECLARED, pickup.id)
    )
    return container


def _known(session: Session, visits: Sequence[VisitFates]) -> dict[str, Container]:
    """Return the containers that these visits name or hold, by number, locked."""
    numbers = {number for visit in visits for number in visit.fates}
    pickups = [visit.pickup.id for visit in visits]
    rows = session.scalars(
        select(Container)
        .where(
            Container.bank_id == visits[0].pickup.bank_id,
            or_(Container.number.in_(numbers), Container.pickup_id.in_(pickups)),
        )
        .order_by(Container.id)
        .with_for_update()
    )
    return {row.number: row for row in rows}


def _is_free(container: Container) -> bool:
    """Return whether the collector undid the container: typed at the wrong door, for example."""
    return container.state is ContainerState.DECLARED


def _declare_missing(
    session: Session,
    now: datetime,
    visits: Sequence[VisitFates],
    known: dict[str, Container],
) -> None:
    """Declare the containers that have no row yet, in one statement, with their first entry."""
    declared: list[tuple[Container, Fate]] = []
    for visit in visits:
        for number, fate in visit.fates.items():
            if number not in known:
                known[number] = _declared(visit.pickup, number, fate)
                declared.append((known[number], fate))
    session.add_all(container for container, _ in declared)
    session.flush()
    for container, fate in declared:
        first = min(step.at for step in fate.steps.values())
        step = CustodyStep(holder=f"donor:{container.donor_id}", at=first)
        _enter(session, now, container, ContainerState.DECLARED, step)


def _declared(pickup: Pickup, number: str, fate: Fate) -> Container:
    return Container(
        bank_id=pickup.bank_id,
        number=number,
        donor_id=pickup.donor_id,
        pickup_id=pickup.id,
        state=ContainerState.DECLARED,
        refused_because=None,
        kind=fate.kind,
        line=pickup.line,
        box=fate.box,
    )


def _tie_again(session: Session, now: datetime, container: Container, pickup: Pickup) -> None:
    """Correct a label that was typed at the wrong door; the entry keeps the former visit."""
    former = {"corrected_from_pickup": container.pickup_id, "corrected_from": container.donor_id}
    container.pickup_id, container.donor_id = pickup.id, pickup.donor_id
    container.line = pickup.line
    step = CustodyStep(holder=f"donor:{pickup.donor_id}", at=now, details=former)
    _enter(session, now, container, ContainerState.DECLARED, step)


def _bring(session: Session, now: datetime, container: Container, fate: Fate) -> None:
    if container.state is not fate.state:
        for state in _path(container.state, fate.state):
            _enter(session, now, container, state, fate.steps[state])
    container.refused_because, container.kind = fate.refused_because, fate.kind
    container.box = fate.box


def _path(state: ContainerState, target: ContainerState) -> list[ContainerState]:
    """Return the states to pass through: upwards one by one, back in one correction."""
    if target not in LADDER:
        return [target]
    here = LADDER.index(state) if state in LADDER else 0
    there = LADDER.index(target)
    return list(LADDER[here + 1 : there + 1]) if there > here else [target]


def _undo(container: Container, now: datetime) -> CustodyStep:
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
