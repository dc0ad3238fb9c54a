"""Disruptions: proposals are lawful, priced by the bill, and accepted as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.clock import SystemClock
from collector.db import owned, reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.jobs.supervisor import run_once
from collector.notices.models import Notice
from collector.pickups.models import Pickup, PickupState
from collector.planning.dispatch.accept import accept_proposal
from collector.planning.dispatch.difference import ProposalDifference, compare_with_present
from collector.planning.dispatch.disruptions import (
    DisruptionReport,
    compute_disruption,
    dismiss_disruption,
    write_disruption,
)
from collector.planning.dispatch.queries import proposals_of
from collector.planning.dispatch.remaining_day import load_remaining_day
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal, ProposalWay
from collector.planning.problem.lawfulness import broken_rules
from collector.rounds.models import Publication, RoundState
from collector.rounds.queries import get_round
from routing.checker.judge import check_plan
from routing.cost import cost
from routing.formats.native import plan_of, problem_of
from tests.builders import DAY, add_donor, add_pickup, add_site
from tests.collector.planning.days import computing, orders, the_plan
from tests.collector.planning.on_the_road import HANDLERS, driven_until, published
from tests.town import Town

NOON = datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
"""25 past 8 in Paris: on the town's round the first of three doors is behind the collector."""


def told(session: Session, town: Town, kind: DisruptionKind, **about: int) -> Disruption:
    report = DisruptionReport(kind=kind, **about)
    with computing():
        computed = compute_disruption(session, now=NOON, bank_id=town.bank, day=DAY, report=report)
    actor = f"person:{town.claire}"
    return write_disruption(session, computed, now=NOON, bank_id=town.bank, actor=actor)


def differences(session: Session, town: Town, disruption: Disruption) -> list[ProposalDifference]:
    plan = the_plan(session, town)
    seen = load_remaining_day(session, plan, now=NOON)
    day = seen.facts.service_day
    return [
        compare_with_present(plan, disruption, each, seen.facts.pickups, day)
        for each in proposals_of(session, disruption)
        if each.plan is not None
    ]


def accepted(session: Session, town: Town, proposal: DisruptionProposal) -> Publication:
    return accept_proposal(
        session,
        now=NOON + timedelta(minutes=1),
        bank_id=town.bank,
        proposal_id=proposal.id,
        person_id=town.claire,
        why="Ana is ill",
    )


@pytest.fixture
def driving(app: Flask, town: Town) -> int:
    """Drive half of a round; return its key. The other round is empty."""
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        driven_until(session, town, NOON)
        return next(round_.id for round_ in plan.rounds if round_.stops)


def test_a_collector_falls_ill_and_a_colleague_takes_what_is_left(
    app: Flask, town: Town, driving: int
):
    with app.app_context():
        with transaction() as session:
            disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
            found = proposals_of(session, disruption)
            assert [each.way for each in found] == [
                ProposalWay.INSERT,
                ProposalWay.OTHER_DAY,
                ProposalWay.REBALANCE,
            ]
            assert found[2].plan is None
            told_of = differences(session, town, disruption)
            before = orders(the_plan(session, town))
        with transaction() as session:
            publication = accepted(
                session, town, owned(session, DisruptionProposal, town.bank, found[0].id)
            )
            after = orders(the_plan(session, town))
            letter = get_round(session, bank_id=town.bank, round_id=driving).letter
            other = "B" if letter == "A" else "A"
            assert before[letter][: len(after[letter])] == after[letter]
            assert len(after[letter]) >= 1
            assert sorted(after["A"] + after["B"]) == list(town.pickups)
            assert after[other]
            assert publication.revision == 2
            assert publication.changes["promised"] == sorted(told_of[0].promised)
            assert publication.changes["withdrawn"] == []
            assert the_plan(session, town).rounds[0].published["why"] == "Ana is ill"
            assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
        with pytest.raises(Conflict, match="disruption_over"), transaction() as session:
            accepted(session, town, owned(session, DisruptionProposal, town.bank, found[1].id))


