"""The main job, told once: from a donor's freezer to the bank's, through every surface."""

from __future__ import annotations

import uuid

from flask import Flask

from collector.custody.models import ContainerState
from collector.custody.numbers import number_of
from collector.custody.queries import chain_of
from collector.db import reading, transaction
from collector.pickups.models import PickupState
from collector.pickups.queries import of_donor
from collector.rounds.queries import day_plan
from collector.worker import work_until_idle
from tests.builders import DAY, add_donor
from tests.conftest import SetClock
from tests.town import Town, sign_in

FREEZER = {"bottles": "3", "volume_ml": "600", "oldest_on": "2026-11-01", "empties_wanted": "4"}
WELL = {"health-illness": "no", "health-medication": "no", "health-exposure": "no"}
HOURS = {"day": str(DAY), "opens": "09:00", "closes": "12:00"}


def test_a_day_from_a_donors_freezer_to_the_banks(app: Flask, town: Town, clock: SetClock) -> None:
    with app.app_context(), transaction() as session:
        hanna = add_donor(session, town.bank, first_name="Hanna", signed_by_id=town.claire).id

    # Hanna asks for a visit, without an account.
    donor = sign_in(app, bank=town.bank, donor=hanna)
    asked = donor.post("/donor/visits", data={**FREEZER, **WELL, **HOURS, "once": "her form"})
    assert asked.status_code == 303
    with app.app_context(), reading() as session:
        pickup = of_donor(session, town.bank, hanna)[0]
        assert pickup.state is PickupState.ASKED

    # Claire says yes, lets the planner make the day's rounds, and publishes them.
    board = sign_in(app, bank=town.bank, person=town.claire)
    assert board.post("/board/acceptances", data={"only": pickup.id}).status_code == 303
    assert board.post(f"/board/days/{DAY}/plans", data={"seconds": "2"}).status_code == 303
    work_until_idle(app, clock)
    with app.app_context(), reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan
    assert plan.unplanned == []
    publication = {"version": plan.version}
    assert board.post(f"/board/days/{DAY}/publications", data=publication).status_code == 303
    assert board.post(f"/board/days/{DAY}/publications", data=publication).status_code == 409

    # Hanna reads when somebody comes; the collector finds her in the round.
    assert "24" in donor.get(f"/donor/visits/{pickup.id}").get_data(as_text=True)
    clock.advance(days=1)
    round_ = next(
        each for each in plan.rounds if pickup.id in {stop.pickup_id for stop in each.stops}
    )
    phone = sign_in(app, bank=town.bank, person=round_.shift.collector_id)
    promised = phone.get(f"/phone/rounds/{round_.id}").get_json()
    assert [stop["bottles"] for stop in promised["stops"] if stop["pickup"] == pickup.id] == [3]

    # At her door: two bottles are good, one has thawed. Each event is sent twice.
    bottles = [number_of(pickup.id, 1), number_of(pickup.id, 2)]
    at_the_door = {
        "bottles": 2,
        "volume_ml": 400,
        "freezer_celsius": -19.5,
        "storage_ok": True,
        "containers": [],
        "refused": [{"count": 1, "reason": "thawed"}],
        "empties_left": 4,
        "note": "",
    }
    handed_over = {"site": town.site, "containers": bottles, "box_celsius": -20}
    events = [
        said(1, "started", None, {}),
        said(2, "arrived", pickup.id, {}),
        said(3, "collected", pickup.id, at_the_door),
        said(4, "handed_over", None, handed_over),
    ]
    for expected in ("accepted", "duplicate"):
        answer = phone.post(f"/phone/rounds/{round_.id}/events", json=events).get_json()
        assert [each["status"] for each in answer["outcomes"]] == [expected] * 4

    # Every bottle can be followed from her freezer to the bank's.
    with app.app_context(), reading() as session:
        assert of_donor(session, town.bank, hanna)[0].state is PickupState.PARTLY_COLLECTED
        for number in bottles:
            chain = chain_of(session, bank_id=town.bank, number=number)
            assert chain.container.state is ContainerState.RECEIVED
            assert chain.pickup_id == pickup.id
            assert chain.entries[-1].holder == f"site:{town.site}"
            assert [celsius for _, celsius in chain.temperatures] == [-19.5, -20]


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
