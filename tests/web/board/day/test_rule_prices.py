"""What each rule costs on a day, on the board: a real search without each of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from collector.clock import SystemClock
from collector.db import reading, transaction
from collector.errors import Refused
from collector.jobs.actions import Claim
from collector.jobs.models import Job, JobState
from collector.jobs.supervisor import run_once
from collector.pickups.models import Pickup
from collector.planning.optimise.rule_prices import PRICE_RULES, PriceRules, price_rules
from routing.formats.native import plan_data
from routing.schedule import retimed
from routing.units import Seconds
from tests.builders import DAY
from tests.web.sign_ins import Desk, desk, text

__all__ = ["desk"]

HERE = f"/board/days/{DAY}"
PRICES = f"{HERE}/rule-prices"


def everybody(desk: Desk) -> None:
    for position, pickup in enumerate(desk.town.pickups):
        desk.move(pickup, f"{desk.ana}:{position}")


def attempt(desk: Desk) -> PriceRules:
    """Return an attempt at the latest job."""
    with desk.app.app_context(), reading() as session:
        job = session.get_one(Job, 1)
        claim = Claim(
            job_id=job.id,
            bank_id=job.bank_id,
            kind=job.kind,
            payload=job.payload,
            asked_by=job.asked_by,
            fence=1,
            deadline_seconds=60,
        )
        return price_rules(session, claim)


@pytest.mark.processes
def test_each_rule_of_the_day_is_priced_and_nothing_moves(desk: Desk) -> None:
    everybody(desk)
    dora, elise, fanny = desk.town.pickups
    with desk.app.app_context(), transaction() as session:
        session.get_one(Pickup, fanny).volume_ml = 100
    desk.move(fanny, "tray")
    assert desk.publish().status_code == 303
    before = desk.stops(desk.ana)
    assert desk.browser.post(PRICES, data={"promise": dora}).status_code == 303
    assert "The planner first searches the day" in text(desk.browser.get(PRICES))
    with desk.app.app_context():
        assert run_once({PRICE_RULES: price_rules}, clock=SystemClock()) == 1
        with reading() as session:
            job = session.get_one(Job, 1)
            assert (job.state, job.error) == (JobState.DONE, None)
            rows = {row["name"]: row for row in (job.result or {})["rows"]}
    assert {"ride_time", "minimum_volume", f"promise:{dora}"} <= rows.keys()
    minimum = rows["minimum_volume"]
    assert (minimum["visits"], minimum["cents"] > 0) == (1, True)
    assert [move[0] for move in minimum["moves"] if move[1] is None] == [fanny]
    page = text(desk.browser.get(PRICES))
    assert re.findall(r'data-rule="([^"]+)"', page)[0] == "minimum_volume"
    assert "The time of Dora" in page
    assert desk.stops(desk.ana) == before
    desk.move(elise, "tray")
    assert "The day was changed since" in text(desk.browser.get(PRICES))


def test_a_plan_that_breaks_a_rule_of_its_problem_is_never_shown(desk: Desk) -> None:
    everybody(desk)
    desk.browser.post(PRICES, data={})
    work = attempt(desk)
    at_once = tuple(replace(visit, service=Seconds(0)) for visit in work.problem.visits)
    hasty = replace(work.problem, visits=at_once)
    order = {hasty.shifts[0].id: [visit.id for visit in hasty.visits]}
    plan = plan_data(retimed(hasty, order))
    line = json.dumps({"kind": "present", "plan": plan, "prices": []})
    with pytest.raises(Refused, match="plan_breaks_rules"):
        work.heard(line)


def test_a_day_without_a_visit_in_its_rounds_has_no_prices(desk: Desk) -> None:
    answer = desk.browser.post(PRICES, data={})
    assert answer.status_code == 422
    assert "no rule costs anything on this day" in text(answer)
    assert "What rules cost" not in text(desk.browser.get(HERE))
