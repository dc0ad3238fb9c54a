"""Custody on the phone: checklists, tubes, boxes, hand-over, the end of the day, a lost phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from collector.custody.models import ContainerState
from collector.pickups.models import Purpose
from tests.browser.browsers import enter
from tests.browser.roads import Road, all_sent, arrive, give_up, on_the_road

pytestmark = pytest.mark.browser

SMALLEST_TARGET = 44
"""Of a row's link the drawn height counts; buttons are 48 pixels high."""


def test_a_visit_for_blood_and_milk_is_a_checklist_and_everything_is_handed_over(
    browser: Browser, road: Road
) -> None:
    road.needs(road.pickups[0], Purpose.COLLECTION, Purpose.BLOOD_SAMPLE)
    _, phone = enter(browser, road.link(), width=390)
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    look(phone, "start")
    phone.get_by_role("link", name="Start the round").click()
    phone.get_by_role("textbox", name="Box number").fill("c-07")
    phone.get_by_role("textbox", name="Temperature of the box").fill("21")
    look(phone, "boxes")
    phone.get_by_role("button", name="Start the round").click()
    expect(phone.get_by_text("Next stop")).to_be_visible()
    look(phone, "round")
    arrive(phone)
    phone.get_by_role("link", name="Record the visit").click()
    phone.get_by_role("button", name="Done").click()
    expect(phone.get_by_text("Say whether it was done.")).to_be_visible()
    phone.locator("section.check").get_by_text("Done", exact=True).click()
    phone.get_by_role("button", name="One more tube").click()
    phone.get_by_role("textbox", name="Number of tube 1").fill("t-99")
    phone.get_by_text("Kept as it should be").click()
    phone.get_by_role("textbox", name="Temperature of the freezer").fill("20")
    phone.get_by_role("textbox", name="Bottles you take").fill("2")
    phone.get_by_role("textbox", name="Volume").fill("400")
    look(phone, "record")
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator("[data-clock]")).to_contain_text("Tubes:")
    for _ in road.pickups[1:]:
        give_up(phone, "Nobody at home")
    expect(phone.get_by_text("Every stop is settled")).to_be_visible()

    phone.get_by_role("link", name="Hand over").click()
    phone.get_by_role("button", name="All 3").click()
    phone.get_by_role("textbox", name="Temperature of box C-07").fill("19")
    phone.get_by_role("textbox", name="Who receives it?").fill("Luc")
    look(phone, "hand-over")
    phone.get_by_role("button", name="Hand over").click()
    phone.get_by_role("link", name="End of the day").click()
    phone.get_by_role("textbox", name="Kilometres driven").fill("31")
    phone.get_by_role("button", name="Close the day").click()
    expect(phone.get_by_text("31 km recorded")).to_be_visible()
    all_sent(phone)
    assert road.containers(ContainerState.RECEIVED) == 3
    assert [kind for kind, _ in road.said()][-1] == "closed"


def test_a_label_with_a_sign_that_no_address_can_hold_is_said_at_once(
    browser: Browser, road: Road
) -> None:
    _, phone = on_the_road(browser, road)
    arrive(phone)
    phone.get_by_role("link", name="Record the visit").click()
    phone.get_by_text("Bottle numbers").first.click()
    phone.get_by_role("textbox", name="Bottle numbers").fill("MR/1")
    phone.get_by_role("button", name="Done").click()
    expect(phone.get_by_text("letters, digits, point and hyphen only")).to_be_visible()


def test_a_stop_put_off_comes_last_and_its_price_is_told(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    phone.get_by_role("link", name="Later").click()
    expect(phone.locator("#come-back")).to_contain_text("(", timeout=60_000)
    look(phone, "later")
    phone.locator("#come-back").click()
    expect(phone.locator("#stop-title")).to_contain_text("Elise")
    expect(phone.locator(".stop-row.postponed")).to_have_count(1)
    for _ in range(2):
        give_up(phone, "Nothing ready")
    expect(phone.locator("#stop-title")).to_contain_text("Dora")


def test_an_incident_is_told_without_a_network_and_waits_for_its_answer(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    context.set_offline(offline=True)
    phone.locator("#tell").click()
    phone.get_by_text("The vehicle").click()
    phone.get_by_role("button", name="Tell", exact=True).click()
    expect(phone.get_by_text("has not answered yet")).to_be_visible()
    context.set_offline(offline=False)
    all_sent(phone)
    assert [kind for kind, _ in road.said()] == ["started", "incident"]


def test_a_phone_that_was_shut_out_wipes_the_round_and_keeps_what_was_never_sent(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    context.set_offline(offline=True)
    arrive(phone)
    road.shut_out()
    context.set_offline(offline=False)
    expect(phone.get_by_text("This phone was shut out")).to_be_visible(timeout=5_000)
    expect(phone.get_by_text("1 records were never sent")).to_be_visible()
    expect(phone.get_by_text("Dora")).to_have_count(0)
    phone.goto(road.link())
    all_sent(phone)
    assert [kind for kind, _ in road.said()] == ["started", "arrived"]


def test_a_pin_locks_the_round_and_five_wrong_ones_end_it(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    all_sent(phone)
    phone.locator("#sync").click()
    phone.locator("#settings > summary").click()
    phone.get_by_role("textbox", name="Set a PIN").fill("4711")
    phone.locator("#keep-pin").click()
    expect(phone.locator("#settings")).not_to_have_attribute("open", "")
    phone.reload()
    look(phone, "locked")
    pin = phone.get_by_label("PIN", exact=True)
    pin.fill("4711")
    phone.get_by_role("button", name="Open").click()
    expect(phone.get_by_role("heading", name="Sent and waiting")).to_be_visible()
    phone.reload()
    for tries in (4, 3, 2, 1):
        pin.fill("0000")
        phone.get_by_role("button", name="Open").click()
        expect(phone.get_by_text(f"Tries left: {tries}")).to_be_visible()
    pin.fill("0000")
    phone.get_by_role("button", name="Open").click()
    phone.wait_for_url("**/sign-in**")


def look(phone: Page, name: str) -> None:
    """Judge a page as axe does, by its targets, and keep a picture of it if somebody wants one."""
    found = Axe().run(phone).response["violations"]
    assert [each["id"] for each in found] == [], found
    small = phone.evaluate(
        """(least) => [...document.querySelectorAll(".button, summary, .choice, .sides label")]
          .map((each) => [each.textContent, each.getBoundingClientRect()])
          .filter(([, box]) => box.height > 0 && box.height < least).map(([text]) => text)""",
        SMALLEST_TARGET,
    )
    assert small == []
    wide = phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    folder = os.environ.get("MILKROUND_PICTURES")
    if folder:
        for scheme in ("light", "dark"):
            phone.emulate_media(color_scheme=scheme)
            phone.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)
        phone.emulate_media(color_scheme="light")
