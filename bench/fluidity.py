"""How fluid the board is with 500 stops in 20 rounds: ``python -m bench.fluidity``.

A real server and Chromium; the browser's own trace says, per interaction, how much CPU time the
longest task of the page took: on an idle core that is how long nothing else could happen. What the
server answers is timed apart. Needs the tests' builders, Playwright and Chromium.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from math import atan2
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from bench.banks import furnished, link_of
from collector import migrations
from collector.app import create_app
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import compute_then_write, db, transaction
from collector.pickups.models import Pickup
from collector.planning.editing.commit import ComputedEdit, EditContext, write_edit
from collector.planning.editing.moves import TargetPosition, target_assignment
from collector.planning.editing.what_if import WhatIf
from collector.planning.models import EditKind
from collector.planning.problem.build import load_facts
from collector.processes import Processes, free_port
from collector.rounds.actions import open_day
from collector.rounds.queries import day_plan

HOST = "127.0.0.1"
ROUNDS, STOPS = 20, 25


def main() -> None:
    """Make the day, walk through it, and print what each interaction took."""
    with served() as (address, link, day), sync_playwright() as playwright:
        chromium = shutil.which("chromium") or os.environ.get("MILKROUND_TEST_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB")
        page.goto(link)
        page.wait_for_url(lambda url: "/link/" not in url)
        answers(page, f"{address}/board/days/{day}")
        page.goto(f"{address}/board/days/{day}")
        page.wait_for_timeout(3_000)
        worst = max(measured(page, name, act) for name, act in ACTS.items())
        print(f"the worst interaction: {worst:.0f} ms")
        browser.close()


def answers(page: Page, address: str) -> None:
    """Time the server: the whole day, and the price of one place."""
    page.goto(address)
    poll = str(page.locator("#part-poll").get_attribute("hx-get"))
    for name, part in (("the day", ""), ("the pane, unchanged", f"/pane?{poll.split('?')[1]}")):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            body = page.request.get(address + part).body()
            times.append(1_000 * (time.perf_counter() - began))
        print(f"{name:28} {statistics.median(times):6.0f} ms  {len(body) // 1024} kB")


def measured(page: Page, name: str, act: Callable[[Page], None]) -> float:
    """Return the most CPU time that one task of an act held the page for, from Chromium's trace."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page has no browser")
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    act(page)
    page.wait_for_timeout(700)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        (each.get("tdur", 0) / 1_000, each.get("dur", 0) / 1_000)
        for each in events
        if each["name"].endswith("RunTask") and (each["pid"], each["tid"]) in mains
    ]
    worst = max(tasks, default=(0.0, 0.0))
    print(f"{name:28} {worst[0]:6.0f} ms of CPU, {worst[1]:.0f} ms on the clock")
    return worst[0]


def hover(page: Page) -> None:
    """Run the pointer over forty stops."""
    for stop in page.locator("#day-pane .round .stop").all()[:40:4]:
        stop.hover()


def choose(page: Page) -> None:
    """Choose stops by their disc, and a stretch by Shift."""
    discs = page.locator("#day-pane .round .pick")
    discs.nth(0).click()
    page.locator("#day-pane .round .stop-link").nth(12).click(modifiers=["Shift"])
    page.keyboard.press("Escape")


def filtering(page: Page) -> None:
    """Type into the filter, and empty it."""
    page.locator("[data-filter]").click()
    page.keyboard.type("dora 1", delay=60)
    page.keyboard.press("Escape")


def scroll(page: Page) -> None:
    """Scroll the rounds both ways."""
    page.locator("#day-pane .rounds").hover()
    for across, down in ((0, 800), (1200, 0), (0, -800), (-1200, 0)):
        page.mouse.wheel(across, down)
        page.wait_for_timeout(120)


