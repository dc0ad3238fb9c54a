"""A donor's whole way at the width of a phone, with scripts and without."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.pickups.models import Pickup, PickupState
from collector.processes import free_port
from tests.browser.browsers import LOOPBACK
from tests.browser.lines import line_to
from tests.browser.towns import ServedTown, served
from tests.conftest import SetClock
from tests.town import Town
from tests.web.donor.test_donor import publish
from tests.web.request_forms import link_of, record_door
from tests.web.test_session import Postbag, empty_outbox

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """SQLite alone: what a browser sees does not depend on the database."""
    copy = tmp_path / "milkround.sqlite3"
    shutil.copy(migrated_sqlite, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def place(app: Flask, town: Town, clock: SetClock, first_port: int) -> Iterator[ServedTown]:
    with served(app, town, clock, port=free_port(LOOPBACK, first_port)) as found:
        yield found


def without_visit(place: ServedTown) -> None:
    with place.app.app_context(), transaction() as session:
        session.get_one(Pickup, place.town.pickups[0]).state = PickupState.CANCELLED


def state_of(place: ServedTown) -> PickupState:
    """Return how the latest request stands."""
    with place.app.app_context(), reading() as session:
        return session.scalars(select(Pickup.state).order_by(Pickup.id.desc())).first()


def say_no_to_all(page: Page) -> None:
    for choice in page.get_by_role("radio", name="No", exact=True).all():
        choice.check()


def write_bottles(page: Page, *, bottles: str) -> None:
    page.get_by_role("textbox", name="How many bottles?").fill(bottles)
    page.get_by_role("textbox", name="How many millilitres").fill("1500")
    page.get_by_label("The day on your oldest bottle").fill("2026-11-01")
    page.get_by_role("radio", name="full", exact=True).check()
    page.get_by_label("Labels").check()
    say_no_to_all(page)


def until_forgotten(page: Page) -> None:
    """Wait for the page's own program, which runs after the page is seen."""
    page.wait_for_function("() => localStorage.getItem('milkround-kept-form') === null")


@both
def test_from_why_to_a_call_back(browser: Browser, place: ServedTown, *, scripts: bool) -> None:
    page = place.open(browser, scripts=scripts)
    page.goto(f"{place.address}/give")
    page.get_by_label("Does somebody come to me?").fill("33600")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Yes, somebody collects")
    page.get_by_role("link", name="I would like to give").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Tell us a first name")).to_be_visible()
    page.get_by_label("Your first name").fill("Ida")
    page.get_by_label("Your telephone number").fill("06 39 98 00 09")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Begin with the questions").click()
    for part in ("At the moment", "In the last months", "In your life"):
        expect(page.get_by_role("heading", level=1)).to_have_text(part)
        say_no_to_all(page)
        page.locator("form button.main").click()
    page.get_by_role("radio", name="9 to 12").first.check()
    page.get_by_role("button", name="Call me then").click()
    expect(page.get_by_text("We found nothing in your answers")).to_be_visible()
    expect(page.get_by_role("heading", name="We call you")).to_be_visible()


@both
def test_a_visit_is_asked_for_changed_and_called_off(
    browser: Browser, place: ServedTown, *, scripts: bool
) -> None:
    without_visit(place)
    page = place.open(browser, scripts=scripts, donor=place.town.dora)
    page.get_by_role("link", name="Ask for a visit").click()
    write_bottles(page, bottles="many")
    page.get_by_role("button", name="See the times").click()
    expect(page.get_by_text("Write a whole number in digits")).to_be_visible()
    expect(page.get_by_role("textbox", name="How many bottles?")).to_have_value("many")
    page.get_by_role("textbox", name="How many bottles?").fill("8")
    page.get_by_role("button", name="See the times").click()
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_text("Kept for you until")).to_be_visible()
    page.get_by_label("Do not ring").check()
    page.get_by_role("button", name="Yes, please come").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It is agreed: we come on")
    with page.expect_download() as calendar:
        page.get_by_role("link", name="Put it into my calendar").click()
    assert "BEGIN:VEVENT" in calendar.value.path().read_text()

    page.get_by_role("link", name="Change it").click()
    page.get_by_label("A word for us").fill("Second floor")
    say_no_to_all(page)
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_text("Second floor")).to_be_visible()
    page.get_by_text("Call it off", exact=True).click()
    page.get_by_role("button", name="Yes, call this visit off").click()
    expect(page.get_by_text("Nobody will come.")).to_be_visible()
    assert state_of(place) is PickupState.CANCELLED
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("We have your request.").first).to_be_visible()


