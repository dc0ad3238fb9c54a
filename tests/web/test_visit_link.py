"""A link to one visit, on the evening before and on the day: its content and its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.db import reading, transaction
from collector.notices.models import Notice
from collector.pickups.giving import giving_of
from collector.pickups.models import DayBefore, Pickup, PickupState
from collector.rounds.models import EventKind, Round, RoundEvent, RoundState, RoundStop
from collector.timers import run_due_tasks
from tests.builders import DAY, MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import publish, words
from tests.web.request_forms import link_of, pickup_of

TELLING = ("milk", "lait", "lactarium", "bank", "milkround", "bottle", "flacon", "biberon")


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


def test_too_late_for_not_at_home_the_page_names_the_telephone(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link = link_of(app, town, clock)
    clock.advance(hours=20)
    answer = app.test_client().post(link, data={"answer": "not_home"})
    assert (answer.status_code, "please call us" in words(answer)) == (422, True)


def test_an_expired_and_a_wrong_link_give_the_same_answer(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link = link_of(app, town, clock)
    clock.advance(days=2)
    client = app.test_client()
    old, wrong = client.get(link), client.get("/v/" + "x" * 43)
    assert (old.status_code, wrong.status_code) == (404, 404)
    assert words(old) == words(wrong)


def test_the_reminder_of_the_evening_before_is_sent_once(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    with app.app_context():
        run_due_tasks(clock.now())
        with reading() as session:
            assert session.scalars(select(Notice)).all() == [], "it is morning"
        clock.advance(hours=9)
        run_due_tasks(clock.now())
        run_due_tasks(clock.now() + timedelta(minutes=1))
    with app.app_context(), reading() as session:
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
    hours = "between 10:05 and 10:35"
    assert "You are next." in said
    assert f"We come on Tuesday 24 November {hours}." in said
    assert hours in words(dora.get("/donor/")), "every page shows the same hours"
    assert hours in words(app.test_client().get(link_of(app, town, clock)))
    clock.advance(days=1)
    with app.app_context():
        run_due_tasks(clock.now())
    with app.app_context(), transaction() as session:
        near = session.scalars(select(Notice).where(Notice.template == "visit_near")).one()
    assert near.figures["opens"] == "10:05"


def test_not_at_home_is_asked_once_and_taken_back(app: Flask, town: Town, clock: SetClock) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        round_ = session.scalars(select(Round)).one()
        begins = MORNING + timedelta(days=1, hours=2)
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
    link, client = link_of(app, town, clock), app.test_client()
    assert "nobody comes" in words(client.get(link)), "the button is behind a question"
    for _ in range(2):
        assert client.post(link, data={"answer": "not_home"}).status_code == 303
    page = words(client.get(link))
    assert "Nobody comes." in page
    assert "Choose another time" in page
    for _ in range(2):
        assert client.post(f"{link}/cancellation/removal").status_code == 303
    pickup = pickup_of(app, town.pickups[0])
    assert (pickup.state, pickup.answer) == (PickupState.PUBLISHED, None)
    assert "between 09:00 and 11:00" in words(client.get(link))


def test_a_visit_that_left_its_round_is_asked_for_again(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link, client = link_of(app, town, clock), app.test_client()
    client.post(link, data={"answer": "not_home"})
    client.post(f"{link}/cancellation/removal")
    assert pickup_of(app, town.pickups[0]).state is PickupState.ASKED
    assert "Your request waits for an answer" in words(client.get(link))


def test_a_cancellation_of_the_bank_is_not_taken_back(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    link, client = link_of(app, town, clock), app.test_client()
    claire = sign_in(app, bank=town.bank, person=town.claire)
    claire.post(f"/board/inbox/pickups/{town.pickups[0]}/cancellation", data={"reason": "other"})
    assert "take it back" not in words(client.get(link))
    assert client.post(f"{link}/cancellation/removal").status_code == 422


def test_a_link_to_a_proposed_day_shows_its_hours(app: Flask, town: Town, clock: SetClock) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).promised_at = clock.now()
    page = words(app.test_client().get(link_of(app, town, clock)))
    assert "Tuesday 24 November between 08:00 and 18:00" in page
