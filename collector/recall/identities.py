"""Identities in a recall: the donors behind a scope, and the children with milk of it.

This package alone reads the identities of both; an import contract says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.dispensary.fates.models import BottleFate
from collector.donors.identities import DonorIdentity, donor_identities
from collector.errors import Refused
from collector.recall.actions import lock_recall, record_event, written_reason
from collector.recall.models import RecallAct, RecallFate, RecallItem
from collector.recall.queries import donors_of_scope
from collector.recipients.identity_rows import RecipientIdentity
from collector.recipients.models import Recipient, Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildInScope:
    """A child with milk of a scope, for the physician."""

    pseudonym: str
    ward: str
    name: str
    hospital_number: str
    born_on: date | None
    bottles: int
    given_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitiesInScope:
    """The children and the donors of a scope."""

    children: Sequence[ChildInScope]
    donors: Sequence[DonorIdentity]


def open_identities(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recall_id: int,
    reason: str,
) -> IdentitiesInScope:
    """Return the identities in a recall, sealed ones too; the opening is an event.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `drill_opens_no_identity`; `recall_not_scoped`; `reason_missing`; `text_too_long` (`most`).
    """
    recall = lock_recall(session, bank_id, recall_id)
    if recall.mock:
        raise Refused("drill_opens_no_identity")
    if not recall.scope_hash:
        raise Refused("recall_not_scoped")
    found = IdentitiesInScope(
        children=_children(session, recall_id),
        donors=list(donor_identities(session, donors_of_scope(session, recall))),
    )
    record_event(
        session,
        now,
        recall,
        person_id,
        RecallAct.IDENTITIES_OPENED,
        reason=written_reason(reason),
        children=len(found.children),
        donors=len(found.donors),
    )
    return found


def _children(session: Session, recall_id: int) -> list[ChildInScope]:
    given = func.coalesce(
        func.sum(RecallItem.volume_ml).filter(RecallItem.fate == RecallFate.GIVEN), 0
    )
    rows = session.execute(
        select(
            Recipient.pseudonym,
            Ward.establishment,
            Ward.name.label("ward"),
            RecipientIdentity.name,
            RecipientIdentity.hospital_number,
            RecipientIdentity.born_on,
            func.count(RecallItem.bottle_id.distinct()).label("bottles"),
            given.label("given_ml"),
        )
        .select_from(RecallItem)
        .outerjoin(BottleFate, BottleFate.id == RecallItem.bottle_fate_id)
        .join(
            Recipient,
            Recipient.id == func.coalesce(BottleFate.recipient_id, RecallItem.recipient_id),
        )
        .join(Ward, Ward.id == Recipient.ward_id)
        .outerjoin(RecipientIdentity, RecipientIdentity.recipient_id == Recipient.id)
        .where(RecallItem.recall_id == recall_id)
        .group_by(Recipient.id, Ward.id, RecipientIdentity.id)
        .order_by(Recipient.pseudonym)
    )
    return [
        ChildInScope(
            pseudonym=row.pseudonym,
            ward=f"{row.establishment}, {row.ward}",
            name=row.name or "",
            hospital_number=row.hospital_number or "",
            born_on=row.born_on,
            bottles=row.bottles,
            given_ml=row.given_ml,
        )
        for row in rows
    ]
