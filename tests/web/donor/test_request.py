"""A request in a browser without scripts: the form, the slots, the promise."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.banks.models import Site
from collector.db import reading, transaction
from collector.people.models import Person
from collector.pickups.models import Enquiry, MilkLine, Pickup, PickupState, PickupWindow
from tests.builders import DAY, add_shift
from tests.conftest import SetClock
from tests.town import Town
from tests.web.donor.test_donor import words
from tests.web.request_forms import WRITTEN, nora

__all__ = ["nora"]


def once_in(page: TestResponse) -> str:
    """Return the key of the slot that a page of confirmation shows."""
    (once,) = re.findall(r'name="once" value="([^"]+)"', page.get_data(as_text=True))
    return once


def slots_in(page: TestResponse) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))


def hold(nora: FlaskClient, slot: str) -> str:
    page = nora.post("/donor/request/slot", data={"slot": slot}, follow_redirects=True)
    return once_in(page)


def test_three_pages_from_the_bottles_to_a_promise(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    offered = re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))
    assert offered == sorted(offered), "in order of time"
    held = nora.post("/donor/request/slot", data={"slot": offered[0]}, follow_redirects=True)
    assert "Kept for you until 08:10." in words(held)
    agreed = nora.post(
        "/donor/request/confirmation",
        data={"do_not_ring": "yes", "neighbour": "yes", "note": "Mme Roux", "once": once_in(held)},
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
    held = nora.post("/donor/request/slot", data={"slot": slot}, follow_redirects=True)
    clock.advance(minutes=10)
    late = nora.post("/donor/request/confirmation", data={"once": once_in(held)})
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


def test_back_and_a_second_tab_show_the_agreed_visit(nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    once = hold(nora, slots_in(page)[0])
    agreed = nora.post("/donor/request/confirmation", data={"once": once})
    again = nora.post("/donor/request/confirmation", data={"once": once})
    assert again.location == agreed.location
    for path in ("slots", "confirmation"):
        assert nora.get(f"/donor/request/{path}").location == agreed.location
    assert "It is agreed" in words(nora.get(agreed.location))


def test_a_tab_with_another_slot_confirms_nothing(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    first, second = slots_in(page)[:2]
    old = hold(nora, first)
    hold(nora, second)
    answer = nora.post("/donor/request/confirmation", data={"once": old})
    assert (answer.status_code, "the time is free again" in words(answer)) == (422, True)
    with app.app_context(), reading() as session:
        assert session.scalars(select(Pickup.id).where(Pickup.promised_at.is_not(None))).all() == []


def test_without_a_request_the_pages_lead_to_its_first(nora: FlaskClient) -> None:
    for path in ("slots", "confirmation"):
        assert nora.get(f"/donor/request/{path}").location == "/donor/request/"
    assert nora.post("/donor/request/confirmation").location == "/donor/request/"


def test_an_agreed_visit_moves_to_a_slot_and_keeps_its_time_until_then(
    app: Flask, town: Town, nora: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        ana, site = session.get_one(Person, town.ana), session.get_one(Site, town.site)
        for ahead in range(1, 11):
            add_shift(session, ana, site, day=DAY + timedelta(days=ahead))
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    once = hold(nora, slots_in(page)[0])
    visit = nora.post("/donor/request/confirmation", data={"once": once}).location
    assert "Choose another time" in words(nora.get(visit))
    moving = nora.post(f"/donor/request/moves/{visit.rpartition('/')[2]}", follow_redirects=True)
    assert "Back: the agreed time stays" in words(moving)
    (later,) = re.findall(r'href="([^"]*slots\?after=[^"]*)"', moving.get_data(as_text=True))
    far = slots_in(nora.get(later))[-1]
    assert far[:10] >= "2026-12-01", "more than three days ahead"
    assert "Tuesday 24 November" in words(nora.get(visit))
    once = hold(nora, far)
    moved = nora.post("/donor/request/confirmation", data={"once": once})
    assert moved.location == visit
    assert "It is agreed" in words(nora.get(visit))
    with app.app_context(), reading() as session:
        pickup = session.get_one(Pickup, int(visit.rpartition("/")[2]))
        assert pickup.state is PickupState.ACCEPTED
        hers = select(Pickup.id).where(
            Pickup.donor_id == town.dora, Pickup.promised_at.is_not(None)
        )
        assert len(session.scalars(hers).all()) == 1


def test_her_own_day_has_other_times_for_a_move(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    agreed = slots_in(page)[0]
    once = hold(nora, agreed)
    visit = nora.post("/donor/request/confirmation", data={"once": once}).location
    offered = slots_in(
        nora.post(f"/donor/request/moves/{visit.rpartition('/')[2]}", follow_redirects=True)
    )
    same_day = [slot for slot in offered if slot[:10] == agreed[:10]]
    assert same_day
    assert agreed not in offered, "the time that she has is no other time"
    once = hold(nora, same_day[0])
    assert nora.post("/donor/request/confirmation", data={"once": once}).location == visit
    with app.app_context(), reading() as session:
        window = session.scalars(
            select(PickupWindow).where(PickupWindow.pickup_id == int(visit.rpartition("/")[2]))
        ).one()
        assert f"{window.day} {window.opens:%H:%M}" == same_day[0].rpartition(" ")[0][:16]


def test_a_strangers_visit_does_not_move(town: Town, nora: FlaskClient) -> None:
    answer = nora.post(f"/donor/request/moves/{town.stranger_pickup}")
    assert answer.status_code == 404


def test_a_pause_and_the_last_visit_show_on_her_home(nora: FlaskClient) -> None:
    plans = {"paused_from": "2026-12-24", "paused_until": "2026-12-30", "last_gift": "yes"}
    nora.post("/donor/giving", data=plans)
    home = words(nora.get("/donor/"))
    assert "You pause from Thursday 24 December to Wednesday 30 December." in home
    assert "the next visit is the last one" in home


def test_a_cancellation_on_her_page_is_taken_back(nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    once = hold(nora, slots_in(page)[0])
    visit = nora.post("/donor/request/confirmation", data={"once": once}).location
    called_off = nora.post(f"{visit}/cancellation", follow_redirects=True)
    assert "Take it back" in words(called_off)
    restored = nora.post(f"{visit}/cancellation/removal", follow_redirects=True)
    assert "We have your request." in words(restored)


def test_milk_for_her_own_child_keeps_its_line_and_needs_no_minimum(
    app: Flask, nora: FlaskClient
) -> None:
    own = WRITTEN | {"volume_ml": "100", "line": "own_child"}
    page = nora.post("/donor/request/", data=own, follow_redirects=True)
    once = hold(nora, slots_in(page)[0])
    visit = nora.post("/donor/request/confirmation", data={"once": once}).location
    assert "for my own child in hospital" in words(nora.get(visit))
    with app.app_context(), reading() as session:
        pickup = session.get_one(Pickup, int(visit.rpartition("/")[2]))
        assert (pickup.line, pickup.state) == (MilkLine.OWN_CHILD, PickupState.ACCEPTED)
    again = nora.get("/donor/request/").get_data(as_text=True)
    assert re.search(r'value="own_child" checked', again), "she does not say it each time"


def test_an_unknown_line_is_refused(nora: FlaskClient) -> None:
    answer = nora.post("/donor/request/", data=WRITTEN | {"line": "stolen"})
    assert (answer.status_code, "for your own child" in words(answer)) == (422, True)
