"""The same flow in WebKit, Safari's engine, which knows no Background Sync.

Needs Debian's `webkit2gtk-driver` and `xvfb`; skips, saying so, where they are not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.common import StaleElementReferenceException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.lines import Line, line_to
from tests.browser.roads import Road
from tests.conftest import IN_CI

pytestmark = [
    pytest.mark.browser,
    # Selenium's own driver for WebKitGTK asks in a way that Selenium has deprecated.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
PATIENCE = 60


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen that nobody looks at."""
    if not (DRIVER and SCREEN and BROWSER):
        if IN_CI:
            pytest.fail("the gate needs webkit2gtk-driver and xvfb")
        pytest.skip("no WebKit: install Debian's webkit2gtk-driver and xvfb")
    with subprocess.Popen(
        [SCREEN, "-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def webkit(screen: str, tmp_path: Path) -> Iterator[WebKitGTK]:
    options = Options()
    options.binary_location = str(BROWSER)
    options.add_argument("--automation")
    env = {**os.environ, "DISPLAY": screen, "HOME": str(tmp_path), "LANGUAGE": "en"}
    env |= {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    driver = WebKitGTK(options=options, service=Service(str(DRIVER), env=env))
    yield driver
    driver.quit()


@pytest.fixture
def line(road: Road) -> Iterator[Line]:
    with line_to(road.address) as line:
        yield line


def test_webkit_keeps_the_round_without_a_network_and_sends_it_without_background_sync(
    webkit: WebKitGTK, road: Road, line: Line
) -> None:
    webkit.get(road.link().replace(road.address, line.address))
    see(webkit, ".fold.ready.ok")
    assert webkit.execute_script("return 'SyncManager' in window") is False
    line.cut()
    webkit.refresh()
    tap(webkit, "#early")
    tap(webkit, "#early-yes")
    tap(webkit, "#start-go")
    tap(webkit, "#here")
    record(webkit)
    see(webkit, ".stop-row.collected")
    assert see(webkit, "#sync.warn").text.startswith("3 waiting")
    webkit.refresh()
    assert see(webkit, "#sync.warn").text.startswith("3 waiting")
    assert road.events() == []
    line.mend()
    webkit.execute_script("dispatchEvent(new Event('online'))")
    see(webkit, "#sync.ok")
    assert [kind for kind, _ in road.events()] == ["started", "arrived", "collected"]


def record(webkit: WebKitGTK) -> None:
    """Fill in the record as a thumb would: taps and keys."""
    tap(webkit, "input[value='right']")
    act(webkit, "input[name='freezer']", lambda field: field.send_keys("20"))
    tap(webkit, "#counted")
    act(webkit, "input[name='volume']", lambda field: field.send_keys("600"))
    tap(webkit, "form.record button.main")


def tap(webkit: WebKitGTK, selector: str) -> None:
    def centred(element: WebElement) -> None:
        webkit.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    act(webkit, selector, centred)


def act(webkit: WebKitGTK, selector: str, do: Callable[[WebElement], object]) -> None:
    """Do something with an element; again, if the page was drawn anew just before it was done."""

    def done(_: WebKitGTK) -> bool:
        do(see(webkit, selector))
        return True

    stale = [StaleElementReferenceException]
    WebDriverWait(webkit, PATIENCE, ignored_exceptions=stale).until(done, selector)


def see(webkit: WebKitGTK, selector: str) -> WebElement:
    """Wait until an element can be seen, however often the page is drawn anew meanwhile."""

    def visible(driver: WebKitGTK) -> WebElement | None:
        found = driver.find_elements(By.CSS_SELECTOR, selector)
        return next((each for each in found if each.is_displayed()), None)

    stale = [StaleElementReferenceException]
    return WebDriverWait(webkit, PATIENCE, ignored_exceptions=stale).until(visible, selector)
