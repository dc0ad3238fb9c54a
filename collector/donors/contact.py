"""Correcting who a donor is and where she lives; a first contact leaves most of it empty."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from collector.donors.actions import note_act
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.places.models import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCorrection:
    """What a colleague wrote down of a donor."""

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


def correct_contact(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    said: ContactCorrection,
) -> Donor:
    """Write a donor's contact down; an address that changed has no place on the map any more.

    Raises
    ------
    Refused
        `first_name_missing`, `contact_missing`.
    """
    if not said.first_name:
        raise Refused("first_name_missing")
    if not said.phone and not said.email:
        raise Refused("contact_missing")
    donor = get_donor(session, bank_id, donor_id)
    donor.first_name, donor.family_name = said.first_name, said.family_name
    donor.phone, donor.email = said.phone or None, said.email.lower() or None
    donor.baby_born_on, donor.discreet = said.baby_born_on, said.discreet
    address = donor.address
    lived = (address.line, address.postcode, address.town)
    address.line, address.postcode, address.town = said.line, said.postcode, said.town
    address.access_notes = said.access_notes
    if lived != (said.line, said.postcode, said.town):
        session.execute(delete(Position).where(Position.address_id == address.id))
    note_act(session, donor, now=now, actor=actor, action="contact corrected")
    return donor
