"""A browser killed over and over while replies are lost: everything that was kept arrives once.

`MILKROUND_KILLS=20 MILKROUND_KILLED_EVENTS=200 pytest tests/browser/test_phone_killed.py` is the
full number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.browser.browsers import CHROMIUM, QUIET
from tests.browser.hands import all_sent, kill
from tests.browser.lines import Fate, Line, line_to
from tests.browser.outboxes import outbox, say
from tests.browser.roads import Road

__all__ = ["outbox"]

pytestmark = pytest.mark.browser

KILLS = int(os.environ.get("MILKROUND_KILLS", "1"))
EVENTS = int(os.environ.get("MILKROUND_KILLED_EVENTS", "30"))
MOST_TRIES = 120
LOST = 0.2
"""How much is lost: half of it before the server heard, half after it committed."""


@pytest.mark.parametrize("run", range(KILLS))
def test_what_was_kept_arrives_exactly_once(
    browser: Browser, road: Road, outbox: str, tmp_path: Path, run: int
) -> None:
    chance = random.Random(run)  # noqa: S311 - it decides what fails, and is repeatable
    profile = tmp_path / "profile"
    kept: list[str] = []
    with line_to(road.address) as line:
        line.fate = losing(chance)
        for until in (*sorted(chance.sample(range(1, EVENTS), 2)), EVENTS):
            phone = opened(browser, profile, road, line)
            kept += say(phone, outbox, road.round, until - len(kept))
            kill(profile)
        phone = opened(browser, profile, road, line)
        send_everything(phone)
        phone.context.close()
    assert len(kept) == EVENTS
    assert road.client_ids() == kept


def losing(chance: random.Random) -> Callable[[bytes], Fate]:
    """Lose some of what is sent on its way, and as many answers."""

    def fate(asked: bytes) -> Fate:
        if not (asked.startswith(b"POST") and b"/events" in asked[:100]):
            return Fate.PASSED
        drawn = chance.random()
        return Fate.LOST if drawn < LOST / 2 else Fate.REPLY_LOST if drawn < LOST else Fate.PASSED

    return fate


def opened(browser: Browser, profile: Path, road: Road, line: Line) -> Page:
    """Start a browser whose disk outlives it, signed in, and wait until the round is on it."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=QUIET,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        bypass_csp=True,
    )
    road.sign_in(context, line.address)
    phone = context.pages[0]
    phone.goto(f"{line.address}/phone/")
    expect(phone.locator(".stop-row").first).to_be_visible(timeout=60_000)
    return phone


def send_everything(phone: Page) -> None:
    """Find a network over and over, as a phone on the road does, until nothing waits."""
    for _ in range(MOST_TRIES):
        phone.evaluate("dispatchEvent(new Event('online'))")
        with suppress(TookTooLong):
            phone.locator("#sync.ok").wait_for(timeout=1_000)
            return
    all_sent(phone)
