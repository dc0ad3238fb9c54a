"""The weeks: days that fit, found by a real child process, proposed once, with levers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.banks.actions import set_weekdays
from collector.banks.models import Site, Zone
from collector.banks.queries import policy_row
from collector.clock import SystemClock
from collector.db import db, reading, transaction
from collector.donors.models import Donor, Serology
from collector.jobs.models import Job, JobState
from collector.jobs.supervisor import run_once
from collector.notices.models import Notice
from collector.people.models import Person
from collector.pickups.giving import plan_giving
from collector.pickups.models import Pickup, PickupState
from collector.planning.horizon.actions import PLAN_WEEKS
from collector.planning.horizon.due_dates import DueDonor, Levers, bank_levers
from collector.planning.horizon.jobs import plan_weeks
from collector.planning.horizon.levers import price_levers
from collector.planning.horizon.problem import Weeks, build_weeks_problem, load_weeks
from collector.planning.horizon.queries import latest_horizon, proposed_days
from collector.roads.models import LearnedKind, LearnedTime
from collector.service_day import ServiceDay
from routing.checker.judge import check_plan
from routing.cost import cost
from routing.formats.native import plan_of, problem_of
from routing.solver import Budget, solve
from tests.builders import DAY, MORNING, add_donor, add_pickup, add_shift
from tests.collector.rounds.days import draft
from tests.town import Town, sign_in

WEEKS = "/board/horizon"


@pytest.fixture
def due(app: Flask, town: Town) -> Town:
    """Add three donors with filling freezers, and shifts on three days of two weeks."""
    with app.app_context():
        with transaction() as session:
            ana, site = session.get_one(Person, town.ana), session.get_one(Site, town.site)
            for ahead in (3, 7, 9):
                add_shift(session, ana, site, day=DAY + timedelta(days=ahead))
            for number, began in enumerate((10, 20, 29)):
                donor = add_donor(
                    session,
                    town.bank,
                    first_name=f"Due{number}",
                    email=f"due{number}@home.example",
                    latitude=44.8 + number / 20,
                    longitude=-0.5,
                    signed_by_id=town.claire,
                )
                donor.interview_signed_on = MORNING.date() - timedelta(days=began)
            session.add(Zone(bank_id=town.bank, name="Bordeaux", postcodes=["33"]))
        db.session.remove()
    return town


def ahead(session: Session, town: Town, levers: Levers | None = None) -> Weeks:
    return load_weeks(
        session,
        now=MORNING,
        bank_id=town.bank,
        weeks=4,
        levers=levers or bank_levers(session, town.bank),
    )


def of(weeks: Weeks, name: str) -> DueDonor:
    return next(each for each in weeks.candidates if each.donor.first_name == name)


def met(session: Session, town: Town, name: str, collector: int, *, cents: int) -> None:
    """Let a collector have been at a donor's a week ago, and price another one."""
    donor = session.scalars(select(Donor).where(Donor.first_name == name)).one()
    day, site = DAY - timedelta(days=7), session.get_one(Site, town.site)
    add_shift(session, session.get_one(Person, collector), site, day=day)
    pickup = add_pickup(session, donor)
    draft(session, town, {0: [(pickup.id, MORNING - timedelta(days=6))]}, day=day)
    pickup.state = PickupState.COLLECTED
    policy_row(session, bank_id=town.bank, key="other_collector_cents").value = str(cents)
    session.flush()


@pytest.mark.parametrize("known", ["ana", "bruno"])
def test_a_due_donor_meets_the_collector_of_her_last_visit(
    app: Flask, due: Town, known: str
) -> None:
    person = getattr(due, known)
    with app.app_context(), transaction() as session:
        met(session, due, "Due1", person, cents=20_000)
        weeks = ahead(session, due)
        name = f"donor:{of(weeks, 'Due1').donor.id}"
    problem = build_weeks_problem(weeks)
    plan = solve(problem, Budget(iterations=300))
    assert check_plan(problem, plan) == ()
    (shift,) = [tour.shift for tour in plan.tours if name in tour.visits]
    assert problem.shifts[problem.shift_row(shift)].collector == f"person:{person}"


def test_no_collector_is_wished_for_in_the_weeks_at_no_price(app: Flask, due: Town) -> None:
    with app.app_context(), transaction() as session:
        met(session, due, "Due1", due.bruno, cents=0)
        problem = build_weeks_problem(ahead(session, due))
    assert not any(visit.preferred for visit in problem.visits)


def test_scenario_12_urgency_raises_cents_and_moves_no_due_date(app: Flask, due: Town) -> None:
    with app.app_context(), reading() as session:
        before = build_weeks_problem(ahead(session, due)).visits
    claire = sign_in(app, bank=due.bank, person=due.claire)
    urgent = {"key": "milk_urgency_percent", "value": "175", "weeks": "2"}
    assert claire.post("/board/stock/decisions", data=urgent).status_code == 303
    with app.app_context(), reading() as session:
        after = build_weeks_problem(ahead(session, due)).visits
    due_cents = [
        (one.cents_per_hour_late, other.cents_per_hour_late)
        for one, other in zip(before, after, strict=True)
        if one.due is not None
    ]
    assert len(due_cents) >= 3
    assert set(due_cents) == {(25, 44)}
    for one, other in zip(before, after, strict=True):
        if one.due is None:
            assert other == one, "an agreed request"
            continue
        assert other.penalty == (one.penalty * 175 + 50) // 100
        same = {"cents_per_hour_late": one.cents_per_hour_late, "penalty": one.penalty}
        assert replace(other, **same) == one, "due date, windows, service, load, ride times"


