"""The taps of the collector's most frequent task: a collection without labels."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from collector.custody.models import DoorRecord
from collector.db import reading
from tests.browser.browsers import enter
from tests.browser.hands import all_sent, start
from tests.browser.looking import look
from tests.browser.roads import DOORS, Road, built

pytestmark = pytest.mark.browser

COUNTED = """() => {
  window.taps = 0;
  addEventListener("pointerdown", (event) => event.isTrusted && (window.taps += 1), true);
}"""


@pytest.fixture
def road(server: tuple[Flask, str]) -> Road:
    return built(server, DOORS, by_hand=True)


def test_a_plain_collection_without_labels_is_four_taps_and_one_number(
    browser: Browser, road: Road
) -> None:
    _, phone = enter(browser, road.link(), width=390)
    expect(phone.locator(".ready.ok")).to_be_visible()
    start(phone)
    look(phone, "next", themes=["light"])
    phone.evaluate(COUNTED)

    phone.get_by_role("button", name="I'm here").click()
    phone.get_by_text("Kept as it should be").click()
    temperature = phone.get_by_role("textbox", name="Temperature of the freezer")
    expect(temperature).to_have_value("")
    look(phone, "counting")
    expect(temperature).to_be_focused()
    phone.keyboard.type("19,5")
    phone.get_by_role("button", name="I counted 4 bottles").click()
    expect(phone.get_by_text("Declared by the donor, not measured")).to_be_visible()
    phone.get_by_role("button", name="Done").click()

    expect(phone.locator(".stop-row.collected")).to_have_count(1)
    assert phone.evaluate("taps") == 4
    all_sent(phone)
    record = stored_record(road)
    assert (record.bottles, record.volume_ml, record.freezer_celsius) == (4, 800, -19.5)
    assert record.details["volume_declared"] is True
    recorded_as_declared(phone)


def recorded_as_declared(phone: Page) -> None:
    phone.locator(".stop-row.collected a").click()
    expect(phone.get_by_text("4 bottles, 0.8 L declared")).to_be_visible()


def stored_record(road: Road) -> DoorRecord:
    with road.app.app_context(), reading() as session:
        return session.scalars(select(DoorRecord).where(DoorRecord.bank_id == road.bank)).one()
