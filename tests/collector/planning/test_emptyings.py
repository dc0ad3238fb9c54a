"""Planned emptyings of the box: permitted, planned, written, published, driven and handed over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.actions import add_site
from collector.banks.models import Site, SiteKind
from collector.banks.queries import policy_row
from collector.custody.models import Container, ContainerState, CustodyEntry
from collector.db import transaction
from collector.demo.play import said_of
from collector.planning.dispatch.cold_chain import box_clocks, containers_aboard
from collector.planning.dispatch.eta import RoundEta, estimate_round
from collector.planning.dispatch.remaining_day import load_remaining_day
from collector.planning.problem.build import build_problem, load_facts, plannable_pickups
from collector.planning.problem.lawfulness import broken_rules
from collector.planning.problem.write_back import plan_as_written, reload_day, write_rounds
from collector.rounds.actions import publish
from collector.rounds.events.monitoring import on_the_road
from collector.rounds.events.queries import progress_of
from collector.rounds.models import DayPlan, Round, RoundState
from routing.problem import Problem
from routing.schedule import retimed
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned, the_plan
from tests.collector.planning.on_the_road import say
from tests.town import Town

EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def the_round(plan: DayPlan) -> Round:
    return max(plan.rounds, key=lambda each: len(each.stops))


def permit(session: Session, town: Town, **values: int) -> None:
    for key, value in {"emptyings_per_round": 1, **values}.items():
        policy_row(session, bank_id=town.bank, key=key).value = str(value)
    session.flush()


def problem_of_day(session: Session, town: Town) -> Problem:
    facts = load_facts(session, the_plan(session, town))
    return build_problem(facts, plannable_pickups(facts))


def antenne(session: Session, town: Town, plan: DayPlan, *, kind: SiteKind) -> Site:
    """Add a freezer at the door of the second stop."""
    door = the_round(plan).stops[1].pickup.donor.address.position
    assert door is not None
    return add_site(
        session,
        bank_id=town.bank,
        kind=kind,
        name="Antenne",
        town="Pessac",
        latitude=door.latitude,
        longitude=door.longitude,
        receives=True,
    )


def emptied(session: Session, town: Town) -> tuple[DayPlan, Site]:
    """Return a day whose round must empty its box, timed and written."""
    plan = planned(session, town)
    site = antenne(session, town, plan, kind=SiteKind.ANTENNE)
    round_ = the_round(plan)
    assert round_.returns_at is not None
    aboard = (round_.returns_at - round_.stops[0].ends_at) // MINUTE
    # The ride of the first milk would be five minutes too long: the limit has the hand-over.
    permit(session, town, milk_ride_minutes=aboard + 15 - 5)
    facts = load_facts(session, plan)
    problem = build_problem(facts, plannable_pickups(facts))
    timed = retimed(problem, facts.orders(problem))
    write_rounds(session, facts=facts, problem=problem, plan=timed, rounds=facts.rounds)
    return reload_day(session, plan), site


def published(session: Session, town: Town) -> tuple[Round, Site]:
    plan, site = emptied(session, town)
    publish(
        session,
        now=MORNING,
        bank_id=town.bank,
        day=DAY,
        version=plan.version,
        person_id=town.claire,
    )
    return the_round(the_plan(session, town)), site


def drive(session: Session, town: Town, *, until: str) -> datetime:
    """Send the events of the round up to its first hand-over, or all; return the last instant."""
    round_ = the_round(the_plan(session, town))
    last = MORNING
    for said in said_of(round_.published or {}):
        last = datetime.fromisoformat(said["device_at"])
        say(session, round_, said, now=last)
        if said["kind"] == until:
            break
    return last


def eta(session: Session, town: Town, now: datetime) -> RoundEta:
    round_ = the_round(the_plan(session, town))
    found = estimate_round(round_.published or {}, progress_of(session, round_), now=now)
    assert found is not None
    return found


def test_no_box_is_emptied_without_the_policy(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        planned(session, town)
        assert {shift.reload for shift in problem_of_day(session, town).shifts} == {None}


def test_a_box_may_be_emptied_at_the_freezers_of_the_bank(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        site = antenne(session, town, planned(session, town), kind=SiteKind.ANTENNE)
        permit(session, town, emptying_minutes=20)
        (reload,) = {shift.reload for shift in problem_of_day(session, town).shifts}
    assert reload is not None
    assert (reload.times, reload.service) == (1, 20 * 60)
    assert set(reload.places) == {f"site:{town.site}", f"site:{site.id}"}


@pytest.mark.parametrize(
    ("kind", "opens", "closes"),
    [
        (SiteKind.HOME, None, None),
        (SiteKind.ANTENNE, time(12), time(23)),
        (SiteKind.ANTENNE, time(1), time(12)),
    ],
)
def test_neither_anothers_home_nor_a_freezer_that_is_closed_meanwhile(
    app: Flask, town: Town, kind: SiteKind, opens: time | None, closes: time | None
) -> None:
    with app.app_context(), transaction() as session:
        site = antenne(session, town, planned(session, town), kind=kind)
        site.opens, site.closes = opens, closes
        permit(session, town)
        shifts = problem_of_day(session, town).shifts
    assert {shift.reload.places for shift in shifts if shift.reload} == {(f"site:{town.site}",)}


def test_a_planned_emptying_is_a_row_that_the_checker_judges(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        plan, site = emptied(session, town)
        (row,) = the_round(plan).emptyings
        assert row.site_id == site.id
        assert row.ends_at - row.begins_at == timedelta(minutes=15)
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
        facts = load_facts(session, plan)
        problem = problem_of_day(session, town)
        assert (
            plan_as_written(facts, problem).tours == retimed(problem, facts.orders(problem)).tours
        )
        permit(session, town, emptyings_per_round=0)
        broken = broken_rules(session, bank_id=town.bank, day=DAY)
        assert {str(each.rule) for each in broken} == {"reload"}


def test_the_snapshot_has_it_after_the_stop_before_it(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        round_, site = published(session, town)
        (row,) = round_.emptyings
        snapshot = round_.published or {}
        (told,) = snapshot["emptyings"]
        before = [
            stop["pickup"] for stop in snapshot["stops"] if stop["ends_at"] <= told["begins_at"]
        ]
        assert (told["site"], told["name"], told["after"]) == (site.id, "Antenne", before[-1])
        assert datetime.fromisoformat(told["ends_at"]) == row.ends_at


def test_arrivals_count_it_until_it_is_done(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        round_, site = published(session, town)
        departs = round_.departs_at
        assert departs is not None
        (ahead,) = eta(session, town, departs - MINUTE).emptyings
        assert (ahead.site_id, ahead.is_done) == (site.id, False)
        assert abs(ahead.begins_at - round_.emptyings[0].begins_at) < 2 * MINUTE
        now = drive(session, town, until="handed_over")
        found = eta(session, town, now)
        (done,) = found.emptyings
        assert (done.is_done, done.ends_at) == (True, now)
        assert not found.home
        remaining = load_remaining_day(session, the_plan(session, town), now=now)
        (tour,) = (each for each in remaining.driven.tours if each.stops)
        assert [each.place for each in tour.unloadings] == [f"site:{site.id}"]


def test_one_that_is_passed_over_is_not_expected(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        round_, _ = published(session, town)
        (told,) = (round_.published or {})["emptyings"]
        for said in said_of(round_.published or {}):
            if said["kind"] == "handed_over":
                continue
            now = datetime.fromisoformat(said["device_at"])
            say(session, round_, said, now=now)
            found = eta(session, town, now)
            stops = [stop["pickup"] for stop in (round_.published or {})["stops"]]
            if said["pickup"] and stops.index(said["pickup"]) > stops.index(told["after"]):
                assert found.emptyings == ()
                break
            assert len(found.emptyings) == 1
        else:
            pytest.fail("no stop comes after the emptying")


def test_bottles_emptied_on_the_way_are_received_there_and_the_others_at_the_end(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        round_, site = published(session, town)
        (told,) = (round_.published or {})["emptyings"]
        now = drive(session, town, until="handed_over")
        stored = the_round(the_plan(session, town))
        assert stored.state is RoundState.STARTED
        states = {row.state for row in session.scalars(select(Container))}
        assert states == {ContainerState.RECEIVED}
        drive(session, town, until="")
        stored = the_round(the_plan(session, town))
        assert stored.state is RoundState.UNLOADED
        stops = [stop["pickup"] for stop in (round_.published or {})["stops"]]
        first = set(stops[: stops.index(told["after"]) + 1])
        for container in session.scalars(select(Container)):
            received = CustodyEntry.state == ContainerState.RECEIVED
            of_it = CustodyEntry.container_id == container.id
            holders = session.scalars(select(CustodyEntry.holder).where(of_it, received)).all()
            end = site.id if container.pickup_id in first else town.site
            assert holders == [f"site:{end}"]
    assert now < EVENING


def test_milk_collected_after_it_is_neither_missing_nor_late(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        round_, _ = published(session, town)
        (told,) = (round_.published or {})["emptyings"]
        now, is_emptied = MORNING, False
        for said in said_of(round_.published or {}):
            now = datetime.fromisoformat(said["device_at"])
            say(session, round_, said, now=now)
            if said["kind"] == "collected" and is_emptied:
                break
            is_emptied |= said["kind"] == "handed_over"
        (seen,) = (
            each
            for each in on_the_road(session, bank_id=town.bank, day=DAY)
            if each.round.id == round_.id
        )
        assert seen.missing == ()
        found = eta(session, town, now)
        stops = [stop["pickup"] for stop in (round_.published or {})["stops"]]
        carried = containers_aboard(session, bank_id=town.bank, pickups=stops)
        assert carried.keys() == {stops[stops.index(told["after"]) + 1]}
        policies = load_facts(session, the_plan(session, town)).policies
        (clock,) = box_clocks(found, carried, policies)
        assert clock.received_at == found.returns_at + timedelta(minutes=15)
