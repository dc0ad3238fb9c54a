"""Moves and pins by hand on the board: prices, reasons, conflicts, the audit chain."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.db import reading, transaction
from collector.pickups.models import Pickup
from collector.shifts.models import RosterShift
from tests.builders import DAY, add_absence
from tests.web.sign_ins import Desk, desk, text

__all__ = ["desk"]

HERE = f"/board/days/{DAY}"


def test_a_visit_moves_from_the_tray_into_a_round_and_back(desk: Desk) -> None:
    dora, *_ = desk.town.pickups
    assert desk.move(dora, f"{desk.ana}:0").status_code == 303
    assert desk.stops(desk.ana) == [dora]
    assert desk.move(dora, f"{desk.bruno}:0").status_code == 303
    assert (desk.stops(desk.ana), desk.stops(desk.bruno)) == ([], [dora])
    assert desk.move(dora, "tray").status_code == 303
    assert desk.stops(desk.bruno) == []
    assert "A coordinator took it out" in text(desk.browser.get(HERE))


def test_a_visit_moves_to_another_place_in_its_round(desk: Desk) -> None:
    dora, elise, _ = desk.town.pickups
    desk.move(dora, f"{desk.ana}:0")
    desk.move(elise, f"{desk.ana}:1")
    assert desk.stops(desk.ana) == [dora, elise]
    desk.move(elise, f"{desk.ana}:0")
    assert desk.stops(desk.ana) == [elise, dora]


def test_the_move_page_shows_the_price_before_the_move(desk: Desk) -> None:
    dora, *_ = desk.town.pickups
    page = text(desk.browser.get(f"{HERE}/moves?pickup={dora}&place={desk.ana}:0"))
    assert 'data-verdict="fits"' in page
    assert "Move it" in page
    assert desk.stops(desk.ana) == []
    price = text(desk.browser.get(f"{HERE}/moves/price?pickup={dora}&place={desk.ana}:0"))
    assert "km" in price
    assert "€" in price


def test_the_move_page_on_its_own_posts_plainly_and_in_the_day_swaps_the_pane(desk: Desk) -> None:
    address = f"{HERE}/moves?pickup={desk.town.pickups[0]}&place={desk.ana}:0"
    alone = desk.browser.get(address).get_data(as_text=True)
    assert re.search(r"<main.*</main>", alone, re.DOTALL)
    assert "hx-" not in alone[alone.index("<main") : alone.index("</main>")]
    assert 'id="day-pane"' not in alone
    part = desk.browser.get(address, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'hx-target="#day-pane"' in part


def test_visits_spread_over_others_without_a_place_do_not_fit(desk: Desk) -> None:
    dora, elise, fanny = desk.town.pickups
    for key in (dora, elise, fanny):
        desk.move(key, f"{desk.ana}")
    with desk.app.app_context(), transaction() as session:
        session.get_one(RosterShift, desk.town.shifts[1]).capacity_bottles = 8
    address = f"{HERE}/moves?pickup={dora}&pickup={elise}&pickup={fanny}"
    page = text(desk.browser.get(f"{address}&place=spread"))
    assert 'data-verdict="partial"' in page
    assert page.count("2 find no place") == 2
    assert '<li class="partial">' in page
    price = text(desk.browser.get(f"{address.replace('moves?', 'moves/price?')}&place=spread"))
    assert 'data-verdict="partial"' in price
    assert 'value="spread" checked' not in text(desk.browser.get(address))


def test_a_visit_does_not_move_to_a_collector_off_duty_and_leaves_one(desk: Desk) -> None:
    dora, elise, fanny = desk.town.pickups
    for key in (dora, elise):
        desk.move(key, f"{desk.ana}")
    with desk.app.app_context(), transaction() as session:
        add_absence(session, desk.town.bank, desk.town.ana)
    day = text(desk.browser.get(HERE))
    assert "off duty until the end of Tue 24 Nov (ill)" in day
    answer = desk.move(fanny, f"{desk.ana}:0")
    assert answer.status_code == 422
    assert "is off duty: choose another round" in text(answer)
    assert desk.move(dora, f"{desk.bruno}").status_code == 303
    assert (desk.stops(desk.ana), desk.stops(desk.bruno)) == ([], [dora])
    assert "The collector or the vehicle of its round is off duty." in text(desk.browser.get(HERE))


def test_a_move_shows_the_promise(desk: Desk) -> None:
    dora = desk.town.pickups[0]
    desk.move(dora, f"{desk.ana}:0")
    tray, bruno = (
        f"{HERE}/moves?pickup={dora}&place={place}" for place in ("tray", f"{desk.bruno}:0")
    )
    assert "She was promised" not in text(desk.browser.get(tray))
    desk.publish()
    page = text(desk.browser.get(tray))
    assert re.search(r"She was promised \d\d:\d\d.\d\d:\d\d", page)
    assert "1 promise changes: Dora Martin" in page
    assert "promise changes" not in text(desk.browser.get(bruno))


def test_a_move_that_breaks_a_rule_needs_a_reason(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        fanny = session.get_one(Pickup, desk.town.pickups[2])
        fanny.volume_ml = 100
    fanny_id, place = desk.town.pickups[2], f"{desk.ana}:0"
    page = text(desk.browser.get(f"{HERE}/moves?pickup={fanny_id}&place={place}"))
    assert 'data-verdict="needs_reason"' in page
    assert "less milk than the minimum" in page
    refused = desk.move(fanny_id, place)
    assert refused.status_code == 422
    assert "Say why" in text(refused)
    assert desk.stops(desk.ana) == []
    assert desk.move(fanny_id, place, reason="She goes to Paris tomorrow.").status_code == 303
    assert desk.stops(desk.ana) == [fanny_id]


def test_a_move_over_a_colleagues_is_a_conflict_that_shows_the_new_day(desk: Desk) -> None:
    dora, elise, _ = desk.town.pickups
    stale = desk.plan().version
    desk.move(dora, f"{desk.ana}:0", version=stale)
    second = desk.move(elise, f"{desk.ana}:0", version=stale)
    assert second.status_code == 409
    assert "A colleague changed this" in text(second)
    assert f'data-version="{desk.plan().version}"' in text(second)
    assert desk.stops(desk.ana) == [dora]


def test_a_conflict_is_a_pane_for_htmx_and_json_for_programs(desk: Desk) -> None:
    form = {"pickup": desk.town.pickups[0], "place": f"{desk.ana}:0", "version": 99}
    pane = desk.browser.post(f"{HERE}/moves", data=form, headers={"HX-Request": "true"})
    assert pane.status_code == 409
    assert text(pane).strip().startswith('<div id="day-pane"')
    told = desk.browser.post(f"{HERE}/moves", data=form, headers={"Accept": "application/json"})
    assert told.get_json()["error"] == "changed_meanwhile"


@pytest.mark.parametrize("place", ["", "x", "999", "x:1", "1:x", "9999999999:0", "1:-1"])
def test_an_unknown_target_is_not_found(desk: Desk, place: str) -> None:
    assert desk.move(desk.town.pickups[0], place).status_code == 404


def test_a_stop_is_pinned_and_unpinned(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    for pinned in ("yes", "no"):
        plan = desk.plan()
        stop = plan.rounds[0].stops[0]
        form = {"pickup": stop.pickup_id, "pinned": pinned, "version": plan.version}
        assert desk.browser.post(f"{HERE}/pins", data=form).status_code == 303
        assert desk.plan().rounds[0].stops[0].pinned is (pinned == "yes")


def test_a_pin_with_an_old_version_is_a_conflict(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    stop = desk.plan().rounds[0].stops[0]
    form = {"pickup": stop.pickup_id, "pinned": "yes", "version": desk.plan().version - 1}
    assert desk.browser.post(f"{HERE}/pins", data=form).status_code == 409
    assert not desk.plan().rounds[0].stops[0].pinned


def test_a_stop_is_pinned_under_its_own_day_only(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    form = {"pickup": desk.town.pickups[0], "pinned": "yes", "version": 1}
    assert desk.browser.post("/board/days/2026-11-25/pins", data=form).status_code == 404


def test_a_move_is_kept_with_its_reason_in_the_chain(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0", reason="Her sister is home.")
    with desk.app.app_context(), reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "visit moved"))
        assert [entry.details["reason"] for entry in entries] == ["Her sister is home."]
