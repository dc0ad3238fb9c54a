"""The loss of a donor's child: nobody comes, nothing is written, and a person calls."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import reading, transaction
from collector.notices.actions import enqueue
from collector.notices.models import Notice, NoticeState
from collector.pickups.models import Enquiry, Giving, Pickup, PickupState
from collector.rounds.models import DayPlan, Publication, Round, RoundState, RoundStop
from collector.timers import run_due_tasks
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import GOOD, publish, words
from tests.web.test_session import Postbag, empty_outbox


@pytest.fixture
def dora(app: Flask, town: Town) -> FlaskClient:
    publish(app, town)
    return sign_in(app, bank=town.bank, donor=town.dora)


def state_of(app: Flask, town: Town) -> PickupState:
    with app.app_context(), reading() as session:
        return session.get_one(Pickup, town.pickups[0]).state


def set_round(app: Flask, town: Town, state: RoundState, visit: PickupState) -> None:
    """Put Dora's visit into the draft of the round too, and the round on the road."""
    begins = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        round_ = session.scalars(select(Round)).one()
        round_.state = state
        times = {"begins_at": begins.isoformat(), "ends_at": begins.isoformat()}
        published = round_.published or {}
        round_.published = {"stops": [stop | times for stop in published["stops"]]}
        session.get_one(Pickup, town.pickups[0]).state = visit
        session.add(
            RoundStop(
                bank_id=town.bank,
                round_id=round_.id,
                pickup_id=town.pickups[0],
                position=0,
                arrives_at=begins,
                begins_at=begins,
                ends_at=begins,
                pinned=False,
            )
        )


def test_nobody_comes(app: Flask, town: Town, dora: FlaskClient) -> None:
    set_round(app, town, RoundState.PUBLISHED, PickupState.PUBLISHED)
    assert dora.post("/donor/loss").status_code == 303
    assert state_of(app, town) is PickupState.CANCELLED
    with app.app_context(), reading() as session:
        round_, plan = session.scalars(select(Round)).one(), session.scalars(select(DayPlan)).one()
        assert session.scalars(select(RoundStop)).all() == []
        assert (round_.revision, plan.revision) == (2, 2)
        published = round_.published or {}
        assert [stop["pickup"] for stop in published["stops"]] == [town.pickups[1]]
        assert session.scalars(select(Publication.published_by_id)).all() == [None]
        told = session.scalars(select(Notice.template).order_by(Notice.template)).all()
    assert told == ["call_wanted", "round_published"]