def test_the_weeks_use_learned_times_of_driving_and_doors(app: Flask, due: Town) -> None:
    with app.app_context(), transaction() as session:
        before = build_weeks_problem(ahead(session, due))
        donor = of(ahead(session, due), "Due1").donor.id
        keys = [(LearnedKind.HOUR, key) for key in ("morning", "day", "evening")]
        for kind, key in [*keys, (LearnedKind.DONOR, str(donor))]:
            session.add(
                LearnedTime(
                    bank_id=due.bank,
                    kind=kind,
                    key=key,
                    donor_id=donor if kind is LearnedKind.DONOR else None,
                    factor=1.5,
                    spread_percent=20.0,
                    count=50,
                    learned_at=MORNING,
                )
            )
        session.flush()
        after = build_weeks_problem(ahead(session, due))
    slower = {
        visit.id: visit.service / known.service
        for visit, known in zip(after.visits, before.visits, strict=True)
    }
    assert slower.pop(f"donor:{donor}") == 1.5
    assert set(slower.values()) == {1.0}
    (travel,), (free,) = after.travel.values(), before.travel.values()
    assert travel.seconds[0][1] == pytest.approx(1.5 * free.seconds[0][1], abs=1)
    assert travel.metres == free.metres


def test_a_day_with_a_shift_near_the_due_date_fits(app: Flask, due: Town) -> None:
    with app.app_context(), reading() as session:
        weeks = ahead(session, due)
        driven = [DAY, *(DAY + timedelta(days=days) for days in (3, 7, 9))]
        assert weeks.driven == driven
        # 100 ml a day, three litres: due thirty days after she began.
        assert of(weeks, "Due2").due_on == MORNING.date() + timedelta(days=1)
        assert of(weeks, "Due2").days == tuple(driven)
        assert of(weeks, "Due1").due_on == MORNING.date() + timedelta(days=10)
        assert of(weeks, "Due1").days == tuple(driven)
        assert of(weeks, "Due0").due_on == MORNING.date() + timedelta(days=20)
        # Nobody drives in the nine days before she is due: any day does.
        assert of(weeks, "Due0").days == tuple(driven)


def test_pauses_zones_and_rules_take_days_away(app: Flask, due: Town) -> None:
    with app.app_context(), transaction() as session:
        zone = session.scalars(select(Zone).where(Zone.bank_id == due.bank)).one()
        set_weekdays(
            session,
            now=MORNING,
            bank_id=due.bank,
            zone_id=zone.id,
            weekdays=["4", "5"],
            actor="person:1",
        )
        weekdays = {day.isoweekday() for day in of(ahead(session, due), "Due2").days}
        assert weekdays <= {4, 5}
        set_weekdays(
            session,
            now=MORNING,
            bank_id=due.bank,
            zone_id=zone.id,
            weekdays=["6"],
            actor="person:1",
        )
        assert of(ahead(session, due), "Due2").why == "zone_not_driven"
        zone.weekdays = []
        donor = of(ahead(session, due), "Due1").donor
        plan_giving(
            session,
            now=MORNING,
            bank_id=due.bank,
            donor_id=donor.id,
            actor=f"donor:{donor.id}",
            paused_from=DAY,
            paused_until=DAY + timedelta(days=8),
            tapering=False,
            last_gift=False,
        )
        assert of(ahead(session, due), "Due1").days == (DAY + timedelta(days=9),)
        far = ahead(session, due, Levers(minimum_ml=400, radius_km=1))
        assert {each.why for each in far.candidates} == {"too_far"}
        much = ahead(session, due, Levers(minimum_ml=2_500, radius_km=150))
        assert of(much, "Due0").why == "too_little"


