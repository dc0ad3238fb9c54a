"""Rows of the roster: shifts and absences."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.banks.models import Site
from collector.db import BankOwned, Base
from collector.people.models import Person


class RosterShift(BankOwned, Base):
    """One collector with one vehicle, for a part of one day."""

    __tablename__ = "shifts"
    __table_args__ = (UniqueConstraint("collector_id", "day", "begins"),)

    day: Mapped[date] = mapped_column(index=True)
    collector_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begins: Mapped[time]
    ends: Mapped[time]
    start_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    end_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    vehicle: Mapped[str]
    """The vehicle's name, as the collector knows it."""
    capacity_bottles: Mapped[int]
    capacity_ml: Mapped[int]
    capacity_tubes: Mapped[int]
    skills: Mapped[list[str]]
    """Skills of the collector that a visit may require."""
    fixed_cents: Mapped[int]
    """Cost of the shift as soon as it has a visit, in cents."""
    cents_per_km: Mapped[int]
    cents_per_hour: Mapped[int]
    collector: Mapped[Person] = relationship(lazy="raise")
    start_site: Mapped[Site] = relationship(lazy="raise", foreign_keys=[start_site_id])
    end_site: Mapped[Site] = relationship(lazy="raise", foreign_keys=[end_site_id])


class AbsenceReason(StrEnum):
    """Reason of an absence."""

    ILL = "ill"
    OUT_OF_ORDER = "out_of_order"


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
    noted_by: Mapped[str]
    """As in the audit chain: `person:12`."""
    noted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which the absence was taken back; None while it holds."""
    person: Mapped[Person | None] = relationship(lazy="raise")
