"""Rows of pooling: pools, their inputs, lots, bottles, prints of labels, the series of numbers."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.laboratory.reception.models import Intake
from collector.pickups.models import MilkLine


class PoolState(StrEnum):
    """States of a pool (docs/states.md)."""

    OPEN = "open"
    CLOSED = "closed"
    DISSOLVED = "dissolved"


class LotState(StrEnum):
    """Decisions on a lot (docs/states.md)."""

    WAITING = "waiting"
    """Not decided: it is to be heated, examined or released."""
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Stopped after its release."""


INPUT_STANDS = text("withdrawn_at IS NULL")
"""Condition on an input that was not undone."""


class NumberSeries(BankOwned, Base):
    """The facility code of a bank's pool numbers, and the last sequence that was given out."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("bank_id"),)

    facility: Mapped[str]
    """Five characters; not a licensed ISBT 128 code unless the bank holds a licence."""
    year: Mapped[int]
    sequence: Mapped[int]


class MilkPool(BankOwned, Base):
    """Containers emptied together and mixed; its number is the one that bottles carry."""

    __tablename__ = "pools"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        Index("ix_pools_bank_id_state", "bank_id", "state"),
        CheckConstraint("sampled_ml >= 0 AND discarded_ml >= 0", name="poured_out"),
    )

    number: Mapped[str]
    line: Mapped[MilkLine]
    state: Mapped[PoolState]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    sampled_ml: Mapped[int]
    """The volume poured into samples, in millilitres."""
    discarded_ml: Mapped[int]
    """The volume thrown away, in millilitres."""
    loss_reason: Mapped[str]
    """The reason of a loss above the tolerance; the loss itself is a sum and is not stored."""


class PoolInput(BankOwned, Base):
    """An intake emptied into a pool."""

    __tablename__ = "pool_inputs"
    __table_args__ = (
        Index(
            "ix_pool_inputs_intake_id_standing",
            "intake_id",
            unique=True,
            sqlite_where=INPUT_STANDS,
            postgresql_where=INPUT_STANDS,
        ),
        Index("ix_pool_inputs_pool_id_intake_id", "pool_id", "intake_id"),
    )

    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id"))
    intake_id: Mapped[int] = mapped_column(ForeignKey("intakes.id"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant of the undo; the row itself is never removed."""
    intake: Mapped[Intake] = relationship(lazy="raise")


class Lot(BankOwned, Base):
    """The bottles of one pool that are tested, released and recalled together."""

    __tablename__ = "lots"
    __table_args__ = (Index("ix_lots_bank_id_state_expires_on", "bank_id", "state", "expires_on"),)

    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id"), index=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    """The cycle that it is loaded into; None until then."""
    expires_on: Mapped[date]
    """The last day on which the milk may be given, as printed on the bottles."""
    state: Mapped[LotState] = mapped_column(default=LotState.WAITING)


class Bottle(BankOwned, Base):
    """A closed unit of a lot, with a number of its own."""

    __tablename__ = "bottles"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
    )

    number: Mapped[str]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    volume_ml: Mapped[int]
    filled_at: Mapped[datetime]
    scanned_back_at: Mapped[datetime | None]
    """The instant at which its label was scanned after labelling."""
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which it left the stock: handed over, or destroyed; None while it is here."""


class LabelPrint(BankOwned, Base):
    """A print of a lot's labels; a second one needs a reason."""

    __tablename__ = "label_prints"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    layout: Mapped[str]
    first_label: Mapped[int]
    """The first free label of the first sheet, counted from one."""
    copies: Mapped[int]
    """The number of labels."""
    reprint: Mapped[int]
    """0 for the first print, 1 for R1 and so on."""
    reason: Mapped[str]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    printed_at: Mapped[datetime]
