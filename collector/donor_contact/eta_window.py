"""The arrival window on the day: half an hour for the next doors of a round on the road."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.pickups.models import Pickup, PickupState
from collector.pickups.states import OVER
from collector.rounds.models import EventKind, Round, RoundEvent, RoundState

NEAR = 2
"""Most other doors between the collector and a near donor."""
HALF_WIDTH = timedelta(minutes=15)
"""Half of the arrival window."""
STEP_MINUTES = 5
"""A window opens at a multiple of these minutes."""
DECISIVE = (EventKind.COLLECTED, EventKind.NOT_DONE)
MOST_LATE = timedelta(hours=12)
"""Largest delay that is believed; a larger one shows that the phone's clock is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaWindow:
    """The half hour in which the collector is expected at a door.

    Attributes
    ----------
    ahead
        Number of other doors before this one; 0 for the next.
    """

    pickup_id: int
    opens: datetime
    closes: datetime
    ahead: int


def eta_windows(session: Session, round_: Round) -> list[EtaWindow]:
    """Return the arrival windows of the next doors of a round on the road."""
    if round_.state is not RoundState.STARTED or round_.published is None:
        return []
    stops: Sequence[dict[str, Any]] = round_.published["stops"]
    states = _states(session, [stop["pickup"] for stop in stops])
    late = _lateness(session, round_, stops)
    waiting = [stop for stop in stops if states.get(stop["pickup"]) not in OVER]
    return [
        _window(stop, late, ahead)
        for ahead, stop in enumerate(waiting[: NEAR + 1])
        if states.get(stop["pickup"]) in {PickupState.PUBLISHED, PickupState.EN_ROUTE}
    ]


def eta_window_of(session: Session, pickup: Pickup) -> EtaWindow | None:
    """Return the arrival window of one visit, or None as long as it is not near."""
    started = session.scalars(
        select(Round).where(Round.bank_id == pickup.bank_id, Round.state == RoundState.STARTED)
    )
    windows = (window for round_ in started for window in eta_windows(session, round_))
    return next((window for window in windows if window.pickup_id == pickup.id), None)


def _states(session: Session, keys: list[int]) -> dict[int, PickupState]:
    rows = session.execute(select(Pickup.id, Pickup.state).where(Pickup.id.in_(keys)))
    return {row[0]: row[1] for row in rows}


def _lateness(session: Session, round_: Round, stops: Sequence[dict[str, Any]]) -> timedelta:
    """Return the delay at the last door, or else at the departure; negative if early."""
    last = session.scalar(
        select(RoundEvent)
        .where(RoundEvent.round_id == round_.id, RoundEvent.kind.in_(DECISIVE))
        .order_by(RoundEvent.device_at.desc())
        .limit(1)
    )
    ends = {stop["pickup"]: stop["ends_at"] for stop in stops}
    if last is not None and last.pickup_id in ends:
        return _believed(last.device_at - datetime.fromisoformat(ends[last.pickup_id]))
    began = session.scalar(
        select(RoundEvent.device_at).where(
            RoundEvent.round_id == round_.id, RoundEvent.kind == EventKind.STARTED
        )
    )
    departs = (round_.published or {}).get("departs_at")
    if began is None or departs is None:
        return timedelta(0)
    return _believed(began - datetime.fromisoformat(departs))


def _believed(late: timedelta) -> timedelta:
    """Return a delay, or none if only a wrong clock explains it."""
    return late if abs(late) <= MOST_LATE else timedelta(0)


def _window(stop: dict[str, Any], late: timedelta, ahead: int) -> EtaWindow:
    begins = datetime.fromisoformat(stop["begins_at"]) + late - HALF_WIDTH
    opens = begins - timedelta(
        minutes=begins.minute % STEP_MINUTES,
        seconds=begins.second,
        microseconds=begins.microsecond,
    )
    return EtaWindow(
        pickup_id=stop["pickup"], opens=opens, closes=opens + 2 * HALF_WIDTH, ahead=ahead
    )
