"""The live page: progress, promises at risk, marks of a stream; proposals accepted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.models import Site
from collector.banks.queries import policy_row
from collector.db import db, reading, transaction
from collector.jobs.models import Job, JobState
from collector.people.models import Person
from collector.planning.dispatch.accept import rebase_to_present
from collector.planning.dispatch.difference import compare_with_present
from collector.planning.dispatch.foresight import foresee
from collector.planning.dispatch.queries import proposals_of
from collector.planning.dispatch.remaining_day import load_remaining_day
from collector.planning.models import Disruption, ProposalWay
from collector.rounds.actions import edit_day
from collector.shifts.models import RosterShift
from collector.shifts.queries import duties_between
from collector.web.board.dispatch.stream import Streams
from collector.web.board.wording import euros, kilometres, signed
from routing.checker.judge import check_plan
from routing.cost import cost
from routing.formats.native import plan_of, problem_of
from tests.builders import DAY, add_shift
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import driven_until, published
from tests.conftest import SetClock
from tests.town import Town, sign_in

LIVE = f"/board/days/{DAY}/dispatch"
DRIVING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def claire(app: Flask, town: Town, clock: SetClock) -> FlaskClient:
    """Sign the coordinator in, on a day with one past stop."""
    with app.app_context():
        with transaction() as session:
            published(session, town)
            driven_until(session, town, DRIVING)
        db.session.remove()
    clock.instant = DRIVING
    return sign_in(app, bank=town.bank, person=town.claire)


def the_round(app: Flask, town: Town) -> int:
    with app.app_context(), reading() as session:
        return next(each.id for each in the_plan(session, town).rounds if each.stops)


def test_a_site_that_closes_before_the_round_is_back_is_named(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    claire.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    closes = "Bank closes at 09:00, before the round is back."
    assert closes not in claire.get(LIVE).get_data(as_text=True)
    with app.app_context(), transaction() as session:
        site = session.get_one(Site, town.site)
        site.opens, site.closes = time(7), time(9)
    assert closes in claire.get(LIVE).get_data(as_text=True)
    with app.app_context(), transaction() as session:
        session.get_one(Site, town.site).closes = time(20)
    assert "before the round is back" not in claire.get(LIVE).get_data(as_text=True)


def test_the_page_shows_the_progress_of_each_round(claire: FlaskClient) -> None:
    page = claire.get(LIVE).get_data(as_text=True)
    assert '1<span class="soft"> / 3</span>' in page
    assert "1 of 3 over" in page
    assert "8 bottles" in page
    assert "Nothing: every promise, clock and phone is fine." in page


@pytest.mark.usefixtures("claire")
def test_a_silent_and_late_round_is_shown(app: Flask, town: Town, clock: SetClock) -> None:
    clock.advance(hours=3)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    page = claire.get(LIVE).get_data(as_text=True)
    assert "Nothing heard of" in page
    assert "after what was promised" in page


def test_an_arrival_has_its_spread_and_a_chance_below_the_alarm_offers_a_way_out(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    page = claire.get(LIVE).get_data(as_text=True)
    assert re.search(r'<strong class="unit">\d\d:\d\d.\d\d:\d\d</strong>', page)
    assert "Show who could take a visit" not in page
    with app.app_context(), transaction() as session:
        # 30 minutes aboard, with a hand-over of 15: no round keeps that.
        policy_row(session, bank_id=town.bank, key="milk_ride_minutes").value = "30"
    page = claire.get(LIVE).get_data(as_text=True)
    assert "too late at the freezer" in page
    assert "Show who could take a visit of round A" in page
    told = claire.post(
        f"{LIVE}/disruptions", data={"kind": "at_risk", "round": the_round(app, town)}
    )
    assert told.status_code == 303
    if "/disruptions/" in told.location:
        assert "A round is at risk" in claire.get(told.location).get_data(as_text=True)


def test_the_alarm_follows_the_level_of_the_bank(
    app: Flask, claire: FlaskClient, town: Town, clock: SetClock
) -> None:
    with app.app_context(), reading() as session:
        plan = the_plan(session, town)
        stop = next(stop for round_ in plan.rounds for stop in round_.stops[-1:])
        clock.instant = stop.begins_at + timedelta(minutes=5)
    with app.app_context(), reading() as session:
        chances = [
            stop.chance
            for each in foresee(session, the_plan(session, town), now=clock.now()).values()
            for stop in each.stops.values()
        ]
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for level in (50, 99):
        with app.app_context(), transaction() as session:
            policy_row(session, bank_id=town.bank, key="alarm_percent").value = str(level)
        page = claire.get(LIVE).get_data(as_text=True)
        below = sum(chance < level for chance in chances)
        assert f"<dt>promises at risk</dt><dd>{below}</dd>" in page


def test_an_unchanged_pane_is_not_sent_again(claire: FlaskClient, clock: SetClock) -> None:
    first = claire.get(f"{LIVE}/pane")
    again = claire.get(f"{LIVE}/pane", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    clock.advance(minutes=1)
    later = claire.get(f"{LIVE}/pane", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


def test_a_stream_sends_marks_until_the_server_stops_and_returns_its_place(
    app: Flask, claire: FlaskClient
) -> None:
    streams = app.extensions["milkround_streams"] = Streams(1)
    looked = []
    streams.pause = looked.append
    streams.goes_on = lambda: len(looked) < 12
    answer = claire.get(f"{LIVE}/stream")
    assert claire.get(f"{LIVE}/stream").status_code == 503
    told = answer.get_data(as_text=True)
    mark = claire.get(f"{LIVE}/pane").headers["ETag"].strip('"')
    assert told.count("data:") == 1
    assert f"data: {mark}" in told
    assert ": still here" in told
    answer.close()
    assert streams.take()


def test_a_proposal_for_an_ill_collector_is_accepted_with_one_click(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    told = claire.post(
        f"{LIVE}/disruptions", data={"kind": "collector_ill", "round": the_round(app, town)}
    )
    assert told.status_code == 303
    page = claire.get(told.location).get_data(as_text=True)
    assert "Colleagues take over" in page
    assert "On another day" in page
    proposal = re.findall(r'name="proposal" value="(\d+)"', page)[0]
    taken = claire.post(f"{told.location}/acceptance", data={"proposal": proposal})
    assert taken.status_code == 303
    assert "Revision 2 is published." in claire.get(taken.location).get_data(as_text=True)
    again = claire.post(f"{told.location}/acceptance", data={"proposal": proposal})
    assert again.status_code == 409


def test_an_answer_is_reverted_after_its_changes_were_shown(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    form = {"kind": "collector_ill", "round": str(the_round(app, town))}
    told = claire.post(f"{LIVE}/disruptions", data=form).location
    (proposal, *_) = re.findall(r'name="proposal" value="(\d+)"', claire.get(told).text)
    claire.post(f"{told}/acceptance", data={"proposal": proposal})
    assert "Answered today" in claire.get(LIVE).text
    answered = claire.get(told).text
    assert "No proposal was wanted for this one." in answered
    assert "The planner is looking" not in answered
    regret = dict(re.findall(r'name="(kind|takes_back)" value="(\w+)"', answered))
    back = claire.post(f"{LIVE}/disruptions", data=regret).location
    page = claire.get(back).text
    assert "As it was before" in page
    assert f'href="{told}">Taken back' in page
    (proposal,) = re.findall(r'name="proposal" value="(\d+)"', page)
    taken = claire.post(f"{back}/acceptance", data={"proposal": proposal})
    assert "Revision 3 is published." in claire.get(taken.location).text


def test_a_dead_search_for_a_proposal_is_run_again_while_the_day_stands(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    form = {"kind": "collector_ill", "round": str(the_round(app, town))}
    told = claire.post(f"{LIVE}/disruptions", data=form).location
    with app.app_context(), transaction() as session:
        disruption = session.get_one(Disruption, int(told.rsplit("/", 1)[1]))
        (looking,) = [each for each in proposals_of(session, disruption) if each.job_id]
        session.get_one(Job, looking.job_id).state = JobState.DEAD
    page = claire.get(told).text
    assert "The planner did not finish this one." in page
    assert f'action="{told}/attempts"' in page
    again = {"proposal": str(looking.id)}
    assert claire.post(f"{told}/attempts", data={"proposal": "9999"}).status_code == 404
    assert claire.post(f"{told}/attempts", data=again).status_code == 303
    with app.app_context(), transaction() as session:
        job = session.get_one(Job, looking.job_id)
        assert job.state is JobState.QUEUED
        job.state = JobState.DEAD
        version = the_plan(session, town).version
        edit_day(session, bank_id=town.bank, day=DAY, version=version)
    assert "/attempts" not in claire.get(told).text
    assert claire.post(f"{told}/attempts", data=again).status_code == 409


def test_a_disruption_is_dismissed_and_hidden_from_other_banks(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    told = claire.post(
        f"{LIVE}/disruptions",
        data={"kind": "road", "round": the_round(app, town), "minutes": "45"},
    ).location
    assert "A road is closed" in claire.get(LIVE).get_data(as_text=True)
    stranger = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert stranger.get(told).status_code == 404
    assert stranger.post(f"{told}/dismissal").status_code == 404
    assert claire.post(f"{told}/dismissal").status_code == 303
    assert "Look at the proposals" not in claire.get(LIVE).get_data(as_text=True)


def test_proposals_of_a_day_that_was_changed_since_are_made_anew_by_one_click(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    form = {"kind": "road", "round": str(the_round(app, town)), "minutes": "45"}
    told = claire.post(f"{LIVE}/disruptions", data=form).location
    with app.app_context(), transaction() as session:
        version = the_plan(session, town).version
        edit_day(session, bank_id=town.bank, day=DAY, version=version)
    page = claire.get(told).get_data(as_text=True)
    assert "can only be looked at" in page
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.split("offers")[0]))
    assert {name: again[name] for name in form} == form
    anew = claire.post(f"{LIVE}/disruptions", data=again).location
    assert "can only be looked at" not in claire.get(anew).get_data(as_text=True)
    assert claire.get(LIVE).get_data(as_text=True).count("Look at the proposals") == 1


def test_a_report_that_is_made_anew_and_has_nothing_left_to_answer_ends(
    app: Flask, claire: FlaskClient, clock: SetClock, town: Town
) -> None:
    form = {"kind": "road", "round": str(the_round(app, town)), "minutes": "45"}
    told = claire.post(f"{LIVE}/disruptions", data=form).location
    clock.advance(hours=4)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    with app.app_context(), transaction() as session:
        driven_until(session, town, clock.instant)
    anew = claire.post(f"{LIVE}/disruptions", data=form | {"instead": told.rsplit("/", 1)[1]})
    page = claire.get(anew.location).text
    assert "Nothing is left to answer there" in page
    assert "Look at the proposals" not in page
    assert claire.post(f"{LIVE}/disruptions", data=form).status_code == 422


def test_proposals_lead_with_the_visits_not_made_and_their_other_ways(
    app: Flask, claire: FlaskClient, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        person = session.get_one(Person, town.bruno)
        site = session.get_one(Site, town.site)
        add_shift(session, person, site, day=DAY + timedelta(days=3))
        session.get_one(RosterShift, town.shifts[1]).ends = time(8, 40)
    form = {"kind": "collector_ill", "round": str(the_round(app, town)), "until": "2026-11-25"}
    page = re.sub(
        r"\s+", " ", claire.get(claire.post(f"{LIVE}/disruptions", data=form).location).text
    )
    assert "Ana is off duty until the end of Wednesday 25 November" in page
    card = page.split("<article")[1]
    assert card.index("visits are not made today") < card.index("cost of road and time")
    assert re.search(r"overtime of \d+ min in round B \(until \d\d:\d\d", card)
    assert "or Friday 27 November" in card


def test_a_collector_off_duty_is_shown_on_the_board(
    app: Flask, claire: FlaskClient, clock: SetClock, town: Town
) -> None:
    form = {"kind": "collector_ill", "round": str(the_round(app, town))}
    told = claire.post(f"{LIVE}/disruptions", data=form).location
    (proposal, *_) = re.findall(r'name="proposal" value="(\d+)"', claire.get(told).text)
    claire.post(f"{told}/acceptance", data={"proposal": proposal})
    shown = "off duty until the end of Tue 24 Nov (ill)"
    assert shown in claire.get(LIVE).text
    assert shown in claire.get(f"/board/days/{DAY}").text
    assert f"Ana: {shown}" in claire.get("/board/morning").text
    clock.advance(hours=2)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "Nothing heard of Ana" not in claire.get(LIVE).text


def test_a_collector_without_a_stop_left_is_off_duty_at_once_and_back_by_one_click(
    app: Flask, claire: FlaskClient, clock: SetClock, town: Town
) -> None:
    clock.advance(hours=4)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    with app.app_context(), transaction() as session:
        driven_until(session, town, clock.instant)
    form = {"kind": "collector_ill", "round": str(the_round(app, town)), "until": "2026-11-25"}
    assert "no stop left" in claire.get(LIVE).text
    assert claire.post(f"{LIVE}/disruptions", data=form).location == LIVE
    page = claire.get(LIVE).text
    assert "Ana: off duty until the end of Wed 25 Nov (ill). No visit of this day changes." in page
    with app.app_context(), reading() as session:
        later = duties_between(session, bank_id=town.bank, first=DAY, last=DAY + timedelta(days=1))
        assert town.ana not in {duty.shift.collector_id for duty in later if duty.shift.day > DAY}
    (back,) = re.findall(r'action="([^"]*/absences/\d+/withdrawal)"', page)
    assert claire.post(back).location == LIVE
    assert "off duty until" not in claire.get(LIVE).text.replace("Off duty until", "")


@pytest.mark.parametrize("until", ["2026-11-23", "2027-11-25", "soon"])
def test_an_odd_last_day_off_duty_is_refused(
    app: Flask, claire: FlaskClient, town: Town, until: str
) -> None:
    form = {"kind": "collector_ill", "round": str(the_round(app, town)), "until": until}
    answer = claire.post(f"{LIVE}/disruptions", data=form)
    page = claire.get(answer.location) if answer.status_code == 303 else answer
    assert "last day off duty" in page.text or "24/11/2026" in page.text


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "collector_ill"},
        {"kind": "road", "minutes": "4"},
        {"kind": "flood"},
        {"kind": "urgent", "pickup": "1"},
    ],
)
def test_a_form_without_a_meaning_is_refused(claire: FlaskClient, form: dict[str, str]) -> None:
    assert claire.post(f"{LIVE}/disruptions", data=form).status_code in {404, 422}


@pytest.mark.parametrize("minutes", [30, 50])
@pytest.mark.parametrize("kind", ["collector_ill", "vehicle", "road"])
def test_every_proposal_and_price_on_the_page_is_the_checkers_and_the_bills(
    app: Flask, town: Town, clock: SetClock, claire: FlaskClient, kind: str, minutes: int
) -> None:
    clock.instant = datetime(2026, 11, 24, 7, minutes, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        driven_until(session, town, clock.instant)
    form = {"kind": kind, "round": the_round(app, town), "minutes": str(10 + 3 * minutes)}
    told = claire.post(f"{LIVE}/disruptions", data=form)
    if told.status_code == 422:
        return  # nothing was left to move
    page = claire.get(told.location).get_data(as_text=True)
    with app.test_request_context(), reading() as session:
        disruption = session.get_one(Disruption, int(told.location.rsplit("/", 1)[1]))
        seen = load_remaining_day(session, the_plan(session, town), now=clock.instant)
        ahead = plan_of(disruption.ahead)
        for proposal in proposals_of(session, disruption):
            problem = problem_of(proposal.problem)
            if proposal.way is ProposalWay.REBALANCE:
                assert check_plan(problem, plan_of(proposal.start)) == ()
                continue
            plan = plan_of(proposal.plan)
            assert check_plan(problem, plan) == ()
            bill, was = cost(problem, plan), cost(problem_of(disruption.problem), ahead)
            cents = (bill.total - bill.penalties) - (was.total - was.penalties)
            metres = plan.metres - ahead.metres
            assert signed(euros(abs(cents)), cents) in page
            assert signed(kilometres(abs(metres)), metres, least=50) in page
            assert rebase_to_present(seen, problem, plan)[1].orders == plan.orders
            day = seen.facts.service_day
            found = compare_with_present(
                the_plan(session, town), disruption, proposal, seen.facts.pickups, day
            )
            assert set(found.withdrawn) <= set(found.left)