def lasso(page: Page) -> None:
    """Draw round a part of the map."""
    page.locator("[data-lasso]").click()
    box = page.locator("#day-pane .map").bounding_box()
    if box is None:
        raise RuntimeError("there is no map")
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(left - 90, top - 90)
    page.mouse.down()
    for x, y in ((90, -90), (90, 90), (-90, 90), (-90, -80)):
        page.mouse.move(left + x, top + y, steps=8)
    page.mouse.up()
    page.keyboard.press("Escape")


def drawer(page: Page) -> None:
    """Open a visit's drawer and close it."""
    page.locator("#day-pane .round .stop-link").nth(3).click()
    page.wait_for_selector("[data-move-sheet]")
    page.keyboard.press("Escape")


def pin(page: Page) -> None:
    """Pin a stop by its key: the day answers and only its round changes."""
    page.locator("#day-pane .round .stop-link").nth(5).focus()
    page.keyboard.press("l")
    page.wait_for_selector("#day-pane [data-pinned]")


def undo(page: Page) -> None:
    """Take the pin back."""
    page.keyboard.press("z")
    page.wait_for_selector("#day-pane:not(:has([data-pinned]))")


def step(page: Page) -> None:
    """Move a stop one place down by its key, and back."""
    page.locator("#day-pane .round .stop-link").nth(4).focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(2_500)


ACTS: dict[str, Callable[[Page], None]] = {
    "hovering": hover,
    "choosing": choose,
    "filtering": filtering,
    "scrolling": scroll,
    "the lasso": lasso,
    "the drawer": drawer,
    "pinning": pin,
    "undoing": undo,
    "moving by key": step,
}


@contextmanager
def served() -> Iterator[tuple[str, str, date]]:
    """Serve a bank with the day; give its address, a sign-in link and the day."""
    with tempfile.TemporaryDirectory() as home, Processes() as processes:
        port = free_port(HOST, 8_700)
        address = f"http://{HOST}:{port}"
        os.environ |= {
            "MILKROUND_HOME": home,
            "PUBLIC_URL": address,
            "DATABASE_URL": f"sqlite:///{home}/milkround.sqlite3",
        }
        app = create_app(settings_from(os.environ))
        with app.app_context():
            migrations.upgrade(db.engine)
            with transaction() as session:
                bank, (day,), claire = furnished(session, rounds=ROUNDS, visits=ROUNDS * STOPS)
            with transaction() as session:
                open_day(session, bank_id=bank, day=day)
            by = EditContext(now=SystemClock().now(), actor=f"person:{claire}", reason="a bench")
            compute_then_write(
                lambda session: dealt(session, bank, day),
                lambda session, edit: write_edit(session, edit, context=by, bank_id=bank),
            )
            token = link_of(app, bank, claire)
        processes.start(["serve", "--port", str(port)], log=Path(home) / "log")
        processes.wait_for_port(HOST, port)
        yield address, f"{address}/link/{token}#go", day


def bearing(pickup: Pickup) -> float:
    """Return in which direction from the bank a donor lives."""
    position = pickup.donor.address.position
    return atan2(position.latitude - 44.785, position.longitude + 0.66) if position else 0.0


def dealt(session: Session, bank: int, day: date) -> ComputedEdit:
    """Deal the visits out by their bearing, each round in the order that adds least."""
    plan = day_plan(session, bank_id=bank, day=day)
    if plan is None:
        raise RuntimeError("the day was not opened")
    facts = load_facts(session, plan)
    keys = sorted(facts.pickups, key=lambda key: bearing(facts.pickups[key]))
    what_if = WhatIf(facts, keys)
    assignment = what_if.assignment
    for number, round_id in enumerate(what_if.shifts):
        few = keys[number * STOPS : (number + 1) * STOPS]
        part = WhatIf(facts, few)
        found = target_assignment(part, few, TargetPosition(round_id=round_id)).orders[round_id]
        assignment = assignment.with_moved(found, round_id, 0)
    return ComputedEdit.of(what_if, assignment, EditKind.MOVED)


if __name__ == "__main__":
    sys.exit(main())
