"""Hosts, cookies, caches, deep JSON, errors of the database, and proxies without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from collector.app import create_app
from collector.config import Settings
from collector.db import db, transaction
from collector.notices.delivery import ConsoleTransport, RenderedNotice
from collector.people.actions import make_link
from collector.web.framework.assets import manifest
from tests.conftest import SetClock
from tests.town import Town, prove, sign_in

JSON = {"Accept": "application/json"}
SECURE = "https://milk.example"


@pytest.fixture
def secure(settings: Settings, clock: SetClock, town: Town) -> Iterator[Flask]:
    """The application under https, over the database with the town."""
    assert town
    app = create_app(replace(settings, public_url=SECURE, behind_proxies=1), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_request_for_another_host_is_refused(app: Flask, secure: Flask) -> None:
    for host, status in (("milk.example", 200), ("evil.example", 400), ("localhost", 400)):
        assert secure.test_client().get("/sign-in", headers={"Host": host}).status_code == status
    for host, status in (("127.0.0.1:8000", 200), ("localhost", 200), ("evil.example", 400)):
        assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == status


def test_https_cookies_are_the_hosts_own_and_replace_older_ones(
    secure: Flask, clock: SetClock, town: Town
) -> None:
    client = secure.test_client()
    with secure.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, person_id=town.claire)
    answer = client.post(f"{SECURE}/link/{token}", base_url=SECURE)
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if "desk" in each]
    assert cookie.startswith("__Host-milkround_desk=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    prove(secure, town.claire, clock.now())
    former = secure.test_client()
    former.set_cookie("milkround_desk", cookie.split("=")[1].split(";")[0], domain="milk.example")
    clock.advance(minutes=2)
    renewed = former.get("/board/morning", base_url=SECURE)
    assert renewed.status_code == 200
    sent = "".join(renewed.headers.getlist("Set-Cookie"))
    assert "__Host-milkround_desk=" in sent
    assert "milkround_desk=; Expires" in sent


def test_a_built_file_is_kept_for_ever_and_a_missing_one_is_not(app: Flask) -> None:
    client = app.test_client()
    with client.get(f"/static/dist/{manifest()['css/site.css']}") as answer:
        there = answer.headers["Cache-Control"]
    assert "immutable" in there
    assert "no-cache" not in there
    missing = client.get("/static/dist/site-GONE.css")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("deep", [41, 1_000, 100_000])
def test_deeply_nested_json_is_a_mistake_of_its_sender(app: Flask, town: Town, deep: int) -> None:
    ana = sign_in(app, bank=town.bank, person=town.ana)
    body = "[" * deep + "]" * deep
    answer = ana.post(
        "/phone/rounds/1/events", data=body, content_type="application/json", headers=JSON
    )
    assert answer.status_code == 400


def test_an_error_of_the_database_shows_no_parameter(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(DBAPIError) as raised, db.engine.connect() as connection:
            connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "hunter2"})
        assert "hunter2" not in str(raised.value)


def test_an_unnamed_proxy_is_noticed_and_said(
    app: Flask, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    adele = sign_in(app, bank=town.bank, person=town.adele)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "MILKROUND_PROXIES" not in adele.get("/outbox/").text
    for _ in range(2):
        app.test_client().get("/sign-in", headers={"X-Forwarded-For": "192.0.2.7"})
    assert "MILKROUND_PROXIES" in adele.get("/outbox/").text
    assert "MILKROUND_PROXIES" not in claire.get("/outbox/").text
    assert [each.message for each in caplog.records if "proxy" in each.message] != []
    assert "192.0.2.7" not in caplog.text


def test_a_calendar_has_the_public_address(secure: Flask, clock: SetClock, town: Town) -> None:
    with secure.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, person_id=town.ana)
    ana = secure.test_client()
    ana.post(f"/link/{token}", base_url=SECURE)
    address = ana.post("/phone/calendar", base_url=SECURE).get_json()["address"]
    assert address.startswith(f"{SECURE}/calendar/")


def test_a_console_prints_addresses_and_links_of_the_demonstration_alone() -> None:
    letter = RenderedNotice(to="dora@home.example", subject="Link", body="/link/secret")
    for shows in (False, True):
        stream = StringIO()
        ConsoleTransport(stream, prints_text=shows).send(letter)
        printed = stream.getvalue()
        assert ("dora@home.example" in printed) is shows
        assert ("/link/secret" in printed) is shows
        assert "email" in printed
