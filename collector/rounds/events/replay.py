"""The state of a visit, or of a whole round, computed from its events in any order of arrival.

The same rules stand in static/js/phone/replay.js; tests/replay_cases.json is run through both.

1. An event counts once, by its client id.
2. An event named by an `undone` event does not count, whichever of the two arrived first.
3. The remaining events are read in the phones' own order: sequence, then device time, then client
   id. A phone raises its sequence above every one it has seen, so the order survives a wrong clock.
4. The last `collected` or `not_done` decides the visit; the others that stand are its rivals: two
   phones disagree, and a coordinator looks at both.
5. Failing that, an `arrived` counts more than an `en_route`, until a `postponed` follows.
6. `acknowledged`, `incident` and `address_shown` do not start a round; every other kind does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collector.rounds.events.schema import (
    AcknowledgedEvent,
    AddressShownEvent,
    ArrivedEvent,
    ClosedEvent,
    CollectedEvent,
    DecisiveEvent,
    EnRouteEvent,
    HandedOverEvent,
    IncidentEvent,
    NotDoneEvent,
    PhoneEvent,
    PostponedEvent,
    StartedEvent,
    UndoneEvent,
)
from collector.rounds.models import LoadItem

NOT_A_START = (AcknowledgedEvent, AddressShownEvent, IncidentEvent)
"""Events that may come before the start of a round."""


class VisitPhase(StrEnum):
    """Progress of a visit."""

    WAITING = "waiting"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    COLLECTED = "collected"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitState:
    """The state of one visit after its events."""

    phase: VisitPhase
    arrived_at: datetime | None
    decided_by: DecisiveEvent | None
    """The event that settled the visit, with its record or its reason."""
    postponed: bool = False
    """Whether the visit was put off to the end of the round."""
    rivals: tuple[DecisiveEvent, ...] = ()
    """Earlier decisive events that stand as well, from a phone that missed the others."""

    @property
    def settled(self) -> bool:
        """Whether the visit was decided."""
        return self.decided_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundProgress:
    """The state of a whole round after its events."""

    started: bool
    visits: Mapping[int, VisitState]
    hand_overs: tuple[HandedOverEvent, ...]
    counted: tuple[PhoneEvent, ...] = ()
    """Every event that stands, in the phones' order."""

    @property
    def acknowledged(self) -> int:
        """The latest revision that the collector confirmed; 0 before the first."""
        return max(
            (each.payload.revision for each in self.counted if isinstance(each, AcknowledgedEvent)),
            default=0,
        )

    @property
    def lacking(self) -> tuple[LoadItem, ...]:
        """Things that the collector did not load before the start."""
        starts = [each.payload.lacking for each in self.counted if isinstance(each, StartedEvent)]
        return starts[-1] if starts else ()

    @property
    def closing(self) -> ClosedEvent | None:
        """The last event that closed the day, or None before the first."""
        closings = [each for each in self.counted if isinstance(each, ClosedEvent)]
        return closings[-1] if closings else None


def standing(events: Iterable[PhoneEvent]) -> list[PhoneEvent]:
    """Return the events that count, in the phones' order."""
    known = {event.client_id: event for event in events}
    undone = {event.payload.undoes for event in known.values() if isinstance(event, UndoneEvent)}
    return sorted(
        (
            event
            for event in known.values()
            if not isinstance(event, UndoneEvent) and event.client_id not in undone
        ),
        key=lambda event: event.order,
    )


def replay(events: Iterable[PhoneEvent]) -> VisitState:
    """Return the state of one visit from all of its events."""
    return _visit_state(standing(events))


def replay_round(events: Iterable[PhoneEvent]) -> RoundProgress:
    """Return the progress of a round from all of its events."""
    known = list(events)
    counted = standing(known)
    by_visit: dict[int, list[PhoneEvent]] = {
        event.pickup: [] for event in known if event.pickup is not None
    }
    for event in counted:
        if event.pickup is not None:
            by_visit[event.pickup].append(event)
    return RoundProgress(
        started=any(not isinstance(each, NOT_A_START) for each in counted),
        visits={pickup: _visit_state(of_visit) for pickup, of_visit in by_visit.items()},
        hand_overs=tuple(each for each in counted if isinstance(each, HandedOverEvent)),
        counted=tuple(counted),
    )


def _visit_state(counted: Iterable[PhoneEvent]) -> VisitState:
    """Return the state of a visit from its events that count, in the phones' order."""
    arrived, en_route, postponed, decided = None, False, False, list[DecisiveEvent]()
    for event in counted:
        if isinstance(event, ArrivedEvent):
            arrived = event.device_at
        elif isinstance(event, EnRouteEvent):
            en_route = True
        elif isinstance(event, PostponedEvent):
            arrived, en_route, postponed = None, False, True
        elif isinstance(event, CollectedEvent | NotDoneEvent):
            decided.append(event)
    last = decided[-1] if decided else None
    return VisitState(
        phase=_phase(arrived, last, en_route=en_route),
        arrived_at=arrived,
        decided_by=last,
        postponed=postponed,
        rivals=tuple(decided[:-1]),
    )


def _phase(
    arrived: datetime | None, decided: DecisiveEvent | None, *, en_route: bool
) -> VisitPhase:
    if decided is not None:
        return VisitPhase(decided.kind.value)
    if arrived is not None:
        return VisitPhase.ARRIVED
    return VisitPhase.EN_ROUTE if en_route else VisitPhase.WAITING
