"""What a collector's fingers do on her phone, and what ends a browser without a warning."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.browsers import CHROMIUM, QUIET, enter
from tests.browser.roads import Road


def on_the_road(browser: Browser, road: Road) -> tuple[BrowserContext, Page]:
    """Open Ana's phone and start the round once it can be read without a network."""
    context, phone = enter(browser, road.link(), width=390)
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    start(phone)
    return context, phone


def start(phone: Page) -> None:
    """Start the round of tomorrow without a box to read."""
    phone.locator("#early").click()
    phone.locator("#early-yes").click()
    phone.locator("#start-go").click()
    expect(phone.locator("#stop-title")).to_be_visible()


def arrive(phone: Page) -> None:
    """Arrive at the next stop; its record opens."""
    phone.get_by_role("button", name="I'm here").click()
    expect(phone.locator("form.record")).to_have_count(1)


def record(phone: Page, *, celsius: str = "20", bottles: str = "4", label: str = "") -> None:
    phone.get_by_text("Kept as it should be").click()
    phone.get_by_role("textbox", name="Temperature of the freezer").fill(celsius)
    phone.get_by_role("textbox", name="Bottles you take").fill(bottles)
    phone.get_by_role("textbox", name="Volume").fill("600")
    if label:
        phone.get_by_text("Bottle numbers").first.click()
        phone.get_by_role("textbox", name="Bottle numbers").fill(label)
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator("form.record")).to_have_count(0)


def give_up(phone: Page, reason: str) -> None:
    phone.get_by_role("link", name="Not done").first.click()
    phone.get_by_text(reason).click()
    phone.get_by_role("button", name="Record as not done").click()
    expect(phone.locator("#undo")).to_be_visible()


def all_sent(phone: Page) -> None:
    expect(phone.locator("#sync")).to_contain_text("All sent")


def open_profile(
    browser: Browser, profile: Path, *, offline: bool = False
) -> tuple[BrowserContext, Page]:
    """Start a browser whose disk outlives it."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=QUIET,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        offline=offline,
    )
    return context, context.pages[0]


def kill(profile: Path) -> None:
    """End the browser of a profile, and all of its processes, without any warning."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = str(profile).encode() in (process / "cmdline").read_bytes()
            if ours:
                os.kill(int(process.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue
