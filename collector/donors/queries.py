"""Questions about donors' files."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from collector.donors.models import Decision, Donor, DonorState
from collector.errors import NotFound
from collector.places.models import Address

BETWEEN_DIGITS = (" ", ".", "-", "/", "(", ")", "\N{NO-BREAK SPACE}")
DIGITS_OF_A_LINE = 9


def whole_file() -> tuple[ORMOption, ...]:
    """Return what loads a donor's file whole: address, position, serologies."""
    return (
        joinedload(Donor.address).joinedload(Address.position),
        selectinload(Donor.serologies),
    )


def get_donor(session: Session, bank_id: int, donor_id: int) -> Donor:
    """Return a donor of a bank with her whole file.

    Raises
    ------
    NotFound
        There is none, or she is another bank's.
    """
    donor = session.scalar(
        select(Donor).options(*whole_file()).where(Donor.bank_id == bank_id, Donor.id == donor_id)
    )
    if donor is None:
        raise NotFound("not_found", kind="donors")
    return donor


def donors_of(session: Session, bank_id: int) -> list[Donor]:
    """Return the donors of a bank with their files, by name.

    A file that was joined into another is left out: it is a number, and where that leads.
    """
    return list(
        session.scalars(
            select(Donor)
            .options(*whole_file())
            .where(Donor.bank_id == bank_id, Donor.joined_into_id.is_(None))
            .order_by(Donor.family_name, Donor.first_name, Donor.id)
        )
    )


def candidates_of(session: Session, bank_id: int) -> list[Donor]:
    """Return the donors of a bank who were not interviewed yet, with their files, oldest first."""
    return list(
        session.scalars(
            select(Donor)
            .options(*whole_file())
            .where(
                Donor.bank_id == bank_id,
                Donor.state.in_((DonorState.CANDIDATE, DonorState.PRESCREENED)),
            )
            .order_by(Donor.id)
        )
    )


def donors_matching(session: Session, bank_id: int, text: str) -> list[Donor]:
    """Return the donors of a bank by a part of number, name or telephone."""
    name, digits = text.casefold(), _digits(text)
    return [
        donor
        for donor in donors_of(session, bank_id)
        if name in f"{donor.first_name} {donor.family_name} {donor.first_name}".casefold()
        or (digits and (digits in donor.number or digits in _digits(donor.phone or "")))
    ]


def donors_by_email(session: Session, email: str) -> list[Donor]:
    """Return everyone who gave this address, whosever bank they give to."""
    wanted = email.strip().lower()
    if not wanted:
        return []
    return list(
        session.scalars(select(Donor).where(func.lower(Donor.email) == wanted).order_by(Donor.id))
    )


def donors_by_phone(session: Session, phone: str) -> list[Donor]:
    """Return everyone who gave this telephone number, however it is written."""
    line = line_of(phone)
    if not line:
        return []
    written: ColumnElement[str] = func.coalesce(Donor.phone, "")
    for sign in BETWEEN_DIGITS:
        written = func.replace(written, sign, "")
    return list(session.scalars(select(Donor).where(written.like(f"%{line}")).order_by(Donor.id)))


def line_of(phone: str | None) -> str:
    """Return the digits by which two ways to write a number are the same, or nothing.

    They are its last nine: what is left of a French number without +33 or 0.
    """
    text = (phone or "").strip()
    digits = "".join(filter(str.isdigit, text))
    strange = set(text) - set(digits) - {"+", *BETWEEN_DIGITS}
    return "" if strange or len(digits) < DIGITS_OF_A_LINE else digits[-DIGITS_OF_A_LINE:]


def donor_by_number(session: Session, bank_id: int, number: str) -> Donor | None:
    """Return the donor of a bank who bears this number."""
    return session.scalar(select(Donor).where(Donor.bank_id == bank_id, Donor.number == number))


def steps_of(session: Session, donor: Donor) -> list[Decision]:
    """Return the steps of a donor's file, oldest first."""
    steps = select(Decision).where(Decision.donor_id == donor.id).order_by(Decision.id)
    return list(session.scalars(steps))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
