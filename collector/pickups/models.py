"""The rows of a pick-up request: what was asked, when it fits, what holds it."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.donors.models import Donor


class PickupState(StrEnum):
    """How far a request has come (docs/states.md)."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    PUBLISHED = "published"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    COLLECTED = "collected"
    PARTLY_COLLECTED = "partly_collected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """Why somebody comes; one visit may have several."""

    COLLECTION = "collection"
    FIRST_INTERVIEW = "first_interview"
    MATERIAL_DROP = "material_drop"
    BLOOD_SAMPLE = "blood_sample"
    PUMP_RETURN = "pump_return"
    WARD = "ward"


class HoldReason(StrEnum):
    """Why a person has to speak with the donor before somebody comes."""

    ILLNESS = "illness"
    MEDICATION = "medication"
    EXPOSURE = "exposure"


class Pickup(BankOwned, Base):
    """What a donor asked for, with the civil windows in which it suits her."""

    __tablename__ = "pickups"
    __table_args__ = (UniqueConstraint("bank_id", "once"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    state: Mapped[PickupState] = mapped_column(index=True)
    purposes: Mapped[list[str]]
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    oldest_on: Mapped[date | None]
    """The day the oldest bottle was expressed."""
    freezer_nearly_full: Mapped[bool]
    empties_wanted: Mapped[int]
    call_first: Mapped[bool]
    note: Mapped[str]
    failure: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    """The actor, as in the audit chain: `donor:7`, or `person:12` for a request by phone."""
    once: Mapped[str | None]
    """What makes it the same request: a form sent twice asks once."""
    version: Mapped[int] = mapped_column()
    donor: Mapped[Donor] = relationship(lazy="raise")
    windows: Mapped[list["PickupWindow"]] = relationship(
        lazy="raise",
        order_by="PickupWindow.day, PickupWindow.opens",
        cascade="all, delete-orphan",
    )
    holds: Mapped[list["PickupHold"]] = relationship(
        lazy="raise", order_by="PickupHold.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PickupWindow(BankOwned, Base):
    """A civil day and the wall-clock times between which a visit may begin."""

    __tablename__ = "pickup_windows"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    opens: Mapped[time]
    closes: Mapped[time]


class PickupHold(BankOwned, Base):
    """Something a professional must clear before the milk is fetched; never a refusal."""

    __tablename__ = "pickup_holds"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    reason: Mapped[HoldReason]
    opened_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str | None]
    """What the professional who cleared it wrote."""
