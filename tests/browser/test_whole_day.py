"""The whole day in a real browser: the donor, the board, the phone without a network, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsers import enter
from tests.browser.conftest import RunningBank
from tests.browser.hands import start

pytestmark = pytest.mark.browser


def test_from_the_donors_phone_to_the_board_to_the_road_and_back(
    browser: Browser, running_bank: RunningBank
) -> None:
    _, donor = enter(browser, running_bank.link(donor=running_bank.dora), width=390)
    ask_for_a_visit(donor, running_bank)

    _, board = enter(browser, running_bank.link(person=running_bank.claire))
    accept_plan_and_publish(board, running_bank)

    donor.goto(f"{running_bank.address}/donor/")
    expect(donor.get_by_text("We come on")).to_be_visible()

    context, phone = enter(browser, running_bank.link(person=running_bank.ana), width=390)
    expect(phone.get_by_text("Ready offline: 1 stop")).to_be_visible()
    phone.wait_for_function("navigator.serviceWorker.controller !== null")

    context.set_offline(offline=True)
    phone.reload()
    start(phone)
    phone.get_by_role("button", name="I'm here").click()
    record_the_visit(phone)
    expect(phone.locator("#sync")).to_contain_text("3 waiting")
    phone.reload()
    expect(phone.locator("#sync")).to_contain_text("3 waiting")
    expect(phone.get_by_text("Every stop is settled")).to_be_visible()

    context.set_offline(offline=False)
    expect(phone.locator("#sync")).to_contain_text("All sent")

    board.goto(f"{running_bank.address}/board/days/{running_bank.day}")
    expect(board.get_by_text("collected · 7 bottles")).to_be_visible()


def test_of_two_coordinators_who_publish_at_once_the_second_is_told(
    browser: Browser, running_bank: RunningBank
) -> None:
    _, donor = enter(browser, running_bank.link(donor=running_bank.dora), width=390)
    ask_for_a_visit(donor, running_bank)
    _, claire = enter(browser, running_bank.link(person=running_bank.claire))
    accept_and_plan(claire, running_bank)
    _, colin = enter(browser, running_bank.link(person=running_bank.colin))

    publication = f"{running_bank.address}/board/days/{running_bank.day}/publications"
    claire.goto(publication)
    colin.goto(publication)
    claire.get_by_role("button", name="Publish").click()
    expect(claire.get_by_text("revision 1").first).to_be_visible()
    with colin.expect_response(lambda answer: answer.status == 409):
        colin.get_by_role("button", name="Publish").click()
    expect(colin.get_by_text("A colleague")).to_be_visible()


def ask_for_a_visit(donor: Page, bank: RunningBank) -> None:
    donor.goto(f"{bank.address}/donor/visits/new")
    donor.get_by_role("textbox", name="How many bottles?").fill("8")
    donor.get_by_role("textbox", name="How many millilitres").fill("1500")
    donor.get_by_label("The day on your oldest bottle").fill(str(bank.day - timedelta(days=20)))
    for question in donor.get_by_role("radio", name="No").all():
        question.check(force=True)
    donor.get_by_role("combobox", name="Day").first.select_option(str(bank.day))
    donor.get_by_role("button", name="Ask for this visit").click()
    donor.wait_for_url(lambda url: "/visits/new" not in url)


def accept_and_plan(board: Page, bank: RunningBank) -> None:
    board.goto(f"{bank.address}/board/inbox")
    board.get_by_role("button", name="Accept Dora Martin").click()
    board.goto(f"{bank.address}/board/days/{bank.day}")
    board.get_by_label("Time to think").select_option("2")
    board.get_by_role("button", name="Optimise").click()
    expect(board.locator("li.stop.is-planned")).to_be_visible(timeout=30_000)


def accept_plan_and_publish(board: Page, bank: RunningBank) -> None:
    accept_and_plan(board, bank)
    board.get_by_role("link", name="Publish").click()
    board.get_by_role("button", name="Publish").click()
    expect(board.get_by_text("published, revision 1")).to_be_visible()


def record_the_visit(phone: Page) -> None:
    phone.get_by_text("Kept as it should be").click()
    phone.get_by_role("textbox", name="Temperature of the freezer").fill("19,5")
    phone.get_by_role("textbox", name="Bottles you take").fill("7")
    phone.get_by_role("textbox", name="Volume").fill("1300")
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator("#undo")).to_be_visible()
