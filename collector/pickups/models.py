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


OF_MILK = frozenset({Purpose.COLLECTION, Purpose.WARD})
"""Milk is taken along."""


class HoldReason(StrEnum):
    """Why a person has to speak with the donor before somebody comes."""

    ILLNESS = "illness"
    MEDICATION = "medication"
    EXPOSURE = "exposure"


class Kit(StrEnum):
    """What a donor may need besides empty bottles."""

    LABELS = "labels"
    PUMP_PARTS = "pump_parts"


class DayBefore(StrEnum):
    """What a donor answers the day before a visit, by one tap."""

    FINE = "fine"
    NOT_HOME = "not_home"
    FEWER = "fewer"
    LAST = "last"


class DraftColumns:
    """A mixin: the columns that a request shares with the enquiry before it."""

    purposes: Mapped[list[str]]
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
    """A neighbour hands the bottles over if she is not at home; the note says who."""
    note: Mapped[str]
    failure: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    """The actor, as in the audit chain: `donor:7`, or `person:12` for a request by phone."""
    once: Mapped[str | None]
    """What makes it the same request: a form sent twice asks once."""
    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    """When we promised her its window as a slot; None where the windows are only hers."""
    answer: Mapped[DayBefore | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
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


class Giving(BankOwned, Base):
    """How a donor goes on giving: her pauses, her last gift, and the loss of her child."""

    __tablename__ = "givings"
    __table_args__ = (UniqueConstraint("donor_id"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    tapering: Mapped[bool]
    """She expresses less and less: her history no longer foretells."""
    last_gift: Mapped[bool]
    bereaved_at: Mapped[datetime | None]
    """From here on a person speaks first, and nothing cheerful is sent."""
    called_at: Mapped[datetime | None]
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class VisitLink(BankOwned, Base):
    """A key to one visit's date and hours, and to nothing else of hers; kept as a hash."""

    __tablename__ = "visit_links"

    token_hash: Mapped[str] = mapped_column(unique=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Correction(BankOwned, Base):
    """What a donor says of her receipt within two days: the record itself stays as it was made."""

    __tablename__ = "corrections"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    words: Mapped[str]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
