"""A browser killed over and over while replies are lost: everything that was kept arrives once.

`MILKROUND_KILLS=20 MILKROUND_KILLED_EVENTS=200 pytest tests/browser/test_phone_killed.py` is the
full number.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from collector.db import reading
from collector.rounds.models import RoundEvent
from tests.browser.browsers import CHROMIUM, QUIET
from tests.browser.hands import all_sent, kill
from tests.browser.outboxes import outbox, say
from tests.browser.roads import Road

__all__ = ["outbox"]

pytestmark = pytest.mark.browser

KILLS = int(os.environ.get("MILKROUND_KILLS", "1"))
EVENTS = int(os.environ.get("MILKROUND_KILLED_EVENTS", "30"))
MOST_TRIES = 20 + EVENTS
LOST = 0.2
"""How many replies are lost: half of them before the server heard, half after it committed."""


@pytest.mark.parametrize("run", range(KILLS))
def test_what_was_kept_arrives_exactly_once(
    browser: Browser, road: Road, outbox: str, tmp_path: Path, run: int
) -> None:
    chance = random.Random(run)  # noqa: S311 - it decides what fails, and is repeatable
    profile = tmp_path / "profile"
    kept: list[str] = []
    for until in (*sorted(chance.sample(range(1, EVENTS), 2)), EVENTS):
        context, phone = open_phone(browser, profile, chance)
        phone.goto(road.link())
        expect(phone.locator("#start")).to_be_visible(timeout=60_000) if not kept else None
        kept += say(phone, outbox, road.round, until - len(kept))
        kill(profile)
    context, phone = open_phone(browser, profile, chance)
    phone.goto(road.link())
    for _ in range(MOST_TRIES):
        phone.evaluate("dispatchEvent(new Event('online'))")
        if "All sent" in phone.locator("#sync").inner_text():
            break
        phone.wait_for_timeout(500)
    all_sent(phone)
    context.close()
    with road.app.app_context(), reading() as session:
        rows = session.scalars(select(RoundEvent).where(RoundEvent.round_id == road.round))
        arrived = sorted((row.sequence, row.client_id) for row in rows)
    assert len(kept) == EVENTS
    assert [client_id for _, client_id in arrived] == kept
    assert [sequence for sequence, _ in arrived] == list(range(1, EVENTS + 1))


def open_phone(
    browser: Browser, profile: Path, chance: random.Random
) -> tuple[BrowserContext, Page]:
    """Start a browser whose disk outlives it, on a network that loses replies."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=QUIET,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        # What a service worker fetches cannot be lost on purpose.
        service_workers="block",
        bypass_csp=True,
    )

    def lose(route: Route) -> None:
        fate = chance.random()
        if fate < LOST / 2:
            route.abort()
        elif fate < LOST:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    context.route("**/events", lambda route: lose(route) if is_post(route) else route.continue_())
    return context, context.pages[0]


def is_post(route: Route) -> bool:
    return route.request.method == "POST"
