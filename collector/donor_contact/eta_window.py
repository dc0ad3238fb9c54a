"""The window on the day: two hours as promised, half an hour once the collector is near."""

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
"""How many other doors may still lie ahead of hers."""
HALF_WIDTH = timedelta(minutes=15)
STEP_MINUTES = 5
SETTLING = (EventKind.COLLECTED, EventKind.NOT_DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """When the collector is expected, now that she is on the road.

    Attributes
    ----------
    ahead
        Other doors before hers; 0 means that she is next.
    """

    pickup_id: int
    opens: datetime
    closes: datetime
    ahead: int


def nearing(session: Session, round_: Round) -> list[Near]:
    """Return the doors of a round on the road that come next, with their half hours."""
    if round_.state is not RoundState.STARTED or round_.published is None:
        return []
    stops: Sequence[dict[str, Any]] = round_.published["stops"]
    states = _states(session, [stop["pickup"] for stop in stops])
    late = _late(session, round_, stops)
    waiting = [stop for stop in stops if states.get(stop["pickup"]) not in OVER]
    return [
        _near(stop, late, ahead)
        for ahead, stop in enumerate(waiting[: NEAR + 1])
        if states.get(stop["pickup"]) in {PickupState.PUBLISHED, PickupState.EN_ROUTE}
    ]


def near_of(session: Session, pickup: Pickup) -> Near | None:
    """Return the half hour of one visit, once it is near."""
    started = session.scalars(
        select(Round).where(Round.bank_id == pickup.bank_id, Round.state == RoundState.STARTED)
    )
    found = (near for round_ in started for near in nearing(session, round_))
    return next((near for near in found if near.pickup_id == pickup.id), None)


def _states(session: Session, keys: list[int]) -> dict[int, PickupState]:
    rows = session.execute(select(Pickup.id, Pickup.state).where(Pickup.id.in_(keys)))
    return {row[0]: row[1] for row in rows}


def _late(session: Session, round_: Round, stops: Sequence[dict[str, Any]]) -> timedelta:
    """Return how late the last door was left, or the bank; early counts as early."""
    last = session.scalar(
        select(RoundEvent)
        .where(RoundEvent.round_id == round_.id, RoundEvent.kind.in_(SETTLING))
        .order_by(RoundEvent.device_at.desc())
        .limit(1)
    )
    ends = {stop["pickup"]: stop["ends_at"] for stop in stops}
    if last is not None and last.pickup_id in ends:
        return last.device_at - datetime.fromisoformat(ends[last.pickup_id])
    began = session.scalar(
        select(RoundEvent.device_at).where(
            RoundEvent.round_id == round_.id, RoundEvent.kind == EventKind.STARTED
        )
    )
    departs = (round_.published or {}).get("departs_at")
    if began is None or departs is None:
        return timedelta(0)
    return began - datetime.fromisoformat(departs)


def _near(stop: dict[str, Any], late: timedelta, ahead: int) -> Near:
    begins = datetime.fromisoformat(stop["begins_at"]) + late - HALF_WIDTH
    opens = begins - timedelta(
        minutes=begins.minute % STEP_MINUTES,
        seconds=begins.second,
        microseconds=begins.microsecond,
    )
    return Near(pickup_id=stop["pickup"], opens=opens, closes=opens + 2 * HALF_WIDTH, ahead=ahead)
