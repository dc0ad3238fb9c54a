"""Zones on the map: drawn by finger, moved and removed by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from collector.banks.queries import zones_of
from collector.db import reading
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser


def test_a_zone_is_drawn_by_finger_and_edited_by_keys(browser: Browser, place: ServedTown) -> None:
    page = place.open(browser, person=place.town.claire)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{place.address}/board/bank/zones/new")
    area, corners = page.locator("[data-zone-map]"), page.locator(".zone-corner")
    outline = page.locator("#outline")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    for number, (right, down) in enumerate(((0.3, 0.4), (0.7, 0.4), (0.7, 0.8)), start=1):
        page.mouse.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        expect(corners).to_have_count(number)
    drawn = outline.input_value()
    page.get_by_role("button", name="Add a corner in the middle of the map").click()
    expect(corners).to_have_count(4)
    expect(corners.and_(page.locator(":focus"))).to_have_count(1)
    added = outline.input_value()
    page.keyboard.press("ArrowUp")
    expect(outline).not_to_have_value(added)
    page.keyboard.press("Delete")
    expect(outline).to_have_value(drawn)
    expect(corners.and_(page.locator(":focus"))).to_have_count(1)
    page.get_by_role("button", name="Clear the drawing").click()
    expect(corners).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(outline).to_have_value(drawn)
    page.fill("#name", "Drawn")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("cell", name="3 corners")).to_be_visible()
    with place.app.app_context(), reading() as session:
        (zone,) = zones_of(session, place.town.bank)
        assert len(zone.outline) == 3
