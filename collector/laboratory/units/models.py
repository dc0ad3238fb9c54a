"""Rows of storage units: places, stays of containers and bottles, probes, excursions, alarms."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.custody.models import Excursion
from collector.db import BankOwned, Base


class UnitKind(StrEnum):
    """Kinds of storage unit."""

    FREEZER = "freezer"
    REFRIGERATOR = "refrigerator"
    ROOM = "room"


class StorageZone(StrEnum):
    """The stages of milk that are kept apart."""

    RAW = "raw"
    """Containers in quarantine, and bottles that were not heated."""
    HEATED = "heated"
    """Heated bottles that wait for their release."""
    RELEASED = "released"
    BACK = "back"
    """Milk set aside: refused, rejected, blocked or expired."""


class StorageUnit(BankOwned, Base):
    """A freezer, a refrigerator or a room; all of its places belong to one zone."""

    __tablename__ = "storage_units"
    __table_args__ = (UniqueConstraint("bank_id", "name"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    kind: Mapped[UnitKind]
    zone: Mapped[StorageZone]
    warmest_celsius: Mapped[int | None]
    """Its own limit in degrees Celsius; None for the bank's limit of freezers."""


class StoragePlace(BankOwned, Base):
    """A box or a part of a shelf; its code is on a label."""

    __tablename__ = "storage_places"
    __table_args__ = (
        UniqueConstraint("bank_id", "code"),
        UniqueConstraint("unit_id", "shelf", "name"),
        CheckConstraint("capacity_bottles > 0", name="has_room"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("storage_units.id"))
    shelf: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    capacity_bottles: Mapped[int]
    unit: Mapped[StorageUnit] = relationship(lazy="raise")


class MoveReason(StrEnum):
    """Reasons for which things change place."""

    PUT_AWAY = "put_away"
    THAWED = "thawed"
    POOLED = "pooled"
    HEATED = "heated"
    """Loaded into a pasteuriser that was started."""
    TAKEN_OUT = "taken_out"
    COUNTED = "counted"
    """Found by a count in another place than the registered one."""
    MISSING = "missing"
    """Not found by a count of its place."""
    DISPENSED = "dispensed"
    """Handed over to a ward."""
    DESTROYED = "destroyed"


class StorageMove(BankOwned, Base):
    """Things that changed place at one time, by one person."""

    __tablename__ = "storage_moves"
    __table_args__ = (
        Index("ix_storage_moves_bank_id_at", "bank_id", "at"),
        Index("ix_storage_moves_bank_id_reason", "bank_id", "reason"),
    )

    reason: Mapped[MoveReason]
    to_place_id: Mapped[int | None] = mapped_column(ForeignKey("storage_places.id"))
    """The new place; None if the things left storage."""
    note: Mapped[str]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


STANDS = text("ended_at IS NULL")
"""Condition on a stay that goes on."""


class StorageStay(BankOwned, Base):
    """A container or a bottle in a place, from one instant to another."""

    __tablename__ = "storage_stays"
    __table_args__ = (
        Index(
            "ix_storage_stays_intake_id_standing",
            "intake_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index(
            "ix_storage_stays_bottle_id_standing",
            "bottle_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index(
            "ix_storage_stays_place_id_standing",
            "place_id",
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_storage_stays_place_id_began_at", "place_id", "began_at"),
        Index("ix_storage_stays_bottle_id", "bottle_id"),
        Index("ix_storage_stays_intake_id", "intake_id"),
        CheckConstraint("(intake_id IS NULL) <> (bottle_id IS NULL)", name="one_thing"),
        CheckConstraint("ended_at >= began_at", name="in_order"),
    )

    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intakes.id"))
    bottle_id: Mapped[int | None] = mapped_column(ForeignKey("bottles.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("storage_places.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    began_move_id: Mapped[int] = mapped_column(ForeignKey("storage_moves.id"))
    ended_move_id: Mapped[int | None] = mapped_column(ForeignKey("storage_moves.id"), index=True)
    place: Mapped[StoragePlace] = relationship(lazy="raise")


COUNTS = text("closed_at IS NULL")
"""Condition on a count under way."""


class StorageCount(BankOwned, Base):
    """A count of one place: what was expected, found and missing."""

    __tablename__ = "storage_counts"
    __table_args__ = (
        Index(
            "ix_storage_counts_place_id_open",
            "place_id",
            unique=True,
            sqlite_where=COUNTS,
            postgresql_where=COUNTS,
        ),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("storage_places.id"), index=True)
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    expected: Mapped[int]
    """Things registered in the place when the count was closed; 0 until then."""
    missing: Mapped[int]
    strangers: Mapped[int]
    """Things found that were registered elsewhere, or nowhere."""


class CountedItem(BankOwned, Base):
    """A thing that was scanned in a count."""

    __tablename__ = "counted_items"
    __table_args__ = (
        UniqueConstraint("count_id", "intake_id"),
        UniqueConstraint("count_id", "bottle_id"),
        CheckConstraint("(intake_id IS NULL) <> (bottle_id IS NULL)", name="one_thing"),
    )

    count_id: Mapped[int] = mapped_column(ForeignKey("storage_counts.id"))
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intakes.id"))
    bottle_id: Mapped[int | None] = mapped_column(ForeignKey("bottles.id"))
    scanned_at: Mapped[datetime]


class UnitProbe(BankOwned, Base):
    """A thermometer of a unit; its name is unique within the unit only."""

    __tablename__ = "unit_probes"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("storage_units.id"))
    name: Mapped[str]
    key_digest: Mapped[str | None] = mapped_column(unique=True)
    """The SHA-256 of the key with which its logger posts readings; None without one."""
    watched_since: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
    """The instant of its latest reading."""
    retired_at: Mapped[datetime | None]
    unit: Mapped[StorageUnit] = relationship(lazy="raise")


class ProbeDay(BankOwned, Base):
    """The readings of a probe on one day of UTC, packed (`collector.laboratory.probes.series`)."""

    __tablename__ = "probe_days"
    __table_args__ = (UniqueConstraint("probe_id", "day"),)

    probe_id: Mapped[int] = mapped_column(ForeignKey("unit_probes.id"))
    day: Mapped[date]
    count: Mapped[int]
    least: Mapped[float]
    most: Mapped[float]
    series: Mapped[bytes] = mapped_column(LargeBinary)


class ProbeImport(BankOwned, Base):
    """A file of readings that was imported for a unit."""

    __tablename__ = "probe_imports"
    __table_args__ = (UniqueConstraint("bank_id", "sha256"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("storage_units.id"), index=True)
    sha256: Mapped[str]
    file: Mapped[bytes] = mapped_column(LargeBinary)
    """The file, compressed by zlib."""
    readings: Mapped[int]
    """The number of readings that were new."""
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime]


class UnitExcursion(BankOwned, Base):
    """A time during which a unit was too warm, from its first warm reading."""

    __tablename__ = "unit_excursions"
    __table_args__ = (Index("ix_unit_excursions_unit_id_began_at", "unit_id", "began_at"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("storage_units.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """The instant of the first reading within the limit again; None until then."""
    warmest: Mapped[float]
    limit_celsius: Mapped[int]
    excursion_id: Mapped[int | None] = mapped_column(ForeignKey("excursions.id"), unique=True)
    """Its judgement by two people; None while it is too short and too cold to block milk."""
    excursion: Mapped[Excursion | None] = relationship(lazy="raise")
    unit: Mapped[StorageUnit] = relationship(lazy="raise")


class AlarmKind(StrEnum):
    """Kinds of alarm of a unit."""

    WARM = "warm"
    SILENCE = "silence"


class StorageAlarm(BankOwned, Base):
    """An alarm of a unit: too warm for too long, or a probe without readings."""

    __tablename__ = "storage_alarms"
    __table_args__ = (
        UniqueConstraint("probe_id", "began_at"),
        Index("ix_storage_alarms_bank_id_acknowledged_at", "bank_id", "acknowledged_at"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("storage_units.id"), index=True)
    kind: Mapped[AlarmKind]
    probe_id: Mapped[int | None] = mapped_column(ForeignKey("unit_probes.id"))
    """The silent probe."""
    unit_excursion_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit_excursions.id"), unique=True
    )
    """The excursion that lasts too long."""
    began_at: Mapped[datetime]
    """The first warm reading, or the last reading before the silence."""
    due_at: Mapped[datetime]
    """The instant from which the bank's rule asks for the alarm."""
    raised_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_at: Mapped[datetime | None]
    comment: Mapped[str]
    unit: Mapped[StorageUnit] = relationship(lazy="raise")
    probe: Mapped[UnitProbe | None] = relationship(lazy="raise")
