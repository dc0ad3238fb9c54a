"""Searches and write transactions: never one within the other."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.db import OutdatedReading, reading, transaction
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.commit import EditContext, write_edit
from collector.planning.editing.moves import TargetPosition, compute_move
from collector.planning.problem.searches import (
    explain_unassigned,
    explain_visit,
    fill,
    legal_places,
)
from routing.schedule import assembled
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned, posed, the_plan
from tests.town import Town

SEARCHES = {
    "legal places": legal_places,
    "insertion": lambda problem, plan, _visit: fill(problem, plan),
    "a reason": explain_visit,
    "all reasons": lambda problem, plan, _visit: explain_unassigned(problem, plan),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_a_search_is_refused_within_a_write_transaction(app: Flask, town: Town, search):  # noqa: ANN001
    with app.app_context():
        with reading() as session:
            _, problem = posed(session, town)
        plan, visit = assembled(problem, ()), str(town.pickups[0])
        assert search(problem, plan, visit)
        with transaction(), pytest.raises(RuntimeError, match="within a write transaction"):
            search(problem, plan, visit)


def test_an_edit_of_a_day_whose_requests_changed_since_is_not_written(app: Flask, town: Town):
    with app.app_context():
        with transaction() as session:
            planned(session, town)
        with reading() as session:
            plan = the_plan(session, town)
            edit = compute_move(
                session,
                bank_id=town.bank,
                day=DAY,
                version=plan.version,
                pickups=[town.pickups[0]],
                place=TargetPosition(round_id=plan.rounds[1].id),
            )
        with transaction() as session:
            session.get_one(Pickup, town.pickups[1]).state = PickupState.CANCELLED
        with transaction() as session, pytest.raises(OutdatedReading):
            write_edit(
                session, edit, context=EditContext(now=MORNING, actor="system"), bank_id=town.bank
            )
