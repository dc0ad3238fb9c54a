"""What the events of a visit, or of a whole round, amount to, in whatever order they arrived.

The same rules stand in static/js/phone/replay.js; tests/replay_cases.json is run through both.

1. An event counts once, by its client id.
2. An event named by an `undone` event does not count, whichever of the two arrived first.
3. What is left is read in the phones' own order: sequence, then device time, then client id. A
   phone raises its sequence above every one it has seen, so the order survives a wrong clock.
4. The last `collected` or `not_done` decides the visit; the others that stand are its rivals: two
   phones disagree, and a coordinator looks at both.
5. Failing that, an `arrived` counts more than an `en_route`, until a `postponed` follows.
6. Seeing a revision and telling of an incident do not start a round; anything else does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from collector.rounds.models import EventKind

SAID_BEFORE = frozenset({EventKind.ACKNOWLEDGED, EventKind.INCIDENT})


class VisitPhase(StrEnum):
    """How far a visit has come."""

    WAITING = "waiting"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    COLLECTED = "collected"
    NOT_DONE = "not_done"


class NotDoneReason(StrEnum):
    """Why a visit did not take place (docs/states.md)."""

    NOBODY_HOME = "nobody_home"
    WRONG_ADDRESS = "wrong_address"
    DONOR_UNWELL = "donor_unwell"
    NOTHING_READY = "nothing_ready"
    MILK_REFUSED = "milk_refused"
    FREEZER_TOO_WARM = "freezer_too_warm"
    COLLECTOR_LATE = "collector_late"
    VEHICLE_OR_BOX = "vehicle_or_box"
    ACCESS = "access"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """One event, as a phone said it."""

    client_id: str
    kind: EventKind
    pickup: int | None
    sequence: int
    device_at: datetime
    payload: Mapping[str, Any]
    device: str = ""

    @property
    def order(self) -> tuple[int, datetime, str]:
        """Where it stands among what the phones said."""
        return self.sequence, self.device_at, self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitState:
    """What the events of one visit amount to."""

    phase: VisitPhase
    arrived_at: datetime | None
    decided_by: RecordedEvent | None
    """The event that settled the visit, with its record or its reason."""
    postponed: bool = False
    """Whether it was put off to the end of the round."""
    rivals: tuple[RecordedEvent, ...] = ()
    """What was said otherwise and stands as well, by a phone that did not know."""

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do at this door."""
        return self.decided_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundProgress:
    """What the events of a whole round amount to."""

    started: bool
    visits: Mapping[int, VisitState]
    hand_overs: tuple[RecordedEvent, ...]
    counted: tuple[RecordedEvent, ...] = ()
    """Every event that stands, in the phones' order."""

    @property
    def acknowledged(self) -> int:
        """The latest revision that was seen; 0 before the first."""
        seen = (each for each in self.counted if each.kind is EventKind.ACKNOWLEDGED)
        return max((int(each.payload["revision"]) for each in seen), default=0)

    @property
    def closing(self) -> RecordedEvent | None:
        """What was said last of the kilometres and the freezer, or None before that."""
        closings = [each for each in self.counted if each.kind is EventKind.CLOSED]
        return closings[-1] if closings else None


def standing(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """Return the events that count, in the phones' order."""
    known = {event.client_id: event for event in events}
    undone = {
        event.payload.get("undoes") for event in known.values() if event.kind is EventKind.UNDONE
    }
    return sorted(
        (
            event
            for event in known.values()
            if event.kind is not EventKind.UNDONE and event.client_id not in undone
        ),
        key=lambda event: event.order,
    )


def replay(events: Iterable[RecordedEvent]) -> VisitState:
    """Return the state of one visit from all of its events."""
    arrived, en_route, postponed, decided = None, False, False, list[RecordedEvent]()
    for event in standing(events):
        if event.kind is EventKind.ARRIVED:
            arrived = event.device_at
        elif event.kind is EventKind.EN_ROUTE:
            en_route = True
        elif event.kind is EventKind.POSTPONED:
            arrived, en_route, postponed = None, False, True
        elif event.kind in {EventKind.COLLECTED, EventKind.NOT_DONE}:
            decided.append(event)
    last = decided[-1] if decided else None
    return VisitState(
        phase=_phase(arrived, last, en_route=en_route),
        arrived_at=arrived,
        decided_by=last,
        postponed=postponed,
        rivals=tuple(decided[:-1]),
    )


def replay_round(events: Iterable[RecordedEvent]) -> RoundProgress:
    """Return the progress of a round from all of its events."""
    known = list(events)
    by_visit: dict[int, list[RecordedEvent]] = {}
    for event in known:
        if event.pickup is not None:
            by_visit.setdefault(event.pickup, []).append(event)
    counted = standing(known)
    return RoundProgress(
        started=any(event.kind not in SAID_BEFORE for event in counted),
        visits={pickup: replay(said) for pickup, said in by_visit.items()},
        hand_overs=tuple(event for event in counted if event.kind is EventKind.HANDED_OVER),
        counted=tuple(counted),
    )


def _phase(
    arrived: datetime | None, decided: RecordedEvent | None, *, en_route: bool
) -> VisitPhase:
    if decided is not None:
        return VisitPhase(decided.kind.value)
    if arrived is not None:
        return VisitPhase.ARRIVED
    return VisitPhase.EN_ROUTE if en_route else VisitPhase.WAITING
