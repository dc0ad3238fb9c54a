"""Slots on the telephone: the slots of the donor's own page, priced, held and promised."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.notices.models import Notice
from collector.pickups.models import Enquiry, Pickup, PickupState, Purpose
from collector.places.models import Position
from tests.builders import DAY
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.request_forms import WRITTEN, nora

__all__ = ["nora"]

SLOTS = "/board/inbox/requests/slots"
CALL = {
    "bottles": "8",
    "volume_ml": "1500",
    "oldest_on": "2026-11-01",
    "empties_wanted": "6",
    "health_illness": "no",
    "health_medication": "no",
    "health_exposure": "no",
    "once": "a key of this form",
}


@pytest.fixture
def claire(app: Flask, town: Town, nora: FlaskClient) -> FlaskClient:
    """Claire at the telephone with Dora, who has no visit arranged."""
    assert nora
    return sign_in(app, bank=town.bank, person=town.claire)


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True).replace("\xa0", " "))


def call(town: Town, **given: str) -> dict[str, str]:
    return CALL | {"donor": str(town.dora)} | given


def slots_in(answer: TestResponse) -> list[str]:
    return re.findall(r'value="(\d{4}-\d\d-\d\d \d\d:\d\d \d\d:\d\d)"', answer.text)


def held_in(answer: TestResponse) -> str:
    (key,) = re.findall(r'name="held" value="([^"]+)"', answer.text)
    return key


def last_request(app: Flask, town: Town) -> Pickup | None:
    with app.app_context(), reading() as session:
        return session.scalars(
            select(Pickup)
            .where(Pickup.donor_id == town.dora, Pickup.state != PickupState.CANCELLED)
            .order_by(Pickup.id.desc())
        ).first()


def test_the_board_offers_the_slots_of_the_donors_own_page_with_their_prices(
    town: Town, claire: FlaskClient, nora: FlaskClient
) -> None:
    hers = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    answer = claire.post(SLOTS, data=call(town))
    assert answer.status_code == 200
    own = re.findall(r'name="slot" value="([^"]+)"', hers.text)
    assert own
    assert slots_in(answer) == own
    assert re.search(r"[+±]\d+ min", text(answer))
    assert re.search(r"[+±]\d+[.]\d km", text(answer))


def test_a_held_slot_is_promised_and_the_donor_is_told(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    slot = slots_in(claire.post(SLOTS, data=call(town)))[0]
    held = claire.post(f"{SLOTS}/held", data=call(town, slot=slot))
    assert "Kept for her until 08:10." in text(held)
    form = call(town, held=held_in(held), note="Ring twice", besides_pump_return="yes")
    assert claire.post("/board/inbox/requests", data=form).status_code == 422, "other purposes"
    form.pop("besides_pump_return")
    assert claire.post("/board/inbox/requests", data=form).status_code == 303
    assert "The visit is agreed." in text(claire.get("/board/inbox"))
    found = last_request(app, town)
    assert found is not None
    assert (found.state, found.note) == (PickupState.ACCEPTED, "Ring twice")
    assert found.asked_by == f"person:{town.claire}"
    assert found.promised_at is not None
    with app.app_context(), reading() as session:
        assert session.scalars(select(Enquiry)).all() == []
        told = session.scalars(
            select(Notice.template).where(Notice.recipient == f"donor:{town.dora}")
        )
        assert "visit_agreed" in set(told)


def test_a_promise_sent_twice_is_one_request(app: Flask, town: Town, claire: FlaskClient) -> None:
    slot = slots_in(claire.post(SLOTS, data=call(town)))[0]
    form = call(town, held=held_in(claire.post(f"{SLOTS}/held", data=call(town, slot=slot))))
    for _ in range(2):
        assert claire.post("/board/inbox/requests", data=form).status_code == 303
    with app.app_context(), reading() as session:
        hers = select(Pickup).where(
            Pickup.donor_id == town.dora, Pickup.state != PickupState.CANCELLED
        )
        assert len(session.scalars(hers).all()) == 1


def test_purposes_that_the_coordinator_adds_are_part_of_the_slot(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    given = call(town, besides_pump_return="yes")
    slot = slots_in(claire.post(SLOTS, data=given))[0]
    held = held_in(claire.post(f"{SLOTS}/held", data=given | {"slot": slot}))
    claire.post("/board/inbox/requests", data=given | {"held": held})
    found = last_request(app, town)
    assert found is not None
    assert set(found.purposes) == {Purpose.COLLECTION, Purpose.PUMP_RETURN}


def test_a_yes_to_a_health_question_keeps_the_slot_and_waits_for_a_nurse(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    slot = slots_in(claire.post(SLOTS, data=call(town)))[0]
    held = held_in(claire.post(f"{SLOTS}/held", data=call(town, slot=slot)))
    claire.post("/board/inbox/requests", data=call(town, held=held, health_illness="yes"))
    page = text(claire.get("/board/inbox"))
    assert "It waits among the requests: call her first: health answers" in page
    found = last_request(app, town)
    assert found is not None
    assert found.state is PickupState.ASKED


def test_a_slot_whose_ten_minutes_are_over_is_not_promised(
    app: Flask, town: Town, claire: FlaskClient, clock: SetClock
) -> None:
    slot = slots_in(claire.post(SLOTS, data=call(town)))[0]
    held = held_in(claire.post(f"{SLOTS}/held", data=call(town, slot=slot)))
    clock.advance(minutes=10)
    late = claire.post("/board/inbox/requests", data=call(town, held=held))
    assert late.status_code == 422
    assert "The ten minutes are over" in text(late)
    assert last_request(app, town) is None


def test_a_slot_that_is_no_slot_is_not_held(town: Town, claire: FlaskClient) -> None:
    for slot in ("x", f"{DAY} 03:00 05:00"):
        assert claire.post(f"{SLOTS}/held", data=call(town, slot=slot)).status_code in {409, 422}
    assert claire.post(f"{SLOTS}/held", data=call(town)).status_code == 422


def test_a_mistake_in_the_milk_is_shown_before_any_slot(town: Town, claire: FlaskClient) -> None:
    answer = claire.post(SLOTS, data=call(town, bottles="eight"))
    assert answer.status_code == 422
    assert "Give a whole number" in text(answer)
    assert slots_in(answer) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"volume_ml": "200"}, "less than the 0.4 L"),
        ({"oldest_on": "2026-07-01"}, "too old on every day"),
    ],
)
def test_the_reason_why_there_is_no_slot_is_said(
    town: Town, claire: FlaskClient, given: dict[str, str], words: str
) -> None:
    answer = claire.post(SLOTS, data=call(town, **given))
    assert answer.status_code == 200
    assert words in text(answer)
    assert "You can write the hours" in text(answer)


def test_without_a_place_on_the_map_no_slot_has_a_price(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        address = session.get_one(Donor, town.dora).address_id
        session.execute(delete(Position).where(Position.address_id == address))
    page = text(claire.post(SLOTS, data=call(town)))
    assert "no time has a price" in page
    assert f"/board/donors/{town.dora}/position" in page


def test_another_banks_donor_is_not_found(app: Flask, town: Town) -> None:
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert sophie.post(SLOTS, data=call(town)).status_code == 404
    assert sophie.post(f"{SLOTS}/held", data=call(town, slot="x")).status_code == 404
