"""The collector's phone in a real browser: what is undone, refused, changed, lost and killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from collector.custody.models import ContainerState
from tests.browser.browsers import enter
from tests.browser.hands import (
    all_sent,
    arrive,
    give_up,
    kill,
    on_the_road,
    open_profile,
    record,
    start,
)
from tests.browser.looking import look
from tests.browser.roads import Road

pytestmark = pytest.mark.browser


def test_a_record_is_undone_at_once_or_reopened_later_and_nothing_is_lost_without_a_network(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    context.set_offline(offline=True)
    arrive(phone)
    record(phone, celsius="19,5")
    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_text("You arrived at")).to_be_visible()

    phone.get_by_role("link", name="Record the visit").click()
    expect(phone.get_by_role("textbox", name="Temperature of the freezer")).to_have_value("19.5")
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator(".stop-row.collected")).to_have_count(1)
    give_up(phone, "Nobody at home")
    expect(phone.locator(".stop-row.not_done")).to_have_count(1)

    phone.reload()
    phone.locator(".stop-row.not_done a").click()
    phone.get_by_role("link", name="Reopen this stop").click()
    phone.get_by_text("I came back later").click()
    phone.get_by_role("button", name="Reopen").click()
    expect(phone.get_by_role("button", name="I'm here")).to_be_visible()

    context.set_offline(offline=False)
    all_sent(phone)
    kinds = [kind for kind, _ in road.events()]
    assert kinds == ["started", "arrived", "collected", "undone", "collected", "not_done", "undone"]
    assert road.containers(ContainerState.IN_TRANSIT) == 4


def test_a_settled_stop_is_not_recorded_twice_by_going_back(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    arrive(phone)
    record(phone)
    phone.go_back()
    expect(phone.get_by_role("link", name="Reopen this stop")).to_be_visible()


def test_what_the_bank_refuses_says_what_to_do_and_holds_the_sign_out(
    browser: Browser, road: Road
) -> None:
    """The label was taken by another phone, which this one cannot know without a network."""
    _, other = on_the_road(browser, road)
    all_sent(other)
    context, phone = enter(browser, road.link(), width=390)
    expect(phone.get_by_role("button", name="I'm here")).to_be_visible()
    context.set_offline(offline=True)
    arrive(other)
    record(other, label="MR-1")
    all_sent(other)
    phone.goto(f"{road.address}/phone/#/stop/{road.pickups[1]}/record")
    record(phone, label="MR-1")
    context.set_offline(offline=False)
    expect(phone.locator("#sync")).to_contain_text("1 not accepted")
    expect(phone.locator("#undo")).to_have_count(0)

    phone.locator("#sync").click()
    expect(phone.get_by_text("MR-1")).to_be_visible()
    look(phone, "refused")
    with phone.expect_download() as saved:
        phone.get_by_role("button", name="Save as a file").click()
    kept = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [each["status"] for each in kept].count("refused") == 1
    assert len(kept) == 4
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_text("Still on this phone: 1.")).to_be_visible()

    phone.get_by_role("button", name="Correct it").click()
    labels = phone.get_by_role("textbox", name="Bottle numbers")
    expect(labels).to_be_focused()
    labels.fill("MR-2")
    phone.get_by_role("button", name="Done").click()
    all_sent(phone)
    assert road.containers(ContainerState.IN_TRANSIT) == 8

    phone.locator("#sync").click()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/phone/sign-in**")
    assert phone.evaluate("caches.keys().then((names) => names.join())").count("shell") == 0


def test_whoever_signs_in_again_has_the_round_without_a_network(
    browser: Browser, road: Road
) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    phone.get_by_role("link", name="Sent records, signing out").click()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/phone/sign-in**")
    phone.goto(road.link())
    expect(phone.get_by_text("Next stop")).to_be_visible()
    context.set_offline(offline=True)
    phone.reload()
    expect(phone.get_by_text("Next stop")).to_be_visible()


def test_a_new_revision_is_a_card_and_waits_while_a_stop_is_open(
    browser: Browser, road: Road
) -> None:
    _, phone = enter(browser, road.link(), width=390)
    phone.locator(".stop-row a").first.click()
    expect(phone.get_by_role("heading", name="Dora Martin")).to_be_visible()
    road.publish({road.pickups[0]: None, road.pickups[2]: 0})
    with phone.expect_response(lambda answer: answer.url.endswith(f"/rounds/{road.round}")):
        phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.get_by_role("heading", name="Dora Martin")).to_be_visible()

    phone.get_by_role("link", name="Back to the round").click()
    expect(phone.get_by_role("heading", name="Your round has changed")).to_be_visible()
    expect(phone.get_by_text("Removed (1)")).to_be_visible()
    look(phone, "changed")
    expect(phone.locator(".stop-row")).to_have_count(3)
    phone.get_by_role("button", name="OK, show the new round").click()
    expect(phone.locator(".stop-row")).to_have_count(2)
    expect(phone.locator(".stop-row").first).to_contain_text("Fanny")


def test_a_sign_in_that_ends_on_the_road_loses_nothing(browser: Browser, road: Road) -> None:
    context, phone = on_the_road(browser, road)
    all_sent(phone)
    context.set_offline(offline=True)
    arrive(phone)
    road.revoke()
    context.set_offline(offline=False)
    expect(phone.locator("#sync")).to_contain_text("Sign in")
    phone.get_by_role("link", name="Cancel").click()
    phone.get_by_role("link", name="Back to the round").click()
    expect(phone.get_by_text("Please sign in again")).to_be_visible()
    expect(phone.get_by_role("link", name="Record the visit")).to_be_visible()
    phone.goto(road.link())
    all_sent(phone)
    assert [kind for kind, _ in road.events()] == ["started", "arrived"]


def test_two_phones_on_one_stop_are_both_told_and_show_the_last_record(
    browser: Browser, road: Road
) -> None:
    first_context, first = on_the_road(browser, road)
    all_sent(first)
    second_context, second = enter(browser, road.link(), width=390)
    expect(second.get_by_role("button", name="I'm here")).to_be_visible()
    for context in (first_context, second_context):
        context.set_offline(offline=True)
    for phone, taken in ((first, "3"), (second, "4")):
        arrive(phone)
        record(phone, bottles=taken)
    for context, phone in ((first_context, first), (second_context, second)):
        context.set_offline(offline=False)
        all_sent(phone)
    first.evaluate("dispatchEvent(new Event('online'))")
    for phone in (first, second):
        phone.goto(f"{road.address}/phone/#/stop/{road.pickups[0]}")
        expect(phone.get_by_text("two records of this visit differ")).to_be_visible()
        expect(phone.get_by_text("another phone · ")).to_be_visible()
        expect(phone.locator(".stop").get_by_text("4 bottles, 0.6")).to_be_visible()
    assert road.containers(ContainerState.IN_TRANSIT) == 4


def test_a_killed_browser_still_has_what_was_kept_and_sends_it_once(
    browser: Browser, road: Road, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context, phone = open_profile(browser, profile)
    phone.goto(road.link())
    expect(phone.get_by_text("Ready offline: 3 stops")).to_be_visible()
    context.set_offline(offline=True)
    start(phone)
    arrive(phone)
    expect(phone.locator("#sync")).to_contain_text("2 waiting")
    kill(profile)

    context, phone = open_profile(browser, profile, offline=True)
    phone.goto(f"{road.address}/phone/")
    expect(phone.locator("#sync")).to_contain_text("2 waiting")
    expect(phone.get_by_role("link", name="Record the visit")).to_be_visible()
    context.set_offline(offline=False)
    phone.goto(road.link())
    all_sent(phone)
    phone.reload()
    all_sent(phone)
    context.close()
    assert [kind for kind, _ in road.events()] == ["started", "arrived"]
