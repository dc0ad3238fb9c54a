"""Drills: a lot drawn at random of the last year, the day a drill is due, the drill before."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.errors import Refused
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.pooling.models import Lot, LotState
from collector.recall.actions import open_recall
from collector.recall.models import Recall, RecallState, RecallSubject
from collector.recall.queries import RecallPicture, recall_picture
from collector.recall.walk import Origin
from collector.service_day import ServiceDay

DRAWN_FROM = timedelta(days=365)
"""Time before a drill in which its lot was released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillState:
    """The drills of a bank.

    Attributes
    ----------
    due_on
        The day on which the next drill is due; None if nothing was ever released.
    under_way
        The key of a drill that is not closed.
    """

    due_on: date | None
    last: Recall | None
    under_way: int | None


def open_drill(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    reason: str,
    draw: random.Random,
) -> Recall:
    """Open a recall of a released lot of the last year, drawn at random, as a drill.

    Its holds are real: a bottle of the lot stays in the house until the drill is closed.

    Raises
    ------
    Refused
        `drill_under_way`; `drill_without_lots`: nothing was released within a year;
        `reason_missing`; `text_too_long` (`most`).
    """
    if _under_way(session, bank_id) is not None:
        raise Refused("drill_under_way")
    lots = _drawable(session, bank_id, now)
    if not lots:
        raise Refused("drill_without_lots")
    return open_recall(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        origin=Origin(subject=RecallSubject.LOT, subject_id=draw.choice(lots)),
        reason=reason,
        mock=True,
    )


def drill_state(session: Session, *, bank_id: int) -> DrillState:
    """Return when a drill is due: so many days after the last one, or after the first release."""
    last = session.scalar(
        select(Recall)
        .where(Recall.bank_id == bank_id, Recall.mock, Recall.state == RecallState.CLOSED)
        .order_by(Recall.id.desc())
        .limit(1)
    )
    since = last.opened_at if last else _first_release(session, bank_id)
    due_on = None
    if since is not None:
        days = policies_of(session, bank_id)[PolicyKey.MOCK_RECALL_DAYS]
        due_on = ServiceDay.of(since, get_bank(session, bank_id).zone).day + timedelta(days=days)
    return DrillState(due_on=due_on, last=last, under_way=_under_way(session, bank_id))


def drill_before(session: Session, recall: Recall) -> RecallPicture | None:
    """Return the closed drill before a drill, to compare with; None if it is the first."""
    before = session.scalar(
        select(Recall.id)
        .where(
            Recall.bank_id == recall.bank_id,
            Recall.mock,
            Recall.state == RecallState.CLOSED,
            Recall.id < recall.id,
        )
        .order_by(Recall.id.desc())
        .limit(1)
    )
    if before is None:
        return None
    return recall_picture(session, bank_id=recall.bank_id, recall_id=before)


def _drawable(session: Session, bank_id: int, now: datetime) -> list[int]:
    """Return the lots that were released within the last year, and that are still released."""
    return list(
        session.scalars(
            select(Lot.id)
            .join(LotDecision, LotDecision.lot_id == Lot.id)
            .where(
                Lot.bank_id == bank_id,
                Lot.state == LotState.RELEASED,
                LotDecision.verdict == LotVerdict.RELEASED,
                LotDecision.decided_at >= now - DRAWN_FROM,
            )
            .distinct()
            .order_by(Lot.id)
        )
    )


def _first_release(session: Session, bank_id: int) -> datetime | None:
    return session.scalar(
        select(LotDecision.decided_at)
        .where(LotDecision.bank_id == bank_id, LotDecision.verdict == LotVerdict.RELEASED)
        .order_by(LotDecision.decided_at)
        .limit(1)
    )


def _under_way(session: Session, bank_id: int) -> int | None:
    return session.scalar(
        select(Recall.id)
        .where(Recall.bank_id == bank_id, Recall.mock, Recall.state != RecallState.CLOSED)
        .limit(1)
    )