def test_visits_left_for_another_day_are_withdrawn_and_wait_in_the_tray(
    app: Flask, town: Town, driving: int
):
    with app.app_context(), transaction() as session:
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        found = proposals_of(session, disruption)[1]
        wanted = differences(session, town, disruption)[1]
        known = letters(session)
        publication = accepted(session, town, found)
        plan = the_plan(session, town)
        assert letters(session) - known == Counter(donors(session, wanted.withdrawn))
        assert publication.changes["withdrawn"] == list(wanted.withdrawn) == sorted(wanted.left)
        assert {left.pickup_id for left in plan.unplanned} == set(wanted.left)
        assert {left.pickup.state for left in plan.unplanned} == {PickupState.ACCEPTED}
        assert wanted.cents < 0
        assert wanted.metres < 0


@pytest.mark.processes
def test_a_search_of_the_remaining_day_finds_a_lawful_plan(app: Flask, town: Town, driving: int):
    with app.app_context():
        with transaction() as session:
            disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        assert run_once(HANDLERS, clock=SystemClock()) == 1
        with transaction() as session:
            found = proposals_of(session, disruption)
            for each in found:
                problem, plan = problem_of(each.problem), plan_of(each.plan)
                assert check_plan(problem, plan) == ()
                assert plan.cost == cost(problem, plan)
            assert found[2].plan["cost"]["total"] <= found[0].plan["cost"]["total"]
            accepted(session, town, found[2])
            assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


def test_a_closed_road_changes_the_promises_that_the_proposal_lists(
    app: Flask, town: Town, driving: int
):
    with app.app_context(), transaction() as session:
        disruption = told(session, town, DisruptionKind.ROAD, round_id=driving, minutes=120)
        ways = [each.way for each in proposals_of(session, disruption)]
        assert ways[0] is ProposalWay.GO_ON
        go_on = differences(session, town, disruption)[0]
        assert not go_on.moved
        assert all(
            each.begins_after - each.begins_before >= timedelta(minutes=90)
            for each in go_on.retimed
        )
        known = letters(session)
        publication = accepted(session, town, proposals_of(session, disruption)[0])
        assert publication.changes["promised"] == sorted(go_on.promised)
        assert go_on.promised
        assert letters(session) - known == Counter(donors(session, go_on.promised))


def letters(session: Session) -> Counter[str]:
    """Return the number of unsent messages by donor."""
    rows = session.query(Notice.recipient)
    return Counter(who for (who,) in rows if who.startswith("donor:"))


def donors(session: Session, pickups: Iterable[int]) -> list[str]:
    return [f"donor:{session.get_one(Pickup, key).donor_id}" for key in pickups]


