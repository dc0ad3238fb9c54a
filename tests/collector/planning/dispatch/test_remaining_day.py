"""The remaining day: the clock of a box that is already on the road."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policy_row
from collector.db import transaction
from collector.planning.dispatch.remaining_day import RemainingDay, load_remaining_day
from routing.problem import Shift
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import driven_until, published
from tests.town import Town

ON_THE_ROAD = datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
"""The first of three doors is behind the collector."""
HAND_OVER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def driving(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
        driven_until(session, town, ON_THE_ROAD)


def now(session: Session, town: Town) -> tuple[RemainingDay, Shift, timedelta]:
    """Return the day, the shift on the road, and the ride time of its first milk."""
    day = load_remaining_day(session, the_plan(session, town), now=ON_THE_ROAD)
    shift = next(shift for shift in day.remaining.shifts if shift.departed)
    tour = day.driven.tour(shift.id)
    assert tour
    return day, shift, timedelta(seconds=tour.arrival - tour.stops[0].end)


def milk_may_ride(session: Session, town: Town, limit: timedelta) -> None:
    key = PolicyKey.MILK_RIDE_MINUTES
    policy_row(session, bank_id=town.bank, key=key).value = str(limit // timedelta(minutes=1))


def clock(day: RemainingDay, shift: Shift) -> timedelta:
    """Return the seconds left for the box's way to the gate, from the end of the first visit."""
    tour = day.driven.tour(shift.id)
    assert tour
    assert shift.carried_until is not None
    return timedelta(seconds=shift.carried_until - tour.stops[0].end)


def test_containers_in_a_box_are_received_in_time(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        day, shift, _ = now(session, town)
        assert clock(day, shift) == timedelta(hours=6) - HAND_OVER


def test_a_round_that_is_late_may_use_the_minutes_of_the_hand_over(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        _, _, rides = now(session, town)
        limit = rides + HAND_OVER / 2
        limit -= limit % timedelta(minutes=1)
        milk_may_ride(session, town, limit)
        day, shift, _ = now(session, town)
        assert clock(day, shift) == limit
