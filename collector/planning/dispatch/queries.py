"""Queries of a published day: its disruptions, proposals and fingerprint."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import requests_for_day
from collector.planning.models import Disruption, DisruptionProposal
from collector.rounds.models import DayPlan, Incident, Round, RoundEvent
from collector.shifts.models import Absence


def open_disruptions(session: Session, *, bank_id: int, day: date) -> list[Disruption]:
    """Return the unanswered disruptions of a day, the newest first."""
    return _told(session, bank_id, day, Disruption.ended_at.is_(None))


def answered_disruptions(session: Session, *, bank_id: int, day: date) -> list[Disruption]:
    """Return the disruptions of a day with an accepted proposal, the newest first."""
    taken = select(DisruptionProposal.disruption_id).where(
        DisruptionProposal.accepted_at.is_not(None)
    )
    return _told(session, bank_id, day, Disruption.id.in_(taken))


def proposals_of(session: Session, disruption: Disruption) -> list[DisruptionProposal]:
    """Return the proposals for a disruption, in the order of their creation."""
    return list(
        session.scalars(
            select(DisruptionProposal)
            .where(DisruptionProposal.disruption_id == disruption.id)
            .order_by(DisruptionProposal.id)
        )
    )


def insertable_requests(
    session: Session, *, bank_id: int, day: date, plan: DayPlan
) -> list[Pickup]:
    """Return the accepted requests of a day that are in no round of it."""
    placed = plan.placed
    return [
        pickup
        for pickup in requests_for_day(session, bank_id, day)
        if pickup.state is PickupState.ACCEPTED and pickup.id not in placed
    ]


def dispatch_fingerprint(
    session: Session, *, bank_id: int, day: date
) -> list[list[tuple[Any, ...]]]:
    """Return the counters of a day's edits, phone events, incident decisions and disruptions.

    They differ as soon as there is a new one.
    """
    mine = select(DayPlan.id).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    rounds = select(Round.id).where(Round.day_plan_id.in_(mine))
    questions = (
        select(DayPlan.version).where(DayPlan.id.in_(mine)),
        select(func.max(RoundEvent.id), func.count()).where(RoundEvent.round_id.in_(rounds)),
        select(func.max(Incident.decided_at), func.count()).where(Incident.round_id.in_(rounds)),
        select(Disruption.id, Disruption.ended_at, func.count(DisruptionProposal.plan))
        .join(DisruptionProposal, DisruptionProposal.disruption_id == Disruption.id)
        .where(Disruption.bank_id == bank_id, Disruption.day == day)
        .group_by(Disruption.id, Disruption.ended_at)
        .order_by(Disruption.id),
        select(func.max(Absence.id), func.max(Absence.withdrawn_at)).where(
            Absence.bank_id == bank_id
        ),
    )
    return [[tuple(row) for row in session.execute(question)] for question in questions]


def _told(
    session: Session, bank_id: int, day: date, criterion: ColumnElement[bool]
) -> list[Disruption]:
    return list(
        session.scalars(
            select(Disruption)
            .where(Disruption.bank_id == bank_id, Disruption.day == day, criterion)
            .order_by(Disruption.id.desc())
        )
    )
