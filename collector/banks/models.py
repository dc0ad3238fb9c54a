"""Rows of a bank: bank, sites, zones, policies, directory entries."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class Jurisdiction(StrEnum):
    """The jurisdiction of a bank; it decides the presets of the policies."""

    FRANCE = "FR"
    UNITED_KINGDOM = "UK"
    BRAZIL = "BR"
    UNITED_STATES = "US"

    @property
    def country(self) -> str:
        """The ISO 3166 code of the country."""
        return "GB" if self is Jurisdiction.UNITED_KINGDOM else self.value


class SiteKind(StrEnum):
    """The kind of a site."""

    BANK = "bank"
    ANTENNE = "antenne"
    HOME = "home"


class LactariumKind(StrEnum):
    """The scope of a lactarium: its own hospital alone, or other hospitals too."""

    INTERNAL = "internal"
    INTERNAL_AND_EXTERNAL = "internal_and_external"
    UNKNOWN = "unknown"


class Known(StrEnum):
    """A yes, a no or an unknown; unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Bank(Base):
    """One lactarium, the unit of tenancy."""

    __tablename__ = "banks"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    town: Mapped[str]
    phone: Mapped[str]
    time_zone: Mapped[str]
    jurisdiction: Mapped[Jurisdiction]
    language: Mapped[str]
    created_at: Mapped[datetime]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the bank's promises, as an IANA name."""
        return ZoneInfo(self.time_zone)


class Site(BankOwned, Base):
    """A place where rounds begin or end: the bank, an antenne, a collector's home."""

    __tablename__ = "sites"

    kind: Mapped[SiteKind]
    name: Mapped[str]
    town: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    receives: Mapped[bool]
    """Whether a freezer stands there that milk may be handed over to."""


class Zone(BankOwned, Base):
    """A part of the country a bank collects in, as postcode prefixes."""

    __tablename__ = "zones"

    name: Mapped[str]
    postcodes: Mapped[list[str]]
    weekdays: Mapped[list[str]] = mapped_column(default=list)
    """The weekdays of rounds to the zone, Monday being "1"; empty means any day."""


class Policy(BankOwned, Base):
    """A rule of one bank: value, source and verification."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("bank_id", "key"),)

    key: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    jurisdiction: Mapped[Jurisdiction]
    source: Mapped[str]
    verified_by: Mapped[str | None]
    verified_on: Mapped[date | None]


class Lactarium(Base):
    """An entry of the public directory, shared by all banks of the installation."""

    __tablename__ = "lactariums"

    name: Mapped[str]
    town: Mapped[str]
    postcode: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    kind: Mapped[LactariumKind]
    takes_anonymous: Mapped[Known]
    phone: Mapped[str]
    website: Mapped[str]
    postcodes: Mapped[list[str]]
    """Prefixes of the collected postcodes, where known."""
    radius_km: Mapped[int | None]
    """The radius of collection in kilometres, where known."""
    evidence: Mapped[str]
    """The evidence of the entry: `read` at the source, or a sentence."""
    checked_on: Mapped[date | None]
    listed: Mapped[bool]
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("banks.id"), unique=True)
    """The bank of this installation behind the entry, which then owns it."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
