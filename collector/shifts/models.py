"""Rows of the roster: shifts, usual weeks, contracts and absences."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.banks.models import Site
from collector.db import BankOwned, Base
from collector.people.models import Person


class ShiftTerms:
    """Mixin of a shift and of a usual week: hours, sites, vehicle, boxes, skills and break."""

    begins: Mapped[time]
    ends: Mapped[time]
    start_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    end_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    vehicle: Mapped[str]
    """The vehicle's name, as the collector knows it."""
    boxes: Mapped[list[str]] = mapped_column(default=list)
    """The codes of the boxes on board."""
    skills: Mapped[list[str]]
    """Skills of the collector that a visit may require."""
    break_minutes: Mapped[int] = mapped_column(default=0)
    """The length of the break; 0 without a break."""
    break_from: Mapped[time | None] = mapped_column(default=None)
    """The earliest begin of the break."""
    break_until: Mapped[time | None] = mapped_column(default=None)
    """The latest end of the break."""
    break_paid: Mapped[bool] = mapped_column(default=False)


class WeekLetter(StrEnum):
    """The weeks of a usual week: every one, or every second one."""

    EVERY = "every"
    A = "a"
    B = "b"


class WeeklyShift(BankOwned, ShiftTerms, Base):
    """A shift of a collector's usual week; shifts are laid out from it week by week."""

    __tablename__ = "weekly_shifts"

    collector_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    weekday: Mapped[int]
    """The ISO weekday, Monday being 1."""
    weeks: Mapped[WeekLetter]
    on_holidays: Mapped[bool]
    """Whether the collector works on public holidays too."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; None without an end."""
    laid_out_until: Mapped[date | None]
    """The last day for which shifts were laid out; None before the first."""
    version: Mapped[int] = mapped_column()
    collector: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class RosterShift(BankOwned, ShiftTerms, Base):
    """One collector with one vehicle, for a part of one day."""

    __tablename__ = "shifts"
    __table_args__ = (UniqueConstraint("collector_id", "day", "begins"),)

    day: Mapped[date] = mapped_column(index=True)
    collector_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    capacity_bottles: Mapped[int]
    capacity_ml: Mapped[int]
    capacity_tubes: Mapped[int]
    fixed_cents: Mapped[int]
    """Cost of the shift as soon as it has a visit, in cents."""
    cents_per_km: Mapped[int]
    cents_per_hour: Mapped[int]
    weekly_id: Mapped[int | None] = mapped_column(
        ForeignKey("weekly_shifts.id"), index=True, default=None
    )
    """The usual week from which it was laid out; None if it was entered for its day."""
    changed: Mapped[bool] = mapped_column(default=False)
    """Whether it is an exception of its usual week, which then leaves it alone."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which it was taken from the roster; its round and its past stay."""
    version: Mapped[int] = mapped_column()
    collector: Mapped[Person] = relationship(lazy="raise")
    start_site: Mapped[Site] = relationship(lazy="raise", foreign_keys="RosterShift.start_site_id")
    end_site: Mapped[Site] = relationship(lazy="raise", foreign_keys="RosterShift.end_site_id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Contract(BankOwned, Base):
    """The contract of a member of the staff: hours, skills, home, last day."""

    __tablename__ = "contracts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    weekly_minutes: Mapped[int | None]
    """Paid minutes per week; None if they are not known."""
    skills: Mapped[list[str]]
    """Qualifications: `blood` for drawing blood and holding interviews."""
    home_site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """The home as a place where rounds begin or end."""
    ends_on: Mapped[date | None]
    """The last day on duty; None without an end."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class AbsenceReason(StrEnum):
    """Reason of an absence."""

    ILL = "ill"
    OUT_OF_ORDER = "out_of_order"
    SERVICE = "service"
    LEAVE = "leave"
    TRAINING = "training"
    CLOSED = "closed"
    """The bank is closed: an absence of all, computed from its closing days."""
    TAKEN_OFF = "taken_off"
    """The shift was taken from the roster: computed from its end."""


OF_A_PERSON = (AbsenceReason.LEAVE, AbsenceReason.ILL, AbsenceReason.TRAINING)
"""Reasons that the roster offers for a person."""


OF_A_VEHICLE = (AbsenceReason.SERVICE, AbsenceReason.OUT_OF_ORDER)
"""Reasons that the roster offers for a vehicle."""


class Absence(BankOwned, Base):
    """The time during which a collector, or a vehicle, is off duty."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (vehicle IS NULL)", name="one_of_two"),
    )

    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    vehicle: Mapped[str | None]
    """As in `RosterShift.vehicle`; exactly one of `person_id` and `vehicle` is set."""
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[AbsenceReason]
    disruption_id: Mapped[int | None] = mapped_column(ForeignKey("disruptions.id"), index=True)
    """The disruption whose acceptance wrote it; its reversal withdraws it. None for another."""
    from_calendar: Mapped[bool] = mapped_column(default=False)
    """Whether it came from a followed calendar, whose next look may withdraw it."""
    noted_by: Mapped[str]
    """As in the audit chain: `person:12`."""
    noted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which the absence was taken back; None while it holds."""
    person: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def of_all(self) -> bool:
        """Whether it holds for every collector: the bank is closed."""
        return self.reason is AbsenceReason.CLOSED


class LeaveCalendar(BankOwned, Base):
    """The address of a person's calendar whose events become leave."""

    __tablename__ = "leave_calendars"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    sealed_url: Mapped[str]
    """The address, encrypted: whoever has it reads the calendar."""
    host: Mapped[str]
    """The server of the address, to be shown."""
    next_look_at: Mapped[datetime] = mapped_column(index=True)
    looked_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str]
    """The code of the last look's failure; empty if it was read."""
    left_out: Mapped[int]
    """Events during which visits are planned, left to a coordinator."""
    made_by: Mapped[str]
    """The actor, as in the audit chain."""
