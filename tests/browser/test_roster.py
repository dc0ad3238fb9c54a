"""The roster by keyboard: arrows, a panel, hours as they are typed, a copied week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from collector.db import reading, transaction
from collector.shifts.queries import shifts_on
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown
from tests.builders import DAY
from tests.collector.shifts.rosters import contract, vehicle

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser

LATER = DAY + timedelta(days=7)


def test_days_are_reached_changed_and_copied_by_keyboard(
    browser: Browser, place: ServedTown
) -> None:
    town = place.town
    with place.app.app_context(), transaction() as session:
        contract(session, town.ana, hours=8)
        for person_id in (town.ana, town.bruno):
            vehicle(session, town, f"Van {person_id}")
    page = place.open(browser, person=town.claire)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{place.address}/board/roster?first={DAY}")
    expect(page.locator("[data-cell][tabindex='0']")).to_have_count(1)
    page.locator(f"#cell-{town.ana}-{DAY}").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    wednesday = DAY + timedelta(days=1)
    expect(page.locator(f"#cell-{town.bruno}-{wednesday}")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    panel = page.locator("#cell-panel")
    expect(panel).to_contain_text("Contract: 8 h 00.")
    expect(panel).to_contain_text("1 h 00 over.")
    panel.get_by_label("Until").first.fill("18:30")
    panel.get_by_label("Until").first.blur()
    expect(panel).to_contain_text("2 h 30 over.")
    page.keyboard.press("Escape")
    expect(page.locator(f"#cell-{town.ana}-{DAY}")).to_be_focused()
    page.locator(f"#cell-{town.ana}-{LATER}").focus()
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 shifts are copied.")
    with place.app.app_context(), reading() as session:
        copied = shifts_on(session, bank_id=town.bank, day=LATER)
        assert [shift.collector_id for shift in copied] == [town.ana, town.bruno]
