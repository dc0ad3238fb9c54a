"""Corrections of a donor's name, contact and address, most of which a first contact lacks."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Self, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donors.actions import record_act, register
from collector.donors.file_history import OF_THE_ADDRESS, keeping_history
from collector.donors.models import Donor
from collector.donors.queries import get_donor, phone_digits
from collector.errors import Refused
from collector.field_parsers import takes_text_messages
from collector.notices.actions import enqueue, notify
from collector.notices.models import Channel
from collector.places.actions import NewAddress, set_position
from collector.places.models import PositionSource
from collector.service_day import ServiceDay

TOLD_BY_TELEPHONE = frozenset(
    {
        "visit_agreed",
        "visit_cancelled",
        "visit_changed",
        "visit_near",
        "visit_promised",
        "visit_proposed",
        "visit_tomorrow",
        "visit_withdrawn",
    }
)
"""Messages about the time of a visit; a first contact, a call-back and a receipt need no call."""


SECOND_CONTACT = ("second_name", "second_tie", "second_phone")
"""The columns of the second person to call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCorrection:
    """A donor's contact as a colleague corrected it."""

    first_name: str
    family_name: str
    phone: str
    email: str
    line: str
    postcode: str
    town: str
    access_notes: str
    baby_born_on: date | None
    discreet: bool
    language: str
    second_name: str = ""
    second_tie: str = ""
    second_phone: str = ""

    @classmethod
    def of(cls, donor: Donor) -> Self:
        """Return the contact as the file has it."""
        address = {name: getattr(donor.address, name) for name in OF_THE_ADDRESS}
        mine = {each.name for each in fields(cls)} - address.keys()
        known = {name: getattr(donor, name) for name in mine}
        return cls(**known | {"phone": donor.phone or "", "email": donor.email or ""}, **address)


def text_number(session: Session, donor: Donor) -> str | None:
    """Return the donor's telephone if it may receive text messages; None for a landline."""
    country = get_bank(session, donor.bank_id).jurisdiction.country
    return donor.phone if takes_text_messages(donor.phone, country) else None


def notify_donor(
    session: Session, donor: Donor, /, *, now: datetime, once: str, template: str, **figures: object
) -> None:
    """Enqueue a message to a donor by her channel; a landline receives no text message.

    A message about a visit that neither an e-mail nor a text message can carry is to be told by
    telephone.
    """
    about: dict[str, Any] = {
        "now": now,
        "bank_id": donor.bank_id,
        "once": once,
        "recipient": f"donor:{donor.id}",
        "template": template,
        "language": donor.language,
        **figures,
    }
    queued = notify(session, email=donor.email, phone=text_number(session, donor), **about)
    if template in TOLD_BY_TELEPHONE and all(each.channel is Channel.PUSH for each in queued):
        enqueue(session, to=donor.phone or "", channel=Channel.CALL, **about)


def mark_phone_unreached(session: Session, donor: Donor, *, at: datetime) -> None:
    """Mark that a donor's telephone could not be reached on the day of an instant."""
    day = ServiceDay.of(at, get_bank(session, donor.bank_id).zone).day
    donor.phone_unreached_on = max(day, donor.phone_unreached_on or day)


def unmark_phone(session: Session, donor: Donor, *, at: datetime) -> None:
    """Take back the mark of one day, because the record that made it was undone."""
    day = ServiceDay.of(at, get_bank(session, donor.bank_id).zone).day
    if donor.phone_unreached_on == day:
        donor.phone_unreached_on = None


