"""A request in a browser without scripts: the form, the slots, the promise."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import reading
from collector.pickups.models import Enquiry, Pickup, PickupState
from tests.conftest import SetClock
from tests.web.donor.test_donor import words
from tests.web.request_forms import WRITTEN, nora

__all__ = ["nora"]


def test_three_pages_from_the_bottles_to_a_promise(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    offered = re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))
    assert 1 <= len(offered) <= 6
    held = nora.post("/donor/request/slot", data={"slot": offered[0]}, follow_redirects=True)
    assert "Kept for you until 08:10." in words(held)
    agreed = nora.post(
        "/donor/request/confirmation",
        data={"do_not_ring": "yes", "neighbour": "yes", "note": "Mme Roux"},
        follow_redirects=True,
    )
    said = words(agreed)
    assert "It is agreed: we come on Tuesday 24 November between" in said
    assert "we do not ring" in said
    assert "a neighbour hands it over" in said
    assert "labels" in said
    with app.app_context(), reading() as session:
        pickup = session.scalars(select(Pickup).order_by(Pickup.id.desc())).first()
        assert pickup is not None
        assert (pickup.state, pickup.freezer_quarters) == (PickupState.ACCEPTED, 4)
        assert pickup.freezer_nearly_full


def test_an_enquiry_is_there_when_she_comes_back(nora: FlaskClient) -> None:
    nora.post("/donor/request/", data=WRITTEN | {"bottles": "11"})
    assert 'value="11"' in nora.get("/donor/request/").get_data(as_text=True)
    assert 'value="11"' in nora.get("/donor/visits/new").get_data(as_text=True)


def test_a_mistake_is_shown_beside_its_field(nora: FlaskClient) -> None:
    answer = nora.post("/donor/request/", data=WRITTEN | {"bottles": "many"})
    assert answer.status_code == 422
    assert "Write a whole number in digits" in words(answer)
    assert 'value="many"' in answer.get_data(as_text=True)


def test_ten_minutes_later_the_slot_is_free_and_nothing_she_wrote_is_lost(
    app: Flask, nora: FlaskClient, clock: SetClock
) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    slot = re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))[0]
    nora.post("/donor/request/slot", data={"slot": slot})
    clock.advance(minutes=10)
    late = nora.post("/donor/request/confirmation")
    assert late.status_code == 422
    assert "The ten minutes are over" in words(late)
    with app.app_context(), reading() as session:
        assert session.scalars(select(Enquiry.bottles)).all() == [8]


@pytest.mark.parametrize("slot", ["", "x y z", "2026-11-24 03:00 05:00", "2027-01-01 09:00 11:00"])
def test_a_slot_that_was_not_offered_is_not_held(nora: FlaskClient, slot: str) -> None:
    nora.post("/donor/request/", data=WRITTEN)
    assert nora.post("/donor/request/slot", data={"slot": slot}).status_code in {409, 422}


def test_too_small_a_volume_is_answered_with_the_day_on_which_it_suffices(
    nora: FlaskClient,
) -> None:
    page = nora.post("/donor/request/", data=WRITTEN | {"volume_ml": "200"}, follow_redirects=True)
    assert "We usually come from 0.4 L." in words(page).replace("\xa0", " ")
    assert "you will be there about Wednesday 25 November" in words(page)


def test_a_pause_is_kept_and_half_a_pause_is_not(nora: FlaskClient) -> None:
    half = nora.post("/donor/giving", data={"paused_from": "2026-12-24"})
    assert (half.status_code, "first and the last day" in words(half)) == (422, True)
    whole = {"paused_from": "2026-11-24", "paused_until": "2026-11-30", "tapering": "yes"}
    assert nora.post("/donor/giving", data=whole).status_code == 303
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    assert "No round has room for you" in words(page), "nobody comes in a pause"
