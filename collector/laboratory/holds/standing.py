"""Open holds that name a thing itself."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from collector.laboratory.holds.models import HoldSubject, LaboratoryHold


def holds_on(
    session: Session, *, bank_id: int, subjects: Collection[HoldSubject]
) -> list[LaboratoryHold]:
    """Return the open holds of a bank on these kinds of things, oldest first."""
    return list(
        session.scalars(
            select(LaboratoryHold)
            .where(
                LaboratoryHold.bank_id == bank_id,
                LaboratoryHold.lifted_at.is_(None),
                LaboratoryHold.subject.in_(subjects),
            )
            .order_by(LaboratoryHold.id)
        )
    )


def of_donor_or_containers(donor_id: int, containers: Select[int]) -> ColumnElement[bool]:
    """Return the condition on the holds of a donor and of these containers."""
    return or_(
        and_(LaboratoryHold.subject == HoldSubject.DONOR, LaboratoryHold.subject_id == donor_id),
        and_(
            LaboratoryHold.subject == HoldSubject.CONTAINER,
            LaboratoryHold.subject_id.in_(containers),
        ),
    )


def is_held(session: Session, *, bank_id: int, subject: HoldSubject, subject_id: int) -> bool:
    """Return whether an open hold names a thing itself."""
    found = select(LaboratoryHold.id).where(
        LaboratoryHold.bank_id == bank_id,
        LaboratoryHold.lifted_at.is_(None),
        LaboratoryHold.subject == subject,
        LaboratoryHold.subject_id == subject_id,
    )
    return session.scalar(found.limit(1)) is not None
