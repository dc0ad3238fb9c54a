"""Rows of allocations and of overrides of the serving order."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class ChoiceReason(StrEnum):
    """Reasons for which a bottle was chosen, the strongest first."""

    OWN_CHILD = "own_child"
    """Milk of the child's own mother."""
    EXPIRES_SOON = "expires_soon"
    SAME_POOL = "same_pool"
    """The recipient had milk of this pool before."""
    FIRST_EXPIRY = "first_expiry"
    SIZE = "size"
    """Of bottles that expire on one day, the size nearest to the need."""


class AllocationEnd(StrEnum):
    """Ways in which an allocation ended."""

    DISPENSED = "dispensed"
    LAPSED = "lapsed"
    """Its hours were over."""
    GIVEN_BACK = "given_back"
    """A dispenser freed it, or the order was cancelled."""
    BLOCKED = "blocked"
    """The bottle may no longer leave."""


KEPT = text("ended_at IS NULL")
"""Condition on an allocation that goes on."""


class BottleAllocation(BankOwned, Base):
    """A bottle kept for an order for a while."""

    __tablename__ = "bottle_allocations"
    __table_args__ = (
        Index(
            "ix_bottle_allocations_bottle_id_kept",
            "bottle_id",
            unique=True,
            sqlite_where=KEPT,
            postgresql_where=KEPT,
        ),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("milk_orders.id"), index=True)
    bottle_id: Mapped[int] = mapped_column(ForeignKey("bottles.id"), index=True)
    reason: Mapped[ChoiceReason]
    passed_over: Mapped[int]
    """Bottles that expire earlier and were not chosen, since a stop or another need kept them."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    kept_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[AllocationEnd | None]


PROPOSED = text("agreed_at IS NULL AND withdrawn_at IS NULL")
"""Condition on an override that awaits its second person."""


class ServingOverride(BankOwned, Base):
    """The decision of two people to serve an order that the level of the stock leaves waiting."""

    __tablename__ = "serving_overrides"
    __table_args__ = (
        Index(
            "ix_serving_overrides_order_id_proposed",
            "order_id",
            unique=True,
            sqlite_where=PROPOSED,
            postgresql_where=PROPOSED,
        ),
        CheckConstraint("agreed_by_id <> asked_by_id", name="two_people"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("milk_orders.id"), index=True)
    note: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
