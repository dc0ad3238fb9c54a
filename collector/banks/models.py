"""The rows of a bank: itself, its sites, its zones, its policies."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class Jurisdiction(StrEnum):
    """Whose rules a bank lives under; the presets of its policies follow."""

    FRANCE = "FR"
    UNITED_KINGDOM = "UK"
    BRAZIL = "BR"
    UNITED_STATES = "US"


class SiteKind(StrEnum):
    """What a place where rounds begin or end is."""

    BANK = "bank"
    ANTENNE = "antenne"
    HOME = "home"


class LactariumKind(StrEnum):
    """Whom a lactarium serves: its own hospital alone, or others too."""

    INTERNAL = "internal"
    INTERNAL_AND_EXTERNAL = "internal_and_external"
    UNKNOWN = "unknown"


class Known(StrEnum):
    """An answer that may be missing; missing is not no."""

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
        """The time zone of everything this bank promises."""
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
    """On which days somebody drives there, Monday being "1"; empty: on any."""


class Policy(BankOwned, Base):
    """A rule of one bank: its value, where it comes from, and who verified it."""

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
    """A line of the public directory: the installation's, shared by every bank that lives here."""

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
    """Beginnings of the postcodes it collects in, where somebody told us."""
    radius_km: Mapped[int | None]
    """How far it drives, where somebody told us."""
    evidence: Mapped[str]
    """How well the line is known: `read` at the source, or in words."""
    checked_on: Mapped[date | None]
    listed: Mapped[bool]
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("banks.id"), unique=True)
    """The bank of this installation that it is, which then answers for its line."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
