"""Takeover of an installed page of 0.1: its own program sends, then today's replaces it.

`MILKROUND_CHECKOUT_OF_0_1=folder` names a checkout of commit 1ef976c in which `make demo` runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.processes import free_port
from collector.web.framework.assets import manifest
from tests.browser.browsers import LOOPBACK
from tests.browser.test_phone_upgraded import (
    KEPT,
    PUT_BACK,
    assert_nothing_is_lost,
    phone_context,
    stores_of,
    unlock,
)
from tests.upgrade.conftest import recorded_url
from tests.upgrade.recorded import HELD, PHONES, connected, events_of, rows_of
from tests.upgrade.test_sent import assert_kept

__all__ = ["recorded_url"]

ROOT = Path(__file__).parents[2]
SERVE = ROOT / "tests" / "upgrade" / "serve.py"
OLD = os.environ.get("MILKROUND_CHECKOUT_OF_0_1")
THE_BANK = "**/phone/rounds**"
INSTALLED = """async () => {
  while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 100));
}"""
REPLACED = """async (program) => {
  const shell = async () => (await (await caches.match("/phone/"))?.text()) ?? "";
  while (!(await shell()).includes(program)) await new Promise((done) => setTimeout(done, 100));
}"""
PROGRAM = "document.querySelector('script[type=module]').getAttribute('src')"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.skipif(OLD is None, reason="MILKROUND_CHECKOUT_OF_0_1 names no checkout"),
    pytest.mark.parametrize("recorded_url", ["sqlite"], indirect=True),
]


@contextmanager
def serving(python: str | Path, root: Path, port: int, url: str) -> Iterator[None]:
    """Serve the recorded bank by the code of a checkout."""
    command = [python, SERVE, str(port), url]
    process = subprocess.Popen(
        [*command, HELD["present"], HELD["secret_key"]],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        text=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "serving\n"
        yield
    finally:
        process.kill()
        process.communicate()


def installed(page: Page, address: str) -> str:
    """Install the page of 0.1 with a full outbox while the bank is out of reach."""
    page.context.route(THE_BANK, lambda route: route.abort())
    page.goto(f"{address}/sign-in")
    page.evaluate(PUT_BACK, PHONES["ana"] | {"caches": {}})
    page.goto(f"{address}/phone/")
    page.evaluate(INSTALLED)
    return str(page.evaluate(PROGRAM))


def test_an_installed_page_sends_its_outbox_to_todays_server_and_is_replaced(
    browser: Browser, recorded_url: str, first_port: int
) -> None:
    port = free_port(LOOPBACK, first_port)
    address, old = f"http://{LOOPBACK}:{port}", Path(str(OLD))
    with phone_context(browser, address, "ana") as context:
        page = context.new_page()
        with serving(old / ".venv" / "bin" / "python", old, port, recorded_url):
            program = installed(page, address)
        events = stores_of(page.evaluate(KEPT))["events"].values()
        assert [event["status"] for event in events].count("waiting") == len(events_of("ana")) - 1
        with serving(sys.executable, ROOT, port, recorded_url):
            context.unroute(THE_BANK)
            page.reload()
            assert page.evaluate(PROGRAM) == program, "the installed page comes first"
            unlock(page)
            expect(page.locator("#sync.ok")).to_contain_text("All sent")
            with connected(recorded_url) as engine:
                assert_kept(rows_of(engine))
            todays = manifest()["js/phone.js"]
            page.evaluate(REPLACED, todays)
            page.reload()
            assert page.evaluate(PROGRAM).endswith(todays)
            unlock(page)
            expect(page.get_by_text("48 km recorded")).to_be_visible()
            assert_nothing_is_lost(page.evaluate(KEPT))
