"""The board in a real browser: keys, dragging, drawer, undo, and no finding of axe."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from collector.banks.queries import sites_of
from collector.clock import SystemClock
from collector.db import db, transaction
from collector.people.actions import add_person
from collector.people.models import Role
from collector.planning.editing.assignment import assignment_of
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition
from collector.rounds.actions import open_day
from collector.rounds.queries import day_plan
from tests.browser.browsers import enter
from tests.browser.conftest import RunningBank
from tests.builders import add_donor, add_pickup, add_shift
from tests.collector.planning.days import move

pytestmark = pytest.mark.browser

FIRST_WIDTH, FIRST_HEIGHT = 1280, 900


def furnish(bank: RunningBank) -> list[int]:
    """Put three visits into Ana's round, one into the tray, and Bea beside Ana."""
    with bank.app.app_context(), transaction() as session:
        (site,) = sites_of(session, bank.bank)
        bea = add_person(
            session,
            bank_id=bank.bank,
            name="Bea",
            email="bea@bank.example",
            roles=[Role.COLLECTOR],
            language="en",
        )
        add_shift(session, bea, site, day=bank.day, begins=time(8), ends=time(17))
        keys = []
        for number, name in enumerate(("Dora", "Elise", "Fanny", "Gina")):
            donor = add_donor(
                session,
                bank.bank,
                first_name=name,
                latitude=44.80 + number / 100,
                serology_until=bank.day + timedelta(days=30),
                signed_by_id=bank.claire,
            )
            donor.baby_born_on = bank.day - timedelta(days=60)
            windows = ((bank.day, time(8), time(17)),)
            oldest = bank.day - timedelta(days=20)
            keys.append(add_pickup(session, donor, windows=windows, oldest_on=oldest).id)
        ana = open_day(session, bank_id=bank.bank, day=bank.day).rounds[0].id
        for position, key in enumerate(keys[:3]):
            plan = open_day(session, bank_id=bank.bank, day=bank.day)
            move(
                session,
                context=EditContext(now=SystemClock().now(), actor="system"),
                bank_id=bank.bank,
                day=bank.day,
                version=plan.version,
                pickups=[key],
                place=TargetPosition.parse(f"{ana}:{position}"),
            )
    return keys


def orders(bank: RunningBank) -> list[list[int]]:
    with bank.app.app_context(), transaction() as session:
        plan = day_plan(session, bank_id=bank.bank, day=bank.day)
        assert plan is not None
        found = [list(order) for order in assignment_of(plan).orders.values()]
        db.session.remove()
        return found


def nothing_for_axe(page: Page, name: str) -> None:
    for scheme in ("light", "dark"):
        # Without motion no colour is on its way to another while axe looks.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        said = [(each["id"], each["nodes"][0]["target"]) for each in found.response["violations"]]
        assert said == [], f"{name}, {scheme}"
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def test_a_coordinator_moves_by_keys_drags_undoes_and_looks(
    browser: Browser, running_bank: RunningBank
) -> None:
    keys = furnish(running_bank)
    _, page = enter(browser, running_bank.link(person=running_bank.claire))
    page.set_viewport_size({"width": FIRST_WIDTH, "height": FIRST_HEIGHT})
    page.goto(f"{running_bank.address}/board/days/{running_bank.day}")
    nothing_for_axe(page, "the day")

    page.locator(f"#stop-{keys[0]} a").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-round] .stop").nth(2)).to_have_id(f"stop-{keys[0]}")
    assert orders(running_bank) == [[keys[1], keys[0], keys[2]], []]
    page.keyboard.press("ArrowRight")
    expect(page.locator(".round").nth(1).locator(f"#stop-{keys[0]}")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".round").nth(0).locator(f"#stop-{keys[0]}")).to_be_visible()
    assert orders(running_bank) == [[keys[1], keys[0], keys[2]], []]

    page.locator(f"#stop-{keys[0]} a").focus()
    for key in ("x", "l"):
        page.keyboard.press(key)
    expect(page.locator(f"#stop-{keys[0]}[data-pinned]")).to_be_visible()
    expect(page.get_by_text("1 visit chosen")).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(f"#stop-{keys[3]} .stop-link").drag_to(page.locator(".round .stops").nth(1))
    expect(page.locator(".round").nth(1).locator(f"#stop-{keys[3]}")).to_be_visible()
    page.locator("[data-undo]").click()
    expect(page.locator(f".tray #stop-{keys[3]}")).to_be_visible()

    page.locator(f"#stop-{keys[3]} .stop-link").click()
    expect(page.locator(".reason-sentence")).to_be_visible()
    nothing_for_axe(page, "the drawer")
    page.keyboard.press("Escape")
    for part in ("edits", "publications", f"moves?pickup={keys[3]}", f"unplanned/{keys[3]}"):
        page.goto(f"{running_bank.address}/board/days/{running_bank.day}/{part}")
        nothing_for_axe(page, part)


def test_a_round_is_given_away_by_its_letter_and_a_proposal_is_compared(
    browser: Browser, running_bank: RunningBank
) -> None:
    keys = furnish(running_bank)
    _, page = enter(browser, running_bank.link(person=running_bank.claire))
    page.set_viewport_size({"width": FIRST_WIDTH, "height": FIRST_HEIGHT})
    page.goto(f"{running_bank.address}/board/days/{running_bank.day}")
    page.locator("[data-round-handle]").first.drag_to(page.locator(".round").nth(1))
    expect(page.locator(".round").nth(1).locator(".stop")).to_have_count(3)
    assert orders(running_bank)[0] == []

    page.get_by_label("Time to think").select_option("2")
    page.get_by_role("button", name="Optimise").click()
    page.get_by_role("link", name="Compare it with the present").click(timeout=60_000)
    expect(page.get_by_role("heading", name="Visits that move")).to_be_visible()
    nothing_for_axe(page, "the comparison")
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_text("In no round 0")).to_be_visible()
    assert sorted(key for order in orders(running_bank) for key in order) == sorted(keys)


def test_the_map_keeps_its_visits_and_towns_where_the_coasts_cannot_be_fetched(
    browser: Browser, running_bank: RunningBank
) -> None:
    furnish(running_bank)
    context, page = enter(browser, running_bank.link(person=running_bank.claire))
    context.route(re.compile(r"/coast[^/]*\.json"), lambda route: route.abort())
    with page.expect_console_message(lambda message: "layer of the map" in message.text):
        page.goto(f"{running_bank.address}/board/days/{running_bank.day}")
    expect(page.locator("[data-map] .leaflet-marker-icon").first).to_be_attached()
    expect(page.locator(".map-town").first).to_be_attached()
