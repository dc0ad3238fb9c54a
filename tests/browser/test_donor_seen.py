"""Every page of a donor and of the public: nothing for axe, light and dark, and 320 pixels wide."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from collector.db import transaction
from collector.donors.queries import get_donor
from collector.donors.screening import first_contact
from collector.people.actions import add_person
from collector.people.models import Role
from collector.pickups.drafts import PickupDraft
from collector.pickups.enquiries import hold_slot, save_enquiry
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown
from tests.builders import DAY
from tests.web.donor.test_donor import publish
from tests.web.request_forms import link_of, record_door

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser

PUBLIC = (
    "/",
    "/give",
    "/give/who",
    "/give/how",
    "/give/questions",
    "/give/where?postcode=33600",
    "/give/where?postcode=20000",
    "/give/where?postcode=1",
    "/lactariums",
    "/banks/town/contact",
    "/banks/town/privacy",
    "/banks/town/legal",
    "/privacy",
    "/no-such-page",
    "/sign-in",
    "/link/xxx",
    "/v/xxx",
)
HERS = (
    "/donor/",
    "/donor/request/",
    "/donor/request/slots",
    "/donor/request/confirmation",
    "/donor/visits/new",
    "/donor/visits/{visit}",
    "/donor/visits/{visit}/receipt",
    "/donor/giving",
    "/donor/loss",
    "/donor/contact-preferences",
    "/donor/proof",
    "/donor/offline",
    "/donor/my-data/",
)
FIRST_STEPS = (
    "/donor/",
    "/donor/screening/",
    "/donor/screening/questions/1",
    "/donor/screening/call-back",
)
STAFF = (
    "/board/bank/policies",
    "/board/bank/policies/minimum_volume_ml",
    "/board/donors/questions",
    "/board/donors/questions/new",
    "/board/donors/candidates",
    "/board/donors/{donor}",
    "/board/donors/{donor}/clinical-file",
    "/board/donors/{donor}/merge",
    "/board/donors/blood-tests",
    "/board/bank/directory",
    "/board/bank/directory/1",
    "/board/bank/public-texts",
    "/board/bank/public-texts/privacy/en",
    "/board/bank/message-texts",
    "/board/bank/message-texts/visit_promised/sms/fr/plain",
    "/board/bank/message-texts/visit_promised/email/en/discreet",
    "/board/bank/webhooks",
    "/board/bank/applications",
    "/board/bank/material",
    "/board/bank/material/loans",
    "/board/bank/material/days/2026-11-24",
    "/guides/coordinator",
    "/board/horizon/due",
)


def troubles(page: Page, url: str) -> list[str]:
    """Return what is wrong with a page: axe's findings in both schemes, and what sticks out."""
    page.goto(url)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        options = {"resultTypes": ["violations"]}
        if scheme == "dark":
            options |= {"runOnly": ["color-contrast"]}
        for each in Axe().run(page, options=options).response["violations"]:
            where = [node["target"] for node in each["nodes"]]
            found.append(f"{url} {scheme}: {each['id']} {where}")
    page.set_viewport_size({"width": 320, "height": 700})
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.set_viewport_size({"width": 390, "height": 844})
    return [*found, *([f"{url}: {beyond} px too wide at 320"] if beyond > 0 else [])]


def test_the_public_pages(browser: Browser, place: ServedTown) -> None:
    page = place.open(browser)
    urls = [*PUBLIC, link_of(place.app, place.town, place.clock)]
    assert [each for url in urls for each in troubles(page, f"{place.address}{url}")] == []


def test_a_donors_pages(browser: Browser, place: ServedTown) -> None:
    publish(place.app, place.town)
    record_door(place.app, place.town)
    hold_a_slot(place)
    page = place.open(browser, donor=place.town.dora)
    urls = [each.format(visit=place.town.pickups[0]) for each in HERS]
    assert [each for url in urls for each in troubles(page, f"{place.address}{url}")] == []


def test_a_candidates_first_steps(browser: Browser, place: ServedTown) -> None:
    with place.app.app_context(), transaction() as session:
        ida = first_contact(
            session,
            now=place.clock.now(),
            bank_id=place.town.bank,
            first_name="Ida",
            email=None,
            phone="06 39 98 00 02",
            postcode="33600",
            language="fr",
            baby_born_on=None,
            discreet=False,
        ).id
    page = place.open(browser, donor=ida)
    found = [each for url in FIRST_STEPS for each in troubles(page, f"{place.address}{url}")]
    assert found == []


def test_the_staffs_pages_of_donors(browser: Browser, place: ServedTown) -> None:
    with place.app.app_context(), transaction() as session:
        nora = add_person(
            session,
            bank_id=place.town.bank,
            name="Nora",
            email="nora@town.example",
            roles=[Role.COORDINATOR, Role.PROFESSIONAL, Role.QUALITY, Role.ADMIN],
            language="en",
        ).id
    page = place.open(browser, person=nora)
    urls = [each.format(donor=place.town.dora) for each in STAFF]
    assert [each for url in urls for each in troubles(page, f"{place.address}{url}")] == []


def hold_a_slot(place: ServedTown) -> None:
    with place.app.app_context(), transaction() as session:
        now, dora = place.clock.now(), get_donor(session, place.town.bank, place.town.dora)
        draft = PickupDraft(bottles=8, volume_ml=1500)
        enquiry = save_enquiry(session, now=now, donor=dora, draft=draft)
        day = DAY + timedelta(days=2)
        hold_slot(session, enquiry, now=now, day=day, opens=time(9), closes=time(11))
