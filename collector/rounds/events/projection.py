"""What a round's events do to the rows: visits, door records, containers, the round itself.

Everything is recomputed from all events of the round, so that their order of arrival is without
consequence. A settled visit always wins over whatever the office did meanwhile: milk that is in
the box is in the box.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.actions import CustodyStep, Fate, let_stand, settle_containers
from collector.custody.excursions import let_readings_stand
from collector.custody.models import Container, ContainerKind, ContainerState
from collector.custody.pickup_record import PickupRecord, read_door
from collector.pickups.models import OF_MILK, Pickup, PickupState
from collector.rounds.events.replay import (
    NotDoneReason,
    RecordedEvent,
    RoundProgress,
    VisitPhase,
    VisitState,
    replay_round,
)
from collector.rounds.events.schema import said_by
from collector.rounds.incidents import let_incidents_stand
from collector.rounds.models import EventKind, Round, RoundEvent, RoundState

FOLLOWED = {
    PickupState.PUBLISHED,
    PickupState.EN_ROUTE,
    PickupState.ARRIVED,
    PickupState.COLLECTED,
    PickupState.PARTLY_COLLECTED,
    PickupState.FAILED,
}
"""The states in which a phone may also bring a visit back to `published` or `arrived`."""


def events_of(session: Session, round_id: int) -> list[RoundEvent]:
    """Return everything the phones said of a round, in their order."""
    return list(
        session.scalars(
            select(RoundEvent)
            .where(RoundEvent.round_id == round_id)
            .order_by(RoundEvent.sequence, RoundEvent.device_at, RoundEvent.client_id)
        )
    )


def settle(session: Session, *, now: datetime, round_: Round, event: RoundEvent) -> RoundProgress:
    """Bring the rows where all events of the round, the new one among them, say they are."""
    rows = events_of(session, round_.id)
    progress = replay_round([said_by(row) for row in rows])
    before = replay_round([said_by(row) for row in rows if row.id != event.id])
    touched = _touched(event, progress)
    for pickup_id in sorted(touched):
        pickup = session.get_one(Pickup, pickup_id, with_for_update=True)
        state = progress.visits[pickup_id]
        if event.pickup_id and _differs(before.visits.get(pickup_id), state):
            _set_pickup(pickup, state)
        _set_custody(session, now, pickup, progress, rows)
    session.flush()
    _settle_round(session, now, round_, progress, rows)
    return progress


def door_of(decided_by: RecordedEvent) -> PickupRecord:
    """Return a kept visit's record as a value."""
    return read_door(decided_by.payload, milk_expected=False)


def _touched(event: RoundEvent, progress: RoundProgress) -> set[int]:
    """Return the visits whose rows an event may change."""
    if event.pickup_id:
        return {event.pickup_id}
    if event.kind in {EventKind.HANDED_OVER, EventKind.UNDONE}:
        return set(progress.visits)
    return set()


def _settle_round(
    session: Session,
    now: datetime,
    round_: Round,
    progress: RoundProgress,
    rows: Sequence[RoundEvent],
) -> None:
    by_client = {row.client_id: row.id for row in rows}
    counted = [by_client[said.client_id] for said in progress.counted]
    let_readings_stand(session, now=now, round_id=round_.id, standing=counted)
    let_incidents_stand(session, now=now, round_id=round_.id, standing=counted)
    round_.acknowledged = progress.acknowledged
    closing = progress.closing
    round_.driven_metres = 1000 * closing.payload["kilometres"] if closing else None
    round_.state = _round_state(session, round_, progress)


def _differs(before: VisitState | None, after: VisitState) -> bool:
    """Whether the event changed the visit: a late word on a past visit moves nothing today."""
    if before is None:
        return after.phase is not VisitPhase.WAITING
    return (before.phase, before.decided_by) != (after.phase, after.decided_by)


def _set_pickup(pickup: Pickup, state: VisitState) -> None:
    wanted, failure = _pickup_state(pickup, state)
    if state.settled or pickup.state in FOLLOWED:
        pickup.state, pickup.failure = wanted, failure


UNDECIDED = {
    VisitPhase.WAITING: PickupState.PUBLISHED,
    VisitPhase.EN_ROUTE: PickupState.EN_ROUTE,
    VisitPhase.ARRIVED: PickupState.ARRIVED,
}


def _pickup_state(pickup: Pickup, state: VisitState) -> tuple[PickupState, str | None]:
    decided = state.decided_by
    if decided is None:
        return UNDECIDED[state.phase], None
    if decided.kind is EventKind.NOT_DONE:
        return PickupState.FAILED, str(decided.payload["reason"])
    door = door_of(decided)
    done = [purpose for purpose in pickup.purposes if door.took_place(purpose)]
    only_milk = set(pickup.purposes) <= OF_MILK
    if door.refused_count and not door.bottles and (only_milk or not done):
        return PickupState.FAILED, NotDoneReason.MILK_REFUSED.value
    if door.refused_count or len(done) < len(pickup.purposes):
        return PickupState.PARTLY_COLLECTED, None
    return PickupState.COLLECTED, None


