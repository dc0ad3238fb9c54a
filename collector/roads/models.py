"""Rows of road regions, snapped positions and cached legs; none of them belongs to one bank."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import Base


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
