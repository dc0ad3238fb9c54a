"""Likely duplicates of a donor's file: the keys that two files of one donor share."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from collector.donors.models import Donor
from collector.donors.queries import donors_of, phone_digits
from collector.search_words import words_in

IdentityKey = tuple[str, ...]


def identity_keys(values: Mapping[str, Any]) -> Iterator[IdentityKey]:
    """Yield the keys that two files of one donor share; it is a guess, so a colleague decides.

    A key is a telephone, an e-mail address, a name and street, or a first name, postcode and baby.
    """
    if values["email"]:
        yield ("email", values["email"])
    if digits := phone_digits(values["phone"]):
        yield ("phone", digits)
    first = words_in(values["first_name"])
    name = " ".join(sorted([*first, *words_in(values["family_name"])]))
    street = " ".join(words_in(values["line"]))
    if name and street:
        yield ("street", name, street, values["postcode"])
    if first and values["baby_born_on"] is not None:
        yield ("baby", " ".join(first), values["postcode"], values["baby_born_on"].isoformat())


def keys_of(donor: Donor) -> Iterator[IdentityKey]:
    """Yield the identity keys of a file."""
    return identity_keys(
        {
            "first_name": donor.first_name,
            "family_name": donor.family_name,
            "email": donor.email,
            "phone": donor.phone,
            "line": donor.address.line,
            "postcode": donor.address.postcode,
            "baby_born_on": donor.baby_born_on,
        }
    )


def duplicates_of(session: Session, donor: Donor) -> list[Donor]:
    """Return the likely duplicates of a file, oldest first."""
    if donor.erased_at:
        return []
    keys = set(keys_of(donor))
    found = [
        other
        for other in donors_of(session, donor.bank_id)
        if other.id != donor.id and not other.erased_at and not keys.isdisjoint(keys_of(other))
    ]
    return sorted(found, key=lambda other: other.id)