def settle_phone(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> Donor:
    """Take back that a donor's telephone could not be reached."""
    donor = get_donor(session, bank_id, donor_id)
    donor.phone_unreached_on = None
    record_act(session, donor, now=now, actor=actor, action="phone reached again")
    return donor


def changed_fields(donor: Donor, correction: ContactCorrection) -> frozenset[str]:
    """Return the names of the fields of contact and address that a correction changes."""
    known = {"phone": donor.phone or "", "email": donor.email or ""}
    known |= {
        name: getattr(donor.address, name) for name in ("line", "postcode", "town", "access_notes")
    }
    return frozenset(name for name, value in known.items() if value != getattr(correction, name))


def open_file(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    contact: ContactCorrection,
    once: str,
) -> tuple[Donor, bool]:
    """Open the file of a candidate whose contact a colleague typed.

    Parameters
    ----------
    once
        The key of the form: a form that is sent twice opens one file.

    Returns
    -------
    tuple of Donor and bool
        The file, and whether it is new.

    Raises
    ------
    Refused
        As `correct_contact`.
    """
    _refuse_incomplete(contact)
    if (known := file_of_form(session, bank_id, once)) is not None:
        return get_donor(session, bank_id, known), False
    address = {name: getattr(contact, name) for name in OF_THE_ADDRESS}
    donor = register(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        first_name=contact.first_name,
        family_name=contact.family_name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        discreet=contact.discreet,
        baby_born_on=contact.baby_born_on,
        **cast("NewAddress", address),
    )
    for name in SECOND_CONTACT:
        setattr(donor, name, getattr(contact, name))
    donor.once = once
    session.flush()
    return donor, True


def file_of_form(session: Session, bank_id: int, once: str) -> int | None:
    """Return the file that the form of a key has opened, if it has."""
    sent = select(Donor.id).where(Donor.bank_id == bank_id, Donor.once == (once or None))
    return session.scalar(sent)


def correct_contact(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    correction: ContactCorrection,
) -> Donor:
    """Correct a donor's contact; if the address changed, its position is deleted.

    Raises
    ------
    Refused
        `first_name_missing`, `contact_missing`, `second_contact_half`.
    """
    _refuse_incomplete(correction)
    donor = get_donor(session, bank_id, donor_id)
    with keeping_history(session, donor, now=now, actor=actor):
        _write(donor, correction)
    record_act(session, donor, now=now, actor=actor, action="contact corrected")
    return donor


def _refuse_incomplete(contact: ContactCorrection) -> None:
    if not contact.first_name:
        raise Refused("first_name_missing")
    if not contact.phone and not contact.email:
        raise Refused("contact_missing")
    if bool(contact.second_name) != bool(contact.second_phone):
        raise Refused("second_contact_half")


def place_donor(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    latitude: float,
    longitude: float,
    source: PositionSource = PositionSource.COORDINATOR,
    provider: str | None = None,
    score: float | None = None,
) -> Donor:
    """Set the position of a donor's address, and keep the former one in the history.

    Raises
    ------
    Refused
        `position_not_on_earth`.
    """
    donor = get_donor(session, bank_id, donor_id)
    with keeping_history(session, donor, now=now, actor=actor):
        set_position(
            session,
            now=now,
            bank_id=bank_id,
            address_id=donor.address_id,
            actor=actor,
            latitude=latitude,
            longitude=longitude,
            source=source,
            provider=provider,
            score=score,
        )
    return donor


def _write(donor: Donor, correction: ContactCorrection) -> None:
    """Write a correction; a new address has no position."""
    donor.first_name, donor.family_name = correction.first_name, correction.family_name
    if phone_digits(correction.phone) != phone_digits(donor.phone):
        donor.phone_unreached_on = None
    donor.phone, donor.email = correction.phone or None, correction.email.lower() or None
    donor.baby_born_on, donor.discreet = correction.baby_born_on, correction.discreet
    donor.language, donor.second_tie = correction.language, correction.second_tie
    donor.second_name, donor.second_phone = correction.second_name, correction.second_phone
    address = donor.address
    before = (address.line, address.postcode, address.town)
    address.line, address.postcode = correction.line, correction.postcode
    address.town, address.access_notes = correction.town, correction.access_notes
    if before != (correction.line, correction.postcode, correction.town):
        address.position = None
