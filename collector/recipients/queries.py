"""Questions about wards and recipients; no identity is read here."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.errors import NotFound
from collector.people.models import Person, Role, RoleGrant
from collector.recipients.models import Recipient, Ward, WardMember
from collector.recipients.numbers import read_pseudonym


def wards_of(session: Session, bank_id: int) -> list[Ward]:
    """Return the wards of a bank, by establishment and name."""
    return list(
        session.scalars(
            select(Ward).where(Ward.bank_id == bank_id).order_by(Ward.establishment, Ward.name)
        )
    )


def ward_of_person(session: Session, *, bank_id: int, person_id: int) -> Ward | None:
    """Return the ward of a person, or None without one."""
    return session.scalar(
        select(Ward)
        .join(WardMember, WardMember.ward_id == Ward.id)
        .where(WardMember.person_id == person_id, Ward.bank_id == bank_id)
    )


def members_of(session: Session, bank_id: int) -> list[tuple[Person, int | None]]:
    """Return the active people with the role `ward`, each with the key of their ward."""
    rows = session.execute(
        select(Person, WardMember.ward_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(WardMember, WardMember.person_id == Person.id)
        .where(Person.bank_id == bank_id, Person.active, RoleGrant.role == Role.WARD)
        .order_by(Person.name)
    )
    return [(person, ward_id) for person, ward_id in rows]


def recipients_of_ward(session: Session, ward_id: int) -> list[Recipient]:
    """Return the recipients of a ward, the latest first."""
    return list(
        session.scalars(
            select(Recipient).where(Recipient.ward_id == ward_id).order_by(Recipient.id.desc())
        )
    )


def recipient_by_pseudonym(
    session: Session, *, bank_id: int, text: str, ward_id: int | None = None
) -> Recipient:
    """Return the recipient of a typed or scanned pseudonym, with the ward.

    Parameters
    ----------
    ward_id
        The ward that asks: another ward's recipient is not found.

    Raises
    ------
    NotFound
        `recipient_unknown`.
    Refused
        `pseudonym_not_read`, `scan_mistyped` (`number`).
    """
    found = select(Recipient).where(
        Recipient.bank_id == bank_id, Recipient.pseudonym == read_pseudonym(text)
    )
    if ward_id is not None:
        found = found.where(Recipient.ward_id == ward_id)
    recipient = session.scalar(found.options(joinedload(Recipient.ward, innerjoin=True)))
    if recipient is None:
        raise NotFound("recipient_unknown")
    return recipient


def pseudonyms_of(session: Session, recipients: Collection[int]) -> dict[int, str]:
    """Return the pseudonyms of recipients by their keys."""
    rows = session.execute(
        select(Recipient.id, Recipient.pseudonym).where(Recipient.id.in_(recipients))
    )
    return {row.id: row.pseudonym for row in rows}
