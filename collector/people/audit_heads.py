"""Daily signed heads of the audit chains, kept and e-mailed to the quality managers."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.anchors import anchor_is_due, line_of, sign_head
from collector.audit.models import AuditAnchor
from collector.audit.signing import HeadSigner
from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.notices.actions import enqueue
from collector.notices.models import Channel
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True)
class AuditHeads:
    """The signing of an installation's audit chains, once a day and bank."""

    signer: HeadSigner
    mailed: bool = False

    def is_due(self, session: Session, *, now: datetime, bank_id: int) -> bool:
        """Return whether a bank's head of today is not signed yet."""
        day = _today(get_bank(session, bank_id), now)
        return anchor_is_due(session, bank_id=bank_id, day=day)

    def sign(self, session: Session, *, now: datetime, bank_id: int) -> AuditAnchor:
        """Sign a bank's head of today, and enqueue it to each quality manager if so set."""
        bank = get_bank(session, bank_id)
        day = _today(bank, now)
        anchor = sign_head(session, self.signer, now=now, bank_id=bank_id, bank=bank.slug, day=day)
        if self.mailed:
            for person in people_with_role(session, bank_id=bank_id, role=Role.QUALITY):
                enqueue(
                    session,
                    now=now,
                    bank_id=bank_id,
                    once=f"audit_head person:{person.id} {day}",
                    recipient=f"person:{person.id}",
                    to=person.email,
                    template="audit_head",
                    language=person.language,
                    channel=Channel.EMAIL,
                    day=day.isoformat(),
                    line=line_of(anchor, bank.slug),
                    fingerprint=self.signer.fingerprint,
                )
        return anchor


def _today(bank: Bank, now: datetime) -> date:
    return ServiceDay.of(now, bank.zone).day
