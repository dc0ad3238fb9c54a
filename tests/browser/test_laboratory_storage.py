"""The freezers in a real browser: a scanner that types, no finding of axe, small and wide."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from collector.banks.models import Known, Site
from collector.clock import SystemClock
from collector.custody.models import Container, ContainerState
from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.laboratory.heating.profiles import ProbeReading
from collector.laboratory.probes.readings import post_readings
from collector.laboratory.reception.models import Intake, IntakeState, VolumeMeasure
from collector.laboratory.storage.equipment import write_place, write_probe, write_unit
from collector.laboratory.units.models import StoragePlace, StorageZone, UnitKind
from collector.people.actions import add_person
from collector.people.models import Role
from collector.pickups.models import MilkLine
from tests.browser.browsers import enter
from tests.browser.conftest import RunningBank
from tests.browser.looking import PICTURES
from tests.builders import add_pickup

BEYOND = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body, body *")]
    .filter((each) => each.tagName === "BODY" || each.getBoundingClientRect().right > innerWidth)
    .map((each) => `${each.tagName}.${each.className}`)"""
"""The elements that stick out of a page that is too wide."""
NUMBERS = ("LAB-01", "LAB-02", "LAB-03")


def furnish(bank: RunningBank) -> int:
    """Give the bank a technician, a freezer with a warm hour, and three bottles in quarantine."""
    now = SystemClock().now()
    with bank.app.app_context(), transaction() as session:
        lea = add_person(
            session,
            bank_id=bank.bank,
            name="Léa",
            email="lea@bank.example",
            roles=[Role.LABORATORY, Role.QUALITY],
            language="fr",
        )
        site = session.scalars(select(Site).where(Site.bank_id == bank.bank)).first()
        assert site is not None
        pickup = add_pickup(session, session.get_one(Donor, bank.dora))
        for number in NUMBERS:
            container = Container(
                bank_id=bank.bank,
                number=number,
                donor_id=bank.dora,
                pickup_id=pickup.id,
                state=ContainerState.RECEIVED,
                refused_because=None,
                taken_over_at=now,
            )
            session.add(container)
            session.flush()
            day = bank.day - timedelta(days=10)
            session.add(
                Intake(
                    bank_id=bank.bank,
                    container_id=container.id,
                    site_id=site.id,
                    line=MilkLine.DONATED,
                    child_of_id=None,
                    volume_ml=150,
                    measured=VolumeMeasure.WEIGHED,
                    expressed_first=day,
                    expressed_last=day,
                    days_after_birth=None,
                    preterm=Known.UNKNOWN,
                    dairy_free=Known.UNKNOWN,
                    state=IntakeState.QUARANTINE,
                    refused_because=None,
                    note="",
                    taken_by_id=lea.id,
                    taken_at=now,
                    withdrawn_at=None,
                )
            )
        told = {"now": now - timedelta(hours=3), "bank_id": bank.bank, "person_id": lea.id}
        for name, zone in (("Congélateur 1", StorageZone.RAW), ("Armoire 2", StorageZone.HEATED)):
            unit = write_unit(
                session,
                **told,
                name=name,
                kind=UnitKind.FREEZER,
                zone=zone,
                site_id=site.id,
                warmest_celsius=None,
            )
            for shelf, place in (("A", "1"), ("A", "2"), ("B", "1")):
                write_place(
                    session, **told, unit_id=unit.id, shelf=shelf, name=place, capacity_bottles=3
                )
            _, key = write_probe(session, **told, unit_id=unit.id, name="haut", posts=True)
            warm = range(40) if zone is StorageZone.RAW else range(0)
            begin = now - timedelta(hours=2)
            post_readings(
                session,
                now=now,
                key=key,
                readings=[
                    *(ProbeReading(begin + timedelta(minutes=n), -13.5) for n in warm),
                    ProbeReading(now - timedelta(minutes=1), -20.4),
                ],
            )
        return lea.id


def codes(bank: RunningBank) -> list[str]:
    with bank.app.app_context(), reading() as session:
        return list(session.scalars(select(StoragePlace.code).order_by(StoragePlace.id)))


def typed(page: Page, label: str) -> None:
    """Type a label as a keyboard wedge does: into the page, with an Enter at its end."""
    page.locator("h1").click()
    with page.expect_navigation():
        page.keyboard.type(label)
        page.keyboard.press("Enter")


def look(page: Page, name: str) -> None:
    """Judge a page by its width, and on the smallest phone by axe in both schemes of colour."""
    assert page.evaluate(BEYOND) == [], name
    for scheme in ("light", "dark") if name.endswith("-390") else ("light",):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if name.endswith("-390"):
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert [each["id"] for each in found.response["violations"]] == [], (name, scheme)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png", full_page=True)


def test_a_scanner_puts_bottles_away_and_counts_them(
    browser: Browser, running_bank: RunningBank
) -> None:
    lea, (first, second, *_) = furnish(running_bank), codes(running_bank)
    for width in (390, 1280):
        context, page = enter(browser, running_bank.link(person=lea), width=width, language="fr")
        page.goto(f"{running_bank.address}/laboratory/storage")
        look(page, f"storage-{width}")
        typed(page, first if width == 390 else second)
        place = page.url
        assert "/storage/places/" in place
        for number in NUMBERS[:2]:
            typed(page, number)
            page.get_by_text(re.compile("(maintenant|déjà) ici")).wait_for()
        look(page, f"place-{width}")
        typed(page, "LAB-99")
        page.get_by_role("alert").wait_for()
        look(page, f"place-refused-{width}")
        page.goto(f"{running_bank.address}/laboratory/storage")
        typed(page, NUMBERS[0])
        look(page, f"found-{width}")
        page.goto(place)
        page.get_by_role("button", name=re.compile("Inventorier")).click()
        typed(page, NUMBERS[0])
        look(page, f"count-{width}")
        page.get_by_role("button", name=re.compile("Clore")).click()
        page.get_by_text("Inventaire fait").wait_for()
        page.goto(f"{running_bank.address}/laboratory/storage")
        look(page, f"storage-missing-{width}")
        page.goto(f"{running_bank.address}/laboratory/storage/units")
        look(page, f"units-{width}")
        page.get_by_role("link", name="Congélateur 1").click()
        for each in page.locator("summary").all():
            if each.locator("..").get_attribute("open") is None:
                each.click()
        look(page, f"unit-{width}")
        page.goto(f"{running_bank.address}/board/bank/excursions")
        look(page, f"excursions-{width}")
        for name in ("storage/stock", "figures", "figures/hazards"):
            page.goto(f"{running_bank.address}/laboratory/{name}")
            look(page, f"{name.replace('/', '-')}-{width}")
        context.close()
