"""Links to one visit: made when a message leaves, valid until the visit's day ends, kept as a hash.

A link shows a date and two times, and takes the answer of the day before. Names, the address, the
milk and the two words of the collector need a sign-in.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.errors import NotFound
from collector.people.links import hashed, new_token
from collector.pickups.models import Pickup, VisitLink
from collector.pickups.queries import get_pickup
from collector.service_day import ServiceDay


def make_visit_link(
    session: Session, *, now: datetime, bank_id: int, pickup_id: int, day: date
) -> str:
    """Create the link of a visit on a day and return its token."""
    token = new_token()
    over = ServiceDay(day + timedelta(days=1), get_bank(session, bank_id).zone).epoch
    session.add(
        VisitLink(
            bank_id=bank_id,
            token_hash=hashed(token),
            pickup_id=pickup_id,
            made_at=now,
            expires_at=over,
        )
    )
    session.flush()
    return token


def visit_by_token(session: Session, token: str, *, now: datetime) -> Pickup:
    """Return the visit of a link.

    Raises
    ------
    NotFound
        `visit_link_not_valid`: the token is unknown or expired; the answer is the same.
    """
    link = session.scalar(select(VisitLink).where(VisitLink.token_hash == hashed(token)))
    if link is None or link.expires_at <= now:
        raise NotFound("visit_link_not_valid")
    return get_pickup(session, link.bank_id, link.pickup_id)
