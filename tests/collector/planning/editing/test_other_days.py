"""Moves to another day: written on both days as they were computed, or not at all."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.db import OutdatedReading, transaction
from collector.errors import Refused
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.assignment import assignment_of
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition
from collector.planning.editing.other_days import (
    ComputedDayMove,
    compute_day_move,
    move_to_day,
    price_other_days,
)
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from tests.builders import DAY, MORNING, add_donor, add_pickup, add_shift
from tests.collector.planning.days import computing, move, planned, the_plan
from tests.town import Town

NEXT_DAY = date(2026, 11, 25)
AGREED = EditContext(now=MORNING, actor="person:1", reason="she agreed by phone")


def next_day(session: Session, town: Town) -> DayPlan:
    plan = day_plan(session, bank_id=town.bank, day=NEXT_DAY)
    assert plan is not None
    return plan


def both_days(session: Session, town: Town) -> int:
    """Plan the day, and one visit in Ana's round of the next one; return that visit."""
    planned(session, town)
    add_shift(
        session,
        session.get_one(Person, town.ana),
        session.get_one(Site, town.site),
        day=NEXT_DAY,
    )
    windows = ((NEXT_DAY, time(8), time(18)),)
    other = add_pickup(session, add_donor(session, town.bank, latitude=44.82), windows=windows).id
    plan = open_day(session, bank_id=town.bank, day=NEXT_DAY)
    move(
        session,
        context=AGREED,
        bank_id=town.bank,
        day=NEXT_DAY,
        version=plan.version,
        pickups=[other],
        place=TargetPosition(round_id=plan.rounds[0].id),
    )
    return other


def computed(session: Session, town: Town) -> ComputedDayMove:
    with computing():
        return compute_day_move(
            session,
            bank_id=town.bank,
            day=DAY,
            version=the_plan(session, town).version,
            pickups=[town.pickups[0]],
            to=NEXT_DAY,
        )


def test_a_visit_joins_a_planned_day_at_its_cheapest_place(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        other = both_days(session, town)
        with computing():
            offered = price_other_days(
                session,
                bank_id=town.bank,
                day=DAY,
                pickups=[town.pickups[0]],
                today=MORNING.date(),
            )
        assert [(each.day, each.placed, each.asked_for) for each in offered] == [
            (NEXT_DAY, 1, False)
        ]
        move_to_day(session, computed(session, town), context=AGREED, bank_id=town.bank)
        assert town.pickups[0] not in assignment_of(the_plan(session, town)).placed
        assert assignment_of(next_day(session, town)).placed == {other, town.pickups[0]}


def test_a_move_to_a_day_that_was_not_asked_for_needs_a_reason(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        both_days(session, town)
        result = computed(session, town)
        silent = EditContext(now=MORNING, actor="person:1")
        with pytest.raises(Refused, match="move_needs_reason"):
            move_to_day(session, result, context=silent, bank_id=town.bank)


def test_a_move_to_a_day_with_another_request_since_is_computed_again(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        other = both_days(session, town)
        result = computed(session, town)
        session.get_one(Pickup, other).state = PickupState.CANCELLED
        session.flush()
        session.expire_all()
        with pytest.raises(OutdatedReading):
            move_to_day(session, result, context=AGREED, bank_id=town.bank)
