"""Rows of addresses and positions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class PositionSource(StrEnum):
    """Source of a position."""

    IMPORTED = "imported"
    COORDINATOR = "coordinator"
    GEOCODER = "geocoder"


class Address(BankOwned, Base):
    """A donor's address, as she wrote it, with notes on the access."""

    __tablename__ = "addresses"

    line: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    access_notes: Mapped[str]
    position: Mapped["Position | None"] = relationship(
        lazy="raise", back_populates="address", cascade="all, delete-orphan"
    )


class Position(BankOwned, Base):
    """The position of an address, with its source and certainty."""

    __tablename__ = "positions"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    source: Mapped[PositionSource]
    provider: Mapped[str | None]
    score: Mapped[float | None]
    """The geocoder's measure of certainty, from 0 to 1."""
    set_at: Mapped[datetime]
    address: Mapped[Address] = relationship(lazy="raise", back_populates="position")


class PostcodePlace(Base):
    """The position of a postcode, imported by the operator for all banks of the installation."""

    __tablename__ = "postcode_places"

    postcode: Mapped[str] = mapped_column(unique=True)
    town: Mapped[str]
    """The name of one of its communes."""
    latitude: Mapped[float]
    longitude: Mapped[float]
