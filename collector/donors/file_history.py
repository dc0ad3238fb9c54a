"""History of a donor's file: each corrected field with its value before, after, and the actor.

It holds names and addresses, so it is apart from the audit chain, and the erasure deletes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.donors.models import Donor, FileChange, Stay

OF_THE_DONOR = (
    "first_name",
    "family_name",
    "phone",
    "email",
    "language",
    "discreet",
    "baby_born_on",
    "second_name",
    "second_tie",
    "second_phone",
    "interview_signed_on",
    "consent_version",
    "consented_on",
)
OF_THE_ADDRESS = ("line", "postcode", "town", "access_notes")
FIELDS = (*OF_THE_DONOR, *OF_THE_ADDRESS, "position", "stays")
"""The fields with a history, in the order of the file's page."""


@contextmanager
def keeping_history(session: Session, donor: Donor, *, now: datetime, actor: str) -> Iterator[None]:
    """Keep the fields of a file that the block changes."""
    before = fields_of(donor)
    yield
    session.flush()
    after = fields_of(donor)
    session.add_all(
        FileChange(
            bank_id=donor.bank_id,
            donor_id=donor.id,
            at=now,
            changed_by=actor,
            field=name,
            before=before[name],
            after=after[name],
        )
        for name in FIELDS
        if before[name] != after[name]
    )


def fields_of(donor: Donor) -> dict[str, str]:
    """Return the fields of a file as text: days in ISO, a yes as `yes`, nothing as empty."""
    found = {name: _written(getattr(donor, name)) for name in OF_THE_DONOR}
    found |= {name: getattr(donor.address, name) for name in OF_THE_ADDRESS}
    position = donor.address.position
    at = f"{position.latitude:.5f}, {position.longitude:.5f}" if position else ""
    return found | {"position": at, "stays": "; ".join(map(_stay, donor.stays))}


def changes_of(session: Session, donor: Donor) -> list[FileChange]:
    """Return the changes of a file, newest first."""
    hers = FileChange.bank_id == donor.bank_id, FileChange.donor_id == donor.id
    return list(session.scalars(select(FileChange).where(*hers).order_by(FileChange.id.desc())))


def _stay(stay: Stay) -> str:
    where = stay.place.name if stay.place else f"{stay.address.line}, {stay.address.town}"
    return f"{stay.first_day} \N{EN DASH} {stay.last_day or ''}: {where}"


def _written(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return value.isoformat() if isinstance(value, date) else str(value)
