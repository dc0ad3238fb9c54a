"""Badge and PIN at a shared screen: resume, tries, locks, what they never open, what waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from collector.audit.models import AuditEntry
from collector.db import db, reading, transaction
from collector.laboratory.heating.models import Cycle, CycleState
from collector.notices.models import Notice
from collector.people.actions import deactivate
from collector.people.badges import MOST_WRONG, badge_salt, resting_session, resume, typed_badge
from collector.people.models import Badge, RoleGrant
from collector.people.vault import Vault
from tests.laboratory_bench import Bench
from tests.slow_hashes import hashes_of
from tests.town import Town, sign_in
from tests.web.account.test_grave_acts import waiting
from tests.web.laboratory.test_cycles import CYCLE, DEVICE, bench

__all__ = ["bench"]
pytestmark = pytest.mark.twin

BADGE, PIN = "LAB-0042-LEA", "281604"
HOME = "/laboratory/cycles"
LOAD = {"device": "1", "lots": "1"}


@pytest.fixture
def screen(app: Flask, bench: Bench) -> FlaskClient:
    """The laboratory's screen, where Lea is signed in and has a badge; Nora wrote the device."""
    nora = sign_in(app, bank=bench.town.bank, person=bench.nora)
    assert nora.post("/laboratory/devices", data=DEVICE).status_code == 303
    lea = sign_in(app, bank=bench.town.bank, person=bench.lea)
    assert set_badge(lea).status_code == 303
    return lea


def set_badge(
    client: FlaskClient, code: str = BADGE, pin: str = PIN, again: str = ""
) -> TestResponse:
    form = {"badge": code, "pin": pin, "pin_again": again or pin}
    return client.post("/account/badge", data=form)


def rest(app: Flask, minutes: int = 31) -> None:
    app.extensions["milkround_clock"].instant += timedelta(minutes=minutes)


def scan(
    client: FlaskClient, code: str = BADGE, pin: str = PIN, wanted: str = HOME
) -> TestResponse:
    return client.post(f"/sign-in/badge?next={wanted}", data={"badge": code, "pin": pin})


def acts(app: Flask) -> list[str]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action)))


def test_a_cycle_of_32_minutes_ends_by_badge_on_the_screen_where_it_began(
    app: Flask, screen: FlaskClient
) -> None:
    assert screen.post(HOME, data=LOAD).status_code == 303
    assert screen.post(f"{CYCLE}/start").status_code == 303
    rest(app, minutes=32)
    late = screen.post(f"{CYCLE}/stop")
    assert late.status_code == 401
    assert f'action="{CYCLE}/stop"' in late.text
    assert "Go on as Lea" in screen.get("/sign-in?next=/signed-in").text
    resumed = scan(screen, wanted="/signed-in")
    assert (resumed.status_code, resumed.headers["Location"]) == (303, "/signed-in")
    assert screen.post(f"{CYCLE}/stop").status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(Cycle, 1).state is not CycleState.RUNNING
    assert acts(app).count("session resumed by badge") == 1


def test_the_text_of_a_form_waits_for_the_badge(app: Flask, screen: FlaskClient) -> None:
    rest(app)
    late = screen.post(HOME, data=LOAD | {"note": 'Bain "2" <b>'})
    form = waiting(late.text)
    assert form["note"] == 'Bain "2" <b>'
    scan(screen)
    assert screen.post(HOME, data=form).headers["Location"] == CYCLE


def test_a_resumed_session_has_a_new_token_and_the_former_end(
    app: Flask, screen: FlaskClient
) -> None:
    before = screen.get_cookie("milkround_desk")
    resumed = 0
    for _ in range(24):
        rest(app)
        resumed += scan(screen).status_code == 303
    assert before is not None
    assert screen.get_cookie("milkround_desk").value != before.value
    assert resumed == 23, "half hours of twelve hours"
    assert "Go on as" not in screen.get("/sign-in").text


def test_a_badge_opens_no_grave_act(app: Flask, screen: FlaskClient) -> None:
    rest(app)
    scan(screen)
    answer = set_badge(screen, pin="937105")
    assert answer.status_code == 403
    assert "Is it you?" in answer.text


def test_no_badge_resumes_the_session_of_another_browser_or_person(
    app: Flask, bench: Bench, screen: FlaskClient
) -> None:
    nora = sign_in(app, bank=bench.town.bank, person=bench.nora)
    with app.app_context(), transaction() as session:
        session.add(RoleGrant(bank_id=bench.town.bank, person_id=bench.nora, role="laboratory"))
    set_badge(nora, "LAB-0043-NORA", "730418")
    rest(app)
    stranger = scan(app.test_client())
    assert stranger.status_code == 422
    assert "No session waits for a badge here" in stranger.text
    assert scan(screen, "LAB-0043-NORA", "730418").status_code == 422
    assert scan(screen).status_code == 303


def test_a_session_that_goes_on_is_not_resumed(app: Flask, screen: FlaskClient) -> None:
    rest(app, minutes=29)
    assert scan(screen).status_code == 422
    assert screen.get(HOME).status_code == 200


