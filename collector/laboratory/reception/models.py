"""Rows of the reception: intakes, and the scans of the bench."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.banks.models import Known
from collector.custody.models import Container
from collector.db import BankOwned, Base
from collector.pickups.models import MilkLine


class IntakeState(StrEnum):
    """States of an intake (docs/states.md)."""

    QUARANTINE = "quarantine"
    REFUSED = "refused"
    THAWING = "thawing"
    POOLED = "pooled"
    DESTROYED = "destroyed"


class VolumeMeasure(StrEnum):
    """The way in which the volume of an intake was found."""

    DECLARED = "declared"
    """The volume on the label, by the donor."""
    WEIGHED = "weighed"
    READ = "read"
    """Read on the bottle's scale by the technician."""


class IntakeRefusal(StrEnum):
    """Reasons for which the laboratory refuses a container."""

    THAWED = "thawed"
    NO_LABEL = "no_label"
    TOO_OLD = "too_old"
    WRONG_CONTAINER = "wrong_container"
    DAMAGED = "damaged"
    DONOR_ENDED = "donor_ended"
    OTHER = "other"


STANDING = text("withdrawn_at IS NULL")
"""Condition on an intake that was not undone."""


class Intake(BankOwned, Base):
    """A container as the laboratory took it over: measured, judged."""

    __tablename__ = "intakes"
    __table_args__ = (
        Index(
            "ix_intakes_container_id_standing",
            "container_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index("ix_intakes_bank_id_state", "bank_id", "state"),
        Index("ix_intakes_bank_id_taken_at", "bank_id", "taken_at"),
        CheckConstraint("(line = 'own_child') = (child_of_id IS NOT NULL)", name="dedicated"),
        CheckConstraint("expressed_first <= expressed_last", name="expressed_in_order"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
    )

    container_id: Mapped[int] = mapped_column(ForeignKey("containers.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    line: Mapped[MilkLine]
    child_of_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"))
    """The donor for whose own child alone the milk is; None for donated milk."""
    volume_ml: Mapped[int]
    measured: Mapped[VolumeMeasure]
    expressed_first: Mapped[date | None]
    """The first day of expression in the container; None only if it was refused."""
    expressed_last: Mapped[date | None]
    days_after_birth: Mapped[int | None]
    """Days from the baby's birth to the first expression; None if a date is unknown."""
    preterm: Mapped[Known]
    """Whether the baby was born before term."""
    dairy_free: Mapped[Known]
    """Whether the donor took no dairy products."""
    state: Mapped[IntakeState]
    refused_because: Mapped[IntakeRefusal | None]
    note: Mapped[str]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant of the undo; the row itself is never removed."""
    thaw_began_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which it left the freezer to be pooled."""
    container: Mapped[Container] = relationship(lazy="raise")


class ScanTask(StrEnum):
    """The task at which a label was scanned."""

    RECEPTION = "reception"
    THAW = "thaw"
    POOL = "pool"
    STORE = "store"
    COUNT = "count"
    SAMPLE = "sample"
    HOLD = "hold"
    DESTROY = "destroy"
    DISPENSE = "dispense"
    WARD = "ward"


class BenchScan(BankOwned, Base):
    """A scan that the laboratory refused: its text, its task, and the code of the refusal."""

    __tablename__ = "bench_scans"
    __table_args__ = (Index("ix_bench_scans_bank_id_at", "bank_id", "at"),)

    task: Mapped[ScanTask]
    text: Mapped[str]
    refused: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
