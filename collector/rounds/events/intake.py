"""Taking what a phone says of its round: once, in any order, however late.

An event after the hand-over is taken like any other: it may only be late, and if it is not, the
round is simply no longer unloaded until the container it speaks of is handed over as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import is_duplicate
from collector.errors import Refused
from collector.pickups.models import Pickup
from collector.rounds.events.handlers import keep_what_follows, read_payload
from collector.rounds.events.projection import settle
from collector.rounds.events.queries import followed_round, once_promised
from collector.rounds.events.replay import RecordedEvent
from collector.rounds.events.schema import read_client_id, read_said
from collector.rounds.models import Round, RoundEvent


class EventStatus(StrEnum):
    """What became of an event the phone sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventResult:
    """The answer to one event; a refusal says why by a code and its figures."""

    status: EventStatus
    client_id: str | None
    code: str | None = None
    figures: Mapping[str, object] = field(default_factory=dict)


def accept(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    round_id: int,
    said: Mapping[str, Any],
) -> EventResult:
    """Take one event of a collector's own published round.

    Raises
    ------
    NotFound
        There is no such round, it was never published, or it is somebody else's.
    """
    round_ = followed_round(
        session, bank_id=bank_id, person_id=person_id, round_id=round_id, hold=True
    )
    client_id = None
    try:
        client_id = read_client_id(said)
        with session.begin_nested():
            status = _take(session, now, round_, person_id, client_id, said)
    except Refused as no:
        return EventResult(
            status=EventStatus.REFUSED, client_id=client_id, code=no.code, figures=no.figures
        )
    return EventResult(status=status, client_id=client_id)


def _take(
    session: Session,
    now: datetime,
    round_: Round,
    person_id: int,
    client_id: str,
    said: Mapping[str, Any],
) -> EventStatus:
    known = session.scalar(
        select(RoundEvent).where(
            RoundEvent.bank_id == round_.bank_id, RoundEvent.client_id == client_id
        )
    )
    if known is not None:
        if known.round_id != round_.id:
            raise Refused("event_of_another_round")
        return EventStatus.DUPLICATE
    event = _keep(session, now, round_, person_id, read_said(said))
    settle(session, now=now, round_=round_, event=event)
    _audit(session, now, event)
    return EventStatus.ACCEPTED


def _keep(
    session: Session, now: datetime, round_: Round, person_id: int, said: RecordedEvent
) -> RoundEvent:
    pickup = _pickup(session, round_, said.pickup)
    event = RoundEvent(
        bank_id=round_.bank_id,
        client_id=said.client_id,
        round_id=round_.id,
        pickup_id=said.pickup,
        person_id=person_id,
        kind=said.kind,
        sequence=said.sequence,
        device_at=said.device_at,
        received_at=now,
        device=said.device,
        payload=read_payload(session, round_=round_, pickup=pickup, said=said),
    )
    session.add(event)
    try:
        session.flush()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise Refused("event_of_another_round") from error
    keep_what_follows(session, now=now, pickup=pickup, event=event)
    return event


def _pickup(session: Session, round_: Round, pickup_id: int | None) -> Pickup | None:
    """Return the visit an event is about.

    It must be in the published round, or have been in it once: what a collector recorded at a
    door is never lost because the office moved the visit meanwhile.
    """
    if pickup_id is None:
        return None
    promised = {stop["pickup"] for stop in (round_.published or {})["stops"]}
    if pickup_id not in promised and not once_promised(session, round_, pickup_id):
        raise Refused("pickup_not_in_round")
    return session.get_one(Pickup, pickup_id, with_for_update=True)


def _audit(session: Session, now: datetime, event: RoundEvent) -> None:
    subject = f"pickup:{event.pickup_id}" if event.pickup_id else f"round:{event.round_id}"
    record(
        session,
        now=now,
        bank_id=event.bank_id,
        actor=f"person:{event.person_id}",
        action=f"phone said {event.kind.value}",
        subject=subject,
        event=event.id,
        round=event.round_id,
        device_at=event.device_at.isoformat(),
    )