@pytest.mark.parametrize("end", ["signed out", "account closed", "no longer in the laboratory"])
def test_a_session_that_has_ended_is_not_resumed(
    app: Flask, bench: Bench, screen: FlaskClient, end: str
) -> None:
    cookie = screen.get_cookie("milkround_desk")
    assert cookie is not None
    now, who = app.extensions["milkround_clock"].now(), bench.lea
    if end == "signed out":
        screen.post("/sign-out/milkround_desk")
    with app.app_context(), transaction() as session:
        if end == "account closed":
            deactivate(session, now=now, bank_id=bench.town.bank, person_id=who, actor="system")
        if end == "no longer in the laboratory":
            session.execute(delete(RoleGrant).where(RoleGrant.person_id == who))
    rest(app)
    screen.set_cookie("milkround_desk", cookie.value)
    assert scan(screen).status_code == 422


def test_five_wrong_pins_lock_the_badge_and_end_the_session(
    app: Flask, bench: Bench, screen: FlaskClient
) -> None:
    other = sign_in(app, bank=bench.town.bank, person=bench.lea)
    rest(app)
    for _ in range(MOST_WRONG):
        assert scan(screen, pin="000001").status_code == 422
    assert scan(screen).status_code == 422
    assert scan(other).status_code == 422
    assert acts(app).count("badge locked") == 1
    with app.app_context(), reading() as session:
        assert session.scalars(select(Badge.wrong)).one() == MOST_WRONG
        told = [notice.figures.get("change") for notice in session.scalars(select(Notice))]
    assert told.count("badge locked") == 1
    again = sign_in(app, bank=bench.town.bank, person=bench.lea)
    assert "This badge is locked" in again.get("/account/badge").text
    set_badge(again)
    rest(app)
    assert scan(again).status_code == 303


def test_no_pin_is_hashed_while_a_transaction_keeps_other_writers_waiting(
    app: Flask, screen: FlaskClient
) -> None:
    with hashes_of(app) as in_transactions:
        set_badge(screen)
        rest(app)
        assert scan(screen, pin="000001").status_code == 422
        assert scan(screen).status_code == 303
    assert in_transactions == [False, False, False]


def test_a_right_pin_clears_the_wrong_ones(app: Flask, screen: FlaskClient) -> None:
    for _ in range(2):
        rest(app)
        for _ in range(2):
            scan(screen, pin="000001")
        assert scan(screen).status_code == 303


def test_five_of_many_simultaneous_tries_are_judged(
    app: Flask, bench: Bench, screen: FlaskClient
) -> None:
    rest(app)
    lea = bench.lea
    cookie, now = screen.get_cookie("milkround_desk"), app.extensions["milkround_clock"].now()
    assert cookie is not None
    vault = Vault(str(app.secret_key))

    def attempt(number: int) -> None:
        with app.app_context():
            with reading() as session:
                salt = badge_salt(session, lea)
            typed = typed_badge(salt, code=BADGE, pin=f"10000{number}", vault=vault)
            with transaction() as session:
                found = resting_session(session, cookie.value, now=now)
                if found is not None:
                    resume(session, found, typed, now=now)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(9)))
    with app.app_context(), reading() as session:
        assert session.scalars(select(Badge.wrong)).one() == MOST_WRONG


@pytest.mark.parametrize(
    ("code", "pin", "again", "said"),
    [
        ("12345", PIN, PIN, "at least 6 characters"),
        (BADGE, "12345", "12345", "six digits"),
        (BADGE, "123456", "123456", "easy to guess"),
        (BADGE, "112211", "112211", "easy to guess"),
        (BADGE, PIN, "281605", "two PINs differ"),
        ("LAB-281604", PIN, PIN, "easy to guess"),
    ],
)
def test_a_weak_badge_or_pin_is_refused_at_its_field(
    screen: FlaskClient, code: str, pin: str, again: str, said: str
) -> None:
    answer = set_badge(screen, code, pin, again)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_badge_leaves_no_secret_and_can_be_removed(app: Flask, screen: FlaskClient) -> None:
    assert "Remove the badge" in screen.get("/account/badge").text
    with app.app_context(), reading() as session:
        row = session.scalars(select(Badge)).one()
        assert BADGE not in row.code_mark
        assert PIN not in row.pin_hash
    assert screen.post("/account/badge/removal").status_code == 303
    rest(app)
    assert scan(screen).status_code == 422


def test_a_badge_has_one_holder(app: Flask, bench: Bench, screen: FlaskClient) -> None:
    assert screen.get(HOME).status_code == 200
    with app.app_context(), transaction() as session:
        session.add(RoleGrant(bank_id=bench.town.bank, person_id=bench.nora, role="laboratory"))
    nora = sign_in(app, bank=bench.town.bank, person=bench.nora)
    assert "A colleague uses this badge already" in set_badge(nora, BADGE, "730418").text


def test_a_badge_is_the_laboratorys_alone(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert set_badge(claire).status_code == 403
    assert "Badge and PIN" not in claire.get("/account/proofs").text
