"""The rows of addresses and positions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class PositionSource(StrEnum):
    """Who says where an address lies."""

    IMPORTED = "imported"
    COORDINATOR = "coordinator"
    GEOCODER = "geocoder"


class Address(BankOwned, Base):
    """Where a donor lives, as she wrote it, and how to get to her door."""

    __tablename__ = "addresses"

    line: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    access_notes: Mapped[str]
    position: Mapped["Position | None"] = relationship(
        lazy="raise", back_populates="address", cascade="all, delete-orphan"
    )


class Position(BankOwned, Base):
    """Where an address lies, who says so and how sure they are."""

    __tablename__ = "positions"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    source: Mapped[PositionSource]
    provider: Mapped[str | None]
    score: Mapped[float | None]
    """The geocoder's own measure of certainty, from 0 to 1."""
    set_at: Mapped[datetime]
    address: Mapped[Address] = relationship(lazy="raise", back_populates="position")


class PostcodePlace(Base):
    """Where a postcode lies, as an operator imported it; shared by the installation's banks."""

    __tablename__ = "postcode_places"

    postcode: Mapped[str] = mapped_column(unique=True)
    town: Mapped[str]
    """One of its communes, to be recognised by."""
    latitude: Mapped[float]
    longitude: Mapped[float]
