"""Sealing of identities: a time after the last prescribed day and the last milk of a recipient."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.dispensary.dispensings.models import Dispensing
from collector.dispensary.fates.models import BottleFate
from collector.dispensary.fates.queries import bottles_out
from collector.dispensary.orders.models import Prescription
from collector.recipients.models import Recipient
from collector.recipients.sealing import seal_identities, unsealed_recipients


def recipients_to_seal(session: Session, *, bank_id: int, now: datetime) -> list[int]:
    """Return the recipients whose identity is to be sealed.

    Enrolment, prescriptions, hand-overs and fates lie `seal_identity_days` back, and no bottle of
    theirs is without a fate.
    """
    unsealed = unsealed_recipients(session, bank_id)
    if not unsealed:
        return []
    days = policies_of(session, bank_id)[PolicyKey.SEAL_IDENTITY_DAYS]
    since = now - timedelta(days=days)
    recent = (
        select(Recipient.id).where(Recipient.bank_id == bank_id, Recipient.enrolled_at > since),
        select(Prescription.recipient_id).where(
            Prescription.bank_id == bank_id, Prescription.valid_until > since.date()
        ),
        select(Dispensing.recipient_id).where(
            Dispensing.bank_id == bank_id, Dispensing.handed_over_at > since
        ),
        select(BottleFate.recipient_id).where(BottleFate.bank_id == bank_id, BottleFate.at > since),
    )
    busy = {key for statement in recent for key in session.scalars(statement.distinct())}
    busy |= {each.dispensing.recipient_id for each in bottles_out(session, bank_id=bank_id)}
    return [key for key in unsealed if key not in busy]


def seal_due(session: Session, *, bank_id: int, now: datetime) -> int:
    """Seal the identities that are due; return their number."""
    due = recipients_to_seal(session, bank_id=bank_id, now=now)
    return seal_identities(session, now=now, recipients=due)
