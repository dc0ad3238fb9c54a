"""Signing in by a link: once, in time, for the same answer to everyone."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.notices.delivery import ConsoleTransport, RenderedNotice, deliver_notices
from collector.notices.models import Channel, Notice, NoticeState
from collector.people.actions import MOST_ATTEMPTS, make_link
from collector.people.models import SignInAttempt, SignInLink, WebSession
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
    tokens = re.compile(r'(csrf-token" content|nonce)="[^"]+"')
    assert tokens.sub("", pages[0]) == tokens.sub("", pages[1])


def test_nobody_is_looked_up_before_the_answer_has_left(app: Flask) -> None:
    for address in ("dora@home.example", "nobody@town.example"):
        answer = app.test_client().post("/sign-in", data={"email": address})
        with app.app_context(), reading() as session:
            assert session.scalars(select(SignInAttempt)).all() == []
        answer.close()
        with app.app_context(), transaction() as session:
            assert len(session.scalars(select(SignInAttempt)).all()) == 2
            session.execute(delete(SignInAttempt))


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
    assert client.post("/sign-out/milkround_phone").status_code == 303
    assert "/sign-in" in client.get("/phone/").headers["Location"]


@pytest.mark.usefixtures("town")
def test_after_six_requests_an_hour_no_more_links_are_owed(app: Flask, clock: SetClock) -> None:
    client, postbag = app.test_client(), Postbag()
    for _ in range(MOST_ATTEMPTS + 3):
        clock.advance(seconds=1)
        ask_for_link(client, "claire@town.example")
    assert empty_outbox(app, clock, postbag) == MOST_ATTEMPTS
    clock.advance(hours=1)
    ask_for_link(client, "claire@town.example")
    assert empty_outbox(app, clock, postbag) == 1


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
