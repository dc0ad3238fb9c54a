"""The main job, told once: from a donor's freezer to the bank's, through every surface."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.custody.models import ContainerState
from collector.custody.numbers import number_of
from collector.custody.queries import chain_of
from collector.db import reading, transaction
from collector.pickups.models import PickupState
from collector.pickups.queries import requests_of_donor
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from collector.worker import work_until_idle
from tests.builders import DAY, add_donor
from tests.conftest import SetClock
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin

FREEZER = {"bottles": "3", "volume_ml": "600", "oldest_on": "2026-11-01", "empties_wanted": "4"}
WELL = {"health-illness": "no", "health-medication": "no", "health-exposure": "no"}
AT_THE_DOOR = {
    "bottles": 2,
    "volume_ml": 400,
    "freezer_celsius": -19.5,
    "storage_ok": True,
    "containers": [],
    "refused": [{"count": 1, "reason": "thawed"}],
    "empties_left": 4,
    "note": "",
}
HOURS = {"day": str(DAY), "opens": "09:00", "closes": "12:00"}


def test_a_day_from_a_donors_freezer_to_the_banks(app: Flask, town: Town, clock: SetClock) -> None:
    with app.app_context(), transaction() as session:
        hanna = add_donor(session, town.bank, first_name="Hanna", signed_by_id=town.claire).id
    donor = sign_in(app, bank=town.bank, donor=hanna)
    pickup = a_visit_is_asked_for(app, town, donor, hanna)
    plan = the_day_is_planned_and_published(app, town, clock, pickup)

    # Hanna reads when somebody comes.
    assert "24" in donor.get(f"/donor/visits/{pickup}").get_data(as_text=True)
    clock.advance(days=1)
    round_ = next(each for each in plan.rounds if pickup in {stop.pickup_id for stop in each.stops})
    bottles = the_collector_fetches_two_bottles(app, town, round_, pickup)

    # Every bottle can be followed from her freezer to the bank's.
    with app.app_context(), reading() as session:
        assert requests_of_donor(session, town.bank, hanna)[0].state is PickupState.PARTLY_COLLECTED
        for number in bottles:
            chain = chain_of(session, bank_id=town.bank, number=number)
            assert chain.container.state is ContainerState.RECEIVED
            assert chain.pickup_id == pickup
            assert chain.entries[-1].holder == f"site:{town.site}"
            details = [entry.details for entry in chain.entries]
            freezers = [each.get("freezer_celsius") for each in details]
            assert freezers == [None, -19.5, None, None]
            assert [each.get("box_celsius") for each in details] == [None, None, None, -20]


def a_visit_is_asked_for(app: Flask, town: Town, donor: FlaskClient, hanna: int) -> int:
    """Hanna asks for a visit, without an account."""
    asked = donor.post("/donor/visits", data={**FREEZER, **WELL, **HOURS, "once": "her form"})
    assert asked.status_code == 303
    with app.app_context(), reading() as session:
        pickup = requests_of_donor(session, town.bank, hanna)[0]
        assert pickup.state is PickupState.ASKED
        return pickup.id


def the_day_is_planned_and_published(
    app: Flask, town: Town, clock: SetClock, pickup: int
) -> DayPlan:
    """Claire says yes, lets the planner make the day's rounds, and publishes them."""
    board = sign_in(app, bank=town.bank, person=town.claire)
    assert board.post("/board/inbox/acceptances", data={"only": pickup}).status_code == 303
    assert board.post(f"/board/days/{DAY}/plans", data={"seconds": "2"}).status_code == 303
    work_until_idle(app, clock)
    with app.app_context(), reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan
    assert plan.unplanned == []
    publication = {"version": plan.version}
    assert board.post(f"/board/days/{DAY}/publications", data=publication).status_code == 303
    assert board.post(f"/board/days/{DAY}/publications", data=publication).status_code == 409
    return plan


def the_collector_fetches_two_bottles(
    app: Flask, town: Town, round_: Round, pickup: int
) -> list[str]:
    """At her door two bottles are good, one has thawed; each event is sent twice."""
    phone = sign_in(app, bank=town.bank, person=round_.shift.collector_id)
    promised = phone.get(f"/phone/rounds/{round_.id}").get_json()
    assert [stop["bottles"] for stop in promised["stops"] if stop["pickup"] == pickup] == [3]
    bottles = [number_of(pickup, 1), number_of(pickup, 2)]
    handed_over = {"site": town.site, "containers": bottles, "box_celsius": -20}
    events = [
        said(1, "started", None, {}),
        said(2, "arrived", pickup, {}),
        said(3, "collected", pickup, AT_THE_DOOR),
        said(4, "handed_over", None, handed_over),
    ]
    for expected in ("accepted", "duplicate"):
        answer = phone.post(f"/phone/rounds/{round_.id}/events", json=events).get_json()
        assert [each["status"] for each in answer["outcomes"]] == [expected] * 4
    return bottles


def said(
    sequence: int, kind: str, pickup: int | None, payload: dict[str, object]
) -> dict[str, object]:
    """Return an event as a phone says it."""
    return {
        "client_id": str(uuid.uuid4()),
        "kind": kind,
        "pickup": pickup,
        "sequence": sequence,
        "device_at": f"2026-11-24T09:0{sequence}:00+01:00",
        "payload": payload,
    }
