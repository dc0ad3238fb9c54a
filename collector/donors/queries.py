"""Queries of donors' files."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.donors.models import Decision, Donor, DonorState, Stay
from collector.errors import NotFound
from collector.places.models import Address
from collector.search_words import is_found, name_order, search_text

BETWEEN_DIGITS = (" ", ".", "-", "/", "(", ")", "\N{NO-BREAK SPACE}")
PHONE_DIGITS = 9


def donor_options() -> tuple[_AbstractLoad, ...]:
    """Return the options that load a donor's addresses, positions and serologies."""
    stays = selectinload(Donor.stays)
    return (
        joinedload(Donor.address).joinedload(Address.position),
        stays.joinedload(Stay.address).joinedload(Address.position),
        stays.joinedload(Stay.place),
        selectinload(Donor.serologies),
    )


def get_donor(session: Session, bank_id: int, donor_id: int) -> Donor:
    """Return a donor of a bank with address, position and serologies.

    Raises
    ------
    NotFound
        The bank has no such donor.
    """
    donor = session.scalar(
        select(Donor)
        .options(*donor_options())
        .where(Donor.bank_id == bank_id, Donor.id == donor_id)
    )
    if donor is None:
        raise NotFound("not_found", kind="donors")
    return donor


def has_donors(session: Session, bank_id: int) -> bool:
    """Return whether a bank has a donor file."""
    return session.scalar(select(Donor.id).where(Donor.bank_id == bank_id).limit(1)) is not None


def donors_of(session: Session, bank_id: int) -> list[Donor]:
    """Return the donors of a bank with their files, by name; accents do not count.

    Files that were merged into another are left out.
    """
    found = session.scalars(
        select(Donor)
        .options(*donor_options())
        .where(Donor.bank_id == bank_id, Donor.joined_into_id.is_(None))
        .order_by(Donor.id)
    )
    return sorted(found, key=lambda each: name_order(f"{each.family_name} {each.first_name}"))


def candidates_of(session: Session, bank_id: int) -> list[Donor]:
    """Return a bank's donors without an interview, with their files, oldest first."""
    return list(
        session.scalars(
            select(Donor)
            .options(*donor_options())
            .where(
                Donor.bank_id == bank_id,
                Donor.state.in_((DonorState.CANDIDATE, DonorState.PRESCREENED)),
            )
            .order_by(Donor.id)
        )
    )


def donors_matching(session: Session, bank_id: int, text: str) -> list[Donor]:
    """Return the donors of a bank by words of name, number, telephone, e-mail and address."""
    donors = donors_of(session, bank_id)
    return [donor for donor in donors if is_found(text, donor_words(donor))]


def donor_words(donor: Donor) -> str:
    """Return the text in which a donor is searched."""
    address = donor.address
    texts = (
        donor.first_name,
        donor.family_name,
        donor.number,
        donor.email or "",
        address.line,
        address.postcode,
        address.town,
    )
    return search_text(texts, donor.phone)


def donors_by_email(session: Session, email: str) -> list[Donor]:
    """Return the donors of every bank with this e-mail address."""
    address = email.strip().lower()
    if not address:
        return []
    return list(
        session.scalars(select(Donor).where(func.lower(Donor.email) == address).order_by(Donor.id))
    )


def donors_by_phone(session: Session, phone: str) -> list[Donor]:
    """Return the donors of every bank with this telephone number, in any spelling."""
    digits = phone_digits(phone)
    if not digits:
        return []
    written: ColumnElement[str] = func.coalesce(Donor.phone, "")
    for sign in BETWEEN_DIGITS:
        written = func.replace(written, sign, "")
    return list(session.scalars(select(Donor).where(written.like(f"%{digits}")).order_by(Donor.id)))


def phone_digits(phone: str | None) -> str:
    """Return the last nine digits of a telephone number; empty if it is none.

    They are equal for every spelling: a French number without +33 or 0 has nine digits.
    """
    text = (phone or "").strip()
    digits = "".join(filter(str.isdigit, text))
    strange = set(text) - set(digits) - {"+", *BETWEEN_DIGITS}
    return "" if strange or len(digits) < PHONE_DIGITS else digits[-PHONE_DIGITS:]


def donor_by_number(session: Session, bank_id: int, number: str) -> Donor | None:
    """Return the donor of a bank with this number, if any."""
    return session.scalar(select(Donor).where(Donor.bank_id == bank_id, Donor.number == number))


def steps_of(session: Session, donor: Donor) -> list[Decision]:
    """Return the steps of a donor's file, oldest first."""
    steps = select(Decision).where(Decision.donor_id == donor.id).order_by(Decision.id)
    return list(session.scalars(steps))


def donors_after(session: Session, bank_id: int, *, key: int, most: int) -> list[Donor]:
    """Return at most so many donors of a bank after a key, with their addresses, by key.

    Erased files and files that were merged into another are left out.
    """
    return list(
        session.scalars(
            select(Donor)
            .options(joinedload(Donor.address).joinedload(Address.position))
            .where(
                Donor.bank_id == bank_id,
                Donor.id > key,
                Donor.joined_into_id.is_(None),
                Donor.erased_at.is_(None),
            )
            .order_by(Donor.id)
            .limit(most)
        )
    )


def joined_into(session: Session, donor_id: int) -> list[int]:
    """Return the files merged into this one, directly or through another."""
    found, last = list[int](), [donor_id]
    while last:
        last = list(session.scalars(select(Donor.id).where(Donor.joined_into_id.in_(last))))
        found += last
    return found
