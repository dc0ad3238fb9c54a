"""Likely duplicates of a donor's file: the keys that two files of one donor share."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.donors.actions import record_act
from collector.donors.models import Donor, SeparateFiles
from collector.donors.queries import donor_options, get_donor, phone_digits
from collector.places.models import Address
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
    """Return the likely duplicates of a file, oldest first; files kept apart are none."""
    if donor.erased_at:
        return []
    apart = kept_apart(session, donor.id)
    found = likely_files(session, donor.bank_id, set(keys_of(donor)), but=donor.id)
    return [other for other in found if other.id not in apart]


def likely_files(
    session: Session, bank_id: int, keys: set[IdentityKey], *, but: int | None = None
) -> list[Donor]:
    """Return the files of a bank that share one of the keys, oldest first.

    Parameters
    ----------
    keys
        Identity keys, and name keys (`name_key`) to find files of the same name too.
    but
        A file to leave out.
    """
    found = [key for key, known in _known_keys(session, bank_id) if not keys.isdisjoint(known)]
    donors = select(Donor).options(*donor_options()).where(Donor.id.in_(found), Donor.id != but)
    return list(session.scalars(donors.order_by(Donor.id)))


def name_key(first_name: str, family_name: str) -> IdentityKey:
    """Return the key that files of one name share, whatever the order of its words.

    It is no identity key, because two donors may have one name.
    """
    return ("name", *sorted([*words_in(first_name), *words_in(family_name)]))


def _known_keys(session: Session, bank_id: int) -> Iterator[tuple[int, set[IdentityKey]]]:
    """Yield the key of each file and the keys it shares, from the columns they are made of."""
    address = Address.line, Address.postcode
    person = Donor.first_name, Donor.family_name, Donor.email, Donor.phone, Donor.baby_born_on
    rows = session.execute(
        select(Donor.id, *person, *address)
        .join(Address, Address.id == Donor.address_id)
        .where(Donor.bank_id == bank_id, Donor.joined_into_id.is_(None), Donor.erased_at.is_(None))
    )
    for row in rows:
        values = row._asdict()
        yield row.id, {*identity_keys(values), name_key(row.first_name, row.family_name)}


def keep_apart(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, other_id: int, actor: str
) -> None:
    """Record that two files are of two donors, such as twins or a household; once is enough."""
    first, second = sorted((donor_id, other_id))
    one, other = get_donor(session, bank_id, first), get_donor(session, bank_id, second)
    if first == second or second in kept_apart(session, first):
        return
    session.add(
        SeparateFiles(
            bank_id=bank_id, first_id=first, second_id=second, recorded_at=now, recorded_by=actor
        )
    )
    record_act(session, one, now=now, actor=actor, action="files kept apart", other=other.number)
    record_act(session, other, now=now, actor=actor, action="files kept apart", other=one.number)


def kept_apart(session: Session, donor_id: int) -> set[int]:
    """Return the files that are kept apart from one."""
    pairs = session.execute(
        select(SeparateFiles.first_id, SeparateFiles.second_id).where(
            (SeparateFiles.first_id == donor_id) | (SeparateFiles.second_id == donor_id)
        )
    )
    return {key for pair in pairs for key in pair} - {donor_id}


def household_of(session: Session, donor: Donor) -> list[Donor]:
    """Return the files kept apart from one that share its telephone, e-mail or address."""
    apart = kept_apart(session, donor.id)
    if not apart:
        return []
    found = likely_files(session, donor.bank_id, set(keys_of(donor)), but=donor.id)
    return [other for other in found if other.id in apart]
