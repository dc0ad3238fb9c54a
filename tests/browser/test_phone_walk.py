"""A round of fourteen doors, walked with one hand: every page looked at on the way.

`MILKROUND_WALK=fr-320` walks it in French at 320 pixels.
"""

from __future__ import annotations

import json
import os

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.custody.models import ContainerState
from tests.browser.browsers import enter
from tests.browser.long_roads import FOURTEEN
from tests.browser.looking import THEMES, look
from tests.browser.roads import Road

pytestmark = pytest.mark.browser

LANGUAGE, WIDTH = os.environ.get("MILKROUND_WALK", "en-390").split("-")

IN_EVERY_LIGHT = {"03-round", "06-record", "07-recorded", "13-waiting", "18-hand-over"}
"""The pages that have every colour of the others; with pictures, all are seen in every theme."""

TUBES = 1


@pytest.fixture
def language() -> str:
    return LANGUAGE


class Hand:
    """Ana's thumb: it knows the phone's words in her language."""

    def __init__(self, phone: Page) -> None:
        self.phone = phone
        self.words = json.loads(phone.locator("#texts").text_content() or "{}")

    def see(self, name: str) -> None:
        look(self.phone, name, themes=THEMES if name in IN_EVERY_LIGHT else ["light"])

    def says(self, key: str, **figures: object) -> str:
        text: str = self.words[key]
        for name, figure in figures.items():
            text = text.replace(f"%({name})s", str(figure))
        return text

    def go(self, key: str) -> None:
        self.phone.get_by_role("link", name=self.says(key), exact=True).first.click()

    def press(self, key: str) -> None:
        self.phone.get_by_role("button", name=self.says(key), exact=True).click()

    def choose(self, key: str) -> None:
        self.phone.get_by_text(self.says(key), exact=True).first.click()

    def fill(self, key: str, text: str, **figures: object) -> None:
        label = self.says(key, **figures)
        self.phone.get_by_role("textbox", name=label, exact=True).fill(text)

    def takes_milk(self, celsius: str, volume: str) -> None:
        """Fill in what the law asks and how much it is; the count is the donor's."""
        self.choose("storage_right")
        self.fill("freezer", celsius)
        self.phone.locator("#counted").click()
        self.fill("volume", volume)

    def record(self) -> None:
        self.press("done")
        expect(self.phone.locator("form.record")).to_have_count(0)


def test_a_round_of_fourteen_doors_is_walked(browser: Browser, long_road: Road) -> None:
    context, phone = enter(browser, long_road.link(), width=int(WIDTH), language=LANGUAGE)
    expect(phone.locator(".ready.ok")).to_be_visible()
    hand = Hand(phone)
    begins(hand)
    the_first_door(hand)
    context.set_offline(offline=True)
    the_doors_between(hand)
    asks_and_tells(hand)
    the_other_doors(hand)
    hands_over(hand)
    context.set_offline(offline=False)
    expect(phone.locator("#sync.ok")).to_be_visible()
    bottles = sum(door.bottles for door in FOURTEEN)
    assert long_road.containers(ContainerState.RECEIVED) == bottles + TUBES
    assert [kind for kind, _ in long_road.events()][-1] == "closed"


def begins(hand: Hand) -> None:
    hand.phone.locator("details.ready > summary").click()
    hand.see("01-start")
    hand.phone.locator("#early").click()
    hand.see("01-early")
    hand.phone.locator("#early-yes").click()
    hand.fill("box_code", "c-07")
    hand.fill("box", "21")
    hand.phone.locator("#start-go").click()
    expect(hand.phone.get_by_text(hand.says("load_go_on"))).to_be_visible()
    hand.see("02-boxes")
    for item in hand.phone.locator("input[name=load]").all():
        item.check()
    hand.phone.locator("#start-go").click()
    expect(hand.phone.locator("#here")).to_be_visible()
    hand.see("03-round")


def the_first_door(hand: Hand) -> None:
    """Milk and blood at once, from a freezer that is too warm."""
    hand.press("here")
    hand.go("cancel")
    hand.see("04-here")
    hand.go("record")
    hand.press("done")
    expect(hand.phone.get_by_text(hand.says("check_missing"))).to_be_visible()
    hand.see("05-record-mistakes")
    hand.phone.locator("section.check").get_by_text(hand.says("check_done"), exact=True).click()
    hand.press("tube_add")
    hand.fill("tube_number", "t-99", n=1)
    hand.takes_milk("12", "1600")
    hand.see("06-record")
    hand.record()
    expect(hand.phone.locator("[data-clock]")).not_to_be_empty()
    hand.see("07-recorded")


def the_doors_between(hand: Hand) -> None:
    """Without a network: put off, not done, reopened."""
    hand.go("later")
    expect(hand.phone.get_by_text(hand.says("later_unknown"))).to_be_visible()
    hand.see("08-later")
    hand.phone.locator("#come-back").click()
    hand.go("not_done")
    hand.choose("reason_nobody_home")
    hand.see("09-not-done")
    hand.press("not_done_go")
    hand.phone.locator(".stop-row.not_done a").click()
    hand.see("10-settled")
    hand.go("reopen")
    hand.see("11-reopen")
    hand.choose("undone_came_back")
    hand.press("reopen_go")
    hand.press("here")
    hand.takes_milk("19,5", "2400")
    hand.record()


def asks_and_tells(hand: Hand) -> None:
    hand.phone.locator("#tell").click()
    hand.see("12-incident")
    hand.choose("incident_road")
    hand.press("incident_go")
    expect(hand.phone.get_by_text(hand.says("incident_unsent"))).to_be_visible()
    hand.see("12-incident-waits")
    hand.phone.locator("#sync").click()
    hand.phone.locator("#settings > summary").click()
    hand.see("13-waiting")
    hand.go("back")
    hand.phone.locator("#read-box").click()
    hand.fill("box", "9")
    hand.see("14-box-warm")
    hand.press("box_read_go")


def the_other_doors(hand: Hand) -> None:
    """Two doors give no milk, the ward's bottles lack their labels, Elise, put off, comes last."""
    for _ in range(12):
        title = hand.phone.locator("#stop-title").text_content() or ""
        hand.press("here")
        expect(hand.phone.locator("form.record")).to_be_visible()
        for check in hand.phone.locator("section.check").all():
            check.get_by_text(hand.says("check_done"), exact=True).click()
        if not title.startswith(("Gaëlle", "Karine")):
            hand.takes_milk("20", "800")
        if title.startswith("Maternité"):
            hand.press("done")
            expect(hand.phone.get_by_text(hand.says("proof_go_on"))).to_be_visible()
            hand.see("16-proof-wanted")
        hand.record()
        if title.startswith("Manon"):
            hand.see("15-late-in-the-day")


def hands_over(hand: Hand) -> None:
    expect(hand.phone.get_by_text(hand.says("all_done"))).to_be_visible()
    hand.see("17-all-done")
    hand.go("hand_over")
    groups = hand.phone.locator("fieldset.bottles")
    groups.first.locator("summary").click()
    groups.first.locator(".bottle").first.click()
    for group in groups.all()[1:]:
        group.locator("button").click()
    expect(hand.phone.locator(".count")).to_contain_text(hand.says("missing", n=8))
    hand.see("18-hand-over")
    groups.first.locator("button").click()
    hand.fill("box_celsius_of", "19", box="C-07")
    hand.fill("receiver", "Luc")
    hand.press("hand_over")
    hand.see("19-unloaded")
    hand.go("close_title")
    hand.fill("close_kilometres", "131")
    hand.see("20-end-of-the-day")
    hand.press("close_go")
    hand.see("21-closed")
