"""Rows of a bank: sites, fleet, closing days, zones, policies, directory entries, public texts."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base

GAP = "[["
"""The begin of a gap in a public text; the bank replaces it."""


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


class SourceKind(StrEnum):
    """The kind of a source of the directory; the first is the strongest."""

    OWN_PAGE = "own_page"
    ASSOCIATION = "association"
    PRESS = "press"
    FORUM = "forum"
    UNKNOWN = "unknown"


class PublicTextKey(StrEnum):
    """The public texts that a bank completes."""

    PRIVACY = "privacy"
    LEGAL = "legal"
    ACCESSIBILITY = "accessibility"


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
    holiday_region: Mapped[str] = mapped_column(default="")
    """The part of the country with public holidays of its own, such as `6AE`; may be empty."""
    skipped_steps: Mapped[list[str]] = mapped_column(default=list)
    """The steps of the opening that an administrator put off."""

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
    opens: Mapped[time | None] = mapped_column(default=None)
    closes: Mapped[time | None] = mapped_column(default=None)
    """The opening hours of its open days; None if it is always open."""
    weekdays: Mapped[list[str]] = mapped_column(default=list)
    """The open weekdays, Monday being "1"; empty means every day."""
    retired_on: Mapped[date | None] = mapped_column(default=None)
    """The first day on which no new shift may begin or end there."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class FleetVehicle(BankOwned, Base):
    """A vehicle of a bank with its capacity."""

    __tablename__ = "vehicles"
    __table_args__ = (UniqueConstraint("bank_id", "name"),)

    name: Mapped[str]
    """The name in shifts and on phones."""
    plate: Mapped[str]
    capacity_bottles: Mapped[int]
    capacity_ml: Mapped[int]
    capacity_tubes: Mapped[int]
    service_due_on: Mapped[date | None]
    """The last day before its next service; None if it is not known."""
    retired_on: Mapped[date | None]
    """The first day on which it may not be on duty."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class TransportBox(BankOwned, Base):
    """A cool box with its capacity, its thermometer, and the dates until which they are good."""

    __tablename__ = "transport_boxes"
    __table_args__ = (UniqueConstraint("bank_id", "code"),)

    code: Mapped[str]
    """The code on its lid, as phones report it."""
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicles.id"))
    """The vehicle in which it usually rides."""
    capacity_bottles: Mapped[int]
    capacity_ml: Mapped[int]
    capacity_tubes: Mapped[int]
    qualified_until: Mapped[date | None]
    """The last day of its qualification; None if it is not known."""
    thermometer: Mapped[str]
    """The number of its thermometer; may be empty."""
    thermometer_due_on: Mapped[date | None]
    """The last day of the thermometer's calibration; None if it is not known."""
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class ClosingDay(BankOwned, Base):
    """A day on which the bank is closed; no shift of that day is on duty."""

    __tablename__ = "closing_days"
    __table_args__ = (UniqueConstraint("bank_id", "day"),)

    day: Mapped[date]
    name: Mapped[str]


class Zone(BankOwned, Base):
    """A part of the country a bank collects in: postcode prefixes, an outline, or both."""

    __tablename__ = "zones"

    name: Mapped[str]
    postcodes: Mapped[list[str]]
    outline: Mapped[list[list[float]]] = mapped_column(default=list)
    """The corners drawn on the map as latitude and longitude, in order; empty without a drawing."""
    weekdays: Mapped[list[str]] = mapped_column(default=list)
    """The weekdays of rounds to the zone, Monday being "1"; empty means any day."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


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


class PolicyPeriod(BankOwned, Base):
    """A change of a rule from one day to another; the lasting rule stays as it is."""

    __tablename__ = "policy_periods"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    key: Mapped[str]
    value: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]
    decided_by: Mapped[str]
    """The reference of the person, as in the audit chain."""
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant of the undo; the row itself is never removed."""


class PolicyChange(BankOwned, Base):
    """A change of a policy: planned for a day, in force, or withdrawn before that day."""

    __tablename__ = "policy_changes"

    key: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]
    verified_by: Mapped[str | None]
    verified_on: Mapped[date | None]
    counts_from: Mapped[date]
    """The first day on which the value counts, in the bank's time zone."""
    made_by: Mapped[str]
    """The actor, as in the audit chain."""
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which the policy took the value; None while the change is planned."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    former_value: Mapped[str | None] = mapped_column(default=None)
    """The value before, kept at the application; the source and mark before likewise."""
    former_source: Mapped[str | None] = mapped_column(default=None)
    former_verified_by: Mapped[str | None] = mapped_column(default=None)
    former_verified_on: Mapped[date | None] = mapped_column(default=None)


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
    """A note on the evidence; the words of 0.1, such as `read`, are not printed."""
    checked_on: Mapped[date | None]
    """The day of an administrator's check; None if none was recorded."""
    checked_by: Mapped[str] = mapped_column(default="")
    """The name printed for that check, the administrator's bank by default."""
    email: Mapped[str] = mapped_column(default="")
    phone_source: Mapped[SourceKind] = mapped_column(default=SourceKind.UNKNOWN)
    """The kind of source of the telephone number."""
    home_collection: Mapped[Known] = mapped_column(default=Known.UNKNOWN)
    """Whether it collects at homes."""
    area: Mapped[str] = mapped_column(default="")
    """The area of collection in words, where a source gives one."""
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The sources of the entry: `url`, `kind`, and `date` (a year, month or day; may be empty)."""
    listed: Mapped[bool]
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("banks.id"), unique=True)
    """The bank of this installation behind the entry, which then owns it."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def best_source(self) -> SourceKind:
        """The strongest kind among the sources; unknown without any."""
        kinds = {str(each["kind"]) for each in self.sources}
        return next((kind for kind in SourceKind if kind in kinds), SourceKind.UNKNOWN)


class PublicText(BankOwned, Base):
    """A public text of a bank in one language: privacy, legal notice, accessibility."""

    __tablename__ = "public_texts"
    __table_args__ = (UniqueConstraint("bank_id", "key", "language"),)

    key: Mapped[PublicTextKey]
    language: Mapped[str]
    text: Mapped[str]
    """Plain text; a line `## ...` is a heading, `- ...` an item, `[[...]]` a gap."""
    changed_by: Mapped[str]
    """The reference of the person, as in the audit chain."""
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def complete(self) -> bool:
        """Whether the text has words and no gap."""
        return bool(self.text.strip()) and GAP not in self.text
