"""Asking, answering, proving, receipt and grief, as a donor's browser without scripts sees them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from collector.custody.models import DoorRecord
from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.notices.models import Channel, Notice
from collector.people.models import ProofCode, WebSession
from collector.pickups.giving import giving_of
from collector.pickups.models import Correction, DayBefore, Enquiry, Pickup, PickupState
from collector.pickups.visit_links import make_visit_link
from collector.rounds.models import EventKind, Round, RoundEvent, RoundState
from collector.rounds.reminders import owe_reminders
from tests.builders import DAY, MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.test_donor import publish, words
from tests.web.test_session import Postbag, empty_outbox

WRITTEN = {
    "bottles": "8",
    "volume_ml": "1500",
    "oldest_on": "2026-11-01",
    "freezer_quarters": "4",
    "empties_wanted": "6",
    "kit-labels": "yes",
    "health-illness": "no",
    "health-medication": "no",
    "health-exposure": "no",
}
TELLING = ("milk", "lait", "lactarium", "bank", "milkround", "bottle", "flacon", "biberon")


@pytest.fixture
def nora(app: Flask, town: Town) -> FlaskClient:
    """Dora, with no visit arranged."""
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.CANCELLED
    return sign_in(app, bank=town.bank, donor=town.dora)


def link_of(app: Flask, town: Town, clock: SetClock) -> str:
    with app.app_context(), transaction() as session:
        token = make_visit_link(
            session, now=clock.now(), bank_id=town.bank, pickup_id=town.pickups[0], day=DAY
        )
    return f"/v/{token}"


def pickup_of(app: Flask, key: int) -> Pickup:
    with app.app_context(), reading() as session:
        return session.get_one(Pickup, key)


def record_door(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.COLLECTED
        round_ = session.scalars(select(Round)).one()
        event = RoundEvent(
            bank_id=town.bank,
            client_id="one",
            round_id=round_.id,
            pickup_id=town.pickups[0],
            person_id=town.ana,
            kind=EventKind.COLLECTED,
            sequence=1,
            device_at=MORNING,
            received_at=MORNING,
            payload={},
        )
        session.add(event)
        session.flush()
        session.add(
            DoorRecord(
                bank_id=town.bank,
                pickup_id=town.pickups[0],
                collector_id=town.ana,
                event_id=event.id,
                bottles=7,
                volume_ml=1400,
                freezer_celsius=-19.0,
                storage_ok=True,
                empties_left=6,
                note="",
                flags=[],
                details={"seal": "0412"},
                device_at=MORNING,
                recorded_at=MORNING,
                withdrawn_at=None,
            )
        )


def test_three_pages_from_the_bottles_to_a_promise(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/enquiry/", data=WRITTEN, follow_redirects=True)
    offered = re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))
    assert 1 <= len(offered) <= 6
    held = nora.post("/donor/enquiry/slot", data={"slot": offered[0]}, follow_redirects=True)
    assert "Kept for you until 08:10." in words(held)
    agreed = nora.post(
        "/donor/enquiry/confirmation",
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
    nora.post("/donor/enquiry/", data=WRITTEN | {"bottles": "11"})
    assert 'value="11"' in nora.get("/donor/enquiry/").get_data(as_text=True)
    assert 'value="11"' in nora.get("/donor/visits/new").get_data(as_text=True)


def test_what_is_wrong_is_said_beside_it(nora: FlaskClient) -> None:
    answer = nora.post("/donor/enquiry/", data=WRITTEN | {"bottles": "many"})
    assert answer.status_code == 422
    assert "Write a whole number in digits" in words(answer)
    assert 'value="many"' in answer.get_data(as_text=True)


def test_ten_minutes_later_the_slot_is_free_and_nothing_she_wrote_is_lost(
    app: Flask, nora: FlaskClient, clock: SetClock
) -> None:
    page = nora.post("/donor/enquiry/", data=WRITTEN, follow_redirects=True)
    slot = re.findall(r'name="slot" value="([^"]+)"', page.get_data(as_text=True))[0]
    nora.post("/donor/enquiry/slot", data={"slot": slot})
    clock.advance(minutes=10)
    late = nora.post("/donor/enquiry/confirmation")
    assert late.status_code == 422
    assert "The ten minutes are over" in words(late)
    with app.app_context(), reading() as session:
        assert session.scalars(select(Enquiry.bottles)).all() == [8]


@pytest.mark.parametrize("slot", ["", "x y z", "2026-11-24 03:00 05:00", "2027-01-01 09:00 11:00"])
def test_a_slot_nobody_offered_is_not_held(nora: FlaskClient, slot: str) -> None:
    nora.post("/donor/enquiry/", data=WRITTEN)
    assert nora.post("/donor/enquiry/slot", data={"slot": slot}).status_code in {409, 422}


def test_too_little_is_told_with_the_day_on_which_it_fits(nora: FlaskClient) -> None:
    page = nora.post("/donor/enquiry/", data=WRITTEN | {"volume_ml": "200"}, follow_redirects=True)
    assert "We usually come from 0.4 L." in words(page).replace("\xa0", " ")
    assert "you will be there about Wednesday 25 November" in words(page)


def test_a_link_alone_shows_a_date_and_two_times_and_nothing_else(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    page = app.test_client().get(link_of(app, town, clock))
    said = words(page)
    assert "Tuesday 24 November" in said
    assert "between 09:00 and 11:00" in said
    for secret in ("Dora", "Martin", "rue du Port", "Bordeaux", "lotus", "Town bank", *TELLING):
        assert secret.lower() not in said.lower().replace("milkround", ""), secret


@pytest.mark.parametrize(
    ("data", "state", "kept"),
    [
        ({"answer": "fine"}, PickupState.PUBLISHED, DayBefore.FINE),
        ({"answer": "not_home"}, PickupState.CANCELLED, DayBefore.NOT_HOME),
        ({"answer": "fewer", "bottles": "4"}, PickupState.PUBLISHED, DayBefore.FEWER),
        ({"answer": "last"}, PickupState.PUBLISHED, DayBefore.LAST),
    ],
)
def test_one_tap_the_day_before(
    app: Flask,
    town: Town,
    clock: SetClock,
    data: dict[str, str],
    state: PickupState,
    kept: DayBefore,
) -> None:
    publish(app, town)
    link, client = link_of(app, town, clock), app.test_client()
    assert client.get(link).status_code == 200
    assert pickup_of(app, town.pickups[0]).answer is None, "opening it answers nothing"
    assert client.post(link, data=data).status_code == 303
    pickup = pickup_of(app, town.pickups[0])
    assert (pickup.state, pickup.answer) == (state, kept)
    assert (pickup.bottles, pickup.volume_ml) == ((4, 750) if "bottles" in data else (8, 1500))
    with app.app_context(), reading() as session:
        giving = giving_of(session, town.dora)
        assert bool(giving and giving.last_gift) == (kept is DayBefore.LAST)


def test_too_late_for_not_at_home_she_is_asked_to_call(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link = link_of(app, town, clock)
    clock.advance(hours=20)
    answer = app.test_client().post(link, data={"answer": "not_home"})
    assert (answer.status_code, "please call us" in words(answer)) == (422, True)


def test_a_link_that_is_too_old_or_wrong_says_the_same(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link = link_of(app, town, clock)
    clock.advance(days=2)
    client = app.test_client()
    old, wrong = client.get(link), client.get("/v/" + "x" * 43)
    assert (old.status_code, wrong.status_code) == (404, 404)
    assert words(old) == words(wrong)


def test_a_code_by_another_way_shows_what_a_link_hides(
    app: Flask, town: Town, clock: SetClock
) -> None:
    dora, postbag = sign_in(app, bank=town.bank, donor=town.dora), Postbag()
    assert "1 rue du Port" not in words(dora.get("/donor/"))
    assert dora.post("/donor/proof/codes").status_code == 303
    assert empty_outbox(app, clock, postbag) == 1
    (letter,) = postbag.letters
    assert (letter.channel, letter.to) == (Channel.SMS, "+33 5 00 00 00 00")
    (code,) = re.findall(r"\d{6}", letter.body)
    with app.app_context(), reading() as session:
        assert code not in str([notice.figures for notice in session.scalars(select(Notice))])
        assert code not in str(session.scalars(select(ProofCode.code_hash)).all())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert dora.post("/donor/proof", data={"code": wrong}).status_code == 422
    assert dora.post("/donor/proof", data={"code": code}).status_code == 303
    assert "1 rue du Port" in words(dora.get("/donor/"))


def test_five_wrong_codes_spend_a_code(app: Flask, town: Town, clock: SetClock) -> None:
    dora, postbag = sign_in(app, bank=town.bank, donor=town.dora), Postbag()
    dora.post("/donor/proof/codes")
    empty_outbox(app, clock, postbag)
    (code,) = re.findall(r"\d{6}", postbag.letters[0].body)
    for _ in range(5):
        assert dora.post("/donor/proof", data={"code": "12"}).status_code == 422
    assert dora.post("/donor/proof", data={"code": code}).status_code == 422


def test_the_calendar_gets_the_hours_in_neutral_words(app: Flask, town: Town) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).discreet = True
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    answer = dora.get(f"/donor/visits/{town.pickups[0]}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["SUMMARY"] == "Appointment"
    assert event["DTSTART"].dt.isoformat() == "2026-11-24T08:00:00+00:00"
    assert "rue du Port" not in answer.text


def test_the_receipt_is_right_or_corrected_within_two_days(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    record_door(app, town)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    url = f"/donor/visits/{town.pickups[0]}"
    said = words(dora.get(f"{url}/receipt")).replace("\xa0", " ")
    assert "7 bottles, 1.4 L , -19 °C" in said
    assert "So far you gave 1.4 L in 1 visit." in said
    assert "6 empty bottles" in said
    assert "Seal 0412" in said
    data = {"bottles": "8", "volume_ml": "1600", "words": "One more"}
    clock.advance(hours=48)
    assert dora.post(f"{url}/corrections", data=data).status_code == 303
    clock.advance(seconds=1)
    assert dora.post(f"{url}/corrections", data=data).status_code == 422
    with app.app_context(), reading() as session:
        assert session.scalars(select(Correction.bottles)).all() == [8]
        assert session.scalars(select(DoorRecord.bottles)).all() == [7], "the record stays"
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "she says 8 bottles" in words(claire.get("/board/due/"))
    claire.post("/board/due/corrections/1")
    assert "she says 8 bottles" not in words(claire.get("/board/due/"))


def test_who_lost_her_child_is_called_and_written_to_by_nobody(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    assert "If your child has died" in words(dora.get("/donor/giving"))
    for _ in range(2):
        assert dora.post("/donor/loss").status_code == 303
    page = words(dora.get("/donor/"))
    assert "We are so sorry" in page
    assert "Hello" not in page
    assert "Ask for" not in page
    clock.advance(hours=10)
    with app.app_context(), transaction() as session:
        owe_reminders(session, now=clock.now())
        owed = session.scalars(select(Notice)).all()
    assert [notice.template for notice in owed] == ["call_wanted"]
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "Call first" in words(claire.get("/board/due/"))
    claire.post(f"/board/due/calls/{town.dora}")
    assert "Call first" not in words(claire.get("/board/due/"))


def test_the_evening_before_she_is_asked_once(app: Flask, town: Town, clock: SetClock) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        owe_reminders(session, now=clock.now())
        assert session.scalars(select(Notice)).all() == [], "it is morning"
        clock.advance(hours=9)
        owe_reminders(session, now=clock.now())
        owe_reminders(session, now=clock.now() + timedelta(minutes=1))
        found = session.scalars(select(Notice).where(Notice.recipient == f"donor:{town.dora}"))
        assert [notice.template for notice in found] == ["visit_tomorrow"]


def test_on_the_day_the_window_narrows_to_half_an_hour(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        round_ = session.scalars(select(Round)).one()
        begins = "2026-11-24T09:00:00+00:00"
        window = {"opens": "2026-11-24T08:00:00+00:00", "closes": "2026-11-24T10:00:00+00:00"}
        stop = {
            "pickup": town.pickups[0],
            "window": window,
            "code": "lotus canyon",
            "begins_at": begins,
            "ends_at": "2026-11-24T09:12:00+00:00",
        }
        round_.published = {
            "day": str(DAY),
            "departs_at": "2026-11-24T07:00:00+00:00",
            "stops": [stop],
        }
        round_.state = RoundState.STARTED
        session.add(
            RoundEvent(
                bank_id=town.bank,
                client_id="two",
                round_id=round_.id,
                pickup_id=None,
                person_id=town.ana,
                kind=EventKind.STARTED,
                sequence=1,
                device_at=MORNING + timedelta(days=1, minutes=20),
                received_at=MORNING,
                payload={},
            )
        )
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    # Twenty minutes late at 07:00 UTC: expected at 10:20 in Paris, give or take a quarter.
    said = words(dora.get(f"/donor/visits/{town.pickups[0]}"))
    assert "You are next. We expect to be with you between 10:05 and 10:35." in said
    clock.advance(days=1)
    with app.app_context(), transaction() as session:
        owe_reminders(session, now=clock.now())
        near = session.scalars(select(Notice).where(Notice.template == "visit_near")).one()
    assert near.figures["opens"] == "10:05"


def test_a_pause_is_kept_and_half_a_pause_is_not(nora: FlaskClient) -> None:
    half = nora.post("/donor/giving", data={"paused_from": "2026-12-24"})
    assert (half.status_code, "first and the last day" in words(half)) == (422, True)
    whole = {"paused_from": "2026-11-24", "paused_until": "2026-11-30", "tapering": "yes"}
    assert nora.post("/donor/giving", data=whole).status_code == 303
    page = nora.post("/donor/enquiry/", data=WRITTEN, follow_redirects=True)
    assert "No round has room for you" in words(page), "nobody comes in a pause"


def test_she_chooses_how_she_is_told(app: Flask, town: Town, nora: FlaskClient) -> None:
    assert nora.post("/donor/reach", data={"channel": "sms", "discreet": "yes"}).status_code == 303
    page = unescape(nora.get("/donor/reach").get_data(as_text=True))
    assert re.search(r'value="sms" checked', page)
    with app.app_context(), reading() as session:
        assert session.get_one(Donor, town.dora).discreet


def test_a_browser_may_not_make_the_server_call_anybody(nora: FlaskClient) -> None:
    data = {"endpoint": "http://127.0.0.1:5432/", "p256dh": "x", "auth": "y"}
    assert nora.post("/donor/reach/browsers", data=data).status_code == 422


def test_the_coordinator_sees_who_will_be_due(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    page = words(claire.get("/board/due/"))
    assert "Dora Martin" in page
    assert "Gina" not in page, "another bank's"


def test_a_proof_is_one_sessions_own(app: Flask, town: Town) -> None:
    first, second = (sign_in(app, bank=town.bank, donor=town.dora) for _ in range(2))
    with app.app_context(), transaction() as session:
        session.execute(update(WebSession).where(WebSession.id == 1).values(proved_at=MORNING))
    assert "1 rue du Port" in words(first.get("/donor/"))
    assert "1 rue du Port" not in words(second.get("/donor/"))
