"""A donor's browser asks to be told: permission, the worker, and where the bank writes to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from collector.config import Push
from collector.db import reading
from collector.notices.models import PushSubscription
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser

ENDPOINT = "https://push.example/abc"
MAKERS_SERVER = """
PushManager.prototype.subscribe = async function (asked) {
  const key = new Uint8Array(asked.applicationServerKey);
  if (key.length !== 65 || key[0] !== 4) throw new Error("this is no public key");
  const keys = { p256dh: "p", auth: "a" };
  return { toJSON: () => ({ endpoint: "ENDPOINT", keys }) };
};
""".replace("ENDPOINT", ENDPOINT)
"""Stands for the browser's maker, whose server no test may reach."""


def test_a_browser_subscribes_from_her_page_and_leaves_again(
    browser: Browser, place: ServedTown
) -> None:
    push = Push(contact="mailto:a@bank.example", key="A" * 42 + "E", hosts=("push.example",))
    settings = place.app.extensions["milkround_settings"]
    place.app.extensions["milkround_settings"] = replace(settings, push=push)
    page = place.open(browser, donor=place.town.dora)
    page.context.add_init_script(MAKERS_SERVER)
    page.context.grant_permissions(["notifications"], origin=place.address)
    page.goto(f"{place.address}/donor/contact-preferences")
    page.get_by_role("button", name="Tell me on this phone too").click()
    stop = page.get_by_role("button", name="No more notifications on my devices")
    expect(stop).to_be_visible()
    with place.app.app_context(), reading() as session:
        kept = session.scalars(select(PushSubscription)).one()
        assert (kept.endpoint, kept.recipient) == (ENDPOINT, f"donor:{place.town.dora}")
    registered = "async () => (await navigator.serviceWorker.ready).active.scriptURL"
    assert page.evaluate(registered) == f"{place.address}/donor/service-worker.js"
    stop.click()
    expect(stop).to_have_count(0)


def test_without_a_key_nothing_is_offered(browser: Browser, place: ServedTown) -> None:
    page = place.open(browser, donor=place.town.dora)
    page.goto(f"{place.address}/donor/contact-preferences")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    expect(page.locator("[data-push]")).to_have_count(0)
