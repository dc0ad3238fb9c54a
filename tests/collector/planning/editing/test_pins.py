"""Pins: kept under the version of the day that the coordinator looked at."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.db import transaction
from collector.errors import Conflict, NotFound
from collector.planning.editing.commit import EditContext
from collector.planning.editing.pins import pin
from collector.planning.models import DayEdit
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned, the_plan
from tests.town import Town


def pinned(session: Session, town: Town, pickup: int, *, version: int, pinned: bool) -> DayEdit:
    return pin(
        session,
        context=EditContext(now=MORNING, actor=f"person:{town.claire}"),
        bank_id=town.bank,
        day=DAY,
        version=version,
        pickups=[pickup],
        pinned=pinned,
    )


def test_a_pin_is_kept_and_a_second_one_from_the_same_page_is_refused(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        version = planned(session, town).version
        edit = pinned(session, town, town.pickups[0], version=version, pinned=True)
        assert edit.version == version + 1
        kept = [stop for stop in the_plan(session, town).rounds[0].stops if stop.pinned]
        assert [stop.pickup_id for stop in kept] == [town.pickups[0]]
        with pytest.raises(Conflict):
            pinned(session, town, town.pickups[0], version=version, pinned=False)


def test_a_visit_in_no_round_of_the_day_is_not_pinned(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        version = planned(session, town).version
        with pytest.raises(NotFound):
            pinned(session, town, town.stranger_pickup, version=version, pinned=True)
