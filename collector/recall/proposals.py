"""Proposed recalls: lots that a late result withdrew, and suspected reactions, without a recall."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.fates.models import ReactionReport
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.recall.models import Recall, RecalledForm, RecallSubject, Whereabouts
from collector.recall.origins import label_of_origin
from collector.recall.outside import donors_of_recipient, recipients_of
from collector.recall.scope import read_scope
from collector.recall.walk import MilkReach, Origin, donors_behind, forward

MOST_PROPOSED = 20
"""Most proposals of each kind, the latest first."""
OUTSIDE = frozenset({Whereabouts.AT_WARD, Whereabouts.SENT_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallProposal:
    """A subject that ought to be recalled, with the bottles that its recall would reach."""

    origin: Origin
    label: str
    since: datetime
    here: int
    outside: int
    donors: int
    """Donors of the milk of these bottles."""
    children: int
    """Children with milk of it."""

    @property
    def bottles(self) -> int:
        """The bottles of the scope."""
        return self.here + self.outside


def proposed_recalls(session: Session, bank_id: int) -> list[RecallProposal]:
    """Return the subjects of failing results and of reactions that no recall took up since."""
    taken_up = {
        (row.subject, row.subject_id, row.opened_at)
        for row in session.execute(
            select(Recall.subject, Recall.subject_id, Recall.opened_at).where(
                Recall.bank_id == bank_id, Recall.mock.is_(False)
            )
        )
    }
    found = []
    for origin, since in (*_failing(session, bank_id), *_reactions(session, bank_id)):
        own = (origin.subject, origin.subject_id)
        if not any(each[:2] == own and each[2] >= since for each in taken_up):
            found.append(_proposal(session, bank_id, origin, since))
    return found


def _failing(session: Session, bank_id: int) -> Iterator[tuple[Origin, datetime]]:
    rows: Sequence[LaboratoryHold] = session.scalars(
        select(LaboratoryHold)
        .where(
            LaboratoryHold.bank_id == bank_id,
            LaboratoryHold.subject == HoldSubject.LOT,
            LaboratoryHold.result_id.is_not(None),
            LaboratoryHold.lifted_at.is_(None),
        )
        .order_by(LaboratoryHold.id.desc())
        .limit(MOST_PROPOSED)
    ).all()
    for hold in rows:
        yield Origin(subject=RecallSubject.LOT, subject_id=hold.subject_id), hold.opened_at


def _reactions(session: Session, bank_id: int) -> Iterator[tuple[Origin, datetime]]:
    rows = session.scalars(
        select(ReactionReport)
        .where(ReactionReport.bank_id == bank_id)
        .order_by(ReactionReport.id.desc())
        .limit(MOST_PROPOSED)
    )
    for report in rows:
        child = Origin(subject=RecallSubject.RECIPIENT, subject_id=report.recipient_id)
        yield child, report.reported_at


def _donors(session: Session, bank_id: int, origin: Origin, reach: MilkReach) -> set[int]:
    if origin.subject is RecallSubject.RECIPIENT:
        key = origin.subject_id or 0
        return donors_of_recipient(session, bank_id=bank_id, recipient_id=key)
    return donors_behind(session, bank_id=bank_id, pools=reach.pools)


def _proposal(session: Session, bank_id: int, origin: Origin, since: datetime) -> RecallProposal:
    reach = forward(session, bank_id=bank_id, origin=origin)
    bottles = [
        each
        for each in read_scope(session, reach=reach)
        if each.form is RecalledForm.BOTTLE and each.part == 0
    ]
    outside = sum(each.whereabouts in OUTSIDE for each in bottles)
    return RecallProposal(
        origin=origin,
        label=label_of_origin(session, origin=origin),
        since=since,
        here=len(bottles) - outside,
        outside=outside,
        donors=len(_donors(session, bank_id, origin, reach)),
        children=len(recipients_of(session, reach)),
    )
