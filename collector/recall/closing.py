"""The end of a recall: quality and a releaser sign it; the signatures of a drill lift its holds."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.laboratory.holding.actions import ask_to_lift, lift_hold, refuse_unfit_pair
from collector.laboratory.holds.models import LaboratoryHold
from collector.recall.actions import lock_recall, record_event, written_reason
from collector.recall.models import Recall, RecallAct, RecallHold, RecallState
from collector.recall.notifying import unanswered_wards


def ask_to_close(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recall_id: int,
    note: str,
    unanswered_because: str = "",
) -> Recall:
    """Sign first that a settled recall is over.

    Parameters
    ----------
    unanswered_because
        The reason to close it although a ward has not acknowledged its notice; it is in the report.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `recall_not_settled`; `recall_over`; `reason_missing`; `text_too_long` (`most`);
        `recall_unanswered` (`wards`): they have not acknowledged, and no reason is given.
    """
    recall = _settled(session, bank_id, recall_id)
    recall.unanswered_because = ""
    if unanswered_because.strip():
        recall.unanswered_because = written_reason(unanswered_because)
    _refuse_unanswered(session, recall)
    recall.closing_note, recall.close_asked_by_id = written_reason(note), person_id
    record_event(session, now, recall, person_id, RecallAct.CLOSE_ASKED)
    return recall


def close(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int
) -> Recall:
    """Sign second that a recall is over. The two signatures of a drill lift its holds too.

    The holds of a recall that is no drill stay: its milk is destroyed, or two people lift them.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `recall_not_settled`; `recall_over`; `recall_first_signature_missing`;
        `two_people_needed`; `quality_and_releaser_needed`; `recall_unanswered` (`wards`).
    """
    recall = _settled(session, bank_id, recall_id)
    first = recall.close_asked_by_id
    if first is None:
        raise Refused("recall_first_signature_missing")
    refuse_unfit_pair(session, first=first, second=person_id)
    _refuse_unanswered(session, recall)
    recall.closed_by_id, recall.state = person_id, RecallState.CLOSED
    if recall.mock:
        _lift(session, now, recall, first=first, second=person_id)
    record_event(session, now, recall, person_id, RecallAct.CLOSED, first=f"person:{first}")
    return recall


def _refuse_unanswered(session: Session, recall: Recall) -> None:
    """Refuse the end of a recall with a silent ward; drop a reason that is needed no more."""
    silent = unanswered_wards(session, recall.id)
    if silent and not recall.unanswered_because:
        raise Refused("recall_unanswered", wards="; ".join(silent))
    if not silent:
        recall.unanswered_because = ""


def _lift(session: Session, now: datetime, recall: Recall, *, first: int, second: int) -> None:
    """Lift the standing holds of a drill."""
    holds = session.scalars(
        select(LaboratoryHold)
        .join(RecallHold, RecallHold.hold_id == LaboratoryHold.id)
        .where(RecallHold.recall_id == recall.id, LaboratoryHold.lifted_at.is_(None))
        .order_by(LaboratoryHold.id)
    ).all()
    for hold in holds:
        ask_to_lift(
            session,
            now=now,
            bank_id=recall.bank_id,
            person_id=first,
            hold_id=hold.id,
            reason=recall.closing_note,
        )
        lift_hold(session, now=now, bank_id=recall.bank_id, person_id=second, hold_id=hold.id)


def _settled(session: Session, bank_id: int, recall_id: int) -> Recall:
    recall = lock_recall(session, bank_id, recall_id)
    if recall.state is RecallState.CLOSED:
        raise Refused("recall_over")
    if recall.state is not RecallState.SETTLED:
        raise Refused("recall_not_settled")
    return recall
