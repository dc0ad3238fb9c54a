"""Rows of a published day: its plan, rounds, stops, publications, phone events and incidents."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.banks.models import Site
from collector.db import BankOwned, Base
from collector.pickups.models import Pickup
from collector.shifts.models import RosterShift


class RoundState(StrEnum):
    """States of a round (docs/states.md)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    STARTED = "started"
    RETURNED = "returned"
    UNLOADED = "unloaded"


NOT_STARTED = frozenset({RoundState.DRAFT, RoundState.PUBLISHED})
"""No phone has reported the departure: a plan may change the round."""


class LoadItem(StrEnum):
    """Kinds of things that a collector loads before the start of a round."""

    EMPTIES = "empties"
    BLOOD_SAMPLE = "blood_sample"
    FIRST_INTERVIEW = "first_interview"
    MATERIAL_DROP = "material_drop"
    LABELS = "labels"
    PUMP_PARTS = "pump_parts"


class EventKind(StrEnum):
    """Kinds of a phone's event."""

    ACKNOWLEDGED = "acknowledged"
    STARTED = "started"
    BOX_READ = "box_read"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    COLLECTED = "collected"
    NOT_DONE = "not_done"
    POSTPONED = "postponed"
    INCIDENT = "incident"
    ADDRESS_SHOWN = "address_shown"
    UNDONE = "undone"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class NotDoneReason(StrEnum):
    """Reasons for which a visit does not take place (docs/states.md)."""

    NOBODY_HOME = "nobody_home"
    WRONG_ADDRESS = "wrong_address"
    DONOR_UNWELL = "donor_unwell"
    NOTHING_READY = "nothing_ready"
    MILK_REFUSED = "milk_refused"
    FREEZER_TOO_WARM = "freezer_too_warm"
    COLLECTOR_LATE = "collector_late"
    VEHICLE_OR_BOX = "vehicle_or_box"
    ACCESS = "access"
    OTHER = "other"


class IncidentKind(StrEnum):
    """Subjects of an incident, which a coordinator decides."""

    CLOCK = "clock"
    VEHICLE = "vehicle"
    BOX = "box"
    ROAD = "road"
    DONOR = "donor"
    UNWELL = "unwell"
    REBOOK = "rebook"
    REMARK = "remark"
    OTHER = "other"


class IncidentDecision(StrEnum):
    """Answers of a coordinator to an incident; a note may add to them."""

    GO_ON = "go_on"
    SKIP = "skip"
    COME_BACK = "come_back"
    TO_FREEZER = "to_freezer"
    CALL = "call"
    DONE = "done"


