"""A coordinator's word on two records of one visit: one stands, the others are taken back.

It is one more event of the round, as if a phone had undone them: so both versions stay readable,
every phone learns of it, and nothing else has to know.
"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.rounds.events.projection import events_of, settle
from collector.rounds.events.replay import replay_round
from collector.rounds.events.schema import said_by
from collector.rounds.models import EventKind, Round, RoundEvent

DECISIVE = frozenset({EventKind.COLLECTED, EventKind.NOT_DONE})


def let_record_stand(
    session: Session, *, now: datetime, bank_id: int, event_id: int, person_id: int
) -> None:
    """Take back every other record of the visit that an event is about, in every round.

    Raises
    ------
    NotFound
        The bank has no such event.
    Refused
        `record_not_standing`: it was taken back meanwhile, or decides nothing.
    """
    chosen = owned(session, RoundEvent, bank_id, event_id)
    if chosen.kind not in DECISIVE or chosen.client_id not in _standing(session, chosen.round_id):
        raise Refused("record_not_standing")
    rivals = session.scalars(
        select(RoundEvent)
        .where(
            RoundEvent.bank_id == bank_id,
            RoundEvent.pickup_id == chosen.pickup_id,
            RoundEvent.kind.in_(DECISIVE),
            RoundEvent.id != chosen.id,
        )
        .order_by(RoundEvent.id)
    )
    for rival in list(rivals):
        if rival.client_id in _standing(session, rival.round_id):
            _take_back(session, now, rival, person_id)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="record chosen",
        subject=f"pickup:{chosen.pickup_id}",
        event=chosen.id,
    )


def _standing(session: Session, round_id: int) -> set[str]:
    counted = replay_round([said_by(row) for row in events_of(session, round_id)]).counted
    return {said.client_id for said in counted}


def _take_back(session: Session, now: datetime, rival: RoundEvent, person_id: int) -> None:
    round_ = session.get_one(Round, rival.round_id, with_for_update=True)
    last = session.scalar(
        select(func.max(RoundEvent.sequence)).where(RoundEvent.round_id == round_.id)
    )
    event = RoundEvent(
        bank_id=rival.bank_id,
        # Chosen twice, it is one event.
        client_id=str(uuid5(NAMESPACE_URL, f"undone by the office {rival.client_id}")),
        round_id=round_.id,
        pickup_id=rival.pickup_id,
        person_id=person_id,
        kind=EventKind.UNDONE,
        device="",
        sequence=(last or 0) + 1,
        device_at=now,
        received_at=now,
        payload={"undoes": rival.client_id, "reason": "office"},
    )
    session.add(event)
    session.flush()
    settle(session, now=now, round_=round_, event=event)
