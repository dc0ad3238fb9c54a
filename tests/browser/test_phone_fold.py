"""The first view of a stop: the way in is seen without scrolling, and nothing is covered."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsers import enter
from tests.browser.hands import start
from tests.browser.looking import look
from tests.browser.roads import Door, Road, built

pytestmark = pytest.mark.browser

ACCESS = "Portail vert, code 47B12, 3e étage"
DOORS = (
    Door(name="Dora", latitude=44.80),
    Door(
        name="Marie-Élisabeth",
        latitude=44.82,
        line="125 bis avenue du Général-Leclerc",
        town="Villenave-d'Ornon",
        access=ACCESS,
        call_first=True,
    ),
)

BETWEEN_THE_BARS = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const top = document.querySelector(".phone-top").getBoundingClientRect().bottom;
  const bottom = document.querySelector(".at-hand").getBoundingClientRect().top;
  return [box.top >= top, box.bottom <= bottom];
}"""

COVERED = """() => {
  const bar = document.querySelector(".undo-bar").getBoundingClientRect();
  return [...document.querySelectorAll("main :is(a, button, summary, dd, h1, p)")]
    .map((each) => each.getBoundingClientRect())
    .filter((box) => box.height > 0 && box.top < bar.bottom && box.bottom > bar.top).length;
}"""


@pytest.fixture
def road(server: tuple[Flask, str]) -> Road:
    return built(server, DOORS, language="fr", by_hand=True)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568)])
def test_the_way_in_is_above_the_fold_and_the_undo_bar_covers_nothing(
    browser: Browser, road: Road, width: int, height: int
) -> None:
    _, phone = enter(browser, road.link(), width=width, language="fr")
    phone.set_viewport_size({"width": width, "height": height})
    settle_the_first_stop(phone)
    expect(phone.locator("[data-clock]")).not_to_be_empty()
    expect(phone.get_by_text(ACCESS)).to_be_visible()
    assert phone.evaluate(COVERED) == 0
    look(phone, f"door-{width}", themes=["light", "dark"])
    for selector in (".code", ".door > div:last-child"):
        assert phone.evaluate(BETWEEN_THE_BARS, selector) == [True, True], selector


def settle_the_first_stop(phone: Page) -> None:
    # The page draws itself anew while it gets ready, and a click would fall between two of them.
    expect(phone.locator("details.ready.ok")).to_be_visible()
    start(phone)
    phone.locator("#here").click()
    phone.locator("input[value=right]").check()
    phone.locator("input[name=freezer]").fill("20")
    phone.locator("#counted").click()
    phone.locator("form.record button.main").click()
    expect(phone.locator("#undo")).to_be_visible()
