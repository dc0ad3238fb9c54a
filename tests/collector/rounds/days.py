"""Days drafted by hand, stop by stop, without a planner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.pickups.models import Pickup, PickupState
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan, RoundStop
from tests.builders import DAY
from tests.town import Town

PARIS = ZoneInfo("Europe/Paris")
SERVICE = timedelta(minutes=12)

Stops = Sequence[tuple[int, datetime]]


def draft(
    session: Session,
    town: Town,
    rounds: Mapping[int, Stops],
    *,
    only: set[int] | None = None,
    day: date = DAY,
) -> DayPlan:
    """Write the stops of the day's rounds, counted from 0; all the others become empty."""
    plan = open_day(session, bank_id=town.bank, day=day)
    touched = [
        (number, round_)
        for number, round_ in enumerate(plan.rounds)
        if only is None or number in only
    ]
    for _, round_ in touched:
        for stop in round_.stops:
            if stop.pickup.state in {PickupState.PLANNED, PickupState.PUBLISHED}:
                stop.pickup.state = PickupState.ACCEPTED
        round_.stops.clear()
    session.flush()
    for number, round_ in touched:
        for position, (pickup_id, begins_at) in enumerate(rounds.get(number, ())):
            round_.stops.append(_stop(town.bank, pickup_id, position, begins_at))
            session.get_one(Pickup, pickup_id).state = PickupState.PLANNED
    plan.edits += 1
    session.flush()
    session.expire_all()
    return plan


def _stop(bank_id: int, pickup_id: int, position: int, begins_at: datetime) -> RoundStop:
    return RoundStop(
        bank_id=bank_id,
        pickup_id=pickup_id,
        position=position,
        arrives_at=begins_at,
        begins_at=begins_at,
        ends_at=begins_at + SERVICE,
        pinned=False,
    )
