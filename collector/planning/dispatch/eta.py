"""How a published round goes: what its phones said until now, and when the rest will be reached.

What is over stands at the times the phones gave. What is ahead is reckoned from there: the way by
the planner's own law of travel, the minutes at the door as they were planned, and nobody rings
ahead of the hours that were promised. A collector who has not been heard of since her departure is
taken to leave now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collector.rounds.events.replay import RoundProgress, VisitPhase, VisitState
from collector.rounds.promises import Promise
from routing.travel.law import estimated

Snapshot = Mapping[str, Any]

LEAST_REMAINING = timedelta(minutes=1)
"""What is not over yet takes at least so long more."""
AT_RISK_MARGIN = timedelta(minutes=15)
"""A promise with less time to spare is at risk: Milkround's own starting value."""
WAITING = VisitState(phase=VisitPhase.WAITING, arrived_at=None, decided_by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEta:
    """One stop of a round on the road.

    Attributes
    ----------
    number
        Its place in what was published, the first being 1.
    arrives_at, begins_at, ends_at
        As they were, where it is over; as they will be, where it is ahead.
    """

    pickup_id: int
    number: int
    planned_begins_at: datetime
    promise: Promise
    state: VisitState
    arrives_at: datetime
    begins_at: datetime
    ends_at: datetime

    @property
    def past(self) -> bool:
        """Whether it is over: nobody can move it any more."""
        return self.state.settled

    @property
    def collected(self) -> bool:
        """Whether something was taken along."""
        return self.state.phase is VisitPhase.COLLECTED

    @property
    def late_by(self) -> timedelta:
        """How much after the promised hours somebody rings; negative: what there is to spare."""
        return self.begins_at - self.promise.closes

    @property
    def at_risk(self) -> bool:
        """Whether a promise that is still open may be broken."""
        ahead = self.state.phase in {VisitPhase.WAITING, VisitPhase.EN_ROUTE}
        return ahead and self.late_by > -AT_RISK_MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEta:
    """A round as it was driven and will be, door by door in that order.

    Attributes
    ----------
    waits_for_word
        It should have left, and nothing was heard of it.
    """

    doors: tuple[StopEta, ...]
    departs_at: datetime
    returns_at: datetime
    started: bool
    home: bool
    waits_for_word: bool

    @property
    def ahead(self) -> tuple[StopEta, ...]:
        """What is still to be done."""
        return tuple(door for door in self.doors if not door.past)


def estimate_round(
    published: Snapshot, progress: RoundProgress, *, now: datetime
) -> RoundEta | None:
    """Reckon the course of a published round, or None for one that goes nowhere."""
    if not published["departs_at"]:
        return None
    departs, silent = _departure(published, progress, now)
    stops = _in_order(published["stops"], progress)
    travel = _travel(published, [stop for _, stop in stops])
    doors: list[StopEta] = []
    free = departs
    for place, (number, stop) in enumerate(stops):
        state = progress.visits.get(stop["pickup"], WAITING)
        arrives = free + travel[place]
        door = _past(stop, state, free, now) if state.settled else None
        door = door or _at_the_door(stop, state, free, now)
        door = door or _ahead(stop, state, arrives, now, started=progress.started)
        doors.append(replace(door, number=number))
        free = door.ends_at
    home = bool(progress.hand_overs) and all(door.past for door in doors)
    back = progress.hand_overs[-1].device_at if home else free + travel[-1]
    return RoundEta(
        doors=tuple(doors),
        departs_at=departs,
        returns_at=back if home else max(back, now),
        started=progress.started,
        home=home,
        waits_for_word=silent,
    )


def _departure(
    published: Snapshot, progress: RoundProgress, now: datetime
) -> tuple[datetime, bool]:
    """Return when a round left or will leave, and whether its silence is strange."""
    planned = datetime.fromisoformat(published["departs_at"])
    if progress.started:
        said = (each.device_at for each in progress.counted if each.kind == "started")
        return min(next(said, planned), now), False
    silent = planned <= now
    return max(planned, now + LEAST_REMAINING) if silent else planned, silent


def _in_order(
    stops: Sequence[dict[str, Any]], progress: RoundProgress
) -> list[tuple[int, dict[str, Any]]]:
    """Return the stops as they were driven, then as they will be: what was put off comes last."""

    def rank(numbered: tuple[int, dict[str, Any]]) -> tuple[int, float, int]:
        number, stop = numbered
        state = progress.visits.get(stop["pickup"], WAITING)
        if state.decided_by is not None:
            return 0, state.decided_by.device_at.timestamp(), number
        order = {VisitPhase.ARRIVED: 1, VisitPhase.EN_ROUTE: 2}
        return order.get(state.phase, 4 if state.postponed else 3), 0.0, number

    return sorted(enumerate(stops, start=1), key=rank)


def _travel(published: Snapshot, stops: Sequence[dict[str, Any]]) -> list[timedelta]:
    """Return the way to each stop from the one before it, and at the end the way home."""
    ends = published["start"], published["end"]
    places = [ends[0], *(stop["address"] for stop in stops), ends[1]]
    points = [(place["latitude"] or 0.0, place["longitude"] or 0.0) for place in places]
    seconds = estimated(points).seconds
    return [timedelta(seconds=seconds[row][row + 1]) for row in range(len(points) - 1)]


def _past(stop: dict[str, Any], state: VisitState, free: datetime, now: datetime) -> StopEta:
    """Return what a phone said of a door; its clock may be wrong, the order is not."""
    decided = state.decided_by
    ended = min(max(decided.device_at, free), now) if decided else now
    began = min(max(state.arrived_at or ended - _service(stop), free), ended)
    return _door(stop, state, began, began, ended)


def _at_the_door(
    stop: dict[str, Any], state: VisitState, free: datetime, now: datetime
) -> StopEta | None:
    """Return a door where the collector stands now, which takes a moment more at least."""
    if state.phase is not VisitPhase.ARRIVED or state.arrived_at is None:
        return None
    began = max(min(state.arrived_at, now), free)
    return _door(stop, state, began, began, max(began + _service(stop), now + LEAST_REMAINING))


def _ahead(
    stop: dict[str, Any], state: VisitState, arrives: datetime, now: datetime, *, started: bool
) -> StopEta:
    """Return when a door will be reached, which is not in the past."""
    arrives = max(arrives, now + LEAST_REMAINING) if started else arrives
    begins = max(arrives, datetime.fromisoformat(stop["window"]["opens"]))
    return _door(stop, state, arrives, begins, begins + _service(stop))


def _door(
    stop: dict[str, Any],
    state: VisitState,
    arrives: datetime,
    begins: datetime,
    ends: datetime,
) -> StopEta:
    window = stop["window"]
    return StopEta(
        pickup_id=stop["pickup"],
        number=0,
        planned_begins_at=datetime.fromisoformat(stop["begins_at"]),
        promise=Promise(
            opens=datetime.fromisoformat(window["opens"]),
            closes=datetime.fromisoformat(window["closes"]),
        ),
        state=state,
        arrives_at=arrives,
        begins_at=begins,
        ends_at=ends,
    )


def _service(stop: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(stop["ends_at"]) - datetime.fromisoformat(stop["begins_at"])
