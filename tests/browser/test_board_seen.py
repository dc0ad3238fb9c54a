"""A coordinator's pages in both languages: no finding of axe, light and dark, 320 pixels wide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from collector.db import transaction
from collector.people.models import Person
from collector.pickups.models import Pickup
from collector.planning.dispatch.disruptions import (
    DisruptionReport,
    compute_disruption,
    write_disruption,
)
from collector.planning.models import DisruptionKind
from collector.rounds.queries import day_plan
from tests.browser.test_donor_seen import troubles
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown
from tests.builders import DAY, add_donor, add_pickup
from tests.collector.planning.days import computing
from tests.collector.planning.editing.test_undo import at
from tests.collector.planning.on_the_road import driven_until, published
from tests.collector.planning.optimise.test_rebase import asked
from tests.town import Town

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser

NOON = datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
"""25 past 8 in Paris: on the town's round the first of three doors is behind the collector."""
TWO_LINES = 60
PAGES = (
    "/board/morning",
    "/board/days/{day}",
    "/board/days/{day}/edits",
    "/board/days/{day}/comparisons",
    "/board/days/{day}/comparisons/{run}",
    "/board/days/{day}/publications",
    "/board/days/{day}/moves?pickup={visit}",
    "/board/days/{day}/unplanned/{waiting}",
    "/board/days/{day}/dispatch",
    "/board/days/{day}/dispatch/disruptions/{disruption}",
    "/board/days/{day}/dispatch/monitoring",
    "/board/days/{day}/dispatch/close",
    "/board/horizon",
    "/board/bank/reports",
    "/board/inbox",
    "/board/inbox/imports",
    "/board/inbox/requests/new?donor={donor}",
    "/board/donors/new",
    "/board/donors/{donor}",
    "/board/donors/candidates/{donor}/contact",
    "/board/donors/{donor}/stays/new",
    "/board/donors/places",
    "/board/donors/places/new",
    "/board/roster?first={day}",
    "/board/roster/people/{collector}/{day}",
    "/board/roster/usual-weeks",
    "/board/roster/closing-days",
    "/board/roster/vehicles",
    "/board/roster/files",
    "/board/roster/month?month={day}",
    "/board/bank/sites",
    "/board/bank/sites/new",
    "/board/bank/zones",
    "/board/bank/zones/new",
    "/board/bank/fleet",
    "/board/bank/fleet/vehicles/new",
    "/board/bank/fleet/boxes/new",
)


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_a_coordinators_pages(browser: Browser, place: ServedTown, language: str) -> None:
    place.clock.instant = NOON
    with place.app.app_context(), transaction() as session:
        keys = lively(session, place.town)
    page = place.open(browser, person=place.town.claire, language=language)
    # Without motion no colour is on its way to another while axe looks.
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{place.address}/board/days/{DAY}")
    assert page.locator("html").get_attribute("lang") == language[:2]
    urls = [each.format(day=DAY, **keys) for each in PAGES]
    found = [each for url in urls for each in troubles(page, f"{place.address}{url}")]
    assert "\n".join(found) == ""


def test_the_header_fits_one_line_in_french(browser: Browser, place: ServedTown) -> None:
    with place.app.app_context(), transaction() as session:
        session.get_one(Person, place.town.claire).name = "Claire-Marie Castaing-Etcheverry"
        lively(session, place.town)
    page = place.open(browser, person=place.town.claire, language="fr-FR")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{place.address}/board/days/{DAY}")
    bar = page.locator(".top-bar").bounding_box()
    assert bar is not None
    assert bar["height"] < TWO_LINES


def lively(session: Session, town: Town) -> dict[str, int]:
    """Build a half-driven day: a collector ill, a proposal, a move, an unplanned visit.

    Return the keys of the rows on the pages.
    """
    published(session, town)
    driven_until(session, town, NOON)
    plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan is not None
    ana, bruno = (round_.id for round_ in plan.rounds)
    report = DisruptionReport(kind=DisruptionKind.COLLECTOR_ILL, round_id=ana)
    with computing():
        computed = compute_disruption(session, now=NOON, bank_id=town.bank, day=DAY, report=report)
    actor = f"person:{town.claire}"
    disruption = write_disruption(session, computed, now=NOON, bank_id=town.bank, actor=actor)
    gina, hana = (asks(session, town, name).id for name in ("Gina", "Hana"))
    run = asked(session, town)
    at(session, town).move(hana, f"{bruno}:0")
    keys = {"disruption": disruption.id, "run": run.id, "visit": hana, "waiting": gina}
    return keys | {"collector": town.ana, "donor": town.dora}


def asks(session: Session, town: Town, name: str) -> Pickup:
    donor = add_donor(session, town.bank, first_name=name, signed_by_id=town.claire)
    return add_pickup(session, donor)
