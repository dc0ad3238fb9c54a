"""On the road: a stop put off, an incident, a lost phone, a PIN."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from collector.banks.policies import Navigation, PolicyKey
from tests.browser.hands import all_sent, arrive, give_up, on_the_road, record
from tests.browser.looking import look
from tests.browser.roads import DOORS, Road, built

pytestmark = pytest.mark.browser


def test_a_label_with_a_sign_that_no_address_can_hold_is_said_at_once(
    browser: Browser, road: Road
) -> None:
    _, phone = on_the_road(browser, road)
    arrive(phone)
    phone.get_by_text("Bottle numbers").first.click()
    phone.get_by_role("textbox", name="Bottle numbers").fill("MR/1")
    phone.get_by_role("button", name="Done").click()
    expect(phone.get_by_text("letters, digits, point and hyphen only")).to_be_visible()


def test_a_stop_put_off_comes_last_and_its_price_is_told(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    phone.get_by_role("link", name="Later").click()
    expect(phone.get_by_text("The round takes")).to_be_visible(timeout=60_000)
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
    expect(phone.get_by_text("learns of it as soon as there is a network")).to_be_visible()
    context.set_offline(offline=False)
    all_sent(phone)
    expect(phone.get_by_text("has not answered yet")).to_be_visible()
    assert [kind for kind, _ in road.events()] == ["started", "incident"]


def test_a_clock_that_runs_out_rings_and_the_nearest_freezer_is_one_tap_away(
    browser: Browser, server: tuple[Flask, str]
) -> None:
    rules = {PolicyKey.MILK_RIDE_MINUTES: 30, PolicyKey.NAVIGATION: Navigation.OFF.value}
    road = built(server, DOORS, rules=rules, by_hand=True)
    _, phone = on_the_road(browser, road)
    expect(phone.locator("#navigate")).to_have_count(0)
    expect(phone.get_by_text("Coordinates: 44.80000")).to_be_visible()
    arrive(phone)
    record(phone)
    expect(phone.locator("[data-clock] .warn")).to_contain_text("Milk: ")
    expect(phone.get_by_role("heading", name="A freezer, soon")).to_be_visible()
    look(phone, "alarm")
    phone.get_by_role("button", name="Go to Bank now").click()
    expect(phone.get_by_role("link", name="Go to Bank now")).to_be_visible()
    all_sent(phone)
    expect(phone.get_by_text("The coordinator is told.")).to_be_visible()
    assert [kind for kind, _ in road.events()][-1] == "incident"


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
    expect(phone.get_by_text("1 record was never sent")).to_be_visible()
    look(phone, "shut-out")
    expect(phone.get_by_text("Dora")).to_have_count(0)
    phone.goto(road.link())
    all_sent(phone)
    assert [kind for kind, _ in road.events()] == ["started", "arrived"]


def test_a_pin_locks_the_round_and_five_wrong_ones_end_it(browser: Browser, road: Road) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    phone.locator("#sync").click()
    phone.locator("#settings > summary").click()
    phone.get_by_role("textbox", name="Set a PIN").fill("4711")
    phone.locator("#keep-pin").click()
    expect(phone.get_by_text("Change or remove the PIN")).to_be_visible()
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
    expect(phone.get_by_text("Too many tries")).to_be_visible()
    # The address leads no guesser back.
    phone.goto(f"{road.address}/phone/")
    expect(phone.get_by_text("Too many tries")).to_be_visible()
    expect(phone.get_by_text("Dora")).to_have_count(0)
    context.set_offline(offline=True)
    phone.reload()
    phone.get_by_role("link", name="Sign in").click()
    expect(phone.get_by_text("Signing in needs a network")).to_be_visible()
    context.set_offline(offline=False)
    phone.goto(road.link())
    expect(phone.get_by_text("Next stop")).to_be_visible()
