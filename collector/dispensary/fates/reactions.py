"""Suspected reactions: one person reports that a child fell ill, and the milk it had is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.dispensary.acts import recorded, short_text
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, MilkFate, ReactionHold, ReactionReport
from collector.errors import NotFound, Refused
from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle
from collector.recipients.models import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionDraft:
    """A suspected reaction as a ward reports it.

    Attributes
    ----------
    words
        The ward's words about the child; they stay in the report.
    reason
        The reason of the holds, which the laboratory reads; no word about the child.
    """

    fell_ill_on: date
    words: str
    reason: str


def report_reaction(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    ward_id: int,
    recipient_id: int,
    draft: ReactionDraft,
    today: date,
) -> ReactionReport:
    """Keep a report of a suspected reaction, and hold every lot that the child received.

    Raises
    ------
    NotFound
        The ward has no such recipient.
    Refused
        `day_in_future`; `text_too_long` (`most`).
    """
    recipient = owned(session, Recipient, bank_id, recipient_id)
    if recipient.ward_id != ward_id:
        raise NotFound("not_found", kind="recipients")
    if draft.fell_ill_on > today:
        raise Refused("day_in_future")
    report = ReactionReport(
        bank_id=bank_id,
        recipient_id=recipient_id,
        ward_id=ward_id,
        fell_ill_on=draft.fell_ill_on,
        words=short_text(draft.words),
        reported_by_id=person_id,
        reported_at=now,
    )
    session.add(report)
    session.flush()
    lots = lots_received(session, recipient_id)
    _hold_lots(session, report, lots, draft.reason)
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="reaction reported",
        subject=f"reaction_report:{report.id}",
        lots=len(lots),
    )
    return report


def _hold_lots(session: Session, report: ReactionReport, lots: Sequence[int], reason: str) -> None:
    for lot_id in lots:
        hold = open_hold(
            session,
            now=report.reported_at,
            bank_id=report.bank_id,
            person_id=report.reported_by_id,
            subject=HoldSubject.LOT,
            subject_id=lot_id,
            reason=reason,
        )
        session.add(ReactionHold(bank_id=report.bank_id, report_id=report.id, hold_id=hold.id))


def lots_received(session: Session, recipient_id: int) -> Sequence[int]:
    """Return the lots of the bottles that were handed over for a child, or given to it."""
    given = select(BottleFate.dispensed_bottle_id).where(
        BottleFate.recipient_id == recipient_id,
        BottleFate.fate == MilkFate.GIVEN,
        BottleFate.withdrawn_at.is_(None),
    )
    return session.scalars(
        select(Bottle.lot_id)
        .join(DispensedBottle, DispensedBottle.bottle_id == Bottle.id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
            or_(Dispensing.recipient_id == recipient_id, DispensedBottle.id.in_(given)),
        )
        .distinct()
        .order_by(Bottle.lot_id)
    ).all()