class DayPlan(BankOwned, Base):
    """The plan of one service day; every edit of its rounds raises `version`."""

    __tablename__ = "day_plans"
    __table_args__ = (UniqueConstraint("bank_id", "day"),)

    day: Mapped[date]
    revision: Mapped[int]
    """The last published revision; 0 before the first."""
    edits: Mapped[int]
    """Number of edits: each edit changes this row, so that `version` rises."""
    version: Mapped[int] = mapped_column()
    rounds: Mapped[list["Round"]] = relationship(
        lazy="raise", order_by="Round.letter", back_populates="day_plan"
    )
    unplanned: Mapped[list["Unplanned"]] = relationship(
        lazy="raise", order_by="Unplanned.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def placed(self) -> set[int]:
        """Keys of the requests that are in a round."""
        return {stop.pickup_id for round_ in self.rounds for stop in round_.stops}


class Round(BankOwned, Base):
    """A tour that a coordinator accepted, for one shift."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("day_plan_id", "shift_id"),)

    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    letter: Mapped[str]
    state: Mapped[RoundState]
    revision: Mapped[int]
    """The day's revision in which the content last changed: the phone's ETag; 0 before."""
    departs_at: Mapped[datetime | None]
    returns_at: Mapped[datetime | None]
    metres: Mapped[int]
    driving_seconds: Mapped[int]
    cost_cents: Mapped[int]
    published: Mapped[dict[str, Any] | None]
    """The snapshot that the collector's phone receives; `publish` alone replaces it."""
    left_untold: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Digests of changed details that a coordinator keeps from the collector, by pick-up."""
    acknowledged: Mapped[int] = mapped_column(default=0)
    """The latest revision that the collector confirmed; 0 before the first."""
    driven_metres: Mapped[int | None] = mapped_column(default=None)
    """Metres driven, as the collector entered them at the close; None before."""
    day_plan: Mapped[DayPlan] = relationship(lazy="raise", back_populates="rounds")
    shift: Mapped[RosterShift] = relationship(lazy="raise")
    stops: Mapped[list["RoundStop"]] = relationship(
        lazy="raise",
        order_by="RoundStop.position",
        back_populates="round",
        cascade="all, delete-orphan",
    )
    emptyings: Mapped[list["PlannedEmptying"]] = relationship(
        lazy="raise",
        order_by="PlannedEmptying.begins_at",
        back_populates="round",
        cascade="all, delete-orphan",
    )


class RoundStop(BankOwned, Base):
    """A visit with a position in a round and its times."""

    __tablename__ = "stops"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    position: Mapped[int]
    arrives_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    pinned: Mapped[bool]
    """Whether a coordinator bound the visit to this round."""
    earliest_at: Mapped[datetime | None] = mapped_column(default=None)
    latest_at: Mapped[datetime | None] = mapped_column(default=None)
    """Between them the visit begins on as many days as promises are to be kept; None: unknown."""
    round: Mapped[Round] = relationship(lazy="raise", back_populates="stops")
    pickup: Mapped[Pickup] = relationship(lazy="raise")


class PlannedEmptying(BankOwned, Base):
    """A planned stop of a round at a freezer, where all that is in the box stays.

    It stands between the stops by its times, so that a stop taken out leaves it where it is.
    """

    __tablename__ = "planned_emptyings"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    arrives_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    round: Mapped[Round] = relationship(lazy="raise", back_populates="emptyings")
    site: Mapped[Site] = relationship(lazy="raise")


class PhonePlace(BankOwned, Base):
    """The last place of a phone on the road; its collector agreed on the phone.

    It is deleted when the round ends, and when the collector withdraws.
    """

    __tablename__ = "phone_places"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    seen_at: Mapped[datetime]


class Unplanned(BankOwned, Base):
    """A visit in no round of the day, with the reason and its figures."""

    __tablename__ = "unplanned"
    __table_args__ = (UniqueConstraint("day_plan_id", "pickup_id"),)

    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    reason: Mapped[str]
    details: Mapped[dict[str, Any]]
    pickup: Mapped[Pickup] = relationship(lazy="raise")


class Publication(BankOwned, Base):
    """One revision of a day: its author, its instant and its changes."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("day_plan_id", "revision"),)

    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    revision: Mapped[int]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The coordinator; None for a revision that a donor's loss made."""
    published_at: Mapped[datetime]
    changes: Mapped[dict[str, Any]]


class RoundEvent(BankOwned, Base):
    """An event of a phone, stored once, however often it was sent."""

    __tablename__ = "round_events"
    __table_args__ = (UniqueConstraint("bank_id", "client_id"),)

    client_id: Mapped[str]
    """A UUID that the phone makes before it shows anything."""
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[EventKind]
    device: Mapped[str] = mapped_column(default="")
    """The phone's own UUID; empty for a phone that sends none."""
    sequence: Mapped[int]
    """The phone's own counter: the order of its events, even with a wrong clock."""
    device_at: Mapped[datetime]
    """The instant of the deed: the phone's time, corrected by its offset, at most the reception."""
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    """The phone's own time where it differs from the instant of the deed; None otherwise."""
    received_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]


class Incident(BankOwned, Base):
    """An incident that a collector reported and a coordinator decides."""

    __tablename__ = "incidents"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("round_events.id"), unique=True)
    kind: Mapped[IncidentKind]
    note: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """The freezer to which the collector drives because a clock ran out; None otherwise."""
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    decision: Mapped[IncidentDecision | None]
    decision_note: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
