"""Questions about addresses."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.places.models import Address


def without_position(session: Session, bank_id: int) -> list[Address]:
    """Return the addresses of a bank that nobody has placed yet, the oldest first."""
    return list(
        session.scalars(
            select(Address)
            .where(Address.bank_id == bank_id, ~Address.position.has())
            .order_by(Address.id)
        )
    )
