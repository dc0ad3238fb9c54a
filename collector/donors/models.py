"""The rows of a donor's file."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.places.models import Address


class DonorState(StrEnum):
    """How far a donor's file has come (docs/states.md)."""

    CANDIDATE = "candidate"
    PRESCREENED = "prescreened"
    INTERVIEWED = "interviewed"
    AWAITING_SEROLOGY = "awaiting_serology"
    ELIGIBLE = "eligible"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXCLUDED = "excluded"


class SerologyOutcome(StrEnum):
    """What the laboratory answered, as far as collection needs to know."""

    PENDING = "pending"
    CLEAR = "clear"
    NOT_CLEAR = "not_clear"


class Donor(BankOwned, Base):
    """A mother who gives, or asks to give, milk."""

    __tablename__ = "donors"
    __table_args__ = (UniqueConstraint("bank_id", "number"),)

    number: Mapped[str]
    """Random, with a check digit: says nothing of her, of when, or of how many."""
    first_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None]
    language: Mapped[str]
    discreet: Mapped[bool]
    """Messages name neither the service nor its purpose."""
    state: Mapped[DonorState]
    suspended_until: Mapped[date | None]
    baby_born_on: Mapped[date | None]
    interview_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    interview_signed_on: Mapped[date | None]
    consent_version: Mapped[str | None]
    consented_on: Mapped[date | None]
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    address: Mapped[Address] = relationship(lazy="raise")
    serologies: Mapped[list["Serology"]] = relationship(
        lazy="raise", order_by="Serology.drawn_on", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Serology(BankOwned, Base):
    """One blood sample and until when its result counts."""

    __tablename__ = "serologies"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    drawn_on: Mapped[date]
    outcome: Mapped[SerologyOutcome]
    valid_until: Mapped[date | None]
    """The last day on which it counts; None while the result is pending."""
