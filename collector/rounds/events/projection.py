"""Projection of a round's events onto rows: visits, door records, containers, the round itself.

Every row is computed from all events of the round, so that their order of arrival is without
consequence. A settled visit takes precedence over any later change by the office: milk that is in
the box is in the box.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.actions import (
    CustodyStep,
    Fate,
    VisitFates,
    settle_containers,
    withdraw_records,
)
from collector.custody.excursions import withdraw_readings
from collector.custody.models import Container, ContainerKind, ContainerState
from collector.donors.contact import mark_phone_unreached, unmark_phone
from collector.donors.models import Donor
from collector.pickups.models import OF_MILK, Pickup, PickupState
from collector.rounds.emptyings import final_hand_overs
from collector.rounds.events.queries import ON_THE_ROAD, StoredEvent
from collector.rounds.events.replay import (
    RoundProgress,
    VisitPhase,
    VisitState,
    replay,
    replay_round,
)
from collector.rounds.events.schema import (
    CollectedEvent,
    HandedOverEvent,
    NotDoneEvent,
    PhoneEvent,
    UndoneEvent,
)
from collector.rounds.incidents import withdraw_incidents
from collector.rounds.models import NotDoneReason, Round, RoundState
from collector.rounds.phone_places import forget_place

FOLLOWED = {
    PickupState.PUBLISHED,
    PickupState.EN_ROUTE,
    PickupState.ARRIVED,
    PickupState.COLLECTED,
    PickupState.PARTLY_COLLECTED,
    PickupState.FAILED,
}
"""States from which a phone may also bring a visit back to `published` or `arrived`."""
UNDECIDED = {
    VisitPhase.WAITING: PickupState.PUBLISHED,
    VisitPhase.EN_ROUTE: PickupState.EN_ROUTE,
    VisitPhase.ARRIVED: PickupState.ARRIVED,
}


class HandOvers:
    """The hand-overs of a round, indexed by the containers that they name."""

    def __init__(self, events: Sequence[HandedOverEvent]) -> None:
        """Index the hand-overs that stand, in the phones' order."""
        self._events = events
        self._named: dict[str, int] = {}
        self._of_all: list[int] = []
        for place, event in enumerate(events):
            if event.payload.containers is None:
                self._of_all.append(place)
            for number in event.payload.containers or ():
                self._named.setdefault(number, place)

    def receiving(self, number: str, collected: CollectedEvent) -> HandedOverEvent | None:
        """Return the first hand-over that took a container: by name, or with all aboard."""
        later = bisect_right(
            self._of_all, collected.order, key=lambda place: self._events[place].order
        )
        places = [*self._of_all[later : later + 1]]
        if number in self._named:
            places.append(self._named[number])
        return self._events[min(places)] if places else None


def project(
    session: Session,
    *,
    now: datetime,
    round_: Round,
    stored: Mapping[int, Sequence[StoredEvent]],
    new: Sequence[StoredEvent],
) -> RoundProgress:
    """Bring the rows of a round in line with all of its events.

    Parameters
    ----------
    stored
        By the key of a round, the events of this round and of each that shares a visit with it.
    new
        The events of this round that were not projected yet; they are among `stored`.
    """
    own = stored[round_.id]
    progress = replay_round(each.event for each in own)
    changing = changing_events((each.event for each in own), (each.event for each in new))
    changed = {event.pickup for event in changing if event.pickup is not None}
    handed_over = any(isinstance(event, HandedOverEvent) for event in changing)
    touched = set(progress.visits) if handed_over else changed
    before = _states_before(own, new, touched)
    pickups = lock_pickups(session, touched)
    for key, pickup in pickups.items():
        if key in changed and _differs(before.get(key), progress.visits[key]):
            _set_pickup(pickup, progress.visits[key])
    keys = {each.event.client_id: each.id for each in own}
    after = {key: progress.visits[key] for key in touched}
    _project_records(session, now, keys, new, before, after)
    fates = _Fates(round_.id, stored, progress)
    visits = [VisitFates(pickup=pickup, fates=fates.of(pickup)) for pickup in pickups.values()]
    settle_containers(session, now=now, visits=visits)
    session.flush()
    _project_events(session, now, keys, new, progress)
    _mark_phones(session, changing, progress)
    _set_round(session, round_, progress)
    return progress


