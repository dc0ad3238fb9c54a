"""Rows of a pick-up request: its content, its windows, its holds."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.donors.models import Donor


class PickupState(StrEnum):
    """State of a request (docs/states.md)."""

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
    """Purpose of a visit; one visit may have several."""

    COLLECTION = "collection"
    FIRST_INTERVIEW = "first_interview"
    MATERIAL_DROP = "material_drop"
    BLOOD_SAMPLE = "blood_sample"
    PUMP_RETURN = "pump_return"
    WARD = "ward"


OF_MILK = frozenset({Purpose.COLLECTION, Purpose.WARD})
"""The purposes by which milk is collected."""


class MilkLine(StrEnum):
    """Destination of the milk: other babies, or the donor's own child in hospital."""

    DONATED = "donated"
    OWN_CHILD = "own_child"


class HoldReason(StrEnum):
    """Reason of a hold: a health question that the donor answered by yes."""

    ILLNESS = "illness"
    MEDICATION = "medication"
    EXPOSURE = "exposure"


class Kit(StrEnum):
    """Material that a donor may need besides empty bottles."""

    LABELS = "labels"
    PUMP_PARTS = "pump_parts"


class DayBefore(StrEnum):
    """The donor's answer on the day before a visit, by one tap."""

    FINE = "fine"
    NOT_HOME = "not_home"
    FEWER = "fewer"
    LAST = "last"


class DraftColumns:
    """A mixin: the columns that a request shares with the enquiry before it."""

    purposes: Mapped[list[str]]
    line: Mapped[MilkLine] = mapped_column(default=MilkLine.DONATED)
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    oldest_on: Mapped[date | None]
    """The day on which the oldest bottle was expressed."""
    freezer_quarters: Mapped[int | None] = mapped_column(default=None)
    """How full the donor's freezer is, in quarters; None if she did not answer."""
    empties_wanted: Mapped[int]
    kit_wanted: Mapped[list[str]] = mapped_column(default=list)


class Pickup(DraftColumns, BankOwned, Base):
    """A donor's request, with the civil windows in which a visit suits her."""

    __tablename__ = "pickups"
    __table_args__ = (UniqueConstraint("bank_id", "once"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    state: Mapped[PickupState] = mapped_column(index=True)
    freezer_nearly_full: Mapped[bool]
    call_first: Mapped[bool]
    do_not_ring: Mapped[bool] = mapped_column(default=False)
    neighbour: Mapped[bool] = mapped_column(default=False)
    """A neighbour hands the bottles over if the donor is not at home; the note names her."""
    note: Mapped[str]
    failure: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    """The actor, as in the audit chain: `donor:7`, or `person:12` for a request by telephone."""
    once: Mapped[str | None]
    """The key of the form: a form that is sent twice makes one request."""
    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which its window was promised as a slot; None for the donor's own windows."""
    answer: Mapped[DayBefore | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_by: Mapped[str | None] = mapped_column(default=None)
    """The actor of the cancellation; a donor takes her own one back."""
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
    """A hold that a professional must clear before the milk is collected; never a refusal."""

    __tablename__ = "pickup_holds"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    reason: Mapped[HoldReason]
    opened_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str | None]
    """The note of the professional at the clearance."""


class Enquiry(DraftColumns, BankOwned, Base):
    """A donor's draft, kept while she chooses a slot, and the slot held for her."""

    __tablename__ = "enquiries"
    __table_args__ = (UniqueConstraint("donor_id"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    health: Mapped[list[str]]
    """The health questions answered by yes."""
    written_at: Mapped[datetime]
    once: Mapped[str]
    day: Mapped[date | None]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    held_until: Mapped[datetime | None]
    """The instant until which the slot is promised to no other donor."""
    moves_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"), default=None)
    """The agreed visit that moves to the slot; None for a new request."""


class Giving(BankOwned, Base):
    """A donor's plans: her pauses, her last gift, and the loss of her child."""

    __tablename__ = "givings"
    __table_args__ = (UniqueConstraint("donor_id"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    tapering: Mapped[bool]
    """The donor expresses less and less, so her history forecasts nothing."""
    last_gift: Mapped[bool]
    bereaved_at: Mapped[datetime | None]
    """The instant from which a person calls first and every message is withheld."""
    called_at: Mapped[datetime | None]
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    called_off: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The visits that the loss cancelled: `pickup`; `round`, `revision` of a round under way."""


class VisitLink(BankOwned, Base):
    """A link to one visit's date and hours, kept as a hash of its token."""

    __tablename__ = "visit_links"

    token_hash: Mapped[str] = mapped_column(unique=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Correction(BankOwned, Base):
    """A donor's correction of her receipt within two days; the record itself does not change."""

    __tablename__ = "corrections"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    words: Mapped[str]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