def test_a_visit_on_its_way_is_called_off_on_the_phone_and_alarms_the_coordinator(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    set_round(app, town, RoundState.STARTED, PickupState.EN_ROUTE)
    dora.post("/donor/loss")
    assert state_of(app, town) is PickupState.CANCELLED
    page = words(dora.get("/donor/"))
    assert "The round had already begun." in page
    assert "you need not open" in page
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "call its collector now" in words(claire.get("/board/morning"))
    inbox = words(claire.get("/board/inbox"))
    assert "Round A was under way." in inbox
    with app.app_context(), transaction() as session:
        session.scalars(select(Round)).one().acknowledged = 2
    assert "Round A was under way." not in words(claire.get("/board/inbox"))
    assert "The round had already begun." not in words(dora.get("/donor/"))


def test_her_page_is_quiet_and_says_what_was_done(dora: FlaskClient) -> None:
    assert "If your child has died" in words(dora.get("/donor/")), "one tap from the first page"
    assert "Every appointment that you have with us is cancelled." in words(dora.get("/donor/loss"))
    for _ in range(2):
        dora.post("/donor/loss")
    page = words(dora.get("/donor/"))
    assert "We are so sorry." in page
    assert "We have cancelled: the appointment of Tuesday 24 November" in page
    assert "The bank confirms it by a call." in page
    for word in ("Hello", "Ask for", "bottle", "freezer", "See or change"):
        assert word not in page
    for path in ("/donor/request/", "/donor/visits/new", "/donor/giving", "/donor/visits/1"):
        assert dora.get(path).location == "/donor/"


def test_a_second_tab_asks_for_nothing(app: Flask, town: Town, dora: FlaskClient) -> None:
    dora.post("/donor/loss")
    dora.post("/donor/visits", data=GOOD)
    with app.app_context(), reading() as session:
        hers = session.scalars(select(Pickup).where(Pickup.donor_id == town.dora)).all()
        assert [pickup.state for pickup in hers] == [PickupState.CANCELLED]


def test_no_message_leaves_whenever_it_was_queued(
    app: Flask, town: Town, dora: FlaskClient, clock: SetClock
) -> None:
    def queue(once: str, template: str = "receipt", recipient: str = f"donor:{town.dora}") -> None:
        with app.app_context(), transaction() as session:
            enqueue(
                session,
                now=clock.now(),
                bank_id=town.bank,
                once=once,
                recipient=recipient,
                to="dora@home.example",
                template=template,
                language="en",
            )

    queue("before")
    dora.post("/donor/loss")
    queue("after")
    queue("asked for", template="sign_in")
    queue("another donor's", recipient=f"donor:{town.elise}")
    clock.advance(hours=10)
    with app.app_context():
        run_due_tasks(clock.now())
    postbag = Postbag()
    empty_outbox(app, clock, postbag)
    with app.app_context(), reading() as session:
        states = {row.once: row.state for row in session.scalars(select(Notice))}
    assert {states["before"], states["after"]} == {NoticeState.WITHHELD}
    assert {states["asked for"], states["another donor's"]} == {NoticeState.SENT}
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "withheld: a person calls first" in words(claire.get("/outbox/"))


def test_she_takes_it_back_for_ten_minutes(
    app: Flask, town: Town, dora: FlaskClient, clock: SetClock
) -> None:
    dora.post("/donor/loss")
    clock.advance(minutes=10)
    assert "I tapped by mistake" in words(dora.get("/donor/"))
    dora.post("/donor/loss/removal")
    assert state_of(app, town) is PickupState.ASKED
    assert "Hello Dora" in words(dora.get("/donor/"))
    dora.post("/donor/loss")
    assert state_of(app, town) is PickupState.CANCELLED
    clock.advance(minutes=10, seconds=1)
    assert "I tapped by mistake" not in words(dora.get("/donor/"))
    late = dora.post("/donor/loss/removal")
    assert late.status_code == 422
    assert "Ten minutes have passed." in words(late)


def test_the_staff_calls_and_takes_it_back_at_any_time(
    app: Flask, town: Town, dora: FlaskClient, clock: SetClock
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    claire.post(f"/board/donors/{town.dora}/loss")
    for path in ("/board/morning", "/board/inbox", "/board/horizon/due"):
        assert "Dora Martin" in words(claire.get(path)), path
    clock.advance(hours=3)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    claire.post(f"/board/horizon/due/calls/{town.dora}")
    assert "Call first" not in words(claire.get("/board/horizon/due"))
    assert "Somebody spoke with her" in words(claire.get(f"/board/donors/{town.dora}"))
    assert "confirms it by a call" not in words(dora.get("/donor/"))
    claire.post(f"/board/donors/{town.dora}/loss/removal")
    assert state_of(app, town) is PickupState.ASKED
    assert "Hello Dora" in words(dora.get("/donor/"))


def test_a_strangers_donor_is_not_found(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for path in ("loss", "loss/removal"):
        assert claire.post(f"/board/donors/{town.stranger_donor}/{path}").status_code == 404


def test_a_visit_at_the_door_is_left_to_the_two_at_the_door(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    set_round(app, town, RoundState.STARTED, PickupState.ARRIVED)
    dora.post("/donor/loss")
    assert state_of(app, town) is PickupState.ARRIVED
    page = words(dora.get("/donor/"))
    assert "at your door at this moment" in page
    assert "We have cancelled" not in page


def test_a_held_slot_is_given_up(app: Flask, town: Town, dora: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            Enquiry(
                bank_id=town.bank,
                donor_id=town.dora,
                purposes=["collection"],
                bottles=8,
                volume_ml=1500,
                oldest_on=None,
                empties_wanted=0,
                health=[],
                written_at=datetime(2026, 11, 23, 7, tzinfo=UTC),
                once="x",
                day=date(2026, 11, 26),
                opens=time(9),
                closes=time(11),
                held_until=datetime(2026, 11, 23, 9, tzinfo=UTC),
            )
        )
    dora.post("/donor/loss")
    with app.app_context(), reading() as session:
        assert session.scalars(select(Enquiry)).all() == []
        assert session.scalars(select(Giving.called_off)).all() == [
            [{"pickup": town.pickups[0], "round": None, "revision": None}]
        ]


def test_erasing_ends_on_a_quiet_page(dora: FlaskClient) -> None:
    dora.post("/donor/loss")
    answer = dora.post("/donor/my-data/erasure", follow_redirects=True)
    said = answer.get_data(as_text=True)
    assert "Your file is erased" in said
    for word in ("Milkround", "Town bank", "Thank", "milk", "icons/"):
        assert word not in said.partition("<body")[2], word
