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
from collector.banks.models import Site
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.actions import record_door, refuse_taken_labels
from collector.custody.door import read_door
from collector.db import is_duplicate
from collector.errors import Refused
from collector.pickups.models import Pickup, Purpose
from collector.rounds.followed import followed_round
from collector.rounds.models import EventKind, Round, RoundEvent
from collector.rounds.replay import Said
from collector.rounds.said import (
    read_client_id,
    read_hand_over,
    read_not_done,
    read_said,
    read_undone,
)
from collector.rounds.settling import settle


class OutcomeStatus(StrEnum):
    """What became of an event the phone sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one event; a refusal says why by a code and its figures."""

    status: OutcomeStatus
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
) -> Outcome:
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
        return Outcome(
            status=OutcomeStatus.REFUSED, client_id=client_id, code=no.code, figures=no.figures
        )
    return Outcome(status=status, client_id=client_id)


def _take(
    session: Session,
    now: datetime,
    round_: Round,
    person_id: int,
    client_id: str,
    said: Mapping[str, Any],
) -> OutcomeStatus:
    known = session.scalar(
        select(RoundEvent).where(
            RoundEvent.bank_id == round_.bank_id, RoundEvent.client_id == client_id
        )
    )
    if known is not None:
        if known.round_id != round_.id:
            raise Refused("event_of_another_round")
        return OutcomeStatus.DUPLICATE
    event = _keep(session, now, round_, person_id, read_said(said))
    settle(session, now=now, round_=round_, event=event)
    _audit(session, now, event)
    return OutcomeStatus.ACCEPTED


def _keep(session: Session, now: datetime, round_: Round, person_id: int, said: Said) -> RoundEvent:
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
        payload=_payload(session, round_, pickup, said),
    )
    session.add(event)
    try:
        session.flush()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise Refused("event_of_another_round") from error
    if pickup is not None and said.kind is EventKind.COLLECTED:
        _record(session, now, pickup, event)
    return event


def _pickup(session: Session, round_: Round, pickup_id: int | None) -> Pickup | None:
    """Return the visit an event is about.

    It must be in the published round; one that was taken out of it afterwards may still be
    spoken of if this round had spoken of it before, so that a mistake can be put right.
    """
    if pickup_id is None:
        return None
    promised = {stop["pickup"] for stop in (round_.published or {})["stops"]}
    spoken_of = select(RoundEvent.id).where(
        RoundEvent.round_id == round_.id, RoundEvent.pickup_id == pickup_id
    )
    if pickup_id not in promised and session.scalar(spoken_of.limit(1)) is None:
        raise Refused("pickup_not_in_round")
    return session.get_one(Pickup, pickup_id, with_for_update=True)


def _payload(session: Session, round_: Round, pickup: Pickup | None, said: Said) -> dict[str, Any]:
    """Read the payload by the event's kind; what is kept is what was read."""
    if said.kind is EventKind.COLLECTED and pickup is not None:
        milk = bool({Purpose.COLLECTION, Purpose.WARD} & set(pickup.purposes))
        door = read_door(said.payload, milk_expected=milk)
        refuse_taken_labels(session, pickup=pickup, numbers=door.numbers(pickup.id))
        return door.as_payload()
    if said.kind is EventKind.NOT_DONE:
        return read_not_done(said.payload)
    if said.kind is EventKind.UNDONE:
        return read_undone(said.payload)
    if said.kind is EventKind.HANDED_OVER:
        payload = read_hand_over(said.payload)
        site = session.get(Site, payload["site"])
        if site is None or site.bank_id != round_.bank_id:
            raise Refused("site_unknown")
        return payload
    return {}


def _record(session: Session, now: datetime, pickup: Pickup, event: RoundEvent) -> None:
    record_door(
        session,
        now=now,
        pickup=pickup,
        collector_id=event.person_id,
        event_id=event.id,
        device_at=event.device_at,
        door=read_door(event.payload, milk_expected=False),
        freezer_warmest=policies_of(session, pickup.bank_id)[PolicyKey.FREEZER_WARMEST_CELSIUS],
    )


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