def test_a_failed_freezer_sends_the_rounds_to_the_next_one(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        near = add_site(session, town.bank, name="Near", latitude=44.86, longitude=-0.6)
        add_site(session, town.bank, name="Far", latitude=45.0, longitude=-0.6)
        disruption = told(session, town, DisruptionKind.FREEZER, site_id=town.site)
        found = proposals_of(session, disruption)
        assert [each.way for each in found] == [ProposalWay.OTHER_FREEZER] * 2
        assert found[0].site_id == near.id
        accepted(session, town, found[0])
        round_ = get_round(session, bank_id=town.bank, round_id=driving)
        assert round_.published["end"]["name"] == "Near"
        assert round_.state is RoundState.STARTED


@pytest.mark.usefixtures("driving")
def test_an_urgent_request_is_offered_its_cheapest_places(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        gina = add_donor(session, town.bank, first_name="Gina", latitude=44.87)
        urgent = add_pickup(session, gina)
        disruption = told(session, town, DisruptionKind.URGENT, pickup_id=urgent.id)
        found = proposals_of(session, disruption)
        assert ProposalWay.INSERT in {each.way for each in found}
        assert len(found) <= 3
        publication = accepted(session, town, found[0])
        assert urgent.id in publication.changes["promised"]
        placed = orders(the_plan(session, town))
        assert urgent.id in {*placed["A"], *placed["B"]}


def regretted(session: Session, town: Town, answer: Disruption) -> DisruptionProposal:
    """Return the proposal that reverts an answer."""
    disruption = told(session, town, DisruptionKind.REGRETTED, takes_back_id=answer.id)
    (found,) = proposals_of(session, disruption)
    assert found.way is ProposalWay.AS_BEFORE
    assert check_plan(problem_of(found.problem), plan_of(found.plan)) == ()
    return found


@pytest.mark.parametrize("number", [0, 1])
def test_an_answer_is_reverted_and_its_reversal_too(
    app: Flask, town: Town, driving: int, number: int
):
    with app.app_context(), transaction() as session:
        before = orders(the_plan(session, town))
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        accepted(session, town, proposals_of(session, disruption)[number])
        after = orders(the_plan(session, town))
        assert after != before
        back = regretted(session, town, disruption)
        publication = accepted(session, town, back)
        assert publication.revision == 3
        assert orders(the_plan(session, town)) == before
        assert not the_plan(session, town).unplanned
        accepted(
            session,
            town,
            regretted(session, town, owned(session, Disruption, town.bank, back.disruption_id)),
        )
        # The collector is ill again: the visit that she was driving to goes to a colleague.
        placed = orders(the_plan(session, town))
        assert placed["A"] == before["A"][:1]
        assert set(placed["B"]) >= set(after["B"])
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


@pytest.mark.usefixtures("driving")
def test_an_urgent_visit_waits_again_after_its_answer_is_reverted(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        gina = add_donor(session, town.bank, first_name="Gina", latitude=44.87)
        urgent = add_pickup(session, gina)
        before = orders(the_plan(session, town))
        disruption = told(session, town, DisruptionKind.URGENT, pickup_id=urgent.id)
        accepted(session, town, proposals_of(session, disruption)[0])
        publication = accepted(session, town, regretted(session, town, disruption))
        assert orders(the_plan(session, town)) == before
        assert publication.changes["withdrawn"] == [urgent.id]
        assert [left.pickup_id for left in the_plan(session, town).unplanned] == [urgent.id]


def test_rounds_end_again_at_the_freezer_that_had_failed(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        add_site(session, town.bank, name="Near", latitude=44.86, longitude=-0.6)
        disruption = told(session, town, DisruptionKind.FREEZER, site_id=town.site)
        accepted(session, town, proposals_of(session, disruption)[0])
        accepted(session, town, regretted(session, town, disruption))
        round_ = get_round(session, bank_id=town.bank, round_id=driving)
        assert round_.published["end"]["name"] == "Bank"
        assert round_.shift.end_site_id == town.site


def test_a_disruption_without_an_answer_is_not_reverted(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        with pytest.raises(NotFound):
            told(session, town, DisruptionKind.REGRETTED, takes_back_id=disruption.id)
        with pytest.raises(NotFound):
            told(session, town, DisruptionKind.REGRETTED)


def test_a_disruption_of_an_idle_round_is_refused(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        plan = the_plan(session, town)
        idle = next(round_.id for round_ in plan.rounds if not round_.stops)
        with pytest.raises(Refused, match="nothing_left_to_move"):
            told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=idle)
        with pytest.raises(Refused, match="minutes_needed"):
            told(session, town, DisruptionKind.ROAD, round_id=driving)
        with pytest.raises(NotFound):
            told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=9999)
        with pytest.raises(NotFound):
            told(session, town, DisruptionKind.URGENT, pickup_id=town.pickups[0])
        with pytest.raises(NotFound):
            told(session, town, DisruptionKind.URGENT, pickup_id=town.stranger_pickup)


def test_a_day_that_was_edited_since_keeps_its_edits(app: Flask, town: Town, driving: int):
    with app.app_context():
        with transaction() as session:
            disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
            found = proposals_of(session, disruption)[0]
        with transaction() as session:
            the_plan(session, town).edits += 1
        with pytest.raises(Conflict, match="changed_meanwhile"), transaction() as session:
            accepted(session, town, found)
        with transaction() as session:
            dismiss_disruption(
                session,
                now=NOON,
                bank_id=town.bank,
                disruption_id=disruption.id,
                actor="person:1",
            )
        with reading() as session:
            assert session.get_one(Disruption, disruption.id).ended_at is not None
