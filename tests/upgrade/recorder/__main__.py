"""Recorder of an installation of 0.1: its database, and the things that people and phones hold.

It runs on the Python of a checkout of commit 1ef976c, never on today's:

    python tests/upgrade/recorder FOLDER

It needs Chromium and a PostgreSQL server, takes a minute, and writes into FOLDER

- `schema_sqlite.sql`, `schema_postgresql.sql`: the statements of the eight migrations;
- `rows.sql`: every row, in SQL for both databases;
- `held.json`: the links, addresses and cookies of people, and the secret of the installation;
- `phones.json`: the stored data of two phones without a network;
- `sent.json`: the requests of one of them after the network is back, with the answers.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from bank import FOUNDED, TUESDAY, Recorded, SetClock, furnish, rule
from dump import rows, schema, schema_of_postgresql
from flask.testing import FlaskClient
from icalendar import Calendar
from phone import (
    HOST,
    KEPT,
    PIN,
    contact,
    open_phone,
    refused_and_waiting,
    served,
    settle_in,
    tell,
    whole_round,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from week import (
    answer_incident,
    at,
    feeds,
    leave_open,
    monday,
    one_that_failed,
    second_revision,
    tuesday,
)

from collector import migrations
from collector.app import create_app
from collector.config import Settings
from collector.db import db
from collector.processes import free_port

PRESENT = at(TUESDAY, "09:00")
"""End of the recording; the sign-in links expire ten minutes later."""
SECRET = "the secret of the recording, long enough"  # noqa: S105 - it guards nothing
SERVER = os.environ.get(
    "MILKROUND_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
DOORS = ("milkround_phone", "milkround_desk", "milkround_donor")
ASKED_WITH = ("Accept", "Content-Type", "If-None-Match", "X-Milkround-Device", "X-Milkround-Unsent")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        file = Path(home) / "milkround.sqlite3"
        port = free_port(HOST, 18_000)
        recorded = _begun(file, port)
        monday(recorded)
        tuesday(recorded)
        with served(recorded, port) as heard, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
            address = f"http://{HOST}:{port}"
            context, page, phones = _phones(recorded, chromium, address)
            held = _held(recorded)
            _keep(folder / "rows.sql", rows(_at_rest(recorded, file)))
            heard.notes = []
            context.set_offline(offline=False)
            contact(page)
            expect(page.locator("#sync.ok")).to_be_visible(timeout=60_000)
            sent = [_as_sent(note) for note in heard.notes]
            chromium.close()
        _write(folder / "held.json", held)
        _write(folder / "phones.json", phones)
        _write(folder / "sent.json", sent)
        _keep(folder / "schema_sqlite.sql", schema(f"sqlite:///{home}/schema.sqlite3"))
    _keep(folder / "schema_postgresql.sql", schema_of_postgresql(SERVER))


def _begun(file: Path, port: int) -> Recorded:
    clock = SetClock(FOUNDED)
    settings = Settings(
        home=file.parent,
        database_url=f"sqlite:///{file}",
        secret_key=SECRET,
        public_url=f"http://{HOST}:{port}",
    )
    app = create_app(settings, clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        migrations.upgrade(db.engine)
    recorded = Recorded(app=app, clock=clock)
    furnish(recorded)
    return recorded


def _phones(
    recorded: Recorded, chromium: Browser, address: str
) -> tuple[BrowserContext, Page, dict[str, Any]]:
    """Drive the morning on two phones; both end without a network."""
    recorded.clock.instant = at(TUESDAY, "06:30")
    rule(recorded, "proof_collection_photo", "optional")
    other, bruno = open_phone(chromium, recorded, address, "bruno")
    context, ana = open_phone(chromium, recorded, address, "ana")
    settle_in(ana)
    tell(ana, "The road", "The yard is full.")
    expect(ana.get_by_text("The coordinator has not answered yet.")).to_be_visible()
    recorded.clock.instant = at(TUESDAY, "06:40")
    answer_incident(recorded)
    second_revision(recorded)
    rule(recorded, "milk_ride_minutes", "60")
    contact(ana)
    expect(ana.get_by_text("Go on as planned.")).to_be_visible()
    expect(ana.locator("#acknowledge")).to_be_visible()
    context.set_offline(offline=True)
    whole_round(ana)
    refused_and_waiting(bruno, other)
    phones = {"pin": PIN}
    for name, page, browser in (("ana", ana, context), ("bruno", bruno, other)):
        kept = page.evaluate(KEPT)
        cookies = {each["name"]: each["value"] for each in browser.cookies()}
        phones[name] = kept | {"cookies": cookies}
    return context, ana, phones


def _held(recorded: Recorded) -> dict[str, Any]:
    """Sign people in, request links, and return the links, cookies and addresses."""
    recorded.app.config["WTF_CSRF_ENABLED"] = False
    recorded.clock.instant = at(TUESDAY, "08:55")
    desk, donor = recorded.sign_in(person="claire"), recorded.sign_in(donor="dora")
    leave_open(recorded)
    calendars = feeds(recorded)
    donor.post("/donor/proof/codes")
    _ask_for_link(desk, "nadia")
    _ask_for_link(desk, "hana", wanted="/donor/my-data/")
    with recorded.app.app_context():
        recorded.carry()
    for name in ("claire", "fanny", "luc"):
        _ask_for_link(desk, name)
    one_that_failed(recorded)
    recorded.app.config["WTF_CSRF_ENABLED"] = True
    recorded.clock.instant = PRESENT
    links = [
        urlsplit(letter.link)._replace(scheme="", netloc="").geturl()
        for letter in recorded.letters.kept
    ]
    stranger = recorded.app.test_client()
    code = next(each.body for each in recorded.letters.kept if "code" in each.body.lower())
    return {
        "present": PRESENT.isoformat(),
        "secret_key": SECRET,
        "links": {link: stranger.get(link).status_code for link in links},
        "code": "".join(sign for sign in code if sign.isdigit())[:6],
        "calendars": {path: _uids(stranger, path) for path in calendars},
        "cookies": {"desk": _cookies(desk), "donor": _cookies(donor)},
        "visit_calendar": {path: _uids(donor, path) for path in (_visit_calendar(recorded),)},
        "keys": {
            "people": recorded.people,
            "donors": recorded.donors,
            "visits": recorded.visits,
            "sites": recorded.sites,
        },
    }


def _ask_for_link(client: FlaskClient, name: str, *, wanted: str = "") -> None:
    """Request a sign-in link; the address is looked up after the response is closed."""
    query = f"?next={wanted}" if wanted else ""
    client.post(f"/sign-in{query}", data={"email": f"{name}@example.org"}).close()


def _visit_calendar(recorded: Recorded) -> str:
    return f"/donor/visits/{recorded.visits['dora']}/calendar.ics"


def _uids(client: FlaskClient, path: str) -> list[str]:
    """Return the UIDs of a calendar's entries."""
    found = Calendar.from_ical(client.get(path).get_data())
    return sorted(str(event["uid"]) for event in found.walk("VEVENT"))


def _cookies(client: FlaskClient) -> dict[str, str]:
    found = {name: client.get_cookie(name) for name in DOORS}
    return {name: cookie.value for name, cookie in found.items() if cookie}


def _at_rest(recorded: Recorded, file: Path) -> Path:
    """Move the write-ahead log into the database file, and return the file."""
    with recorded.app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def _as_sent(note: dict[str, Any]) -> dict[str, Any]:
    """Return a request of a phone and its answer; tokens are left out, since they expire."""
    environ, body = note["environ"], note["body"]
    headers = {name: environ.get(_environ_name(name)) for name in ASKED_WITH}
    is_json = environ.get("CONTENT_TYPE", "").startswith("application/json")
    return {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "headers": {name: value for name, value in headers.items() if value},
        "with_token": "HTTP_X_CSRFTOKEN" in environ,
        "json": json.loads(body) if is_json else None,
        "bytes": None if is_json or not body else base64.b64encode(body).decode(),
        "status": int(note["status"].split()[0]),
        "answer": json.loads(note["answer"] or b"null"),
    }


def _environ_name(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


def _write(file: Path, found: object) -> None:
    _keep(file, json.dumps(found, ensure_ascii=False, indent=0) + "\n")


def _keep(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
