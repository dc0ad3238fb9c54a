"""Rows of wards, their staff, and recipients under pseudonyms."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class Ward(BankOwned, Base):
    """A ward that orders milk, of the bank's own hospital or of another establishment."""

    __tablename__ = "wards"
    __table_args__ = (UniqueConstraint("bank_id", "establishment", "name"),)

    establishment: Mapped[str]
    name: Mapped[str]
    is_depot: Mapped[bool] = mapped_column(default=False)
    """Whether it keeps milk and tells the recipients afterwards: its bottles are distributed."""
    retired_at: Mapped[datetime | None]


class WardMember(BankOwned, Base):
    """A person of a ward; a person belongs to one ward at most."""

    __tablename__ = "ward_members"
    __table_args__ = (UniqueConstraint("person_id"),)

    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Recipient(BankOwned, Base):
    """A child who receives milk, under a pseudonym; no name and no hospital number is here."""

    __tablename__ = "recipients"
    __table_args__ = (
        UniqueConstraint("bank_id", "pseudonym"),
        CheckConstraint("birth_weight_g > 0 AND weight_g > 0", name="has_weight"),
    )

    pseudonym: Mapped[str]
    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"), index=True)
    gestation_days: Mapped[int]
    """Days of the pregnancy at birth."""
    birth_weight_g: Mapped[int]
    weight_g: Mapped[int]
    """The latest weight, in grams; a volume per kilogram refers to it."""
    dairy_free: Mapped[bool]
    """Whether the milk must be of donors who took no dairy products."""
    indication: Mapped[str]
    """The physician's indication, for a child above the limits of birth; empty otherwise."""
    mother_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"), index=True)
    """The donor whose milk for her own child is this child's; None without one."""
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    enrolled_at: Mapped[datetime]
    ward: Mapped[Ward] = relationship(lazy="raise")
