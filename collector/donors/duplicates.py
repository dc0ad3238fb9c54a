"""Which other files may be the same donor's: a first contact by somebody known makes a second."""

from sqlalchemy.orm import Session

from collector.donors.models import Donor
from collector.donors.queries import donors_of, line_of


def may_be_the_same(one: Donor, other: Donor) -> bool:
    """Whether two files share a telephone, an address for messages, or a name, a place and a baby.

    A guess to look at: somebody who knows her decides.
    """
    if one.id == other.id or one.erased_at or other.erased_at:
        return False
    line = line_of(one.phone)
    if line and line == line_of(other.phone):
        return True
    if one.email and one.email == other.email:
        return True
    born = one.baby_born_on is not None and one.baby_born_on == other.baby_born_on
    named = one.first_name.casefold() == other.first_name.casefold()
    return born and named and one.address.postcode == other.address.postcode


def twins_of(session: Session, donor: Donor) -> list[Donor]:
    """Return the files that may be hers too, oldest first."""
    others = donors_of(session, donor.bank_id)
    found = [other for other in others if may_be_the_same(donor, other)]
    return sorted(found, key=lambda other: other.id)
