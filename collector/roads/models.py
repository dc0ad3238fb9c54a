"""Rows of road regions, snapped positions and cached legs of all banks; learned times of one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class RoadRegion(Base):
    """A prepared region; the newest row is in force."""

    __tablename__ = "road_regions"

    version: Mapped[str]
    """Digest of the road graph."""
    source: Mapped[str]
    """Name of the extract's file."""
    folder: Mapped[str]
    attribution: Mapped[str]
    prepared_at: Mapped[datetime]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    junctions: Mapped[int]
    arcs: Mapped[int]
    has_streets: Mapped[bool]
    """Whether a street map was made."""


class SnappedPosition(Base):
    """A position moved onto the nearest road of one version of a source."""

    __tablename__ = "snapped_positions"
    __table_args__ = (
        UniqueConstraint("version", "place", name="uq_snapped_positions_version_place"),
    )

    version: Mapped[str]
    place: Mapped[int] = mapped_column(BigInteger)
    """Key of the position (`routing.travel.source.position_key`)."""
    road: Mapped[int] = mapped_column(BigInteger)
    latitude: Mapped[float]
    longitude: Mapped[float]
    away: Mapped[float]
    """Metres between the position and the road."""


class CachedLegs(Base):
    """Travel from one snapped position to many, by one version of a source."""

    __tablename__ = "cached_legs"
    __table_args__ = (UniqueConstraint("version", "origin", name="uq_cached_legs_version_origin"),)

    version: Mapped[str]
    origin: Mapped[int] = mapped_column(BigInteger)
    destinations: Mapped[bytes]
    """Ascending keys, 8 bytes each, little-endian."""
    seconds: Mapped[bytes]
    metres: Mapped[bytes]
    """In the order of `destinations`, 4 bytes each, little-endian."""


class LearnedKind(StrEnum):
    """Subjects of a learned time; the key of a row names one of them."""

    HOUR = "hour"
    ROAD = "road"
    SECTOR = "sector"
    PURPOSE = "purpose"
    DONOR = "donor"
    COLLECTOR = "collector"
    LEG_SPREAD = "leg_spread"
    DAY_SPREAD = "day_spread"


class LearnedTime(BankOwned, Base):
    """A factor on the time without traffic, or on the minutes of a policy, learned from rounds."""

    __tablename__ = "learned_times"
    __table_args__ = (UniqueConstraint("bank_id", "kind", "key"),)

    kind: Mapped[LearnedKind]
    key: Mapped[str]
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    factor: Mapped[float]
    spread_percent: Mapped[float]
    """Standard deviation of one leg or visit around the factor, in percent."""
    count: Mapped[int]
    """Legs or visits that it was learned from."""
    learned_at: Mapped[datetime]
    pinned: Mapped[float | None] = mapped_column(default=None)
    """A coordinator's factor, which counts in place of the learned one."""


class LearningResult(BankOwned, Base):
    """The latest learning of a bank: what it read, and its errors on days held out."""

    __tablename__ = "learning_results"
    __table_args__ = (UniqueConstraint("bank_id"),)

    learned_at: Mapped[datetime]
    rounds: Mapped[int]
    days: Mapped[int]
    held_out_days: Mapped[int]
    legs: Mapped[int]
    doors: Mapped[int]
    left_out: Mapped[int]
    """Rounds that teach nothing: a clock that was wrong, events out of order."""
    arrival_before: Mapped[float | None]
    arrival_after: Mapped[float | None]
    """Mean absolute error of an arrival in seconds, by free-flow times and by learned ones."""
    leg_before: Mapped[float | None]
    leg_after: Mapped[float | None]
    door_before: Mapped[float | None]
    door_after: Mapped[float | None]
    """Mean absolute errors of a leg and of a visit, in seconds."""
    used: Mapped[list[str] | None] = mapped_column(JSON, default=None)
    """Kinds of the effects in use; None before they were chosen by the error of an arrival."""
