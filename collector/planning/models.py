"""The rows of planning: questions and answers, edits of a day, disruptions and their ways out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class PlanningRun(BankOwned, Base):
    """One question to the planner, in its own JSON: the golden file and the bug report."""

    __tablename__ = "planning_runs"

    day: Mapped[date]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    day_plan_version: Mapped[int]
    """The version of the day's plan that the question was read from."""
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    """The rounds as they were when it was asked: the planner begins with them."""
    plan: Mapped[dict[str, Any] | None]
    posed_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the coordinator wanted: the rounds, the weights (see `Wish`)."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody applied the answer, or put it aside; None while it is a proposal."""


class SlotBook(BankOwned, Base):
    """Counts the promises of a day: of two who saw the same last place, one turns the page."""

    __tablename__ = "slot_books"
    __table_args__ = (UniqueConstraint("bank_id", "day"),)

    day: Mapped[date]
    page: Mapped[int]


class EditKind(StrEnum):
    """What a coordinator did to the rounds of a day."""

    MOVED = "moved"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    SPREAD = "spread"
    FIXED = "fixed"
    APPLIED = "applied"
    TAKEN = "taken"
    OTHER_DAY = "other_day"
    UNDONE = "undone"
    REDONE = "redone"


class DayEdit(BankOwned, Base):
    """One change of a day's rounds, with everything that takes it back; never changed itself."""

    __tablename__ = "day_edits"

    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    version: Mapped[int]
    """The version of the day that it made."""
    actor: Mapped[str]
    """As in the audit chain: `person:12`, or `system`."""
    kind: Mapped[EditKind]
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("day_edits.id"), index=True)
    """The edit that this one undoes, or the undoing that it undoes in turn."""
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("day_edits.id"), index=True)
    """The edit of another day that was made, and is taken back, together with this one."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """The rounds it touched, the tray's reasons, windows and shifts, ahead of it and after it."""
    made_at: Mapped[datetime]


class DisruptionKind(StrEnum):
    """What upsets a day that is being driven."""

    COLLECTOR_ILL = "collector_ill"
    VEHICLE = "vehicle"
    ROAD = "road"
    FREEZER = "freezer"
    URGENT = "urgent"
    REGRETTED = "regretted"
    """The answer to another disruption is taken back."""


class ProposalWay(StrEnum):
    """How a proposal goes about it."""

    GO_ON = "go_on"
    """Everybody keeps her order, only later; who cannot be reached in time is left."""
    INSERT = "insert"
    """What is upset goes to where it costs least; nothing else changes its order."""
    REBALANCE = "rebalance"
    """The planner looks at everything that is left."""
    OTHER_DAY = "other_day"
    """What is upset is not made today."""
    OTHER_FREEZER = "other_freezer"
    AS_BEFORE = "as_before"
    """Everybody has her order of before an answer again."""


class Disruption(BankOwned, Base):
    """Something a coordinator told of a day on the road, and what was left of the day then."""

    __tablename__ = "disruptions"

    day: Mapped[date] = mapped_column(index=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"))
    day_plan_version: Mapped[int]
    kind: Mapped[DisruptionKind]
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"))
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("disruptions.id"))
    """Whose answer is regretted."""
    minutes: Mapped[int | None]
    """How long it holds up; None: for the rest of the day."""
    told_at: Mapped[datetime]
    told_by: Mapped[str]
    problem: Mapped[dict[str, Any]]
    """What was left of the day."""
    ahead: Mapped[dict[str, Any]]
    """The present order of what was left: what a proposal is measured by."""
    ended_at: Mapped[datetime | None]
    """A proposal was accepted, or it was laid aside."""


class DisruptionProposal(BankOwned, Base):
    """One way out, with the planner's own question and answer."""

    __tablename__ = "proposals"

    disruption_id: Mapped[int] = mapped_column(ForeignKey("disruptions.id"), index=True)
    way: Mapped[ProposalWay]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """Where the rounds end instead, if that is what it is about."""
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    """What the engines begin with."""
    plan: Mapped[dict[str, Any] | None]
    """None until its job has found one."""
    accepted_at: Mapped[datetime | None]


class Horizon(BankOwned, Base):
    """The question which donor is visited on which day of the weeks to come, and its answer."""

    __tablename__ = "horizons"

    first: Mapped[date]
    last: Mapped[date]
    minimum_ml: Mapped[int]
    radius_km: Mapped[int]
    """The levers it was asked with."""
    asked_by: Mapped[str]
    posed_at: Mapped[datetime]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any] | None]