def _set_custody(
    session: Session,
    now: datetime,
    pickup: Pickup,
    progress: RoundProgress,
    rows: Sequence[RoundEvent],
) -> None:
    by_client = {row.client_id: row for row in rows if row.pickup_id == pickup.id}
    decided = progress.visits[pickup.id].decided_by
    standing = by_client[decided.client_id] if decided else None
    let_stand(
        session,
        now=now,
        events=[row.id for row in by_client.values()],
        standing=standing.id if standing else None,
    )
    fates = _fates_of_every_round(session, pickup, progress, rows)
    settle_containers(session, now=now, pickup=pickup, fates=fates)


def _fates_of_every_round(
    session: Session, pickup: Pickup, progress: RoundProgress, rows: Sequence[RoundEvent]
) -> dict[str, Fate]:
    """Return what all rounds say of a visit's containers, the latest round last.

    A visit that failed may be planned again; a late word on its first round must not take back
    what the second one brought in.
    """
    here = rows[0].round_id
    rounds = select(RoundEvent.round_id).where(RoundEvent.pickup_id == pickup.id).distinct()
    fates: dict[str, Fate] = {}
    for round_id in sorted(session.scalars(rounds)):
        theirs = rows if round_id == here else events_of(session, round_id)
        said = progress if round_id == here else replay_round([said_by(row) for row in theirs])
        decided = said.visits[pickup.id].decided_by
        standing = next(
            (row for row in theirs if decided and row.client_id == decided.client_id), None
        )
        if standing is not None:
            fates |= _fates(pickup, standing, said.hand_overs)
    return fates


def _fates(pickup: Pickup, row: RoundEvent, hand_overs: Iterable[RecordedEvent]) -> dict[str, Fate]:
    if row.kind is not EventKind.COLLECTED:
        return {}
    said = said_by(row)
    door = door_of(said)
    taken = {"event": row.client_id, "freezer_celsius": door.freezer_celsius, "box": door.box}
    holder = f"person:{row.person_id}"
    donor = CustodyStep(holder=f"donor:{pickup.donor_id}", at=row.device_at, details=taken)
    steps = {
        ContainerState.REFUSED_AT_DOOR: donor,
        ContainerState.COLLECTED: CustodyStep(holder=holder, at=row.device_at, details=taken),
        ContainerState.IN_TRANSIT: CustodyStep(holder=holder, at=row.device_at),
    }
    fates = {
        number: Fate(state=ContainerState.REFUSED_AT_DOOR, steps=steps, refused_because=reason)
        for number, reason in door.refused_numbers(pickup.id).items()
    }
    for number in door.numbers(pickup.id):
        handed = _received_by(number, said, hand_overs)
        fates[number] = _fate_aboard(steps, handed, box=door.box, kind=ContainerKind.BOTTLE)
    for number, tube in door.tube_numbers(pickup.id).items():
        drawn = CustodyStep(holder=holder, at=tube.drawn_at, details={"event": row.client_id})
        theirs = steps | {ContainerState.COLLECTED: drawn}
        handed = _received_by(number, said, hand_overs)
        fates[number] = _fate_aboard(theirs, handed, box=door.box, kind=ContainerKind.TUBE)
    return fates


def _fate_aboard(
    steps: Mapping[ContainerState, CustodyStep],
    handed: RecordedEvent | None,
    *,
    box: str,
    kind: ContainerKind,
) -> Fate:
    if handed is None:
        return Fate(state=ContainerState.IN_TRANSIT, steps=steps, box=box, kind=kind)
    details = {
        "event": handed.client_id,
        "box_celsius": _celsius_of(handed, box),
        "receiver": handed.payload.get("receiver", ""),
    }
    received = CustodyStep(
        holder=f"site:{handed.payload['site']}", at=handed.device_at, details=details
    )
    return Fate(
        state=ContainerState.RECEIVED,
        steps={**steps, ContainerState.RECEIVED: received},
        box=box,
        kind=kind,
    )


def _celsius_of(handed: RecordedEvent, box: str) -> float:
    """Return what the thermometer of a container's own box showed, or that of the hand-over."""
    for each in handed.payload.get("boxes", ()):
        if each["box"] == box:
            return float(each["celsius"])
    return float(handed.payload["box_celsius"])


def _received_by(
    number: str, collected: RecordedEvent, hand_overs: Iterable[RecordedEvent]
) -> RecordedEvent | None:
    """Return the first hand-over that took a container: by name, or with all that was aboard."""
    for handed in hand_overs:
        named = handed.payload["containers"]
        if number in named if named is not None else collected.order < handed.order:
            return handed
    return None


def _round_state(session: Session, round_: Round, progress: RoundProgress) -> RoundState:
    """Return how far the round has come.

    Nothing said: published. Doors left, or nothing handed over: started. Containers still in
    the box: returned. The box empty: unloaded.
    """
    if not progress.started:
        return RoundState.PUBLISHED
    visits = progress.visits
    promised = [stop["pickup"] for stop in (round_.published or {}).get("stops", [])]
    settled = all(pickup in visits and visits[pickup].settled for pickup in promised)
    if not settled or not progress.hand_overs:
        return RoundState.STARTED
    aboard = session.scalar(
        select(Container.id)
        .where(Container.pickup_id.in_(list(visits)), Container.state == ContainerState.IN_TRANSIT)
        .limit(1)
    )
    return RoundState.UNLOADED if aboard is None else RoundState.RETURNED
