"""The board's day by its plain forms: plan, move, pin, publish, and conflicts."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.clock import SystemClock
from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.jobs.models import Job, JobState
from collector.jobs.supervisor import run_once
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.remedies import Explanation
from collector.planning.optimise.actions import PLAN_DAY
from collector.planning.optimise.jobs import plan_day
from collector.rounds.actions import open_day
from collector.web.board.day.unplanned import reason_shown
from collector.web.board.day.view_model import DayView, TrayEntry
from tests.builders import DAY, add_pickup
from tests.collector.planning.days import orders, the_plan
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.sign_ins import Desk, desk, text

__all__ = ["desk"]

HERE = f"/board/days/{DAY}"


@pytest.fixture
def stranger(app: Flask, town: Town) -> FlaskClient:
    """Sophie, a coordinator of another bank."""
    return sign_in(app, bank=town.other_bank, person=town.sophie)


def test_the_board_opens_on_the_morning_until_today_is_published(app: Flask, town: Town) -> None:
    browser = sign_in(app, bank=town.bank, person=town.claire)
    assert browser.get("/board/").location == "/board/morning"
    assert browser.get("/board/days").location == "/board/days/2026-11-23"
    with app.app_context(), transaction() as session:
        open_day(session, bank_id=town.bank, day=date(2026, 11, 23)).revision = 1
    assert browser.get("/board/").location == "/board/days/2026-11-23"


def test_a_day_shows_the_number_of_its_unanswered_requests(desk: Desk) -> None:
    assert "to be accepted" not in text(desk.browser.get(HERE))
    with desk.app.app_context(), transaction() as session:
        for key in desk.town.pickups[:2]:
            session.get_one(Pickup, key).state = PickupState.ASKED
    assert "2 requests for this day wait to be accepted." in text(desk.browser.get(HERE))
    with desk.app.app_context(), transaction() as session:
        session.get_one(Pickup, desk.town.pickups[0]).state = PickupState.ACCEPTED
    assert "1 request for this day waits to be accepted." in text(desk.browser.get(HERE))


def test_an_empty_day_with_unanswered_requests_mentions_them(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        donor = session.get_one(Donor, desk.town.dora)
        windows = ((date(2026, 12, 24), time(8), time(12)),)
        add_pickup(session, donor, state=PickupState.ASKED, windows=windows)
    page = text(desk.browser.get("/board/days/2026-12-24"))
    assert "1 request for this day waits to be accepted." in page
    assert "no visit is asked for" not in page


def test_publish_is_highlighted_only_with_unpublished_changes(desk: Desk) -> None:
    publish = f'<a class="button main" href="{HERE}/publications"'
    assert publish not in text(desk.browser.get(HERE))
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    assert publish in text(desk.browser.get(HERE))
    desk.publish()
    assert publish not in text(desk.browser.get(HERE))


def test_a_day_with_nobody_on_duty_says_so_before_the_planner_is_asked(desk: Desk) -> None:
    page = text(desk.browser.get("/board/days/2026-12-24"))
    assert "No collector is on duty on this day." in page
    assert 'data-optimise disabled aria-describedby="nobody-on-duty"' in page
    assert "No collector is on duty" not in text(desk.browser.get(HERE))


def test_the_drawer_gives_the_reason_of_the_tray_while_it_is_the_same(desk: Desk) -> None:
    with desk.app.app_context(), reading() as session:
        pickup = session.get_one(Pickup, desk.town.pickups[0])
    entry = TrayEntry(pickup=pickup, sentence="Round C is full.", code="crowded")
    view = DayView(plan=None, rounds=(), idle=(), tray=(entry,), absences=())
    with desk.app.test_request_context():
        same = Explanation(code="crowded", details={}, remedies=())
        other = Explanation(code="held", details={}, remedies=())
        assert reason_shown(view, pickup.id, same) == "Round C is full."
        assert reason_shown(view, pickup.id, other) != "Round C is full."


def test_a_notice_is_shown_once(desk: Desk) -> None:
    with desk.browser.session_transaction() as session:
        session["_flashes"] = [("ok", "Saved already."), ("ok", "Saved already.")]
    assert text(desk.browser.get(HERE)).count("Saved already.") == 1


def test_an_empty_day_offers_the_first_action(desk: Desk) -> None:
    page = text(desk.browser.get("/board/days/2026-12-24"))
    assert "No collector works on this day" in page
    assert "Look at the requests" in page


def test_a_day_shows_its_visits_and_collectors(desk: Desk) -> None:
    page = text(desk.browser.get(HERE))
    assert "Dora Martin" in page
    assert "Ana" in page


def test_optimise_queues_one_job_that_waits_for_a_worker(desk: Desk, clock: SetClock) -> None:
    assert desk.browser.post(f"{HERE}/plans", data={"seconds": "2"}).status_code == 303
    with desk.app.app_context(), reading() as session:
        (job,) = session.scalars(select(Job))
    assert (job.kind, job.state, job.payload["seconds"]) == ("plan_day", JobState.QUEUED, 2)
    assert "about to start" in text(desk.browser.get(HERE))
    clock.advance(seconds=6)
    assert "milkround work" in text(desk.browser.get(f"{HERE}/plans/{job.id}"))


def test_the_page_polls_often_for_the_first_plan_and_gets_nothing_twice(
    desk: Desk, clock: SetClock
) -> None:
    def asks(html: str) -> tuple[str, str]:
        found = re.search(r'id="planning".*?hx-get="([^"]+)" hx-trigger="every (\w+)"', html)
        assert found is not None
        return found[1], found[2]

    htmx = {"HX-Request": "true"}
    desk.browser.post(f"{HERE}/plans", data={"seconds": "20"})
    where, every = asks(text(desk.browser.get(HERE)))
    assert every == "250ms"
    assert desk.browser.get(where, headers=htmx).status_code == 204
    with desk.app.app_context(), transaction() as session:
        job = session.get_one(Job, 1)
        job.state, job.progress = JobState.RUNNING, [{"seconds": 0.1, "cost": 4700}]
    told = text(desk.browser.get(where, headers=htmx))
    assert "<polyline" in told
    where, every = asks(told)
    assert every == "1s"
    assert desk.browser.get(where, headers=htmx).status_code == 204
    clock.advance(seconds=1)
    assert "1 of about 20 seconds" in text(desk.browser.get(where, headers=htmx))


def test_a_page_of_an_unanswered_job_polls_less_often(desk: Desk, clock: SetClock) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "20"})
    clock.advance(seconds=6)
    assert 'hx-trigger="every 1s"' in text(desk.browser.get(HERE))


def test_a_job_that_waits_can_be_stopped(desk: Desk) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    assert desk.browser.post(f"{HERE}/plans/1/cancellation").status_code == 303
    with desk.app.app_context(), reading() as session:
        assert session.get_one(Job, 1).state is JobState.CANCELLED


def test_a_job_is_found_under_its_own_day_and_bank_only(desk: Desk, stranger: FlaskClient) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    assert desk.browser.get("/board/days/2026-11-25/plans/1").status_code == 404
    assert stranger.get(f"{HERE}/plans/1").status_code == 404
    assert stranger.post(f"{HERE}/plans/1/cancellation").status_code == 404


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        (JobState.DEAD, "worker_vanished", "Tell whoever runs the server"),
        (JobState.FAILED, "no_plan", "Give it more time to think."),
        (JobState.FAILED, "anything else", "Optimise again, or move stops by hand."),
    ],
)
def test_a_failed_job_has_an_instruction(
    desk: Desk, state: JobState, error: str, said: str
) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    with desk.app.app_context(), transaction() as session:
        job = session.get_one(Job, 1)
        job.state, job.error = state, error
    assert said in text(desk.browser.get(HERE))


def died(desk: Desk, job_id: int = 1) -> None:
    with desk.app.app_context(), transaction() as session:
        job = session.get_one(Job, job_id)
        job.state, job.error, job.attempts = JobState.DEAD, "worker_vanished", 3


def test_a_dead_job_is_run_again_from_the_board(desk: Desk, clock: SetClock) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    died(desk)
    clock.advance(minutes=29)
    page = text(desk.browser.get(HERE))
    assert f'action="{HERE}/plans/1/attempts"' in page
    assert "The rounds were changed after" not in page
    assert desk.browser.post(f"{HERE}/plans/1/attempts").status_code == 303
    with desk.app.app_context(), reading() as session:
        job = session.get_one(Job, 1)
        assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)
    assert "about to start" in text(desk.browser.get(HERE))


@pytest.mark.processes
def test_a_dead_job_of_a_day_that_was_changed_since_finds_a_proposal_only(desk: Desk) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    died(desk)
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    assert "changed after the planner was asked (Mon 23 Nov 08:00)" in text(desk.browser.get(HERE))
    assert desk.browser.post(f"{HERE}/plans/1/attempts").status_code == 303
    with desk.app.app_context():
        with reading() as session:
            before = orders(the_plan(session, desk.town))
        assert run_once({PLAN_DAY: plan_day}, clock=SystemClock()) == 1
        with reading() as session:
            assert orders(the_plan(session, desk.town)) == before
    page = text(desk.browser.get(HERE))
    assert "The day was changed during planning, and that change was kept." in page


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE, JobState.CANCELLED])
def test_only_a_failed_or_dead_job_is_run_again(desk: Desk, state: JobState) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    with desk.app.app_context(), transaction() as session:
        session.get_one(Job, 1).state = state
    assert "/attempts" not in text(desk.browser.get(HERE))
    assert desk.browser.post(f"{HERE}/plans/1/attempts").status_code == 422
    with desk.app.app_context(), reading() as session:
        assert session.get_one(Job, 1).state is state


def test_a_dead_job_that_was_replaced_is_not_run_again(desk: Desk, stranger: FlaskClient) -> None:
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    died(desk)
    assert stranger.post(f"{HERE}/plans/1/attempts").status_code == 404
    assert desk.browser.post("/board/days/2026-11-25/plans/1/attempts").status_code == 404
    desk.browser.post(f"{HERE}/plans", data={"seconds": "2"})
    answer = desk.browser.post(f"{HERE}/plans/1/attempts")
    assert answer.status_code == 409
    assert "The planner was asked again since." in text(answer)


def test_a_draft_that_differs_from_the_promise_is_marked(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    desk.publish()
    desk.move(desk.town.pickups[1], f"{desk.ana}:1")
    assert "changed since revision 1" in text(desk.browser.get(HERE))


def test_the_pane_is_sent_again_only_when_something_changed(desk: Desk) -> None:
    page = desk.browser.get(HERE).get_data(as_text=True)
    seen = re.search(r'hx-get="([^"]+seen=[^"]+)"', page)
    assert seen is not None
    address = seen[1].replace("&amp;", "&")
    assert desk.browser.get(address, headers={"HX-Request": "true"}).status_code == 204
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    changed = desk.browser.get(address, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert text(changed).strip().startswith('<div id="day-pane"')


def test_the_rounds_of_a_day_are_exported_without_formulas(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        session.get_one(Pickup, desk.town.pickups[0]).note = "=HYPERLINK(1)"
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    answer = desk.browser.get(f"{HERE}/rounds.csv")
    assert answer.mimetype == "text/csv"
    content = answer.get_data(as_text=True)
    assert '"Dora"' in content
    assert '"\'=HYPERLINK(1)"' in content


def test_another_banks_day_is_empty_and_its_visits_are_not_found(
    desk: Desk, stranger: FlaskClient
) -> None:
    dora, *_ = desk.town.pickups
    desk.move(dora, f"{desk.ana}:0")
    stop = desk.plan().rounds[0].stops[0]
    assert "Dora" not in text(stranger.get(HERE))
    assert stranger.get(f"{HERE}/moves?pickup={dora}").status_code == 404
    assert stranger.get(f"{HERE}/moves/price?pickup={dora}&place={desk.ana}:0").status_code == 404
    for part, form in (
        ("moves", {"pickup": dora, "place": "tray"}),
        ("pins", {"pickup": stop.pickup_id, "pinned": "yes"}),
        ("publications", {}),
    ):
        answer = stranger.post(f"{HERE}/{part}", data=form | {"version": desk.plan().version})
        assert answer.status_code == 404, part


def test_the_board_is_for_coordinators_only(app: Flask, town: Town) -> None:
    administrator = sign_in(app, bank=town.bank, person=town.adele)
    assert administrator.get(HERE).status_code == 403
    collector = sign_in(app, bank=town.bank, person=town.ana)
    assert collector.get(HERE).status_code in {302, 401}
    assert collector.post(f"{HERE}/publications", data={"version": 1}).status_code == 401
