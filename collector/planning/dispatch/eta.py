"""Expected arrivals of a published round, from the events of its phone.

Past stops have the times of the phone. From there the rest is expected: travel as in the plan of
the day, service times as planned, and no arrival counts before the promised hours. A round without
an event since its planned departure is assumed to leave now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collector.roads.travel import LAW_ONLY, RoadTravel
from collector.rounds.events.replay import RoundProgress, VisitPhase, VisitState
from collector.rounds.promises import Promise

Snapshot = Mapping[str, Any]

LEAST_REMAINING = timedelta(minutes=1)
"""Least time that an unfinished stop still takes."""
WAITING = VisitState(phase=VisitPhase.WAITING, arrived_at=None, decided_by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEta:
    """One stop of a round on the road.

    Attributes
    ----------
    number
        Its place in the published round, the first being 1.
    arrives_at, begins_at, ends_at
        Actual times of a past stop, expected times of the others.
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
        """Whether the visit is over."""
        return self.state.settled

    @property
    def collected(self) -> bool:
        """Whether containers were collected."""
        return self.state.phase is VisitPhase.COLLECTED

    @property
    def late_by(self) -> timedelta:
        """The begin after the end of the promise; negative for time to spare."""
        return self.begins_at - self.promise.closes

    @property
    def ahead(self) -> bool:
        """Whether the collector has not arrived yet."""
        return self.state.phase in {VisitPhase.WAITING, VisitPhase.EN_ROUTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEta:
    """A round with its past and expected stops, in the order of driving.

    Attributes
    ----------
    waits_for_word
        The planned departure is over, and no event was received.
    """

    doors: tuple[StopEta, ...]
    departs_at: datetime
    returns_at: datetime
    started: bool
    home: bool
    waits_for_word: bool

    @property
    def open_stops(self) -> tuple[StopEta, ...]:
        """The stops that are not over."""
        return tuple(door for door in self.doors if not door.past)


def estimate_round(
    published: Snapshot,
    progress: RoundProgress,
    *,
    now: datetime,
    roads: RoadTravel = LAW_ONLY,
    collector_id: int | None = None,
) -> RoundEta | None:
    """Estimate the times of a published round; None if it has no departure.

    Driving has the learned factor of the hour in which it begins. The times at doors are those of
    the plan, which has the learned factors of purposes and donors, with that of the collector.
    """
    if not published["departs_at"]:
        return None
    departs, silent = _departure(published, progress, now)
    own = roads.pace.learned.collector(collector_id) if collector_id is not None else 1.0
    stops = _in_order([_at_pace(stop, own) for stop in published["stops"]], progress)
    travel = _travel(published, [stop for _, stop in stops], roads)
    doors: list[StopEta] = []
    free = departs
    for place, (number, stop) in enumerate(stops):
        state = progress.visits.get(stop["pickup"], WAITING)
        arrives = free + travel[place] * roads.pace.at(free)
        door = _past(stop, state, free, now) if state.settled else None
        door = door or _at_the_door(stop, state, free, now)
        door = door or _ahead(stop, state, arrives, now, started=progress.started)
        doors.append(replace(door, number=number))
        free = door.ends_at
    home = bool(progress.hand_overs) and all(door.past for door in doors)
    back = progress.hand_overs[-1].device_at if home else free + travel[-1] * roads.pace.at(free)
    return RoundEta(
        doors=tuple(doors),
        departs_at=departs,
        returns_at=back if home else max(back, now),
        started=progress.started,
        home=home,
        waits_for_word=silent,
    )


def _at_pace(stop: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return a stop with the time at its door times a factor."""
    begins = datetime.fromisoformat(stop["begins_at"])
    return stop | {"ends_at": (begins + _service(stop) * factor).isoformat()}


def _departure(
    published: Snapshot, progress: RoundProgress, now: datetime
) -> tuple[datetime, bool]:
    """Return the actual or expected departure, and whether the round is silent after it."""
    planned = datetime.fromisoformat(published["departs_at"])
    if progress.started:
        departures = (each.device_at for each in progress.counted if each.kind == "started")
        return min(next(departures, planned), now), False
    silent = planned <= now
    return max(planned, now + LEAST_REMAINING) if silent else planned, silent


def _in_order(
    stops: Sequence[dict[str, Any]], progress: RoundProgress
) -> list[tuple[int, dict[str, Any]]]:
    """Return the stops as driven, then as expected; deferred stops come last."""

    def rank(numbered: tuple[int, dict[str, Any]]) -> tuple[int, float, int]:
        number, stop = numbered
        state = progress.visits.get(stop["pickup"], WAITING)
        if state.decided_by is not None:
            return 0, state.decided_by.device_at.timestamp(), number
        order = {VisitPhase.ARRIVED: 1, VisitPhase.EN_ROUTE: 2}
        return order.get(state.phase, 4 if state.postponed else 3), 0.0, number

    return sorted(enumerate(stops, start=1), key=rank)


def _travel(
    published: Snapshot, stops: Sequence[dict[str, Any]], roads: RoadTravel
) -> list[timedelta]:
    """Return the travel times to each stop from the one before it, and the way home."""
    ends = published["start"], published["end"]
    places = [ends[0], *(stop["address"] for stop in stops), ends[1]]
    points = [(place["latitude"] or 0.0, place["longitude"] or 0.0) for place in places]
    seconds = roads.between(points).seconds
    return [timedelta(seconds=seconds[row][row + 1]) for row in range(len(points) - 1)]


def _past(stop: dict[str, Any], state: VisitState, free: datetime, now: datetime) -> StopEta:
    """Return a past stop; a phone's clock may be wrong, the order of its events is not."""
    decided = state.decided_by
    ended = min(max(decided.device_at, free), now) if decided else now
    began = min(max(state.arrived_at or ended - _service(stop), free), ended)
    return _door(stop, state, began, began, ended)


def _at_the_door(
    stop: dict[str, Any], state: VisitState, free: datetime, now: datetime
) -> StopEta | None:
    """Return the stop where the collector is now, which takes at least `LEAST_REMAINING` more."""
    if state.phase is not VisitPhase.ARRIVED or state.arrived_at is None:
        return None
    began = max(min(state.arrived_at, now), free)
    return _door(stop, state, began, began, max(began + _service(stop), now + LEAST_REMAINING))


def _ahead(
    stop: dict[str, Any], state: VisitState, arrives: datetime, now: datetime, *, started: bool
) -> StopEta:
    """Return a stop with its expected times, none of them in the past."""
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
