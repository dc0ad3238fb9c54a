"""Upgrade of two phones of 0.1 in a real browser: today's page on their stored data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from collector.processes import free_port
from tests.browser.browsers import LOOPBACK
from tests.upgrade.conftest import clock, database_url, recorded_url, settings
from tests.upgrade.recorded import PHONES, connected, events_of, rows_of
from tests.upgrade.test_sent import assert_kept

__all__ = ["clock", "database_url", "recorded_url", "settings"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("recorded_url", ["sqlite"], indirect=True),
]

UPGRADE = Path(__file__).parents[1] / "upgrade"
PUT_BACK = (UPGRADE / "put_back.js").read_text(encoding="utf-8")
KEPT = (UPGRADE / "recorder" / "kept.js").read_text(encoding="utf-8")
OLD_SHELL = "milkround-shell-of-0.1"
"""Cache of the former page; its real name is the hash of a build."""
SETTLED = """async (old) => {
  for (let tries = 0; tries < 300; tries++) {
    const names = (await caches.keys()).filter((name) => name.startsWith("milkround-shell-"));
    if (names.length === 1 && names[0] !== old) return names[0];
    await new Promise((done) => setTimeout(done, 100));
  }
}"""


@pytest.fixture
def address(app: Flask, first_port: int) -> Iterator[str]:
    """Address of the recorded bank, served by today's code with CSRF tokens required."""
    app.config["WTF_CSRF_ENABLED"] = True
    port = free_port(LOOPBACK, first_port)
    server = make_server(LOOPBACK, port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{LOOPBACK}:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def phone_context(browser: Browser, address: str, name: str) -> Iterator[BrowserContext]:
    """Open a browser with the session of a phone, at the hour of its last event."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", timezone_id="Europe/Paris"
    )
    # A quarter of an hour later a round that is handed over would leave the phone.
    context.clock.install(time=events_of(name)[-1]["device_at"])
    cookies = PHONES[name]["cookies"].items()
    context.add_cookies([{"name": each, "value": value, "url": address} for each, value in cookies])
    yield context
    context.close()


@contextmanager
def phone_of(browser: Browser, address: str, name: str) -> Iterator[tuple[BrowserContext, Page]]:
    """Open today's page with the session and the stored data of a phone of 0.1."""
    broken: list[object] = []
    with phone_context(browser, address, name) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(error))  # noqa: PLW0108 - it is marked
        page.goto(f"{address}/sign-in")
        page.evaluate(PUT_BACK, PHONES[name] | {"caches": {OLD_SHELL: ["/phone/"]}})
        page.goto(f"{address}/phone/")
        yield context, page
    assert broken == []


def stores_of(kept: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of each object store by their keys."""
    return {name: dict(store["rows"]) for name, store in kept["database"]["stores"].items()}


def unlock(page: Page) -> None:
    page.get_by_label("PIN", exact=True).fill(PHONES["pin"])
    page.get_by_role("button", name="Open").click()


def test_todays_page_empties_the_outbox_of_a_phone_and_loses_nothing(
    browser: Browser, address: str, database_url: str
) -> None:
    with phone_of(browser, address, "ana") as (context, page):
        unlock(page)
        expect(page.locator("#sync.ok")).to_contain_text("All sent")
        expect(page.get_by_text("48 km recorded")).to_be_visible()
        with connected(database_url) as engine:
            assert_kept(rows_of(engine))
        assert page.evaluate(SETTLED, OLD_SHELL)
        assert_nothing_is_lost(page.evaluate(KEPT))
        context.set_offline(offline=True)
        page.reload()
        unlock(page)
        expect(page.get_by_text("48 km recorded")).to_be_visible()


def assert_nothing_is_lost(kept: dict[str, Any]) -> None:
    """Assert that a phone kept all but the photos, which are sent."""
    before, after = stores_of(PHONES["ana"]), stores_of(kept)
    assert after["photos"] == {}
    assert set(after["events"]) == set(before["events"])
    for key, event in before["events"].items():
        former = {name: value for name, value in after["events"][key].items() if name in event}
        assert former | {"code": None, "message": None, "status": "sent"} == (
            event | {"code": None, "message": None, "status": "sent"}
        )
        assert after["events"][key]["status"] == "sent"
    for name in ("device", "person", "sequence", "settings"):
        assert after["meta"][name] == before["meta"][name], name
    assert set(after["rounds"]) == set(before["rounds"])
    assert kept["localStorage"] == PHONES["ana"]["localStorage"]
    assert kept["workers"] == PHONES["ana"]["workers"]
    assert kept["database"]["version"] >= PHONES["ana"]["database"]["version"]


def test_a_refused_record_stays_on_the_phone_and_the_rest_is_sent(
    browser: Browser, address: str, database_url: str
) -> None:
    with phone_of(browser, address, "bruno") as (_, page):
        expect(page.locator("#sync")).to_contain_text("1 not accepted")
        page.locator("#sync").click()
        expect(page.get_by_text("MR-1")).to_be_visible()
        expect(page.get_by_role("heading", name="Not accepted (1)")).to_be_visible()
        expect(page.get_by_text("They are kept on this phone")).to_have_count(0)
        events = stores_of(page.evaluate(KEPT))["events"]
        (refused,) = (each for each in events_of("bruno") if each["status"] == "refused")
        assert events[refused["client_id"]] == refused
    with connected(database_url) as engine:
        taken = {row["client_id"] for row in rows_of(engine)["round_events"]}
    assert {each["client_id"] for each in events_of("bruno")} - taken == {refused["client_id"]}
