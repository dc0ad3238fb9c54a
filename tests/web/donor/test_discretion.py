"""Discretion: no brand and no bottle on any page that a discreet donor may open."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import update

from collector.db import transaction
from collector.donors.models import Donor
from collector.people.actions import make_link
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import publish
from tests.web.request_forms import link_of

TELLING = ("milkround", "town bank", "lactarium", "icons/")


def body_of(text: str) -> str:
    """Return what a reader sees and the browser's tab shows: no address of a form or a style."""
    for own in ("milkround_donor", "localhost"):
        text = text.replace(own, "")
    return text.lower()


@pytest.fixture
def discreet(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Donor).where(Donor.bank_id == town.bank).values(discreet=True))


PAGES = (
    "/donor/",
    "/donor/visits/1",
    "/donor/visits/1/change",
    "/donor/visits/new",
    "/donor/request/",
    "/donor/giving",
    "/donor/loss",
    "/donor/contact-preferences",
    "/donor/proof",
    "/donor/my-data/",
    "/donor/contact",
    "/donor/screening/",
    "/donor/screening/call-back",
    "/donor/nothing-here",
    "/donor/visits/999",
    "/sign-in",
)


@pytest.mark.usefixtures("discreet")
@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_a_discreet_donor_names_the_service(app: Flask, town: Town, path: str) -> None:
    publish(app, town)
    page = sign_in(app, bank=town.bank, donor=town.dora).get(path).get_data(as_text=True)
    assert [word for word in TELLING if word in body_of(page)] == []


@pytest.mark.usefixtures("discreet")
def test_links_and_their_sign_in_name_nothing_in_any_browser(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    client = app.test_client()
    for path in (link_of(app, town, clock), "/v/wrong", "/sign-in?next=/donor/visits/1"):
        page = client.get(path).get_data(as_text=True)
        assert [word for word in TELLING if word in body_of(page)] == [], path


@pytest.mark.usefixtures("discreet")
def test_a_sign_in_link_names_nothing_before_during_and_after(
    app: Flask, town: Town, clock: SetClock
) -> None:
    with app.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, donor_id=town.dora)
    fresh, later = app.test_client().get(f"/link/{token}"), app.test_client()
    app.test_client().post(f"/link/{token}")
    spent = later.get(f"/link/{token}")
    assert (fresh.status_code, spent.status_code) == (200, 410)
    way_on = re.search(r'href="(/sign-in[^"]*)"', spent.text.partition("<main")[2])
    assert way_on is not None
    for page in (fresh, spent, later.get(way_on[1])):
        assert [word for word in TELLING if word in body_of(page.text)] == []


@pytest.mark.usefixtures("discreet")
def test_the_sign_in_stays_plain_after_signing_out(app: Flask, town: Town) -> None:
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    dora.post("/sign-out/milkround_donor")
    assert "Milkround" not in dora.get("/sign-in").get_data(as_text=True)
    assert "Milkround" in app.test_client().get("/sign-in").get_data(as_text=True)


def test_titles_of_a_donors_pages_differ(app: Flask, town: Town) -> None:
    publish(app, town)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    own = [path for path in PAGES if "9" not in path and "nothing" not in path]
    titles = {}
    for path in (*own, "/donor/receipts"):
        text = dora.get(path).get_data(as_text=True)
        titles[path] = text.partition("<title>")[2].partition("</title>")[0]
    twice = [path for path in own if list(titles.values()).count(titles[path]) > 1]
    assert twice == [], titles
