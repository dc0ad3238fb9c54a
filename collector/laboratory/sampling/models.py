"""Rows of sampling: plans with their rules, samples, results, files of results."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class SampleStage(StrEnum):
    """The step at which a sample is taken."""

    PRE = "pre"
    """From the pool, before pasteurisation."""
    POST = "post"
    """From a bottle of the lot, after pasteurisation."""


class SamplingFrequency(StrEnum):
    """The lots that a plan chooses."""

    NEVER = "never"
    EVERY_LOT = "every_lot"
    CYCLES_OR_MONTH = "cycles_or_month"
    """One lot of a cycle: in every month, and after a number of cycles, whichever comes first."""


class Analyte(StrEnum):
    """The things that a sample is examined for."""

    TOTAL = "total"
    """All aerobic germs."""
    AUREUS = "aureus"
    ENTEROBACTERALES = "enterobacterales"
    CEREUS = "cereus"
    COLIFORMS = "coliforms"
    ACIDITY = "acidity"
    """Titratable acidity in degrees Dornic."""


class RuleMeasure(StrEnum):
    """The figure that a rule of a plan limits."""

    VALUE = "value"
    """The value of each plate: CFU/ml, or degrees Dornic."""
    COLONIES = "colonies"
    """The colonies on each plate."""
    POSITIVE_PLATES = "positive_plates"
    """The number of plates with a colony."""


class SamplingPlan(BankOwned, Base):
    """One edition of a bank's plan for a stage; an edition is never changed."""

    __tablename__ = "sampling_plans"
    __table_args__ = (
        UniqueConstraint("bank_id", "stage", "edition"),
        CheckConstraint("plates > 0 AND plated_ul > 0", name="plated"),
    )

    stage: Mapped[SampleStage]
    edition: Mapped[int]
    name: Mapped[str]
    """The key of the preset that it came from."""
    frequency: Mapped[SamplingFrequency]
    every_cycles: Mapped[int]
    """Cycles between two samples, for `cycles_or_month`; otherwise 0."""
    plates: Mapped[int]
    plated_ul: Mapped[int]
    """The volume on one plate, in microlitres."""
    source: Mapped[str]
    verified_on: Mapped[date | None]
    """The day on which the plan was read at its source; None for an unverified one."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The person of quality; None for the starting edition."""
    made_at: Mapped[datetime]
    rules: Mapped[list["SamplingRule"]] = relationship(
        lazy="raise", order_by="SamplingRule.position"
    )


class SamplingRule(BankOwned, Base):
    """A limit of a plan: equal passes."""

    __tablename__ = "sampling_rules"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("most >= 0", name="most"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("sampling_plans.id"))
    position: Mapped[int]
    analyte: Mapped[Analyte]
    measure: Mapped[RuleMeasure]
    most: Mapped[int]
    """The largest figure that passes; 0 rejects any growth."""
    source: Mapped[str]
    verified_on: Mapped[date | None]


class SampleState(StrEnum):
    """States of a sample (docs/states.md)."""

    TAKEN = "taken"
    SENT = "sent"
    LOST = "lost"


class LabSample(BankOwned, Base):
    """Milk taken for examination, from a pool before heating or from a lot after it."""

    __tablename__ = "lab_samples"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        Index("ix_lab_samples_lot_id_stage", "lot_id", "stage"),
    )

    number: Mapped[str]
    stage: Mapped[SampleStage]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    """The lot; before heating it stands for its whole pool."""
    plan_id: Mapped[int] = mapped_column(ForeignKey("sampling_plans.id"))
    """The edition by which its results are judged."""
    volume_ml: Mapped[int]
    laboratory: Mapped[str]
    """The laboratory that examines it; empty for the bank's own."""
    state: Mapped[SampleState]
    lost_reason: Mapped[str]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("lab_samples.id"))
    """The lost sample that this one stands for."""
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime]
    plan: Mapped[SamplingPlan] = relationship(lazy="raise")


class ResultComparator(StrEnum):
    """The comparator of a result."""

    EQUAL = "="
    BELOW = "<"
    ABOVE = ">"


class ResultUnit(StrEnum):
    """The units of results."""

    CFU_ML = "cfu_ml"
    COLONIES = "colonies"
    DORNIC = "dornic"


STANDS = text("superseded_at IS NULL")
"""Condition on a result that no later one replaced."""


class LabResult(BankOwned, Base):
    """A figure found on a plate; it is never changed, only superseded by another row."""

    __tablename__ = "lab_results"
    __table_args__ = (
        Index(
            "ix_lab_results_sample_id_plate_analyte_standing",
            "sample_id",
            "plate",
            "analyte",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        CheckConstraint("verified_by_id <> entered_by_id", name="verified_by_another"),
        CheckConstraint("value >= 0", name="not_negative"),
    )

    sample_id: Mapped[int] = mapped_column(ForeignKey("lab_samples.id"))
    plate: Mapped[int]
    analyte: Mapped[Analyte]
    comparator: Mapped[ResultComparator]
    value: Mapped[float]
    unit: Mapped[ResultUnit]
    plated_ul: Mapped[int]
    method: Mapped[str]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verified_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("result_files.id"))
    """The imported file that it came from; None for a typed one."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("lab_results.id"))
    superseded_at: Mapped[datetime | None]
    reason: Mapped[str]
    """The reason for which it supersedes another one; empty otherwise."""


class ResultFile(BankOwned, Base):
    """A file of results as it came, and the rows that were accepted from it."""

    __tablename__ = "result_files"
    __table_args__ = (UniqueConstraint("bank_id", "sha256"),)

    sha256: Mapped[str]
    file: Mapped[bytes] = mapped_column(LargeBinary)
    """The file, compressed by zlib."""
    accepted: Mapped[int]
    refused: Mapped[int]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime]
