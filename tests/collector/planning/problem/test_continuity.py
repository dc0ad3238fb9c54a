"""The wish for the collector whom a donor knows, from her last visit and the bank's price."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.queries import policy_row
from collector.db import transaction
from collector.donors.models import Donor
from collector.people.models import Person
from collector.pickups.models import PickupState
from collector.planning.problem.continuity import planner_collector
from routing.problem import Visit
from tests.builders import DAY, MORNING, add_pickup, add_shift
from tests.collector.planning.days import posed
from tests.collector.rounds.days import draft
from tests.town import Town

COLLECTED = PickupState.COLLECTED
FAILED = PickupState.FAILED


def visited(
    session: Session, town: Town, collector: int, *, days_ago: int, state: PickupState = COLLECTED
) -> None:
    """Let a collector have been at Dora's."""
    day = DAY - timedelta(days=days_ago)
    donor = session.get_one(Donor, town.dora)
    add_shift(
        session, session.get_one(Person, collector), session.get_one(Site, town.site), day=day
    )
    pickup = add_pickup(session, donor)
    draft(session, town, {0: [(pickup.id, MORNING - timedelta(days=days_ago))]}, day=day)
    pickup.state = state
    session.flush()


def visit_at_doras(session: Session, town: Town, *, cents: int) -> Visit:
    policy_row(session, bank_id=town.bank, key="other_collector_cents").value = str(cents)
    session.flush()
    _, problem = posed(session, town)
    found = problem.visit(str(town.pickups[0]))
    assert found is not None
    return found


def test_the_collector_of_the_last_visit_is_wished_for(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        visited(session, town, town.ana, days_ago=14)
        visited(session, town, town.bruno, days_ago=7)
        found = visit_at_doras(session, town, cents=300)
    assert (found.preferred, found.preference) == ({planner_collector(town.bruno)}, 300)


def test_a_visit_that_failed_made_nobody_known(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        visited(session, town, town.ana, days_ago=14)
        visited(session, town, town.bruno, days_ago=7, state=FAILED)
        found = visit_at_doras(session, town, cents=300)
    assert found.preferred == {planner_collector(town.ana)}


@pytest.mark.parametrize(("known", "cents"), [("bruno", 0), ("claire", 300)])
def test_nobody_is_wished_for_free_or_off_duty(
    app: Flask, town: Town, known: str, cents: int
) -> None:
    """Bruno is on duty, and the bank does not mind; Claire is wished for, and off duty."""
    with app.app_context(), transaction() as session:
        visited(session, town, getattr(town, known), days_ago=7)
        found = visit_at_doras(session, town, cents=cents)
    assert (found.preferred, found.preference) == (frozenset(), 0)


def test_a_donor_without_an_earlier_visit_has_no_wish(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        assert visit_at_doras(session, town, cents=300).preferred == frozenset()
