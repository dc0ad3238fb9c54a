"""Incidents: opened by a collector's phone, decided by a coordinator."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.rounds.models import Incident, IncidentDecision, IncidentKind, RoundEvent

LONGEST_DECISION = 500
"""Longest note of a decision, in characters."""


def incident_row(
    event: RoundEvent, *, now: datetime, kind: IncidentKind, note: str, site_id: int | None = None
) -> Incident:
    """Return the row of an incident that an event reports; a visit to be rebooked is one too.

    Parameters
    ----------
    site_id
        The freezer to which the collector is driving, if there is one.
    """
    return Incident(
        bank_id=event.bank_id,
        round_id=event.round_id,
        pickup_id=event.pickup_id,
        event_id=event.id,
        kind=kind,
        note=note,
        site_id=site_id,
        device_at=event.device_at,
        received_at=now,
        withdrawn_at=None,
        decision=None,
        decision_note="",
        decided_by_id=None,
        decided_at=None,
    )


def withdraw_incidents(
    session: Session, *, now: datetime, events: Iterable[int], standing: Collection[int]
) -> None:
    """Withdraw the incidents of these events; restore the standing ones.

    Parameters
    ----------
    events, standing
        Keys of events.
    """
    incidents = session.scalars(select(Incident).where(Incident.event_id.in_(list(events))))
    for incident in incidents:
        if incident.event_id in standing:
            incident.withdrawn_at = None
        elif incident.withdrawn_at is None:
            incident.withdrawn_at = now


def open_remarks(session: Session, bank_id: int) -> list[Incident]:
    """Return the remarks for the office that wait, oldest first."""
    return list(
        session.scalars(
            select(Incident)
            .where(
                Incident.bank_id == bank_id,
                Incident.kind == IncidentKind.REMARK,
                Incident.withdrawn_at.is_(None),
                Incident.decision.is_(None),
            )
            .order_by(Incident.id)
        )
    )


def decide_incident(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    incident_id: int,
    person_id: int,
    decision: IncidentDecision,
    note: str = "",
) -> Incident:
    """Decide an incident; a second decision replaces the first, and both are audited.

    Raises
    ------
    NotFound
        The bank has no such incident.
    Refused
        `text_too_long` (`most`).
    """
    incident = owned(session, Incident, bank_id, incident_id)
    if len(note) > LONGEST_DECISION:
        raise Refused("text_too_long", most=LONGEST_DECISION)
    incident.decision, incident.decision_note = decision, note.strip()
    incident.decided_by_id, incident.decided_at = person_id, now
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=f"incident decided: {decision.value}",
        subject=f"incident:{incident.id}",
        round=incident.round_id,
    )
    return incident
