"""Expected arrivals of a published round, from the events of its phone.

Past stops have the times of the phone. From there the rest is expected: travel as in the plan of
the day, service times as planned, and no arrival counts before the promised hours. A round without
an event since its planned departure is assumed to leave now. A planned emptying of the box counts
until it is done or passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collector.roads.travel import LAW_ONLY, RoadTravel
from collector.rounds.emptyings import EmptyingState, emptying_states, final_hand_overs
from collector.rounds.events.replay import RoundProgress, VisitPhase, VisitState
from collector.rounds.promises import Promise

Snapshot = Mapping[str, Any]

NumberedStop = tuple[int, dict[str, Any]]
"""A stop with its place in the published round, the first being 1."""

Halt = NumberedStop | EmptyingState
"""A point of a round: a stop, or an emptying of the box."""

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
class EmptyingEta:
    """A planned emptying of the box, done or expected.

    Attributes
    ----------
    after
        How many of the round's stops, in the order of driving, come before it.
    arrives_at, begins_at, ends_at
        Actual times of one that is done, expected times of another.
    """

    site_id: int
    name: str
    after: int
    is_done: bool
    arrives_at: datetime
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEta:
    """A round with its past and expected stops, in the order of driving.

    Attributes
    ----------
    emptyings
        The emptyings of its box, without the ones passed over.
    waits_for_word
        The planned departure is over, and no event was received.
    """

    doors: tuple[StopEta, ...]
    emptyings: tuple[EmptyingEta, ...] = ()
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
    halts = _with_emptyings(stops, emptying_states(published, progress), progress)
    travel = _travel(published, halts, roads)
    doors: list[StopEta] = []
    emptyings: list[EmptyingEta] = []
    free = departs
    for place, halt in enumerate(halts):
        arrives = free + travel[place] * roads.pace.at(free)
        if isinstance(halt, EmptyingState):
            earliest = now + LEAST_REMAINING if progress.started else arrives
            arrives = max(arrives, earliest)
            emptyings.append(_emptying(halt, arrives, free, now, after=len(doors)))
            free = emptyings[-1].ends_at
        else:
            doors.append(_visit(halt, progress, arrives, free, now))
            free = doors[-1].ends_at
    final = final_hand_overs(published, progress)
    home = bool(final) and all(door.past for door in doors)
    back = final[-1].device_at if home else free + travel[-1] * roads.pace.at(free)
    return RoundEta(
        doors=tuple(doors),
        emptyings=tuple(emptyings),
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


def _in_order(stops: Sequence[dict[str, Any]], progress: RoundProgress) -> list[NumberedStop]:
    """Return the stops as driven, then as expected; deferred stops come last."""

    def rank(numbered: NumberedStop) -> tuple[int, float, int]:
        number, stop = numbered
        state = progress.visits.get(stop["pickup"], WAITING)
        if state.decided_by is not None:
            return 0, state.decided_by.device_at.timestamp(), number
        order = {VisitPhase.ARRIVED: 1, VisitPhase.EN_ROUTE: 2}
        return order.get(state.phase, 4 if state.postponed else 3), 0.0, number

    return sorted(enumerate(stops, start=1), key=rank)


def _with_emptyings(
    stops: Sequence[NumberedStop], emptyings: Sequence[EmptyingState], progress: RoundProgress
) -> list[Halt]:
    """Return the stops with the emptyings between them, but the ones passed over.

    One that is done comes after the visits decided before it. Another comes before the first open
    stop that the plan has after it, or last.
    """
    found: list[Halt] = list(stops)
    for emptying in emptyings:
        if emptying.is_ahead or emptying.done_by is not None:
            found.insert(_place_of(emptying, found, progress), emptying)
    return found


def _place_of(emptying: EmptyingState, halts: Sequence[Halt], progress: RoundProgress) -> int:
    """Return the index of the first halt that comes after an emptying."""
    for index, halt in enumerate(halts):
        if isinstance(halt, EmptyingState):
            continue
        number, stop = halt
        decided = progress.visits.get(stop["pickup"], WAITING).decided_by
        done = emptying.done_by
        if done is not None and (decided is None or decided.order > done.order):
            return index
        if done is None and decided is None and number > emptying.after:
            return index
    return len(halts)


def _visit(
    halt: NumberedStop,
    progress: RoundProgress,
    arrives: datetime,
    free: datetime,
    now: datetime,
) -> StopEta:
    """Return a stop with its times: past, under way or ahead."""
    number, stop = halt
    state = progress.visits.get(stop["pickup"], WAITING)
    door = _past(stop, state, free, now) if state.settled else None
    door = door or _at_the_door(stop, state, free, now)
    door = door or _ahead(stop, state, arrives, now, started=progress.started)
    return replace(door, number=number)


def _emptying(
    halt: EmptyingState, arrives: datetime, free: datetime, now: datetime, *, after: int
) -> EmptyingEta:
    """Return an emptying with its times; a phone's clock may be wrong, the order is not."""
    planned, done = halt.planned, halt.done_by
    takes = _service(planned)
    begins = arrives
    ends = begins + takes
    if done is not None:
        ends = min(max(done.device_at, free), now)
        begins = max(ends - takes, free)
    return EmptyingEta(
        site_id=planned["site"],
        name=planned["name"],
        after=after,
        is_done=done is not None,
        arrives_at=begins,
        begins_at=begins,
        ends_at=ends,
    )


def _travel(published: Snapshot, halts: Sequence[Halt], roads: RoadTravel) -> list[timedelta]:
    """Return the travel times to each halt from the one before it, and the way home."""
    ends = published["start"], published["end"]
    between = (
        halt.planned if isinstance(halt, EmptyingState) else halt[1]["address"] for halt in halts
    )
    places = [ends[0], *between, ends[1]]
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


def _service(stop: Snapshot) -> timedelta:
    return datetime.fromisoformat(stop["ends_at"]) - datetime.fromisoformat(stop["begins_at"])
