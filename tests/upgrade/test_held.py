"""Mailed links, calendars, sessions, a code and installed addresses of 0.1."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from collector.web.framework.guards import Surface
from tests.upgrade.recorded import HELD, PHONES

pytestmark = pytest.mark.twin

VISITS = [
    link for link, status in HELD["links"].items() if link.startswith("/v/") and status == 200
]
SIGN_INS = [link for link in HELD["links"] if link.startswith("/link/")]
LINKS_TO_A_VISIT_UNDER_WAY = ("its promise", "its reminder")
"""Bruno stands at Manon's door."""
SCOPE = "/phone/"
PROGRAM = "/phone/service-worker.js"


def browser(app: Flask, cookies: dict[str, str]) -> FlaskClient:
    """Return a browser with these cookies."""
    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client


def names_in(client: FlaskClient, path: str) -> list[str]:
    """Return the UIDs of a calendar's entries; a new UID would be a second entry."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return sorted(str(event["uid"]) for event in Calendar.from_ical(answer.data).walk("VEVENT"))


def test_every_mailed_link_is_answered_as_before(app: Flask) -> None:
    client = app.test_client()
    answers = {link: client.get(link).status_code for link in HELD["links"]}
    assert answers == HELD["links"]
    assert len(VISITS) >= 10


@pytest.mark.parametrize("answer", ["fine", "last"])
def test_a_visit_is_answered_by_its_link(app: Flask, answer: str) -> None:
    client = app.test_client()
    open_ = [link for link in VISITS if 'name="answer"' in client.get(link).get_data(as_text=True)]
    assert len(open_) == len(VISITS) - len(LINKS_TO_A_VISIT_UNDER_WAY)
    for link in open_:
        said = client.post(link, data={"answer": answer})
        assert (said.status_code, said.headers["Location"]) == (303, link)


def test_a_mailed_link_signs_in_once_and_leads_where_it_was_to(app: Flask) -> None:
    assert len(SIGN_INS) == 2
    for link in SIGN_INS:
        client = app.test_client()
        entered = client.post(link)
        assert entered.status_code == 303
        wanted = parse_qs(urlsplit(link).query).get("next", ["/board/"])[0]
        assert entered.headers["Location"].startswith(wanted)
        page = client.get(entered.headers["Location"], follow_redirects=True)
        assert page.status_code == 200
        # The desk of 0.1 had no second factor: the first sign-in sets one up.
        desk = entered.headers["Location"].startswith("/board")
        assert ("/account/proofs/app" in page.text) is desk
        assert app.test_client().post(link).status_code == 410


def test_sessions_go_on(app: Flask) -> None:
    desk, donor = (browser(app, HELD["cookies"][name]) for name in ("desk", "donor"))
    assert desk.get("/board/", follow_redirects=True).status_code == 200
    assert donor.get("/donor/").status_code == 200
    for name in ("ana", "bruno"):
        phone = browser(app, PHONES[name]["cookies"])
        assert phone.get("/phone/rounds").get_json()["person"] == person_of(name)


def person_of(phone: str) -> object:
    meta = dict(PHONES[phone]["database"]["stores"]["meta"]["rows"])
    return meta["person"]


def test_a_code_on_its_way_proves_a_donor(app: Flask) -> None:
    donor = browser(app, HELD["cookies"]["donor"])
    assert donor.post("/donor/proof", data={"code": "000000"}).status_code == 422
    assert donor.post("/donor/proof", data={"code": HELD["code"]}).status_code == 303


def test_calendars_have_the_same_entries(app: Flask) -> None:
    for path, names in HELD["calendars"].items():
        assert names_in(app.test_client(), path) == names
    donor = browser(app, HELD["cookies"]["donor"])
    for path, names in HELD["visit_calendar"].items():
        assert names_in(donor, path) == names


def test_an_installed_page_finds_its_program_and_its_scope(app: Flask) -> None:
    """A browser keeps the scope and the address of a service worker for ever."""
    assert PHONES["ana"]["workers"] == [{"scope": SCOPE, "program": PROGRAM}]
    client = browser(app, PHONES["ana"]["cookies"])
    program = client.get(PROGRAM)
    assert (program.status_code, program.mimetype) == (200, "text/javascript")
    assert program.headers["Service-Worker-Allowed"] == SCOPE
    assert client.get(SCOPE).status_code == 200
    manifest = client.get("/phone/app.webmanifest").get_json()
    assert [manifest[name] for name in ("id", "start_url", "scope")] == [SCOPE] * 3
    donor = browser(app, HELD["cookies"]["donor"])
    assert donor.get("/donor/service-worker.js").status_code == 200
    assert {surface.value for surface in Surface} >= {
        name
        for cookies in (*HELD["cookies"].values(), PHONES["ana"]["cookies"])
        for name in cookies
        if name != "milkround_form"
    }
