"""What collectors met on the road and coordinators decide."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.rounds.models import (
    EventKind,
    Incident,
    IncidentDecision,
    IncidentKind,
    RoundEvent,
)

LONGEST_DECISION = 500


def open_incident(session: Session, *, now: datetime, event: RoundEvent) -> Incident:
    """Open what an event tells of; a visit to be agreed anew is one as well."""
    told = event.kind is EventKind.INCIDENT
    incident = Incident(
        bank_id=event.bank_id,
        round_id=event.round_id,
        pickup_id=event.pickup_id,
        event_id=event.id,
        kind=IncidentKind(event.payload["kind"]) if told else IncidentKind.REBOOK,
        note=event.payload["note"],
        site_id=event.payload["site"] if told else None,
        device_at=event.device_at,
        received_at=now,
        withdrawn_at=None,
        decision=None,
        decision_note="",
        decided_by_id=None,
        decided_at=None,
    )
    session.add(incident)
    session.flush()
    return incident


def let_incidents_stand(
    session: Session, *, now: datetime, round_id: int, standing: Iterable[int]
) -> None:
    """Withdraw what its collector took back, and only that."""
    counted = set(standing)
    for incident in session.scalars(select(Incident).where(Incident.round_id == round_id)):
        if incident.event_id in counted:
            incident.withdrawn_at = None
        elif incident.withdrawn_at is None:
            incident.withdrawn_at = now


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
    """Answer an incident; a second answer takes the place of the first, both are audited.

    Raises
    ------
    NotFound
        The bank has no such incident.
    Refused
        `text_too_long` (`most`).
    """
    found = owned(session, Incident, bank_id, incident_id)
    if len(note) > LONGEST_DECISION:
        raise Refused("text_too_long", most=LONGEST_DECISION)
    found.decision, found.decision_note = decision, note.strip()
    found.decided_by_id, found.decided_at = person_id, now
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=f"incident decided: {decision.value}",
        subject=f"incident:{found.id}",
        round=found.round_id,
    )
    return found
