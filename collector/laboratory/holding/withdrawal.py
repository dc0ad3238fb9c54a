"""Withdrawal: a released lot is stopped with its hold and its decision, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Lot, LotState


def withdraw(
    session: Session,
    *,
    now: datetime,
    person_id: int,
    lot: Lot,
    reason: str,
    result_id: int | None = None,
) -> None:
    """Withdraw a released lot that is locked; its bottles are held at once.

    Parameters
    ----------
    result_id
        The failing result that is the cause.

    Raises
    ------
    Refused
        `reason_missing`; `text_too_long` (`most`).
    """
    open_hold(
        session,
        now=now,
        bank_id=lot.bank_id,
        person_id=person_id,
        subject=HoldSubject.LOT,
        subject_id=lot.id,
        reason=reason,
        result_id=result_id,
    )
    lot.state = LotState.WITHDRAWN
    decision = LotDecision(
        bank_id=lot.bank_id,
        lot_id=lot.id,
        verdict=LotVerdict.WITHDRAWN,
        reason=reason.strip(),
        checks=[],
        rules={"result": result_id} if result_id else {},
        person_id=person_id,
        second_id=None,
        decided_at=now,
    )
    session.add(decision)
    _record(session, decision)


def _record(session: Session, decision: LotDecision) -> None:
    session.flush()
    record(
        session,
        now=decision.decided_at,
        bank_id=decision.bank_id,
        actor=f"person:{decision.person_id}",
        action="lot withdrawn",
        subject=f"lot:{decision.lot_id}",
        **decision.rules,
    )
