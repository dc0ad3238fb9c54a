"""Which browser the tests drive, and how somebody enters with it."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, BrowserContext, Page, expect

CHROMIUM = os.environ.get("MILKROUND_TEST_CHROMIUM") or shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
LOOPBACK = "127.0.0.1"

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


def enter(
    browser: Browser, link: str, *, width: int = 1280, language: str = "en"
) -> tuple[BrowserContext, Page]:
    """Follow a sign-in link in a browser of its own; an error of a page's script is one."""
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        locale={"en": "en-GB", "fr": "fr-FR"}[language],
        timezone_id="Europe/Paris",
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.on("pageerror", _fail)
    page.goto(link)
    page.wait_for_url(lambda url: "/link/" not in url)
    return context, page


def _fail(error: object) -> None:
    raise AssertionError(f"a script of the page broke: {error}")
