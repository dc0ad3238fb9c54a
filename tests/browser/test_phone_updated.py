"""An update of the app on a phone whose outbox is full: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsers import enter
from tests.browser.hands import all_sent
from tests.browser.lines import Fate, line_to, passed
from tests.browser.outboxes import outbox, say
from tests.browser.roads import Road

__all__ = ["outbox"]

pytestmark = pytest.mark.browser

FULL = 60

UPDATED = """async (before) => {
  await (await navigator.serviceWorker.getRegistration("/phone/")).update();
  for (let tries = 0; tries < 300; tries++) {
    const shells = (await caches.keys()).filter((name) => name.startsWith("milkround-shell-"));
    if (shells.length === 1 && !before.includes(shells[0])) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}"""

FIRST_VERSION = """([round]) => new Promise((done, failed) => {
  const asked = indexedDB.open("milkround-phone", 1);
  asked.onerror = () => failed(asked.error);
  asked.onupgradeneeded = ({ target: { result } }) => {
    result.createObjectStore("rounds", { keyPath: "round" });
    result.createObjectStore("events", { keyPath: "client_id" }).add({
      client_id: crypto.randomUUID(), kind: "started", pickup: null, round, sequence: 1,
      device_at: new Date().toISOString(), payload: {}, status: "waiting",
    });
    result.createObjectStore("meta");
  };
  asked.onsuccess = () => done(asked.result.close());
})"""


def test_a_new_service_worker_takes_over_a_full_outbox_and_loses_nothing(
    browser: Browser, road: Road, outbox: str
) -> None:
    with line_to(road.address) as line:
        context, phone = enter(browser, road.link().replace(road.address, line.address), width=390)
        expect(phone.locator(".ready.ok")).to_be_visible()
        line.fate = lambda asked: Fate.LOST if asked.startswith(b"POST") else Fate.PASSED
        kept = say(phone, outbox, road.round, FULL)
        expect(phone.locator("#sync")).to_contain_text(f"{FULL} waiting")

        # Another language is another build: the worker's program differs by a line.
        before = phone.evaluate("caches.keys()")
        context.add_cookies([{"name": "milkround_language", "value": "fr", "url": line.address}])
        assert phone.evaluate(UPDATED, before)
        phone.reload()
        expect(phone.locator("html[lang=fr]")).to_be_attached()
        expect(phone.locator("#sync")).to_contain_text(f"{FULL} en attente")

        line.fate = passed
        phone.evaluate("dispatchEvent(new Event('online'))")
        expect(phone.locator("#sync.ok")).to_be_visible(timeout=60_000)
        assert road.client_ids() == kept
        context.close()


def test_what_the_first_version_kept_is_sent_by_this_one(browser: Browser, road: Road) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    phone = context.new_page()
    phone.goto(f"{road.address}/sign-in")
    phone.evaluate(FIRST_VERSION, [road.round])
    phone.goto(road.link())
    expect(phone.locator("#here")).to_be_visible()
    all_sent(phone)
    assert [kind for kind, _ in road.events()] == ["started"]
    context.close()
