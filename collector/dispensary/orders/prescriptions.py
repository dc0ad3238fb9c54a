"""Prescriptions: written by the ward, valid from one day to another."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.db import owned
from collector.dispensary.acts import recorded
from collector.dispensary.orders.models import Prescription
from collector.errors import Refused
from collector.recipients.models import Recipient

LONGEST_PRESCRIBER = 120
LONGEST_DAYS = 62
MOST_ML_PER_DAY = 3000
LARGEST_DOCUMENT = 5 * 2**20
"""Largest signed sheet, in bytes."""
DOCUMENT_BEGINS = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n",
}
"""The first bytes of the permitted kinds of sheet."""
GRAMS_PER_KG = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionDraft:
    """A prescription as a ward copies it; exactly one of the two volumes is given."""

    prescriber: str
    valid_from: date
    valid_until: date
    ml_per_day: int | None = None
    ml_per_kg_day: int | None = None
    document: bytes | None = None


def write_prescription(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recipient_id: int,
    draft: PrescriptionDraft,
) -> Prescription:
    """Keep a prescription of a recipient.

    Raises
    ------
    NotFound
        The bank has no such recipient.
    Refused
        `prescriber_missing`; `text_too_long` (`most`); `days_in_wrong_order`; `days_too_many`
        (`most`); `day_volume_missing`; `day_volume_out_of_bounds` (`least`, `most`);
        `ml_per_kg_too_high` (`most`); `document_too_large` (`most`), `document_kind`.
    """
    owned(session, Recipient, bank_id, recipient_id)
    most_per_kg = policies_of(session, bank_id)[PolicyKey.MOST_ML_PER_KG]
    _refuse_implausible(draft, most_per_kg)
    prescription = Prescription(
        bank_id=bank_id,
        recipient_id=recipient_id,
        prescriber=draft.prescriber.strip(),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        ml_per_day=draft.ml_per_day,
        ml_per_kg_day=draft.ml_per_kg_day,
        document=draft.document,
        document_type=_kind_of(draft.document),
        written_by_id=person_id,
        written_at=now,
        withdrawn_at=None,
    )
    session.add(prescription)
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="prescription written",
        subject=f"recipient:{recipient_id}",
        until=draft.valid_until.isoformat(),
    )
    return prescription


def end_prescription(
    session: Session, *, now: datetime, bank_id: int, person_id: int, prescription_id: int
) -> None:
    """End a prescription now; a second end changes nothing.

    Raises
    ------
    NotFound
        The bank has no such prescription.
    """
    prescription = owned(session, Prescription, bank_id, prescription_id)
    if prescription.withdrawn_at is not None:
        return
    prescription.withdrawn_at = now
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="prescription ended",
        subject=f"recipient:{prescription.recipient_id}",
    )


def valid_on(day: date) -> ColumnElement[bool]:
    """Return the condition on the prescriptions that are valid on a day."""
    return (
        Prescription.withdrawn_at.is_(None)
        & (Prescription.valid_from <= day)
        & (Prescription.valid_until >= day)
    )


def prescription_on(session: Session, recipient_id: int, day: date) -> Prescription | None:
    """Return the latest prescription of a recipient that is valid on a day."""
    return session.scalar(
        select(Prescription)
        .where(Prescription.recipient_id == recipient_id, valid_on(day))
        .order_by(Prescription.id.desc())
        .limit(1)
    )


def prescriptions_of(session: Session, recipient_id: int) -> list[Prescription]:
    """Return the prescriptions of a recipient, the latest first."""
    return list(
        session.scalars(
            select(Prescription)
            .where(Prescription.recipient_id == recipient_id)
            .order_by(Prescription.id.desc())
        )
    )


def daily_ml(prescription: Prescription, weight_g: int) -> int:
    """Return the prescribed millilitres of a day, for a child of this weight in grams."""
    if prescription.ml_per_day is not None:
        return prescription.ml_per_day
    return round((prescription.ml_per_kg_day or 0) * weight_g / GRAMS_PER_KG)


def _refuse_implausible(draft: PrescriptionDraft, most_per_kg: int) -> None:
    if not draft.prescriber.strip():
        raise Refused("prescriber_missing")
    if len(draft.prescriber) > LONGEST_PRESCRIBER:
        raise Refused("text_too_long", most=LONGEST_PRESCRIBER)
    if draft.valid_until < draft.valid_from:
        raise Refused("days_in_wrong_order")
    if (draft.valid_until - draft.valid_from).days >= LONGEST_DAYS:
        raise Refused("days_too_many", most=LONGEST_DAYS)
    if (draft.ml_per_day is None) == (draft.ml_per_kg_day is None):
        raise Refused("day_volume_missing")
    if draft.ml_per_kg_day is not None and draft.ml_per_kg_day > most_per_kg:
        raise Refused("ml_per_kg_too_high", most=most_per_kg)
    volume = draft.ml_per_day or draft.ml_per_kg_day or 0
    if not 1 <= volume <= MOST_ML_PER_DAY:
        raise Refused("day_volume_out_of_bounds", least=1, most=MOST_ML_PER_DAY)


def _kind_of(document: bytes | None) -> str:
    if not document:
        return ""
    if len(document) > LARGEST_DOCUMENT:
        raise Refused("document_too_large", most=LARGEST_DOCUMENT // 2**20)
    for kind, begins in DOCUMENT_BEGINS.items():
        if document.startswith(begins):
            return kind
    raise Refused("document_kind")
