"""Writing of recalls: opened by one person, confirmed and closed by two, each act an event."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.recall.freezing import hash_of_scope, write_items
from collector.recall.models import (
    Recall,
    RecallAct,
    RecallEvent,
    RecallFate,
    RecallItem,
    RecallState,
    Whereabouts,
)
from collector.recall.origins import label_of_origin, refuse_unfit_origin
from collector.recall.scope import read_scope
from collector.recall.stops import stop_milk
from collector.recall.walk import Origin, forward

LONGEST_REASON = 500
"""Longest reason of a recall, and longest note of its end, in characters."""


def open_recall(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    origin: Origin,
    reason: str,
    mock: bool = False,
) -> Recall:
    """Open a recall by one person: its holds are open when the transaction ends.

    The scope is frozen afterwards, by `freeze_scope`: a scope that takes long delays no hold.

    Raises
    ------
    NotFound
        The bank has no such subject.
    Refused
        `reason_missing`; `text_too_long` (`most`); `recall_day_missing`; `recall_day_ahead`;
        `days_backwards`; `recall_of_nothing`: no milk is reached.
    """
    refuse_unfit_origin(session, bank_id=bank_id, origin=origin, now=now)
    reach = forward(session, bank_id=bank_id, origin=origin)
    if not (reach.visits or reach.containers or reach.pools or reach.bottles):
        raise Refused("recall_of_nothing")
    recall = Recall(
        bank_id=bank_id,
        subject=origin.subject,
        subject_id=origin.subject_id,
        box=origin.box,
        since=origin.since,
        until=origin.until,
        label=label_of_origin(session, origin=origin),
        mock=mock,
        reason=written_reason(reason),
        state=RecallState.OPENED,
        scope_hash="",
        opened_by_id=person_id,
        opened_at=now,
        confirm_asked_by_id=None,
        confirmed_by_id=None,
        close_asked_by_id=None,
        closed_by_id=None,
        closing_note="",
        unanswered_because="",
    )
    session.add(recall)
    record_event(session, now, recall, person_id, RecallAct.OPENED)
    holds = stop_milk(session, now=now, recall=recall, origin=origin, reach=reach)
    record_event(session, now, recall, person_id, RecallAct.HELD, holds=holds)
    return recall


def origin_of(recall: Recall) -> Origin:
    """Return the subject of a recall's walk."""
    return Origin(
        subject=recall.subject,
        subject_id=recall.subject_id,
        box=recall.box,
        since=recall.since,
        until=recall.until,
    )


def freeze_scope(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int
) -> Recall:
    """Write the scope of an opened recall, with its hash; nothing of it changes afterwards.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `recall_scoped`: it is frozen already.
    """
    recall = lock_recall(session, bank_id, recall_id)
    if recall.state is not RecallState.OPENED:
        raise Refused("recall_scoped")
    reach = forward(session, bank_id=bank_id, origin=origin_of(recall))
    items = read_scope(session, reach=reach)
    write_items(session, recall, items)
    recall.scope_hash = hash_of_scope(recall, items)
    recall.state = RecallState.SCOPED
    record_event(
        session,
        now,
        recall,
        person_id,
        RecallAct.SCOPED,
        lines=len(items),
        ml=sum(each.volume_ml or 0 for each in items),
        hash=recall.scope_hash,
    )
    return recall


def ask_confirmation(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int
) -> Recall:
    """Sign first that the scope is the right one.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `recall_not_scoped`; `recall_confirmed`.
    """
    recall = _to_confirm(session, bank_id, recall_id)
    recall.confirm_asked_by_id = person_id
    record_event(session, now, recall, person_id, RecallAct.CONFIRM_ASKED)
    return recall


def confirm(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int
) -> Recall:
    """Sign second that the scope is the right one.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `recall_not_scoped`; `recall_confirmed`; `recall_first_signature_missing`;
        `two_people_needed`: it is the same person.
    """
    recall = _to_confirm(session, bank_id, recall_id)
    if recall.confirm_asked_by_id is None:
        raise Refused("recall_first_signature_missing")
    if recall.confirm_asked_by_id == person_id:
        raise Refused("two_people_needed")
    recall.confirmed_by_id, recall.state = person_id, RecallState.CONFIRMED
    if recall.mock:
        _trace_wards(session, now, recall)
    record_event(session, now, recall, person_id, RecallAct.CONFIRMED)
    settle_if_complete(session, now=now, person_id=person_id, recall=recall)
    return recall


def _trace_wards(session: Session, now: datetime, recall: Recall) -> None:
    """Count milk on wards as traced in a drill: the records name its ward, and no ward is asked."""
    session.execute(
        update(RecallItem)
        .where(
            RecallItem.recall_id == recall.id,
            RecallItem.whereabouts == Whereabouts.AT_WARD,
            RecallItem.fate.is_(None),
        )
        .values(fate=RecallFate.TRACED, fate_at=now)
    )


def settle_if_complete(session: Session, *, now: datetime, person_id: int, recall: Recall) -> None:
    """Settle a recall once it is confirmed, its wards are told, and each line has a fate.

    A drill tells no ward, and is settled after its confirmation.
    """
    ready = RecallState.CONFIRMED if recall.mock else RecallState.NOTIFIED
    if recall.state is not ready:
        return
    session.flush()
    open_ = select(func.count()).where(RecallItem.recall_id == recall.id, RecallItem.fate.is_(None))
    if not session.scalar(open_):
        recall.state = RecallState.SETTLED
        record_event(session, now, recall, person_id, RecallAct.SETTLED)


def lock_recall(session: Session, bank_id: int, recall_id: int) -> Recall:
    """Return a recall, locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such recall.
    """
    recall = owned(session, Recall, bank_id, recall_id)
    session.refresh(recall, with_for_update=True)
    return recall


def _to_confirm(session: Session, bank_id: int, recall_id: int) -> Recall:
    recall = lock_recall(session, bank_id, recall_id)
    if recall.state is RecallState.OPENED:
        raise Refused("recall_not_scoped")
    if recall.state is not RecallState.SCOPED:
        raise Refused("recall_confirmed")
    return recall


def written_reason(text: str) -> str:
    """Return the words of a person without blanks around them.

    Raises
    ------
    Refused
        `reason_missing`; `text_too_long` (`most`).
    """
    if not text.strip():
        raise Refused("reason_missing")
    if len(text) > LONGEST_REASON:
        raise Refused("text_too_long", most=LONGEST_REASON)
    return text.strip()


def record_event(
    session: Session,
    now: datetime,
    recall: Recall,
    person_id: int,
    act: RecallAct,
    **figures: object,
) -> None:
    """Add an event of a recall, and its entry in the audit chain."""
    session.flush()
    session.add(
        RecallEvent(
            bank_id=recall.bank_id,
            recall_id=recall.id,
            act=act,
            person_id=person_id,
            at=now,
            figures=figures,
        )
    )
    session.flush()
    record(
        session,
        now=now,
        bank_id=recall.bank_id,
        actor=f"person:{person_id}",
        action=f"recall {act.value}",
        subject=f"recall:{recall.id}",
        **figures,
    )
