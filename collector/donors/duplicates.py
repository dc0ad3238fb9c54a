"""Likely duplicates of a donor's file; a second first contact of one donor makes one."""

from sqlalchemy.orm import Session

from collector.donors.models import Donor
from collector.donors.queries import donors_of, phone_digits


def may_be_the_same(one: Donor, other: Donor) -> bool:
    """Return whether two files share a telephone, an e-mail address, or a name, postcode and baby.

    It is a guess: a colleague decides.
    """
    if one.id == other.id or one.erased_at or other.erased_at:
        return False
    digits = phone_digits(one.phone)
    if digits and digits == phone_digits(other.phone):
        return True
    if one.email and one.email == other.email:
        return True
    born = one.baby_born_on is not None and one.baby_born_on == other.baby_born_on
    named = one.first_name.casefold() == other.first_name.casefold()
    return born and named and one.address.postcode == other.address.postcode


def duplicates_of(session: Session, donor: Donor) -> list[Donor]:
    """Return the likely duplicates of a file, oldest first."""
    others = donors_of(session, donor.bank_id)
    found = [other for other in others if may_be_the_same(donor, other)]
    return sorted(found, key=lambda other: other.id)
