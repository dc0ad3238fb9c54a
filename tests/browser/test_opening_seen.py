"""The page that opens the first bank, in both languages: no finding of axe, 320 pixels wide."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.browser.browsers import LOOPBACK
from tests.browser.test_donor_seen import troubles
from tests.browser.test_donor_walk import database_url

__all__ = ["database_url"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_the_opening_page(browser: Browser, app: Flask, first_port: int, language: str) -> None:
    server = make_server(LOOPBACK, first_port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        page = browser.new_context(locale=language).new_page()
        address = f"http://{LOOPBACK}:{first_port}/opening"
        assert troubles(page, address) == []
        assert page.get_by_role("textbox").first.is_visible()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
