"""Passkeys in a real Chromium with a virtual authenticator: enrolment, sign-in, second proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, Request
from sqlalchemy import select

from collector.app import create_app
from collector.config import Settings
from collector.db import db, reading, transaction
from collector.people.actions import make_link
from collector.people.models import Passkey, PasskeyChallenge
from collector.processes import free_port
from tests.browser.browsers import LOOPBACK
from tests.browser.towns import ServedTown, served
from tests.conftest import SetClock
from tests.town import Town

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def place(settings: Settings, clock: SetClock, town: Town, first_port: int) -> Iterator[ServedTown]:
    """The town under a name: browsers permit no passkey for a bare address."""
    port = free_port(LOOPBACK, first_port)
    address = f"http://localhost:{port}"
    app = create_app(replace(settings, public_url=address), clock=clock)
    with served(app, town, clock, port=port) as found:
        yield replace(found, address=address)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device with a screen lock."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    added = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return line, str(added["authenticatorId"])


def follow_link(place: ServedTown, page: Page) -> None:
    with place.app.app_context(), transaction() as session:
        token = make_link(
            session,
            now=place.clock.now(),
            bank_id=place.town.bank,
            person_id=place.town.claire,
        )
    page.goto(f"{place.address}/link/{token}#go")
    page.wait_for_url(lambda url: "/link/" not in url)


def enrol(place: ServedTown, page: Page) -> None:
    follow_link(place, page)
    page.get_by_role("button", name="Add a passkey of this device").click()
    page.get_by_text("The passkey is stored.").wait_for()


def rows(app: Flask) -> tuple[list[Passkey], list[PasskeyChallenge]]:
    with app.app_context(), reading() as session:
        keys = list(session.scalars(select(Passkey)))
        return keys, list(session.scalars(select(PasskeyChallenge)))


def test_a_passkey_is_added_and_signs_in_without_a_link(place: ServedTown, page: Page) -> None:
    plug_in(page)
    enrol(place, page)
    page.goto(f"{place.address}/board/morning")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/board/**")
    ((key,), challenges) = rows(place.app)
    assert key.person_id == place.town.claire
    assert key.used_at is not None
    assert all(each.used_at is not None for each in challenges)


def test_a_passkey_is_the_second_proof_after_a_link(place: ServedTown, page: Page) -> None:
    plug_in(page)
    enrol(place, page)
    page.context.clear_cookies()
    follow_link(place, page)
    assert "/account/proof" in page.url
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/board/**")


def test_an_unlocked_device_alone_is_not_accepted(place: ServedTown, page: Page) -> None:
    line, device = plug_in(page)
    enrol(place, page)
    page.context.clear_cookies()
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(f"{place.address}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.locator("[data-passkey-trouble]").wait_for(state="visible")
    assert page.context.cookies(place.address) == [] or "desk" not in str(
        page.context.cookies(place.address)
    )


def test_an_answer_serves_once_and_only_with_the_right_key(place: ServedTown, page: Page) -> None:
    plug_in(page)
    enrol(place, page)
    page.context.clear_cookies()
    page.goto(f"{place.address}/sign-in")
    sent: list[str] = []

    def note(made: Request) -> None:
        if made.url.endswith("/passkey"):
            sent.append(made.post_data or "")

    page.on("request", note)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/board/**")
    client = place.app.test_client()
    place.app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(
        "/sign-in/passkey",
        data=sent[-1],
        content_type="application/json",
        headers={"Host": f"localhost:{place.address.rsplit(':', 1)[1]}"},
    )
    assert (answer.status_code, answer.get_json()["error"]) == (422, "passkey_not_valid")
