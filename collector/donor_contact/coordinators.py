"""Messages about a donor to the coordinators of her bank."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.donors.models import Donor
from collector.donors.numbers import format_number
from collector.notices.actions import enqueue
from collector.notices.models import Channel
from collector.people.models import Role
from collector.people.queries import people_with_role


def notify_coordinators(
    session: Session,
    donor: Donor,
    /,
    *,
    now: datetime,
    happened_at: datetime,
    template: str,
    **figures: object,
) -> None:
    """Enqueue a message about a donor to each coordinator, once for the instant of its cause."""
    for person in people_with_role(session, bank_id=donor.bank_id, role=Role.COORDINATOR):
        enqueue(
            session,
            now=now,
            bank_id=donor.bank_id,
            once=f"{template} donor:{donor.id} person:{person.id} {happened_at:%FT%TZ}",
            recipient=f"person:{person.id}",
            to=person.email,
            template=template,
            language=person.language,
            channel=Channel.EMAIL,
            number=format_number(donor.number),
            **figures,
        )
