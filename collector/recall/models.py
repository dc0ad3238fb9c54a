"""Rows of recalls: the subject, the frozen scope with its fates, notices, events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class RecallSubject(StrEnum):
    """The kinds of things from which a recall begins."""

    DONOR = "donor"
    CONTAINER = "container"
    VISIT = "visit"
    BOX = "box"
    """A box of one round."""
    DAY = "day"
    """The rounds of one service day."""
    POOL = "pool"
    LOT = "lot"
    CYCLE = "cycle"
    DEVICE = "device"
    UNIT = "unit"
    """Everything that stood in a storage unit in a time."""
    MATERIAL = "material"
    """A maker's lot of bottles, caps, filters or labels."""
    BOTTLE = "bottle"
    """Backwards: the lot of the bottle."""
    RECIPIENT = "recipient"
    """Backwards: the lots of all bottles that a child received."""


class RecallState(StrEnum):
    """States of a recall (docs/states.md)."""

    OPENED = "opened"
    """The holds are open; the scope is being found."""
    SCOPED = "scoped"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    SETTLED = "settled"
    """Every millilitre of the scope has a fate."""
    CLOSED = "closed"


class Recall(BankOwned, Base):
    """A recall: its subject, its state, the hash of its scope and its signatures."""

    __tablename__ = "recalls"
    __table_args__ = (
        CheckConstraint("until >= since", name="in_order"),
        CheckConstraint("confirmed_by_id <> confirm_asked_by_id", name="confirmed_by_two"),
        CheckConstraint("closed_by_id <> close_asked_by_id", name="closed_by_two"),
    )

    subject: Mapped[RecallSubject]
    subject_id: Mapped[int | None]
    """The key of the row of its subject; the round of a box; None for a day."""
    box: Mapped[str]
    """The code of a box; empty for every other subject."""
    since: Mapped[date | None]
    """The first day of expressions, cycles, stays or pools in question, or the service day."""
    until: Mapped[date | None]
    """The last of these days; None without an end."""
    label: Mapped[str]
    """The number or name of its subject on the day of the opening."""
    mock: Mapped[bool]
    """A drill: the same path, and no notice leaves."""
    reason: Mapped[str]
    state: Mapped[RecallState]
    scope_hash: Mapped[str]
    """The SHA-256 of the frozen scope (`collector.recall.freezing`); empty before."""
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    confirm_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    close_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closing_note: Mapped[str]
    unanswered_because: Mapped[str]
    """The reason to close it although a ward has not acknowledged; empty if all have."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class RecallHold(BankOwned, Base):
    """A hold that the opening of a recall opened."""

    __tablename__ = "recall_holds"

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), index=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("laboratory_holds.id"), unique=True)


class RecalledForm(StrEnum):
    """The forms in which milk is in a scope."""

    VISIT = "visit"
    """Announced by a donor and not collected: it is at her home."""
    CONTAINER = "container"
    POOL = "pool"
    """An open pool, or the samples and losses of a closed one."""
    BOTTLE = "bottle"


class Whereabouts(StrEnum):
    """Places of milk at the instant at which a scope was frozen."""

    AT_HOME = "at_home"
    ON_THE_WAY = "on_the_way"
    AT_SITE = "at_site"
    """Handed over, and not taken over by the laboratory."""
    IN_STORE = "in_store"
    """In a place of a storage unit."""
    IN_LABORATORY = "in_laboratory"
    """In the house without a registered place: thawing, in an open pool, just filled."""
    REFUSED = "refused"
    AT_WARD = "at_ward"
    """Handed over to a ward, with any fate there."""
    SENT_BACK = "sent_back"
    """Sent back by a ward."""
    DESTROYED = "destroyed"
    USED_UP = "used_up"
    """Samples, rests and losses of a closed pool."""


class RecallFate(StrEnum):
    """Fates of milk in a recall."""

    HERE = "here"
    """Found, and set apart."""
    TRACED = "traced"
    """On a ward by the records: a drill asks no ward."""
    NOT_COLLECTED = "not_collected"
    """It stays with the donor, and no collector takes it."""
    USED_UP = "used_up"
    GIVEN = "given"
    THROWN_AWAY = "thrown_away"
    DESTROYED = "destroyed"
    NOT_FOUND = "not_found"


class RecallItem(BankOwned, Base):
    """Milk of a frozen scope; its fate alone changes afterwards."""

    __tablename__ = "recall_items"
    __table_args__ = (
        Index("ix_recall_items_recall_id_whereabouts_fate", "recall_id", "whereabouts", "fate"),
        UniqueConstraint("recall_id", "form", "number", "part"),
        Index("ix_recall_items_recall_id_ward_id", "recall_id", "ward_id"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"))
    form: Mapped[RecalledForm]
    number: Mapped[str]
    """Of the container, the pool or the bottle; `VISIT-12` for a visit."""
    part: Mapped[int]
    """0, or the place of a further line of a bottle that came to several ends."""
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"))
    container_id: Mapped[int | None] = mapped_column(ForeignKey("containers.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    """The pool, also of a bottle."""
    bottle_id: Mapped[int | None] = mapped_column(ForeignKey("bottles.id"), index=True)
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("wards.id"))
    """The ward to which a bottle was handed over."""
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipients.id"), index=True)
    """The child of its order, or the child that was given it."""
    volume_ml: Mapped[int | None]
    """None for a container that is not measured, and that no phone declared."""
    declared: Mapped[bool]
    """Whether the volume is declared at the door or before, and not measured."""
    whereabouts: Mapped[Whereabouts]
    place: Mapped[str]
    """Unit, shelf and place in words; empty outside of storage."""
    fate: Mapped[RecallFate | None]
    fate_at: Mapped[datetime | None]
    fate_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Its author; None for a fate that the scope itself tells."""
    bottle_fate_id: Mapped[int | None] = mapped_column(ForeignKey("bottle_fates.id"), index=True)
    """The row of the dispensary that says the same; None for a fate without one."""


class RecallNotice(BankOwned, Base):
    """A notice to a ward that received milk of a recall, and its acknowledgement."""

    __tablename__ = "recall_notices"
    __table_args__ = (UniqueConstraint("recall_id", "ward_id"),)

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"))
    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"), index=True)
    sent_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class RecallAct(StrEnum):
    """Kinds of events of a recall."""

    OPENED = "opened"
    HELD = "held"
    SCOPED = "scoped"
    CONFIRM_ASKED = "confirm_asked"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    IDENTITIES_OPENED = "identities_opened"
    FATE_NOTED = "fate_noted"
    SETTLED = "settled"
    CLOSE_ASKED = "close_asked"
    CLOSED = "closed"


class RecallEvent(BankOwned, Base):
    """An event of a recall; rows are added, and never changed."""

    __tablename__ = "recall_events"
    __table_args__ = (Index("ix_recall_events_recall_id_act", "recall_id", "act"),)

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"))
    act: Mapped[RecallAct]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    """Counts, volumes, and the fate before and after."""
