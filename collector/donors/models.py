"""Rows of a donor's file."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.places.models import Address


class DonorState(StrEnum):
    """State of a donor's file (docs/states.md)."""

    CANDIDATE = "candidate"
    PRESCREENED = "prescreened"
    INTERVIEWED = "interviewed"
    AWAITING_SEROLOGY = "awaiting_serology"
    ELIGIBLE = "eligible"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXCLUDED = "excluded"


class SerologyOutcome(StrEnum):
    """Result of a blood test, as far as the collection needs it."""

    PENDING = "pending"
    CLEAR = "clear"
    NOT_CLEAR = "not_clear"


class WhySuspended(StrEnum):
    """Reason of a suspension: health data, for readers of health data alone."""

    SEROLOGY_LAPSED = "serology_lapsed"
    SEROLOGY_NOT_CLEAR = "serology_not_clear"
    ILLNESS = "illness"
    MEDICATION = "medication"
    EXPOSURE = "exposure"
    DONOR_ASKED = "donor_asked"
    OTHER = "other"


class CallBackState(StrEnum):
    """State of a call-back."""

    ASKED = "asked"
    DONE = "done"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class Donor(BankOwned, Base):
    """A mother with a donor's file, as a candidate or as a giver."""

    __tablename__ = "donors"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        Index("ix_donors_bank_id_once", "bank_id", "once", unique=True),
    )

    number: Mapped[str]
    """Random, with a check digit; it reveals neither the donor, nor a date, nor a count."""
    first_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None]
    phone_unreached_on: Mapped[date | None]
    """The last day on which her telephone could not be reached; None once it could."""
    language: Mapped[str]
    discreet: Mapped[bool]
    """Messages name neither the service nor its purpose."""
    state: Mapped[DonorState]
    suspended_until: Mapped[date | None]
    suspended_because: Mapped[WhySuspended | None]
    baby_born_on: Mapped[date | None]
    interview_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    interview_signed_on: Mapped[date | None]
    consent_version: Mapped[str | None]
    consented_on: Mapped[date | None]
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    registered_at: Mapped[datetime]
    erasure_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    """The instant of the erasure, after which the number alone remains."""
    second_name: Mapped[str] = mapped_column(default="")
    """The name of a second person to call, such as the father; may be empty."""
    second_tie: Mapped[str] = mapped_column(default="")
    """Who that person is to the donor, in her words."""
    second_phone: Mapped[str] = mapped_column(default="")
    once: Mapped[str | None] = mapped_column(default=None)
    """The key of the first contact's form: a form that is sent twice opens one file."""
    joined_into_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"))
    """The file into which this one was merged."""
    version: Mapped[int] = mapped_column()
    address: Mapped[Address] = relationship(lazy="raise")
    serologies: Mapped[list["Serology"]] = relationship(
        lazy="raise", order_by="Serology.drawn_on", cascade="all, delete-orphan"
    )
    stays: Mapped[list["Stay"]] = relationship(
        lazy="raise", order_by="Stay.first_day", cascade="all, delete-orphan"
    )

    def address_on(self, day: date) -> Address:
        """Return the address at which she is met on a day: that of a stay, or her own."""
        stay = self.stay_on(day)
        return stay.address if stay else self.address

    def stay_on(self, day: date) -> "Stay | None":
        """Return her stay elsewhere on a day, if any."""
        return next((stay for stay in self.stays if stay.covers(day)), None)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class MeetingPlace(BankOwned, Base):
    """A ward or a midwife's practice at which several mothers are met."""

    __tablename__ = "meeting_places"
    __table_args__ = (UniqueConstraint("bank_id", "name"),)

    name: Mapped[str]
    phone: Mapped[str]
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    retired_on: Mapped[date | None]
    """The first day on which no new stay may be noted there."""
    version: Mapped[int] = mapped_column()
    address: Mapped[Address] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Stay(BankOwned, Base):
    """Days on which a donor is met elsewhere than at her own address."""

    __tablename__ = "stays"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """None while the last day is not known, as on a ward."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_places.id"), index=True)
    """The ward or practice; None for an address of her own."""
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    address: Mapped[Address] = relationship(lazy="raise")
    place: Mapped[MeetingPlace | None] = relationship(lazy="raise")

    def covers(self, day: date) -> bool:
        """Return whether she is there on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Serology(BankOwned, Base):
    """One blood sample and the validity of its result."""

    __tablename__ = "serologies"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    drawn_on: Mapped[date]
    outcome: Mapped[SerologyOutcome]
    valid_until: Mapped[date | None]
    """The last valid day; None while the result is pending."""


class Questionnaire(BankOwned, Base):
    """One version of a bank's questions before a first gift; a version never changes again."""

    __tablename__ = "questionnaires"
    __table_args__ = (UniqueConstraint("bank_id", "edition"),)

    edition: Mapped[int]
    questions: Mapped[list[dict[str, Any]]]
    """The rows of `collector.donors.questions.Question`, in order."""
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class Screening(BankOwned, Base):
    """A candidate's answers to one version of the questions, kept as she gave them."""

    __tablename__ = "screenings"
    __table_args__ = (UniqueConstraint("donor_id", "questionnaire_id"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    answers: Mapped[dict[str, Any]]
    """By the question's key: `said` (yes, no, unsure), and `on`, the last day of a past yes."""
    began_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    questionnaire: Mapped[Questionnaire] = relationship(lazy="raise")


class CallBack(BankOwned, Base):
    """A half-day in which a candidate is to be called."""

    __tablename__ = "call_backs"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    half: Mapped[str]
    """`morning` or `afternoon`."""
    state: Mapped[CallBackState]
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Decision(BankOwned, Base):
    """A step of a donor's file: the state, its reason, its last day, and its actor."""

    __tablename__ = "donor_decisions"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[DonorState]
    because: Mapped[WhySuspended | None]
    until: Mapped[date | None]
    note: Mapped[str]
    decided_by: Mapped[str]
    """The actor, as in the audit chain: `person:12`, `donor:7`, or `system` for the timer."""


class FileChange(BankOwned, Base):
    """A corrected field of a donor's file: its value before and after, and the actor."""

    __tablename__ = "donor_changes"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    at: Mapped[datetime]
    changed_by: Mapped[str]
    """The actor, as in the audit chain: `person:12` or `donor:7`."""
    field: Mapped[str]
    """A name of `collector.donors.file_history.FIELDS`."""
    before: Mapped[str]
    after: Mapped[str]


class SeparateFiles(BankOwned, Base):
    """Two files of two donors, although they share a telephone, an e-mail or a name."""

    __tablename__ = "separate_files"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    """The file with the smaller key."""
    second_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    """As in the audit chain: `person:12`."""


class SealedIdentity(BankOwned, Base):
    """The identity behind the number of an erased donor of collected milk.

    It is kept for traceability alone and read by the role quality alone; each reading is in the
    audit chain. For a merged file it holds the data needed to separate the two files again.
    """

    __tablename__ = "sealed_identities"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), unique=True)
    number: Mapped[str]
    identity: Mapped[dict[str, Any]]
    sealed_at: Mapped[datetime]
