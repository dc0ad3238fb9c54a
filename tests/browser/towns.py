"""The town of the tests, served to a real browser, with a clock that a test may set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from collector.banks.directory import LactariumEntry, write_line
from collector.banks.models import Known, LactariumKind
from collector.db import transaction
from collector.people.actions import make_link
from tests.browser.browsers import LOOPBACK
from tests.conftest import SetClock
from tests.town import MORNING, Town, prove

PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTown:
    """Where the town is served, and how somebody gets in."""

    app: Flask
    town: Town
    clock: SetClock
    address: str

    def open(
        self,
        browser: Browser,
        *,
        scripts: bool = True,
        donor: int | None = None,
        person: int | None = None,
        language: str = "en-GB",
    ) -> Page:
        """Return a phone's page, signed in as a donor or a member of the staff if one is named."""
        context = browser.new_context(
            viewport=PHONE,
            locale=language,
            timezone_id="Europe/Paris",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", _fail)
        if donor is not None or person is not None:
            self._sign_in(context, donor=donor, person=person)
            page.goto(f"{self.address}/{'donor' if donor else 'board'}/")
        return page

    def _sign_in(self, context: BrowserContext, *, donor: int | None, person: int | None) -> None:
        bank, now = self.town.bank, self.clock.now()
        with self.app.app_context(), transaction() as session:
            token = make_link(session, now=now, bank_id=bank, donor_id=donor, person_id=person)
        page = context.new_page()
        page.goto(f"{self.address}/link/{token}")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(lambda url: "/link/" not in url)
        page.close()
        if person is not None:
            prove(self.app, person, now)


@contextmanager
def served(app: Flask, town: Town, clock: SetClock, *, port: int) -> Iterator[ServedTown]:
    """Serve the town, whose bank is in its own directory; forms need their token, as outside."""
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context(), transaction() as session:
        write_line(
            session,
            now=MORNING,
            bank_id=town.bank,
            actor="system",
            said=LactariumEntry(
                name="Town bank",
                town="Pessac",
                postcode="33600",
                latitude=44.785,
                longitude=-0.66,
                kind=LactariumKind.INTERNAL_AND_EXTERNAL,
                takes_anonymous=Known.YES,
                evidence="this installation",
                phone="+33 5 36 49 01 00",
                ours=True,
            ),
        )
    server = make_server(LOOPBACK, port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ServedTown(app=app, town=town, clock=clock, address=f"http://{LOOPBACK}:{port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _fail(error: object) -> None:
    raise AssertionError(f"a script of the page broke: {error}")
