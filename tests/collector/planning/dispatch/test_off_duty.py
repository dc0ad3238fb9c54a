"""Absences: an accepted disruption takes a collector or a vehicle off duty until it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.models import AuditEntry
from collector.db import transaction
from collector.errors import Refused
from collector.planning.dispatch.accept import accept_proposal
from collector.planning.dispatch.disruptions import (
    DisruptionReport,
    compute_disruption,
    write_disruption,
)
from collector.planning.dispatch.queries import proposals_of
from collector.planning.editing.remedies import explain_unplanned
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal, ProposalWay
from collector.rounds.queries import get_round
from collector.shifts.models import Absence, AbsenceReason, RosterShift
from tests.builders import DAY
from tests.collector.planning.days import computing, orders, posed, the_plan
from tests.collector.planning.on_the_road import driven_until, published
from tests.town import Town

NOON = datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
"""25 past 8 in Paris: on the town's round the first of three doors is behind the collector."""
EARLY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def told(
    session: Session, town: Town, kind: DisruptionKind, *, now: datetime = NOON, **about: int
) -> Disruption:
    report = DisruptionReport(kind=kind, **about)
    with computing():
        computed = compute_disruption(session, now=now, bank_id=town.bank, day=DAY, report=report)
    actor = f"person:{town.claire}"
    return write_disruption(session, computed, now=now, bank_id=town.bank, actor=actor)


def accept(
    session: Session, town: Town, disruption: Disruption, way: ProposalWay, *, now: datetime = NOON
) -> None:
    (chosen,) = [each for each in proposals_of(session, disruption) if each.way is way]
    accept_proposal(
        session,
        now=now + timedelta(minutes=1),
        bank_id=town.bank,
        proposal_id=chosen.id,
        person_id=town.claire,
        why="",
    )


def shifts_of(problem: Mapping[str, list[dict[str, str]]]) -> set[str]:
    return {shift["id"] for shift in problem["shifts"]}


def proposed_shifts(session: Session, disruption: Disruption) -> set[str]:
    """Return the shifts that the proposals of a disruption may use."""
    found: list[DisruptionProposal] = proposals_of(session, disruption)
    assert found
    return set().union(*(shifts_of(each.problem) for each in found))


@pytest.fixture
def driving(app: Flask, town: Town) -> int:
    """Drive half of a round; return its key. The other round is empty."""
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        driven_until(session, town, NOON)
        return next(round_.id for round_ in plan.rounds if round_.stops)


def test_no_later_proposal_uses_the_collector_reported_ill(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        ill = str(get_round(session, bank_id=town.bank, round_id=driving).shift_id)
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        accept(session, town, disruption, ProposalWay.OTHER_DAY)
        left = the_plan(session, town).unplanned[0].pickup_id
        urgent = told(session, town, DisruptionKind.URGENT, pickup_id=left)
        assert ill not in proposed_shifts(session, urgent)
        (absence,) = session.scalars(select(Absence))
        assert (absence.person_id, absence.vehicle) == (town.ana, None)
        assert absence.reason is AbsenceReason.ILL
        assert absence.begins_at == NOON
        assert absence.ends_at == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
        assert (absence.noted_by, absence.withdrawn_at) == (f"person:{town.claire}", None)
        actions = list(session.scalars(select(AuditEntry.action)))
        assert "absence written" in actions


def test_the_planner_plans_no_visit_for_a_collector_ill_before_the_start(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        mine = next(round_ for round_ in plan.rounds if round_.stops)
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, now=EARLY, round_id=mine.id)
        accept(session, town, disruption, ProposalWay.OTHER_DAY, now=EARLY)
        run, _ = posed(session, town)
        assert shifts_of(run.problem) == {str(each) for each in town.shifts} - {str(mine.shift_id)}


def test_a_day_with_every_collector_off_duty_is_not_planned(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        for shift in session.scalars(select(RosterShift)):
            shift.vehicle = "The only van"
        plan = published(session, town)
        mine = next(round_ for round_ in plan.rounds if round_.stops)
        disruption = told(session, town, DisruptionKind.VEHICLE, now=EARLY, round_id=mine.id)
        found = proposals_of(session, disruption)
        assert all(each.plan is None or not each.plan["tours"] for each in found)
        accept(session, town, disruption, ProposalWay.OTHER_DAY, now=EARLY)
        with pytest.raises(Refused, match="no_shift_to_plan"):
            posed(session, town)
        with computing():
            why = explain_unplanned(session, bank_id=town.bank, day=DAY, pickup_id=town.pickups[0])
        assert why.code == "nobody_on_duty"


def test_a_vehicle_that_is_only_delayed_stays_on_duty(app: Flask, town: Town, driving: int):
    with app.app_context(), transaction() as session:
        disruption = told(session, town, DisruptionKind.VEHICLE, round_id=driving, minutes=30)
        accept(session, town, disruption, ProposalWay.GO_ON)
        assert not list(session.scalars(select(Absence)))


def test_undo_takes_the_absence_back_and_its_reversal_restores_it(
    app: Flask, town: Town, driving: int
):
    with app.app_context(), transaction() as session:
        before = orders(the_plan(session, town))
        disruption = told(session, town, DisruptionKind.COLLECTOR_ILL, round_id=driving)
        accept(session, town, disruption, ProposalWay.OTHER_DAY)
        (absence,) = session.scalars(select(Absence))
        back = told(session, town, DisruptionKind.REGRETTED, takes_back_id=disruption.id)
        accept(session, town, back, ProposalWay.AS_BEFORE)
        assert orders(the_plan(session, town)) == before
        assert absence.withdrawn_at is not None
        again = told(session, town, DisruptionKind.REGRETTED, takes_back_id=back.id)
        accept(session, town, again, ProposalWay.AS_BEFORE)
        assert absence.withdrawn_at is None
        actions = list(session.scalars(select(AuditEntry.action)))
        assert actions.count("absence withdrawn") == actions.count("absence restored") == 1
        ill = str(get_round(session, bank_id=town.bank, round_id=driving).shift_id)
        left = the_plan(session, town).unplanned[0].pickup_id
        urgent = told(session, town, DisruptionKind.URGENT, pickup_id=left)
        assert ill not in proposed_shifts(session, urgent)
