"""Re-plans of a published day on the board: three choices, one accepted, compared, undone."""

from __future__ import annotations

import re

import pytest

from collector.clock import SystemClock
from collector.db import reading
from collector.jobs.models import Job
from collector.jobs.supervisor import run_once
from collector.planning.models import PlanningRun
from collector.planning.optimise.actions import PLAN_DAY
from collector.planning.optimise.jobs import plan_day
from routing.checker.judge import check_plan
from routing.formats.native import plan_of, problem_of
from tests.builders import DAY
from tests.web.sign_ins import Desk, desk, text

__all__ = ["desk"]

HERE = f"/board/days/{DAY}"


def published(desk: Desk) -> None:
    """Publish two visits with a collector each."""
    dora, elise, _ = desk.town.pickups
    desk.move(dora, f"{desk.ana}:0")
    desk.move(elise, f"{desk.bruno}:0")
    assert desk.publish().status_code == 303


def replanned(desk: Desk) -> str:
    """Let the planner search three re-plans; return the page that compares them."""
    answer = desk.browser.post(f"{HERE}/plans", data={"seconds": "2", "replans": "yes"})
    assert answer.status_code == 303
    with desk.app.app_context():
        assert run_once({PLAN_DAY: plan_day}, clock=SystemClock()) == 1
    return text(desk.browser.get(f"{HERE}/comparisons/1"))


def figures(page: str) -> dict[str, dict[str, str]]:
    """Return the figures of each choice on the page by their names."""
    return {
        level: dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", card))
        for level, card in re.findall(r'data-level="(\w+)">(.*?)</article>', page)
    }


def seats(desk: Desk) -> list[list[int]]:
    return [desk.stops(desk.ana), desk.stops(desk.bruno)]


@pytest.mark.processes
def test_three_replans_of_a_published_day_are_shown_accepted_and_undone(desk: Desk) -> None:
    published(desk)
    before = seats(desk)
    page = replanned(desk)
    found = figures(page)
    assert list(found) == ["fewest", "balanced", "cheapest"]
    for name in ("promises moved", "visits that change their collector"):
        counts = [int(found[level][name]) for level in found]
        assert counts[0] == 0
        assert counts == sorted(counts)
    assert int(found["cheapest"]["visits that change their collector"]) > 0
    assert seats(desk) == before, "nothing moves before somebody accepts"
    form = {"version": desk.plan().version, "act": "apply", "level": "cheapest"}
    assert desk.browser.post(f"{HERE}/comparisons/1", data=form).status_code == 303
    assert seats(desk) != before
    undo = {"version": desk.plan().version, "what": "undo"}
    assert desk.browser.post(f"{HERE}/edits", data=undo).status_code == 303
    assert seats(desk) == before


@pytest.mark.processes
def test_every_replan_was_checked_before_it_is_shown(desk: Desk) -> None:
    published(desk)
    replanned(desk)
    with desk.app.app_context(), reading() as session:
        run = session.get_one(PlanningRun, 1)
        assert run.levels is not None
        assert {*run.levels} == {"fewest", "balanced", "cheapest"}
        assert run.plan == run.levels["balanced"]
        for plan in run.levels.values():
            assert check_plan(problem_of(run.problem), plan_of(plan)) == ()


def test_the_planner_is_told_what_was_published_and_its_prices(desk: Desk) -> None:
    """The draft moved Dora to Bruno since; her promise and her collector are the published ones."""
    published(desk)
    dora, elise, fanny = map(str, desk.town.pickups)
    desk.move(int(dora), f"{desk.bruno}:0", reason="on her way")
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2", "replans": "yes"})
    with desk.app.app_context(), reading() as session:
        changes = session.get_one(Job, 1).payload["changes"]
    assert (changes["collector"], changes["promise"]) == (200, 500)
    assert set(changes["promises"]) == {dora, elise}
    assert fanny not in changes["collectors"]
    ana, bruno = (f"person:{person}" for person in (desk.town.ana, desk.town.bruno))
    assert changes["collectors"] == {dora: ana, elise: bruno}


def test_a_day_that_nobody_was_told_of_has_no_replans(desk: Desk) -> None:
    assert "Re-plan" not in text(desk.browser.get(HERE))
    answer = desk.browser.post(f"{HERE}/plans", data={"seconds": "2", "replans": "yes"})
    assert answer.status_code == 422
    assert "No round of this day is published" in text(answer)
    published(desk)
    assert "Re-plan" in text(desk.browser.get(HERE))
