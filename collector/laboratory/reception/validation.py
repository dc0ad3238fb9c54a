"""Validation of intakes by the rules of the bank and the donor's file."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.custody.models import Container
from collector.donors.models import Donor
from collector.field_parsers import FieldMistake
from collector.laboratory.reception.drafts import IntakeDraft, date_mistakes, volume_mistakes
from collector.laboratory.reception.models import IntakeRefusal
from collector.service_day import ServiceDay


def accepting_mistakes(
    session: Session, *, now: datetime, container: Container, draft: IntakeDraft
) -> Iterator[FieldMistake]:
    """Yield the mistakes of a draft for milk that is accepted."""
    tare = policies_of(session, container.bank_id)[PolicyKey.BOTTLE_TARE_GRAMS]
    yield from volume_mistakes(draft, tare_grams=tare)
    yield from date_mistakes(
        draft,
        today=ServiceDay.of(now, get_bank(session, container.bank_id).zone).day,
        born_on=session.get_one(Donor, container.donor_id).baby_born_on,
    )


def refusing_mistakes(
    session: Session,
    *,
    now: datetime,
    container: Container,
    draft: IntakeDraft,
    reason: IntakeRefusal | None,
) -> Iterator[FieldMistake]:
    """Yield the mistakes of a draft for milk that is refused; its days may be unknown."""
    for mistake in accepting_mistakes(session, now=now, container=container, draft=draft):
        if mistake.code != "expression_missing":
            yield mistake
    if reason is None:
        yield FieldMistake("reason", "reason_missing")
    elif reason is IntakeRefusal.OTHER and not draft.note.strip():
        yield FieldMistake("note", "reason_missing")
