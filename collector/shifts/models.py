"""Rows of the roster: shifts."""

from datetime import date, time

from sqlalchemy import ForeignKey, UniqueConstraint
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
