"""The dispensary and a ward in a real browser: no finding of axe, small and wide."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from collector.clock import SystemClock
from collector.db import transaction
from collector.dispensary.orders.actions import OrderDraft, ask_for_milk
from collector.dispensary.orders.prescriptions import PrescriptionDraft, write_prescription
from collector.people.actions import add_person
from collector.people.models import Role
from collector.recipients.actions import (
    RecipientDraft,
    assign_member,
    enrol_recipient,
    write_ward,
)
from tests.browser.browsers import enter
from tests.browser.conftest import RunningBank
from tests.browser.test_laboratory_storage import BEYOND

PAGES = {
    "dana": (
        "/dispensary/orders",
        "/dispensary/orders/1",
        "/dispensary/back",
        "/dispensary/wards",
        "/dispensary/wards/1",
        "/dispensary/invoices",
    ),
    "wanda": (
        "/ward/orders",
        "/ward/recipients",
        "/ward/recipients/1",
        "/ward/bottles",
        "/ward/bottles/fate",
        "/ward/sessions",
    ),
}
ROLES = {"dana": Role.DISPENSER, "wanda": Role.WARD}


def furnish(bank: RunningBank) -> dict[str, int]:
    """Give the bank a dispenser, a nurse, and a child with an order."""
    now = SystemClock().now()
    with bank.app.app_context(), transaction() as session:
        people = {
            name: add_person(
                session,
                bank_id=bank.bank,
                name=name.capitalize(),
                email=f"{name}@bank.example",
                roles=[role],
                language="fr",
            ).id
            for name, role in ROLES.items()
        }
        told = {"now": now, "bank_id": bank.bank}
        dana, wanda = people["dana"], people["wanda"]
        ward = write_ward(session, **told, person_id=dana, establishment="CHU", name="Néonat")
        assign_member(session, **told, person_id=dana, ward_id=ward.id, member_id=wanda)
        draft = RecipientDraft(gestation_days=26 * 7, birth_weight_g=800, weight_g=900)
        by = told | {"person_id": wanda}
        child = enrol_recipient(session, **by, ward_id=ward.id, draft=draft)
        today = now.date()
        prescription = PrescriptionDraft(
            prescriber="Dr Martin",
            valid_from=today - timedelta(days=1),
            valid_until=today + timedelta(days=7),
            ml_per_kg_day=150,
        )
        write_prescription(session, **by, recipient_id=child.id, draft=prescription)
        order = OrderDraft(
            recipient_id=child.id, needed_on=today + timedelta(days=1), volume_ml=135
        )
        ask_for_milk(session, **by, ward_id=ward.id, draft=order, today=today)
    return people


@pytest.mark.browser
def test_every_page_of_dispensary_and_ward_is_seen(
    browser: Browser, running_bank: RunningBank
) -> None:
    people, axe = furnish(running_bank), Axe()
    looks: tuple[tuple[int, Literal["light", "dark"]], ...] = ((320, "light"), (1280, "dark"))
    for width, scheme in looks:
        for name, pages in PAGES.items():
            link = running_bank.link(person=people[name])
            context, page = enter(browser, link, width=width, language="fr")
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for url in pages:
                page.goto(running_bank.address + url)
                assert page.evaluate(BEYOND) == [], (url, width)
                found = axe.run(page, options={"resultTypes": ["violations"]}).response[
                    "violations"
                ]
                assert [each["id"] for each in found] == [], (url, width, found)
            context.close()