def lock_pickups(session: Session, keys: Iterable[int]) -> dict[int, Pickup]:
    """Return these visits by key, locked in the order of their keys."""
    rows = session.scalars(
        select(Pickup)
        .where(Pickup.id.in_(list(keys)))
        .order_by(Pickup.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def undone_by(events: Iterable[PhoneEvent]) -> set[str]:
    """Return the client ids of the events that these events undo."""
    return {event.payload.undoes for event in events if isinstance(event, UndoneEvent)}


def changing_events(known: Iterable[PhoneEvent], new: Iterable[PhoneEvent]) -> list[PhoneEvent]:
    """Return the new events and the known events that they undo."""
    added = list(new)
    undone = undone_by(added)
    return [*added, *(event for event in known if event.client_id in undone)]


def _states_before(
    own: Sequence[StoredEvent], new: Sequence[StoredEvent], touched: set[int]
) -> dict[int, VisitState]:
    """Return the states of the touched visits without the new events; None for an unknown visit."""
    keys = {each.id for each in new}
    events: dict[int, list[StoredEvent]] = {}
    for each in own:
        if each.event.pickup in touched and each.id not in keys:
            events.setdefault(each.event.pickup, []).append(each)
    return {pickup: replay(each.event for each in of) for pickup, of in events.items()}


def _differs(before: VisitState | None, after: VisitState) -> bool:
    """Return whether the visit changed: a late event of a past visit changes nothing today."""
    if before is None:
        return after.phase is not VisitPhase.WAITING
    return (before.phase, before.decided_by) != (after.phase, after.decided_by)


def _set_pickup(pickup: Pickup, state: VisitState) -> None:
    target, failure = _pickup_state(pickup, state)
    if state.settled or pickup.state in FOLLOWED:
        pickup.state, pickup.failure = target, failure


def _pickup_state(pickup: Pickup, state: VisitState) -> tuple[PickupState, str | None]:
    decided = state.decided_by
    if decided is None:
        return UNDECIDED[state.phase], None
    if isinstance(decided, NotDoneEvent):
        return PickupState.FAILED, decided.payload.reason.value
    record = decided.payload
    fulfilled = [purpose for purpose in pickup.purposes if record.fulfils(purpose)]
    only_milk = set(pickup.purposes) <= OF_MILK
    if record.refused_count and not record.bottles and (only_milk or not fulfilled):
        return PickupState.FAILED, NotDoneReason.MILK_REFUSED.value
    if record.refused_count or len(fulfilled) < len(pickup.purposes):
        return PickupState.PARTLY_COLLECTED, None
    return PickupState.COLLECTED, None


def _project_records(
    session: Session,
    now: datetime,
    keys: Mapping[str, int],
    new: Sequence[StoredEvent],
    before: Mapping[int, VisitState],
    after: Mapping[int, VisitState],
) -> None:
    """Let the door record of the event that decides each touched visit stand, and no other."""
    former = {keys[state.decided_by.client_id] for state in before.values() if state.decided_by}
    standing = {keys[state.decided_by.client_id] for state in after.values() if state.decided_by}
    concerned = former | standing | {each.id for each in new}
    withdraw_records(session, now=now, events=concerned, standing=standing)


class _Fates:
    """The containers' fates by the events of every round that shares a visit with one round."""

    def __init__(
        self, round_id: int, stored: Mapping[int, Sequence[StoredEvent]], progress: RoundProgress
    ) -> None:
        self._people = {
            key: {each.event.client_id: each.person_id for each in events}
            for key, events in stored.items()
        }
        self._progress = {
            key: progress if key == round_id else replay_round(each.event for each in events)
            for key, events in stored.items()
        }
        self._hand_overs = {key: HandOvers(of.hand_overs) for key, of in self._progress.items()}

    def of(self, pickup: Pickup) -> dict[str, Fate]:
        """Return the fates of a visit's containers, the latest round last.

        A visit that failed may be planned again; a late event of its first round must not take
        back the containers of the second.
        """
        fates: dict[str, Fate] = {}
        for key in sorted(self._progress):
            state = self._progress[key].visits.get(pickup.id)
            decided = state.decided_by if state else None
            if isinstance(decided, CollectedEvent):
                person_id = self._people[key][decided.client_id]
                fates |= _fates(pickup, decided, person_id, self._hand_overs[key])
        return fates


def _fates(
    pickup: Pickup, collected: CollectedEvent, person_id: int, hand_overs: HandOvers
) -> dict[str, Fate]:
    record, at = collected.payload, collected.device_at
    details = {
        "event": collected.client_id,
        "freezer_celsius": record.freezer_celsius,
        "box": record.box,
    }
    holder = f"person:{person_id}"
    donor = CustodyStep(holder=f"donor:{pickup.donor_id}", at=at, details=details)
    steps = {
        ContainerState.REFUSED_AT_DOOR: donor,
        ContainerState.COLLECTED: CustodyStep(holder=holder, at=at, details=details),
        ContainerState.IN_TRANSIT: CustodyStep(holder=holder, at=at),
    }
    fates = {
        number: Fate(state=ContainerState.REFUSED_AT_DOOR, steps=steps, refused_because=reason)
        for number, reason in record.refused_numbers(pickup.id).items()
    }
    for number in record.numbers(pickup.id):
        handed = hand_overs.receiving(number, collected)
        fates[number] = _fate_aboard(steps, handed, box=record.box, kind=ContainerKind.BOTTLE)
    for number, tube in record.tube_numbers(pickup.id).items():
        details = {"event": collected.client_id}
        drawn = CustodyStep(holder=holder, at=tube.drawn_at, details=details)
        of_tube = steps | {ContainerState.COLLECTED: drawn}
        handed = hand_overs.receiving(number, collected)
        fates[number] = _fate_aboard(of_tube, handed, box=record.box, kind=ContainerKind.TUBE)
    return fates


def _fate_aboard(
    steps: Mapping[ContainerState, CustodyStep],
    handed: HandedOverEvent | None,
    *,
    box: str,
    kind: ContainerKind,
) -> Fate:
    if handed is None:
        return Fate(state=ContainerState.IN_TRANSIT, steps=steps, box=box, kind=kind)
    details = {
        "event": handed.client_id,
        "box_celsius": _celsius_of(handed, box),
        "receiver": handed.payload.receiver,
    }
    received = CustodyStep(
        holder=f"site:{handed.payload.site}", at=handed.device_at, details=details
    )
    return Fate(
        state=ContainerState.RECEIVED,
        steps={**steps, ContainerState.RECEIVED: received},
        box=box,
        kind=kind,
    )


def _celsius_of(handed: HandedOverEvent, box: str) -> float:
    """Return the temperature of a container's own box, or else that of the hand-over."""
    own = (each.celsius for each in handed.payload.boxes if each.box == box)
    return next(own, handed.payload.box_celsius)


def _project_events(
    session: Session,
    now: datetime,
    keys: Mapping[str, int],
    new: Sequence[StoredEvent],
    progress: RoundProgress,
) -> None:
    """Let the readings and incidents of the events that count stand, and no others."""
    standing = {keys[event.client_id] for event in progress.counted}
    undone = undone_by(each.event for each in new)
    concerned = {each.id for each in new} | {keys[key] for key in undone if key in keys}
    withdraw_readings(session, now=now, events=concerned, standing=standing)
    withdraw_incidents(session, now=now, events=concerned, standing=standing)


def _mark_phones(session: Session, changing: Iterable[PhoneEvent], progress: RoundProgress) -> None:
    """Mark the telephones that could not be reached; an undone record takes its mark back."""
    standing = {event.client_id for event in progress.counted}
    for event in changing:
        if isinstance(event, NotDoneEvent) and event.payload.phone_unreached:
            pickup = session.get_one(Pickup, event.pickup)
            donor = session.get_one(Donor, pickup.donor_id)
            mark = mark_phone_unreached if event.client_id in standing else unmark_phone
            mark(session, donor, at=event.device_at)


def _set_round(session: Session, round_: Round, progress: RoundProgress) -> None:
    round_.acknowledged = progress.acknowledged
    closing = progress.closing
    round_.driven_metres = 1000 * closing.payload.kilometres if closing else None
    round_.state = _round_state(session, round_, progress)
    if round_.state not in ON_THE_ROAD:
        forget_place(session, round_)


def _round_state(session: Session, round_: Round, progress: RoundProgress) -> RoundState:
    """Return the state of the round.

    No event that starts it: published. Visits left, or nothing handed over at the end: started.
    Containers still in the box: returned. The box empty: unloaded.
    """
    if not progress.started:
        return RoundState.PUBLISHED
    visits = progress.visits
    published = round_.published or {"stops": []}
    promised = [stop["pickup"] for stop in published["stops"]]
    settled = all(pickup in visits and visits[pickup].settled for pickup in promised)
    if not settled or not final_hand_overs(published, progress):
        return RoundState.STARTED
    aboard = session.scalar(
        select(Container.id)
        .where(Container.pickup_id.in_(list(visits)), Container.state == ContainerState.IN_TRANSIT)
        .limit(1)
    )
    return RoundState.UNLOADED if aboard is None else RoundState.RETURNED
