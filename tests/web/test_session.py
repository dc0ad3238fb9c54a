"""Signing in by a link: once, in time, for the same answer to everyone."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update

from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.notices.delivery import ConsoleTransport, RenderedNotice, deliver_notices
from collector.notices.models import Channel, Notice, NoticeState
from collector.people.actions import make_link
from collector.people.attempts import MOST_ATTEMPTS
from collector.people.models import Person, SignInAttempt, SignInLink, WebSession
from collector.web.framework.throttles import MOST_FROM_AN_ADDRESS
from collector.web.message_rendering import render_notice
from tests.conftest import SetClock
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin


class Postbag:
    """A sender that keeps the letters it was given, and fails while it is told to."""

    keeps_text = False

    def __init__(self) -> None:
        self.letters: list[RenderedNotice] = []
        self.away = False

    def send(self, letter: RenderedNotice) -> None:
        if self.away:
            raise ConnectionRefusedError
        self.letters.append(letter)


def empty_outbox(app: Flask, clock: SetClock, sender: Postbag | ConsoleTransport) -> int:
    with app.app_context():
        return deliver_notices(
            transaction,
            reading=reading,
            write=lambda session, notice: render_notice(session, notice, now=clock.now()),
            sender=sender,
            now=clock.now,
        )


def ask_for_link(client: FlaskClient, address: str) -> str:
    """Ask as a browser does, to the end of the answer: what is owed is owed after it."""
    with client.post("/sign-in", data={"email": address}) as answer:
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


def link_for(app: Flask, clock: SetClock, town: Town) -> str:
    with app.app_context(), transaction() as session:
        return make_link(session, now=clock.now(), bank_id=town.bank, person_id=town.claire)


@pytest.mark.usefixtures("town")
def test_a_letter_brings_its_reader_in(app: Flask, clock: SetClock) -> None:
    client, postbag = app.test_client(), Postbag()
    ask_for_link(client, "Claire@town.example ")
    assert empty_outbox(app, clock, postbag) == 1
    assert postbag.letters[0].to == "claire@town.example"
    found = re.search(r"/link/\S+", postbag.letters[0].body)
    assert found
    path = found[0]
    assert client.get(path).status_code == 200
    assert client.post(path).headers["Location"] == "/board/"


@pytest.mark.usefixtures("town")
def test_known_and_unknown_addresses_get_the_same_answer(app: Flask) -> None:
    client = app.test_client()
    pages = [
        ask_for_link(client, email).replace(email, "")
        for email in ("claire@town.example", "nobody@town.example")
    ]
    tokens = re.compile(r'(csrf-token" content|name="csrf_token" value|nonce)="[^"]+"')
    assert tokens.sub("", pages[0]) == tokens.sub("", pages[1])


@pytest.mark.usefixtures("town")
def test_nobody_is_looked_up_before_the_answer_has_left(app: Flask) -> None:
    for address in ("nobody@town.example", "dora@home.example"):
        answer = app.test_client().post("/sign-in", data={"email": address})
        with app.app_context(), transaction() as session:
            assert session.scalars(select(Notice)).all() == []
            assert len(session.scalars(select(SignInAttempt)).all()) == 3
            session.execute(delete(SignInAttempt))
        answer.close()
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(Notice)).all()) == 1


@pytest.mark.usefixtures("town")
def test_a_sign_in_that_cannot_be_stored_is_answered_so(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE sign_in_attempts RENAME TO away"))
        db.session.remove()
    answer = app.test_client().post("/sign-in", data={"email": "claire@town.example"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.text
    assert "on its way" not in answer.text
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO sign_in_attempts"))


@pytest.mark.usefixtures("town")
def test_no_text_message_goes_to_a_landline(app: Flask, clock: SetClock) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Donor).values(phone="05 36 49 00 01"))
    client, postbag = app.test_client(), Postbag()
    ask_for_link(client, "05 36 49 00 01")
    assert empty_outbox(app, clock, postbag) == 0


@pytest.mark.parametrize("written", ["06 39 98 00 00", "+33.6.39.98.00.00", "0033639980000"])
@pytest.mark.usefixtures("town")
def test_a_telephone_brings_the_link_by_text_message(
    app: Flask, clock: SetClock, written: str
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Donor).where(Donor.first_name != "Dora").values(phone=None))
    client, postbag = app.test_client(), Postbag()
    ask_for_link(client, written)
    assert empty_outbox(app, clock, postbag) == 1
    (letter,) = postbag.letters
    assert (letter.channel, letter.to) == (Channel.SMS, "+33 6 39 98 00 00")
    found = re.search(r"/link/\S+", letter.body)
    assert found
    assert client.post(found[0]).headers["Location"] == "/donor/"
    ask_for_link(client, "12")
    assert empty_outbox(app, clock, postbag) == 0


def test_opening_a_link_does_not_spend_it(app: Flask, clock: SetClock, town: Town) -> None:
    client, token = app.test_client(), link_for(app, clock, town)
    for method in ("GET", "HEAD", "GET"):
        assert client.open(f"/link/{token}", method=method).status_code == 200
    assert client.post(f"/link/{token}").status_code == 303


def test_a_link_is_spent_by_its_first_use(app: Flask, clock: SetClock, town: Town) -> None:
    client, token = app.test_client(), link_for(app, clock, town)
    assert client.post(f"/link/{token}").status_code == 303
    assert client.post(f"/link/{token}").status_code == 410
    assert client.get(f"/link/{token}").status_code == 410


@pytest.mark.parametrize(("minutes", "status"), [(14.99, 303), (15, 410)])
def test_a_link_lives_for_fifteen_minutes(
    app: Flask, clock: SetClock, town: Town, minutes: float, status: int
) -> None:
    token = link_for(app, clock, town)
    clock.advance(minutes=minutes)
    assert app.test_client().post(f"/link/{token}").status_code == status


def test_of_eight_who_use_a_link_at_once_one_gets_in(
    app: Flask, clock: SetClock, town: Town
) -> None:
    token = link_for(app, clock, town)

    def try_it(_: int) -> int:
        with app.app_context():
            status = app.test_client().post(f"/link/{token}").status_code
            db.session.remove()
            return status

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(try_it, range(8)))
    assert statuses == [303] + [410] * 7


def test_no_token_is_kept_in_the_clear(app: Flask, clock: SetClock, town: Town) -> None:
    client, token = app.test_client(), link_for(app, clock, town)
    client.post(f"/link/{token}")
    key = client.get_cookie("milkround_desk").value
    with app.app_context(), transaction() as session:
        kept = [*session.scalars(select(SignInLink.token_hash))]
        kept += session.scalars(select(WebSession.token_hash))
    assert token not in kept
    assert key not in kept
    assert all(len(digest) == 64 for digest in kept)


def test_signing_out_closes_one_door(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.other_bank, person=town.sophie)
    answer = client.post("/sign-out/milkround_phone", follow_redirects=True)
    assert answer.request.path == "/sign-in"
    assert "You are signed out." in answer.text
    assert "/sign-in" in client.get("/phone/").headers["Location"]
    # Nothing was signed out here, and the sentence was said once.
    assert "signed out" not in client.post("/sign-out/milkround_phone", follow_redirects=True).text


@pytest.mark.usefixtures("town")
def test_after_six_requests_an_hour_links_leave_later_and_the_page_says_so(
    app: Flask, clock: SetClock
) -> None:
    client, postbag = app.test_client(), Postbag()
    pages = []
    for _ in range(MOST_ATTEMPTS + 3):
        clock.advance(seconds=1)
        pages.append("up to ten minutes" in ask_for_link(client, "claire@town.example"))
    assert pages == [False] * MOST_ATTEMPTS + [True] * 3
    assert empty_outbox(app, clock, postbag) == MOST_ATTEMPTS
    clock.advance(minutes=5)
    assert empty_outbox(app, clock, postbag) == 1
    found = re.search(r"/link/\S+", postbag.letters[-1].body)
    assert found
    assert app.test_client().post(found[0]).status_code == 303
    clock.advance(hours=1)
    ask_for_link(client, "claire@town.example")
    assert empty_outbox(app, clock, postbag) == 1


@pytest.mark.usefixtures("town")
def test_a_flood_for_one_account_slows_no_colleague(app: Flask, clock: SetClock) -> None:
    thief, bruno, postbag = app.test_client(), app.test_client(), Postbag()
    for _ in range(20):
        ask_for_link(thief, "claire@town.example")
    assert "up to ten minutes" not in ask_for_link(bruno, "bruno@town.example")
    empty_outbox(app, clock, postbag)
    assert "bruno@town.example" in {letter.to for letter in postbag.letters}


@pytest.mark.usefixtures("town")
def test_a_flood_from_one_network_slows_and_shuts_nobody_out(app: Flask, clock: SetClock) -> None:
    client, postbag = app.test_client(), Postbag()
    for number in range(MOST_FROM_AN_ADDRESS):
        ask_for_link(client, f"nobody{number}@town.example")
    assert "up to ten minutes" in ask_for_link(client, "bruno@town.example")
    assert empty_outbox(app, clock, postbag) == 0
    clock.advance(minutes=5, seconds=1)
    assert empty_outbox(app, clock, postbag) == 1


def asked_code(app: Flask, clock: SetClock, client: FlaskClient, address: str) -> str:
    postbag = Postbag()
    ask_for_link(client, address)
    assert empty_outbox(app, clock, postbag) == 1
    return re.findall(r"\b\d{6}\b", postbag.letters[0].body)[0]


@pytest.mark.parametrize(
    ("address", "page"), [("ana@town.example", "/phone/"), ("dora@home.example", "/donor/")]
)
@pytest.mark.usefixtures("town")
def test_six_figures_sign_in_where_they_were_asked_for(
    app: Flask, clock: SetClock, address: str, page: str
) -> None:
    client = app.test_client()
    code = asked_code(app, clock, client, address)
    thief = app.test_client()
    ask_for_link(thief, "nobody@town.example")
    assert thief.post("/sign-in/code", data={"code": code}).status_code == 422
    entered = client.post("/phone/sign-in/code", data={"code": f"{code[:3]} {code[3:]}"})
    assert (entered.status_code, entered.headers["Location"]) == (303, page)
    assert client.get(page).status_code == 200
    assert client.post("/sign-in/code", data={"code": code}).status_code == 422


@pytest.mark.parametrize(("minutes", "status"), [(9.99, 303), (10, 422)])
@pytest.mark.usefixtures("town")
def test_six_figures_live_for_ten_minutes(
    app: Flask, clock: SetClock, minutes: float, status: int
) -> None:
    client = app.test_client()
    code = asked_code(app, clock, client, "ana@town.example")
    clock.advance(minutes=minutes)
    assert client.post("/sign-in/code", data={"code": code}).status_code == status


@pytest.mark.usefixtures("town")
def test_five_wrong_tries_spend_the_figures_and_not_the_link(
    app: Flask, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    client, postbag = app.test_client(), Postbag()
    ask_for_link(client, "ana@town.example")
    empty_outbox(app, clock, postbag)
    code = re.findall(r"\b\d{6}\b", postbag.letters[0].body)[0]
    for _ in range(5):
        assert client.post("/sign-in/code", data={"code": "12"}).status_code == 422
    assert client.post("/sign-in/code", data={"code": code}).status_code == 422
    logged = [each.getMessage() for each in caplog.records if "refused" in each.getMessage()]
    assert len(logged) == 6
    assert not re.search(r"127\.0\.0\.1|ana@", " ".join(logged))
    found = re.search(r"/link/\S+", postbag.letters[0].body)
    assert found
    assert client.post(found[0]).status_code == 303


@pytest.mark.usefixtures("town")
def test_after_thirty_wrong_figures_a_day_messages_carry_the_link_alone(
    app: Flask, clock: SetClock
) -> None:
    thief, postbag = app.test_client(), Postbag()
    for _ in range(6):
        ask_for_link(thief, "ana@town.example")
        empty_outbox(app, clock, postbag)
        for _ in range(5):
            thief.post("/sign-in/code", data={"code": "12"})
        clock.advance(hours=1)
    ask_for_link(app.test_client(), "ana@town.example")
    empty_outbox(app, clock, postbag)
    bodies = [bool(re.search(r"\b\d{6}\b", letter.body)) for letter in postbag.letters]
    assert bodies == [True] * 6 + [False]


def test_a_telephone_of_the_staff_brings_the_code(app: Flask, clock: SetClock, town: Town) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Person, town.ana).phone = "+33 6 39 98 77 77"
    client, postbag = app.test_client(), Postbag()
    ask_for_link(client, "06 39 98 77 77")
    assert empty_outbox(app, clock, postbag) == 1
    (letter,) = postbag.letters
    assert letter.channel is Channel.SMS
    code = re.findall(r"\b\d{6}\b", letter.body)[0]
    assert client.post("/sign-in/code", data={"code": code}).headers["Location"] == "/phone/"


def test_the_way_back_after_signing_in_stays_on_this_site(
    app: Flask, clock: SetClock, town: Town
) -> None:
    for wanted, landed in {
        "/board/inbox/imports": "/board/inbox/imports",
        "https://evil.example/": "/board/",
        "//evil.example/": "/board/",
        "/\\evil.example": "/board/",
    }.items():
        token = link_for(app, clock, town)
        answer = app.test_client().post(f"/link/{token}", query_string={"next": wanted})
        assert answer.headers["Location"] == landed


@pytest.mark.usefixtures("town")
def test_a_message_that_cannot_leave_is_tried_again_and_sent_once(
    app: Flask, clock: SetClock
) -> None:
    ask_for_link(app.test_client(), "claire@town.example")
    postbag = Postbag()
    postbag.away = True
    assert empty_outbox(app, clock, postbag) == 0
    postbag.away = False
    clock.advance(minutes=2)
    assert empty_outbox(app, clock, postbag) == 1
    assert empty_outbox(app, clock, postbag) == 0
    with app.app_context(), reading() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.state is NoticeState.SENT
        assert notice.body is None


def test_a_link_in_the_outbox_is_shown_to_administrators_only(
    app: Flask, clock: SetClock, town: Town
) -> None:
    ask_for_link(app.test_client(), "bruno@town.example")
    empty_outbox(app, clock, ConsoleTransport(StringIO()))
    for person, shown in ((town.adele, True), (town.claire, False)):
        page = sign_in(app, bank=town.bank, person=person).get("/outbox/").text
        assert "bruno@town.example" in page
        assert ("/link/" in page) is shown
    stranger = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert "bruno@town.example" not in stranger.get("/outbox/").text
