"""Rows of heating: devices, cycles, curves."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class CurveProfileName(StrEnum):
    """The form of the files of a logger (`collector.laboratory.heating.profiles`)."""

    LONG_UTC = "long_utc"
    LONG_LOCAL = "long_local"
    WIDE_LOCAL = "wide_local"


class CycleState(StrEnum):
    """States of a cycle (docs/states.md)."""

    LOADING = "loading"
    RUNNING = "running"
    ENDED = "ended"
    CURVE_OK = "curve_ok"
    CURVE_FAILED = "curve_failed"
    ABANDONED = "abandoned"


class LabDevice(BankOwned, Base):
    """A pasteuriser with its probes: serial number, form of its files, qualification."""

    __tablename__ = "lab_devices"
    __table_args__ = (UniqueConstraint("bank_id", "serial"),)

    name: Mapped[str]
    serial: Mapped[str]
    profile: Mapped[CurveProfileName]
    qualified_until: Mapped[date]
    """The last day of its qualification."""
    calibrated_until: Mapped[date]
    """The last day of the calibration of its probes."""


RUNS = text("state = 'running'")
"""Condition on a cycle under way."""


class Cycle(BankOwned, Base):
    """One run of one pasteuriser."""

    __tablename__ = "cycles"
    __table_args__ = (
        Index(
            "ix_cycles_device_id_running",
            "device_id",
            unique=True,
            sqlite_where=RUNS,
            postgresql_where=RUNS,
        ),
    )

    device_id: Mapped[int] = mapped_column(ForeignKey("lab_devices.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[CycleState]
    loaded_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    device: Mapped[LabDevice] = relationship(lazy="raise")


class CycleCurve(BankOwned, Base):
    """The temperatures of a cycle: the file as it came, and its judgement on that day."""

    __tablename__ = "cycle_curves"
    __table_args__ = (UniqueConstraint("bank_id", "sha256"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), unique=True)
    sha256: Mapped[str]
    file: Mapped[bytes] = mapped_column(LargeBinary)
    """The file, compressed by zlib."""
    profile: Mapped[CurveProfileName]
    checks: Mapped[list[dict[str, Any]]]
    """The eight checks with colour and figures, by the policies of that day."""
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime]