@both
def test_the_day_before_the_code_and_the_receipt(
    browser: Browser, place: ServedTown, *, scripts: bool
) -> None:
    publish(place.app, place.town)
    anonymous = place.open(browser, scripts=scripts)
    anonymous.goto(f"{place.address}{link_of(place.app, place.town, place.clock)}")
    anonymous.get_by_role("button", name="It suits me", exact=True).click()
    expect(anonymous.get_by_text("You said that it suits you.")).to_be_visible()

    page = place.open(browser, scripts=scripts, donor=place.town.dora)
    expect(page.get_by_text("lotus canyon")).not_to_be_visible()
    page.get_by_role("link", name="Show the rest").click()
    page.get_by_role("button", name="Send me a code by text message").click()
    page.wait_for_load_state()
    postbag = Postbag()
    empty_outbox(place.app, place.clock, postbag)
    (code,) = re.findall(r"\d{6}", postbag.letters[0].body)
    page.get_by_label("The six digits").fill(code)
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("lotus canyon")).to_be_visible()

    record_door(place.app, place.town)
    page.goto(f"{place.address}/donor/visits/{place.town.pickups[0]}")
    page.get_by_role("link", name="Your receipt").click()
    expect(page.get_by_text("7 bottles")).to_be_visible()
    page.get_by_text("Something is not right").click()
    page.get_by_role("textbox", name="How many bottles?").fill("8")
    page.get_by_role("button", name="Tell the bank").click()
    expect(page.get_by_text("You told us: 8 bottles")).to_be_visible()


@both
def test_a_pause_a_loss_and_the_end_of_a_file(
    browser: Browser, place: ServedTown, *, scripts: bool
) -> None:
    without_visit(place)
    page = place.open(browser, scripts=scripts, donor=place.town.dora)
    page.get_by_role("link", name="The weeks to come").click()
    page.get_by_label("from").fill("2026-12-20")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("until").fill("2027-01-03")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("We have noted it.")).to_be_visible()
    page.get_by_role("link", name="Back to my appointments").click()
    page.get_by_role("link", name="If your child has died").click()
    page.get_by_role("button", name="My child has died: please call me").click()
    expect(page.get_by_text("We are so sorry.")).to_be_visible()
    expect(page.get_by_role("link", name="Ask for a visit")).to_have_count(0)
    page.get_by_role("link", name="Your data").click()
    with page.expect_download() as copy:
        page.get_by_role("link", name="Take a copy of everything").click()
    assert '"bereaved_at": "2026-11-23' in copy.value.path().read_text()
    page.get_by_text("Erase my file", exact=True).click()
    page.get_by_role("button", name="Yes, erase my file").click()
    expect(page.get_by_role("heading", name="Your file is erased")).to_be_visible()


def test_a_form_without_a_network_is_kept_and_sent_when_it_is_back(
    browser: Browser, place: ServedTown
) -> None:
    without_visit(place)
    page = place.open(browser, donor=place.town.dora)
    page.goto(f"{place.address}/donor/request/")
    write_bottles(page, bottles="9")
    page.context.set_offline(True)
    page.get_by_role("button", name="See the times").click()
    expect(page.get_by_text("There is no network.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("button[name=slot]").first).to_be_visible()
    until_forgotten(page)
    page.goto(f"{place.address}/donor/request/")
    expect(page.get_by_role("textbox", name="How many bottles?")).to_have_value("9")
    expect(page.get_by_text("had not arrived")).not_to_be_visible()


# The test's own server leaves the file open that it was sending when the line was cut.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <_io:pytest.PytestUnraisableExceptionWarning"
)
def test_a_page_without_a_network_says_whom_to_call_and_keeps_the_form(
    browser: Browser, place: ServedTown
) -> None:
    without_visit(place)
    with place.app.app_context(), transaction() as session:
        get_bank(session, place.town.bank).phone = "+33 5 36 49 01 00"
    with line_to(place.address) as line:
        page = replace(place, address=line.address).open(browser, donor=place.town.dora)
        page.evaluate("() => navigator.serviceWorker.ready")
        page.get_by_role("link", name="Ask for a visit").click()
        write_bottles(page, bottles="13")
        line.cut()
        page.get_by_role("button", name="See the times").click()
        expect(page.get_by_role("heading", name="There is no network here")).to_be_visible()
        page.goto(f"{line.address}/donor/")
        expect(page.get_by_role("link", name="+33 5 36 49 01 00")).to_be_visible()
        line.mend()
        page.get_by_role("link", name="Try again").click()
        page.get_by_role("link", name="Ask for a visit").click()
        expect(page.get_by_text("had not arrived")).to_be_visible()
        expect(page.get_by_role("textbox", name="How many bottles?")).to_have_value("13")
        page.get_by_role("button", name="See the times").click()
        expect(page.locator("button[name=slot]").first).to_be_visible()
        until_forgotten(page)
        page.goto(f"{line.address}/donor/request/")
        expect(page.get_by_text("had not arrived")).not_to_be_visible()


def test_what_never_arrived_is_filled_in_again(browser: Browser, place: ServedTown) -> None:
    without_visit(place)
    page = place.open(browser, donor=place.town.dora)
    page.goto(f"{place.address}/donor/request/")
    write_bottles(page, bottles="11")
    page.context.set_offline(True)
    page.get_by_role("button", name="See the times").click()
    page.close(run_before_unload=False)
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(f"{place.address}/donor/request/")
    expect(again.get_by_text("had not arrived")).to_be_visible()
    expect(again.get_by_role("textbox", name="How many bottles?")).to_have_value("11")
    expect(again.get_by_role("radio", name="full", exact=True)).to_be_checked()
