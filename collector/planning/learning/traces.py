"""Driven rounds as they teach: legs between two doors, and the minutes at each door.

A round teaches nothing if the clock of its phone was wrong, its events stand in another order than
their times, or no departure is known. A leg teaches nothing if an incident, an emptying or a
deferred visit lies in it; a visit teaches nothing if the collector waited for the promised hours or
the donor was not at home.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies
from collector.pickups.models import Pickup, Purpose
from collector.planning.problem.door_minutes import door_seconds
from collector.roads.learned import HourClass, hour_class, purpose_key, sector_of
from collector.roads.travel import Position, load_travel
from collector.rounds.events.queries import StoredEvent, events_by_round
from collector.rounds.events.replay import VisitState, replay_round
from collector.rounds.events.schema import (
    CollectedEvent,
    HandedOverEvent,
    IncidentEvent,
    PostponedEvent,
    StartedEvent,
    UndoneEvent,
)
from collector.rounds.models import DayPlan, Round, RoundEvent
from collector.shifts.models import RosterShift

Snapshot = Mapping[str, Any]

MOST_DAYS: Final = 365
CLOCK_ERROR: Final = timedelta(minutes=1)
"""Error of a phone's clock from which its round teaches nothing."""
LONGEST_SILENCE: Final = timedelta(minutes=15)
"""A phone sends its last event within this time, unless its clock is slow."""
LEG_SECONDS: Final = (30.0, 10_800.0)
DOOR_SECONDS: Final = (60.0, 10_800.0)
"""Shortest and longest that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """One visit of a driven round, with the leg to it.

    Attributes
    ----------
    base
        Seconds of the leg without traffic.
    classes
        Seconds of it on each class of roads; empty where the roads are not known.
    leg_teaches, door_teaches
        Whether the leg and the minutes at the door may be learned from.
    opens
        The begin of the promise: the collector waits for it.
    minutes
        Seconds at the door by the bank's policies.
    """

    base: float
    classes: tuple[float, ...]
    sector: str
    leg_teaches: bool
    door_teaches: bool
    opens: datetime
    arrived: datetime
    left: datetime
    minutes: float
    purposes: str
    donor_id: int
    collector_id: int

    @property
    def at_door(self) -> float:
        """Actual seconds at the door."""
        return (self.left - max(self.arrived, self.opens)).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A driven round: its departure and its visits in the order of driving."""

    day: date
    departed: datetime
    zone: ZoneInfo
    halts: tuple[Halt, ...]

    def hour(self, at: datetime) -> HourClass:
        """Return the class of the hour of an instant."""
        return hour_class(at.astimezone(self.zone))

    def legs(self) -> Iterable[tuple[datetime, float, Halt]]:
        """Yield the begin and the actual seconds of each leg."""
        free = self.departed
        for halt in self.halts:
            yield free, (halt.arrived - free).total_seconds(), halt
            free = halt.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The driven rounds of a bank, and the number of rounds that teach nothing."""

    rounds: tuple[Trace, ...]
    left_out: int


def load_traces(
    session: Session, *, bank_id: int, zone: ZoneInfo, policies: Policies, until: date
) -> Traces:
    """Load the driven rounds of the last year before a day."""
    rows = session.execute(
        select(Round.id, DayPlan.day, Round.published, RosterShift.collector_id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(
            Round.bank_id == bank_id,
            DayPlan.day.between(until - timedelta(days=MOST_DAYS), until),
        )
        .order_by(DayPlan.day, Round.id)
    ).all()
    # A row without a snapshot has the JSON value null, which SQL does not tell from others.
    rows = [row for row in rows if row.published]
    keys = [row.id for row in rows]
    events = events_by_round(session, RoundEvent.bank_id == bank_id, RoundEvent.round_id.in_(keys))
    wrong = _with_a_wrong_clock(session, bank_id)
    donors = _donors(session, bank_id)
    base = _BaseTravel(session, [row.published for row in rows])
    found, left_out = [], 0
    for row in rows:
        if not events.get(row.id):
            continue
        trace = None
        if row.id not in wrong:
            trace = _trace(row, events[row.id], zone, policies, donors, base)
        left_out += trace is None
        found += [trace] if trace else []
    return Traces(rounds=tuple(found), left_out=left_out)


class _BaseTravel:
    """Seconds without traffic between consecutive places, and those on each class of roads."""

    def __init__(self, session: Session, rounds: Iterable[Snapshot]) -> None:
        known = {place for published in rounds for place in _places(published)}
        self._travel = load_travel(session, sorted(known))

    def legs(self, line: Sequence[Position]) -> list[tuple[float, tuple[float, ...]]]:
        seconds = self._travel.between(line).seconds
        return [
            (float(seconds[row][row + 1]), self._travel.class_seconds(line[row], line[row + 1]))
            for row in range(len(line) - 1)
        ]


def _places(published: Snapshot) -> list[Position]:
    ends = published["start"], *(stop["address"] for stop in published["stops"])
    return [(each["latitude"], each["longitude"]) for each in ends if each["latitude"] is not None]


def _with_a_wrong_clock(session: Session, bank_id: int) -> set[int]:
    """Return the rounds with an event from a phone with another time than that of the deed."""
    rows = session.execute(
        select(RoundEvent.round_id, RoundEvent.reported_at, RoundEvent.device_at).where(
            RoundEvent.bank_id == bank_id, RoundEvent.reported_at.is_not(None)
        )
    )
    return {key for key, told, true in rows if told and abs(told - true) >= CLOCK_ERROR}


def _donors(session: Session, bank_id: int) -> dict[int, int]:
    rows = session.execute(select(Pickup.id, Pickup.donor_id).where(Pickup.bank_id == bank_id))
    return {row.id: row.donor_id for row in rows}


def _trace(
    row: Row[Any],
    stored: Sequence[StoredEvent],
    zone: ZoneInfo,
    policies: Policies,
    donors: dict[int, int],
    base: _BaseTravel,
) -> Trace | None:
    """Return a driven round; None if it teaches nothing."""
    events = sorted((each.event for each in stored), key=lambda event: event.order)
    progress = replay_round(events)
    departed = next((e.device_at for e in progress.counted if isinstance(e, StartedEvent)), None)
    stops = {stop["pickup"]: stop for stop in row.published["stops"]}
    driven = sorted(
        (
            (state.decided_by.device_at, pickup, state)
            for pickup, state in progress.visits.items()
            if state.decided_by and pickup in stops and pickup in donors
        ),
        key=lambda each: each[0],
    )
    lag = min(each.received_at - each.event.device_at for each in stored)
    if departed is None or not driven or lag > LONGEST_SILENCE:
        return None
    if not _in_order(departed, [state for _, _, state in driven]):
        return None
    line = [row.published["start"], *(stops[pickup]["address"] for _, pickup, _ in driven)]
    if any(place["latitude"] is None for place in line):
        return None
    legs = base.legs([(place["latitude"], place["longitude"]) for place in line])
    halts, free = [], departed
    for (_, pickup, state), leg in zip(driven, legs, strict=True):
        pauses = [e for e in progress.counted if _is_pause(e) and free <= e.device_at]
        halt = _halt(row, stops[pickup], state, leg, policies, donors[pickup], free, pauses)
        halts.append(halt)
        free = halt.left
    return Trace(day=row.day, departed=departed, zone=zone, halts=tuple(halts))


def _in_order(departed: datetime, states: Sequence[VisitState]) -> bool:
    """Return whether every arrival is known and follows the departure from the door before."""
    free = departed
    for state in states:
        if state.arrived_at is None or state.decided_by is None or state.arrived_at < free:
            return False
        free = state.decided_by.device_at
        if free < state.arrived_at:
            return False
    return True


def _is_pause(event: object) -> bool:
    return isinstance(event, IncidentEvent | HandedOverEvent | PostponedEvent | UndoneEvent)


def _halt(
    row: Row[Any],
    stop: Snapshot,
    state: VisitState,
    leg: tuple[float, tuple[float, ...]],
    policies: Policies,
    donor_id: int,
    free: datetime,
    pauses: Sequence[Any],
) -> Halt:
    arrived, decided = state.arrived_at, state.decided_by
    assert arrived is not None and decided is not None  # noqa: S101, PT018 - `_in_order` looked
    seconds, classes = leg
    left = decided.device_at
    opens = datetime.fromisoformat(stop["window"]["opens"])
    driven = (arrived - free).total_seconds()
    stayed = (left - max(arrived, opens)).total_seconds()
    purposes = {Purpose(each) for each in stop["purposes"]}
    return Halt(
        base=seconds,
        classes=classes,
        sector=sector_of(stop["address"]["postcode"]),
        leg_teaches=_within(seconds, LEG_SECONDS)
        and _within(driven, LEG_SECONDS)
        and not any(free <= each.device_at <= arrived for each in pauses),
        door_teaches=isinstance(decided, CollectedEvent)
        and arrived >= opens
        and _within(stayed, DOOR_SECONDS)
        and not any(arrived <= each.device_at <= left for each in pauses),
        opens=opens,
        arrived=arrived,
        left=left,
        minutes=float(door_seconds(purposes, policies)),
        purposes=purpose_key(purposes),
        donor_id=donor_id,
        collector_id=row.collector_id,
    )


def _within(seconds: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= seconds <= bounds[1]
