"""What a collector recorded at a door, as the board shows it: the stop, the bottle, the file."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.banks.models import Policy
from collector.banks.policies import PolicyKey
from collector.custody.models import Container, ContainerState
from collector.db import reading, transaction
from collector.rounds.actions import open_day
from collector.rounds.events.intake import EventStatus, accept_events
from collector.rounds.queries import day_plan
from tests.builders import DAY, MORNING
from tests.town import Town, sign_in

HERE = f"/board/days/{DAY}"
COLD = {
    "bottles": 1,
    "volume_ml": 200,
    "freezer_celsius": -20,
    "storage_ok": True,
    "containers": ["FL-1"],
    "refused": [{"count": 1, "reason": "thawed"}],
    "empties_left": 0,
    "note": "",
}


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


@pytest.fixture
def round_id(app: Flask, town: Town, claire: FlaskClient) -> int:
    """Ana's round with Dora in it, published."""
    with app.app_context(), transaction() as session:
        key = open_day(session, bank_id=town.bank, day=DAY).rounds[0].id
    form = {"pickup": town.pickups[0], "place": f"{key}:0", "version": version(app, town)}
    claire.post(f"{HERE}/moves", data=form)
    claire.post(f"{HERE}/publications", data={"version": version(app, town)})
    return key


def version(app: Flask, town: Town) -> int:
    with app.app_context(), reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
        assert plan is not None
        return plan.version


def say(app: Flask, town: Town, round_id: int, kind: str, payload: dict[str, Any]) -> str:
    """Let Ana's phone say something; return its key."""
    said = {
        "client_id": str(uuid4()),
        "kind": kind,
        "pickup": town.pickups[0],
        "sequence": 1 if kind == "collected" else 2,
        "device_at": MORNING.isoformat(),
        "payload": payload,
    }
    with app.app_context(), transaction() as session:
        outcome = accept_events(
            session,
            now=MORNING,
            bank_id=town.bank,
            person_id=town.ana,
            round_id=round_id,
            sent=[said],
        )[0]
    assert outcome.status is EventStatus.ACCEPTED, outcome
    return str(said["client_id"])


def text(browser: FlaskClient, address: str) -> str:
    return re.sub(r"\s+", " ", browser.get(address).get_data(as_text=True))


def test_a_door_in_order_is_said_to_be(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    say(app, town, round_id, "collected", COLD)
    assert "freezer at -20 °C, storage in order" in text(claire, "/laboratory/chain/FL-1")
    page = text(claire, HERE)
    assert 'collected · <span class="unit">1 bottle</span>' in page
    assert "freezer too warm" not in page


@pytest.mark.parametrize("celsius", [-12, -17.9])
def test_a_freezer_too_warm_is_shown_at_the_stop_and_on_the_bottle(
    app: Flask, town: Town, claire: FlaskClient, round_id: int, celsius: float
) -> None:
    say(app, town, round_id, "collected", COLD | {"freezer_celsius": celsius})
    page = text(claire, "/laboratory/chain/FL-1")
    assert f"Freezer at {celsius} °C: warmer than your bank" in page
    assert "-18 °C" in page
    assert "in order" not in page
    assert "freezer too warm" in text(claire, HERE)


def test_a_freezer_just_cold_enough_is_in_order(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    say(app, town, round_id, "collected", COLD | {"freezer_celsius": -18})
    assert "in order" in text(claire, "/laboratory/chain/FL-1")
    assert "freezer too warm" not in text(claire, HERE)


def test_a_storage_not_in_order_is_shown_at_the_stop_and_on_the_bottle(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    say(app, town, round_id, "collected", COLD | {"storage_ok": False})
    page = text(claire, "/laboratory/chain/FL-1")
    assert "The collector found the storage not in order" in page
    assert "storage in order" not in page
    assert "storage not in order" in text(claire, HERE)


def test_a_flag_stays_when_the_banks_rule_is_another_since(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    say(app, town, round_id, "collected", COLD | {"freezer_celsius": -12})
    with app.app_context(), transaction() as session:
        row = session.scalars(
            select(Policy).filter_by(bank_id=town.bank, key=PolicyKey.FREEZER_WARMEST_CELSIUS)
        ).one()
        row.value = "-5"
    assert "warmer than your bank allowed on that day" in text(claire, "/laboratory/chain/FL-1")


def test_a_bottle_left_with_her_says_why(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    say(app, town, round_id, "collected", COLD)
    page = text(claire, f"/board/donors/{town.dora}")
    assert re.search(r"Taken: <a [^>]+>FL-1</a></span>", page)
    left = re.search(r'Left with her: <a href="([^"]+)">[^<]+</a> \(it had thawed\)', page)
    assert left is not None
    assert "Withdrawn:" not in page
    assert "Left with the donor: it had thawed" in text(claire, left[1])


def test_what_the_collector_took_back_is_withdrawn(
    app: Flask, town: Town, claire: FlaskClient, round_id: int
) -> None:
    first = say(app, town, round_id, "collected", COLD | {"freezer_celsius": -12, "refused": []})
    say(app, town, round_id, "undone", {"undoes": first})
    page = text(claire, f"/board/donors/{town.dora}")
    assert re.search(r"Withdrawn: <a [^>]+>FL-1</a>", page)
    assert "Taken:" not in page
    assert "freezer too warm" not in text(claire, HERE)


def test_a_number_that_was_kept_with_a_slash_has_its_page(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            Container(
                bank_id=town.bank,
                number="MR/1",
                donor_id=town.dora,
                pickup_id=town.pickups[0],
                state=ContainerState.DECLARED,
                refused_because=None,
            )
        )
    assert "Bottle MR/1" in text(claire, "/laboratory/chain/MR/1")
