"""Queries of a round's events, and of the rounds that a collector's phone may follow."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.rounds.events.replay import RoundProgress, replay_round
from collector.rounds.events.schema import PhoneEvent, event_of_row
from collector.rounds.models import (
    DayPlan,
    EventKind,
    Publication,
    Round,
    RoundEvent,
    RoundState,
)
from collector.shifts.models import RosterShift

ON_THE_ROAD = (RoundState.STARTED, RoundState.RETURNED)
"""States of a round with milk in the box."""
EACH_COUNTS = (EventKind.HANDED_OVER, EventKind.ACKNOWLEDGED)
"""Kinds of which every event that stands counts, not only the last."""
PHONE_TIME = func.coalesce(RoundEvent.reported_at, RoundEvent.device_at)
"""The time by the phone's clock, which decides on the order of events."""
COLUMNS = (
    RoundEvent.id,
    RoundEvent.round_id,
    RoundEvent.person_id,
    RoundEvent.received_at,
    RoundEvent.client_id,
    RoundEvent.kind,
    RoundEvent.pickup_id,
    RoundEvent.sequence,
    RoundEvent.device_at,
    RoundEvent.reported_at,
    RoundEvent.device,
    RoundEvent.payload,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A typed event with the columns of its row that no phone sends."""

    id: int
    round_id: int
    person_id: int
    received_at: datetime
    event: PhoneEvent


def followed_rounds(session: Session, *, bank_id: int, person_id: int, today: date) -> list[Round]:
    """Return a collector's published rounds of today and tomorrow, in the order they begin.

    Yesterday's round stays while it is on the road: a collector with milk in the box keeps it on
    the phone after midnight.
    """
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    late = and_(DayPlan.day == yesterday, Round.state.in_(ON_THE_ROAD))
    rounds = session.scalars(
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            Round.bank_id == bank_id,
            Round.revision > 0,
            RosterShift.collector_id == person_id,
            or_(DayPlan.day.in_((today, tomorrow)), late),
        )
        .order_by(DayPlan.day, RosterShift.begins, Round.id)
    )
    return [each for each in rounds if each.published is not None]


def followed_round(
    session: Session, *, bank_id: int, person_id: int, round_id: int, lock: bool = False
) -> Round:
    """Return one of a collector's own published rounds.

    Parameters
    ----------
    lock
        Lock the row until the transaction ends, so that the POSTs of one round follow one another.
        The events are read by a later statement: under PostgreSQL's READ COMMITTED a statement
        that waited for the lock does not see the rows that the other transaction inserted.

    Raises
    ------
    NotFound
        The round does not exist, was never published, or is a colleague's.
    """
    own = (
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(
            Round.id == round_id,
            Round.bank_id == bank_id,
            Round.revision > 0,
            RosterShift.collector_id == person_id,
        )
    )
    round_ = session.scalar(own.with_for_update(of=Round) if lock else own)
    if round_ is None or round_.published is None:
        raise NotFound("not_found", kind="rounds")
    return round_


def event_rows(session: Session, *, bank_id: int, round_id: int) -> list[RoundEvent]:
    """Return the rows of a round's events, in the phones' order."""
    return list(
        session.scalars(
            select(RoundEvent)
            .where(RoundEvent.bank_id == bank_id, RoundEvent.round_id == round_id)
            .order_by(RoundEvent.sequence, PHONE_TIME, RoundEvent.client_id)
        )
    )


def count_events(session: Session, *, bank_id: int, round_id: int) -> int:
    """Return the number of a round's stored events."""
    own = RoundEvent.bank_id == bank_id, RoundEvent.round_id == round_id
    return session.scalar(select(func.count(RoundEvent.id)).where(*own)) or 0


def stored_events(session: Session, *criteria: ColumnElement[bool]) -> list[StoredEvent]:
    """Return the events with rows that meet the criteria, in the order of their keys."""
    rows = session.execute(select(*COLUMNS).where(*criteria).order_by(RoundEvent.id))
    return [stored_event(row, event_of_row(row)) for row in rows]


def stored_event(row: Row[Any] | RoundEvent, event: PhoneEvent) -> StoredEvent:
    """Return a typed event with the columns of its row."""
    return StoredEvent(
        id=row.id,
        round_id=row.round_id,
        person_id=row.person_id,
        received_at=row.received_at,
        event=event,
    )


def events_by_round(
    session: Session, *criteria: ColumnElement[bool]
) -> defaultdict[int, list[StoredEvent]]:
    """Return the events with rows that meet the criteria, by the key of their round."""
    found: defaultdict[int, list[StoredEvent]] = defaultdict(list)
    for each in stored_events(session, *criteria):
        found[each.round_id].append(each)
    return found


def progress_of(session: Session, round_: Round) -> RoundProgress:
    """Return the progress of a round."""
    stored = stored_events(session, RoundEvent.round_id == round_.id)
    return replay_round(each.event for each in stored)


def deciding_events(
    session: Session, *, round_id: int, undone: Collection[str] = ()
) -> list[StoredEvent]:
    """Return the events of a round that decide its present state, by their keys' order.

    Replaying them gives the same visits, hand-overs and figures as replaying every event, and
    their number does not grow with corrections: an undone event and its undo never count again,
    and of the events of one visit and one kind only the last that stands decides
    (`collector.rounds.events.replay`). Rivals of a deciding record are left out.

    Parameters
    ----------
    undone
        Client ids of events that are about to be undone. They are returned as well, and beside
        them the events that decide without them.
    """
    own = RoundEvent.round_id == round_id
    is_undo = RoundEvent.kind == EventKind.UNDONE
    undoes = func.coalesce(RoundEvent.payload["undoes"].as_string(), "")
    leaves = RoundEvent.client_id.in_(undone)
    last_first = (
        RoundEvent.sequence.desc(),
        PHONE_TIME.desc(),
        RoundEvent.client_id.desc(),
    )
    place = func.row_number().over(
        partition_by=(RoundEvent.pickup_id, RoundEvent.kind, leaves), order_by=last_first
    )
    stands = (
        select(RoundEvent.id, RoundEvent.kind, leaves.label("leaves"), place.label("place"))
        .where(own, not_(is_undo), RoundEvent.client_id.not_in(select(undoes).where(own, is_undo)))
        .subquery()
    )
    decides = or_(stands.c.place == 1, stands.c.leaves, stands.c.kind.in_(EACH_COUNTS))
    waiting = own, is_undo, undoes.not_in(select(RoundEvent.client_id).where(own))
    return stored_events(
        session,
        or_(
            RoundEvent.id.in_(select(stands.c.id).where(decides)),
            RoundEvent.id.in_(select(RoundEvent.id).where(*waiting)),
        ),
    )


def rounds_by_client_id(
    session: Session, *, bank_id: int, client_ids: Collection[str]
) -> dict[str, int]:
    """Return the key of the round of each stored event, by client id."""
    rows = session.execute(
        select(RoundEvent.client_id, RoundEvent.round_id).where(
            RoundEvent.bank_id == bank_id, RoundEvent.client_id.in_(client_ids)
        )
    )
    return {row.client_id: row.round_id for row in rows}


def other_rounds(session: Session, *, round_id: int, visits: Collection[int]) -> list[int]:
    """Return the keys of the other rounds that have an event of these visits.

    A visit that failed may be planned again: its containers follow from the events of all its
    rounds.
    """
    return list(
        session.scalars(
            select(RoundEvent.round_id)
            .where(RoundEvent.pickup_id.in_(visits), RoundEvent.round_id != round_id)
            .distinct()
            .order_by(RoundEvent.round_id)
        )
    )


def once_in_round(session: Session, round_: Round, visits: Collection[int]) -> set[int]:
    """Return the visits that an earlier revision or an earlier event had in the round."""
    if not visits:
        return set()
    recorded = session.scalars(
        select(RoundEvent.pickup_id)
        .where(RoundEvent.round_id == round_.id, RoundEvent.pickup_id.in_(visits))
        .distinct()
    )
    changes = session.scalars(
        select(Publication.changes).where(Publication.day_plan_id == round_.day_plan_id)
    )
    added = {
        pickup
        for published in changes
        for change in published["rounds"]
        if change["round"] == round_.id
        for pickup in change["added"]
    }
    return set(visits) & (added | set(recorded))
