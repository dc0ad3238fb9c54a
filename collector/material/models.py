"""Rows of material: movements of stock, devices with a serial number, and their loans."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.donors.models import Donor


class MaterialItem(StrEnum):
    """Material counted in pieces."""

    BOTTLES = "bottles"
    """Empty sterile bottles."""
    LABELS = "labels"
    KITS = "kits"
    """Kits of a first visit."""
    TABLETS = "tablets"
    """Tablets for disinfection."""
    PUMP_PARTS = "pump_parts"


class MovementKind(StrEnum):
    """Kinds of a movement; each has its own ends."""

    RECEIVED = "received"
    """From a supplier to a place."""
    MOVED = "moved"
    """From one place to another."""
    TO_DONOR = "to_donor"
    FROM_DONOR = "from_donor"
    LOST = "lost"
    """Broken, expired or missing at a count."""
    FOUND = "found"
    """More than the books held at a count."""


class MaterialMovement(BankOwned, Base):
    """A movement of pieces of one item between places, donors and the outside."""

    __tablename__ = "material_movements"

    item: Mapped[MaterialItem]
    kind: Mapped[MovementKind]
    quantity: Mapped[int]
    from_site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    from_vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicles.id"))
    to_site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    to_vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicles.id"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"), index=True)
    note: Mapped[str]
    made_by: Mapped[str]
    """The actor, as in the audit chain."""
    made_at: Mapped[datetime]


class LoanDevice(BankOwned, Base):
    """A breast pump or another device with a serial number, which donors have on loan."""

    __tablename__ = "loan_devices"
    __table_args__ = (UniqueConstraint("bank_id", "serial"),)

    serial: Mapped[str]
    name: Mapped[str]
    """Make and model."""
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    """The site where it is kept while it is not on loan."""
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Loan(BankOwned, Base):
    """A device at a donor's home, from the day out to its return or loss."""

    __tablename__ = "loans"

    device_id: Mapped[int] = mapped_column(ForeignKey("loan_devices.id"), index=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    out_on: Mapped[date]
    due_on: Mapped[date]
    returned_on: Mapped[date | None] = mapped_column(default=None)
    lost_on: Mapped[date | None] = mapped_column(default=None)
    made_by: Mapped[str]
    device: Mapped[LoanDevice] = relationship(lazy="raise")
    donor: Mapped[Donor] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        """Whether the device is with the donor."""
        return self.returned_on is None and self.lost_on is None