@pytest.mark.processes
def test_days_are_found_by_a_child_and_proposed_once(app: Flask, due: Town) -> None:
    claire = sign_in(app, bank=due.bank, person=due.claire)
    assert claire.post(WEEKS, data={"weeks": "4"}).status_code == 303
    with app.app_context():
        assert run_once({PLAN_WEEKS: plan_weeks}, clock=SystemClock()) == 1
        with reading() as session:
            horizon = latest_horizon(session, due.bank)
            assert horizon is not None
            problem, plan = problem_of(horizon.problem), plan_of(horizon.plan)
            assert check_plan(problem, plan) == ()
            assert plan.cost == cost(problem, plan)
            found = proposed_days(
                horizon, ServiceDay(horizon.first, ahead(session, due).first.zone)
            )
            weeks = ahead(session, due)
            known = {each.donor.id: each for each in weeks.candidates}
            assert {each.donor_id for each in found} == set(known)
            assert all(each.day in known[each.donor_id].days for each in found)
    page = claire.get(WEEKS).get_data(as_text=True)
    assert page.count('name="donor"') == 3
    chosen = {"donor": [str(each.donor_id) for each in found[:2]]}
    for _ in range(2):
        assert claire.post(f"{WEEKS}/{horizon.id}/proposals", data=chosen).status_code == 303
    with app.app_context(), reading() as session:
        made = session.scalars(select(Pickup).where(Pickup.once.startswith("horizon:"))).all()
        assert sorted(each.donor_id for each in made) == sorted(int(key) for key in chosen["donor"])
        assert {each.state for each in made} == {PickupState.ACCEPTED}
        told = session.scalars(select(Notice).where(Notice.template == "visit_proposed")).all()
        assert len(told) == 2
    assert claire.get(WEEKS).get_data(as_text=True).count('name="donor"') == 1
    assert claire.post(f"{WEEKS}/{horizon.id}/proposals").status_code == 422
    stranger = sign_in(app, bank=due.other_bank, person=due.sophie)
    assert stranger.get(f"{WEEKS}/{horizon.id}/levers").status_code == 404
    levers_tell_the_difference(app, due)


def test_a_dead_search_for_days_is_run_again_and_an_older_one_is_not(app: Flask, due: Town) -> None:
    claire = sign_in(app, bank=due.bank, person=due.claire)
    claire.post(WEEKS, data={"weeks": "4"})
    with app.app_context(), transaction() as session:
        horizon = latest_horizon(session, due.bank)
        assert horizon is not None
        session.get_one(Job, horizon.job_id).state = JobState.DEAD
    attempts = f"{WEEKS}/{horizon.id}/attempts"
    page = claire.get(WEEKS).text
    assert f'action="{attempts}"' in page
    assert "shifts as they were at Mon 23 Nov 08:00" in re.sub(r"\s+", " ", page)
    stranger = sign_in(app, bank=due.other_bank, person=due.sophie)
    assert stranger.post(attempts).status_code == 404
    assert claire.post(attempts).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(Job, horizon.job_id).state is JobState.QUEUED
    assert "The planner is looking for days" in claire.get(WEEKS).text
    assert claire.post(attempts).status_code == 422
    claire.post(WEEKS, data={"weeks": "2"})
    assert claire.post(attempts).status_code == 409


def levers_tell_the_difference(app: Flask, town: Town) -> None:
    """Compare with a radius that admits no donor: every kilometre of the others is saved."""
    with app.app_context(), reading() as session:
        horizon = latest_horizon(session, town.bank)
        assert horizon is not None
        none, same = price_levers(
            session,
            now=MORNING,
            horizon=horizon,
            others=[
                Levers(minimum_ml=horizon.minimum_ml, radius_km=1),
                Levers(minimum_ml=horizon.minimum_ml, radius_km=horizon.radius_km),
            ],
        )
        assert none.donors == -1
        assert none.metres < 0
        assert none.volume_ml < 0
        assert (same.donors, same.metres, same.volume_ml) == (0, 0, 0)


def test_without_shifts_or_donors_the_page_names_the_missing_part(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.post(WEEKS).status_code == 303
    assert "No further donor is due" in claire.get(WEEKS).get_data(as_text=True)
    stranger: FlaskClient = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert "No shift in these weeks yet" in stranger.get(WEEKS).get_data(as_text=True)
    refused = stranger.post(WEEKS, follow_redirects=True)
    assert refused.status_code == 200
    assert "Enter the shifts first" in refused.get_data(as_text=True)


def test_the_morning_counts_open_work(app: Flask, due: Town) -> None:
    with app.app_context():
        with transaction() as session:
            until = MORNING.date() + timedelta(days=14)
            hers = update(Serology).where(Serology.donor_id == due.elise)
            session.execute(hers.values(valid_until=until))
        db.session.remove()
    claire = sign_in(app, bank=due.bank, person=due.claire)
    page = claire.get("/board/morning").get_data(as_text=True)
    assert "Blood tests that lapse within 14 days" in page
    assert "Elise Martin, Mon 7 Dec" in page
    assert "Due2 Martin" not in page, "she never declared any milk"
    assert "Nothing to do for:" in page
    with app.app_context():
        with transaction() as session:
            donor = session.scalars(select(Donor).where(Donor.first_name == "Due2")).one()
            add_pickup(session, donor, state=PickupState.CANCELLED)
        db.session.remove()
    assert "Due2 Martin" in claire.get("/board/morning").text


def test_weekdays_are_kept_by_the_form(app: Flask, due: Town) -> None:
    claire = sign_in(app, bank=due.bank, person=due.claire)
    with app.app_context(), reading() as session:
        key = session.scalars(select(Zone.id).where(Zone.bank_id == due.bank)).one()
    form = {f"zone_{key}": ["1", "4", "9"]}
    assert claire.post(f"{WEEKS}/zones", data=form).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(Zone, key).weekdays == ["1", "4"]
