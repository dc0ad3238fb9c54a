"""Rows of planning: runs, edits of a day, disruptions with proposals, forecasts, weeks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class PlanningRun(BankOwned, Base):
    """One problem put to the planner, as its own JSON: the golden file and the bug report."""

    __tablename__ = "planning_runs"

    day: Mapped[date]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    day_plan_version: Mapped[int]
    """The version of the day's plan from which the problem was built."""
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    """The rounds at the time of the request: the start of the search."""
    plan: Mapped[dict[str, Any] | None]
    posed_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    levels: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """The cheapest, the balanced and the safest plan by name; None if they were not searched."""
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The coordinator's objectives (see `problem.objectives`)."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant at which the plan was applied or discarded; None while it is a proposal."""


class SlotBook(BankOwned, Base):
    """Counter of a day's promises: of two donors at the same last place, one raises it."""

    __tablename__ = "slot_books"
    __table_args__ = (UniqueConstraint("bank_id", "day"),)

    day: Mapped[date]
    page: Mapped[int]


class EditKind(StrEnum):
    """Kind of a coordinator's edit of a day's rounds."""

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
    """One edit of a day's rounds, with everything that undoes it; never changed itself."""

    __tablename__ = "day_edits"

    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"), index=True)
    version: Mapped[int]
    """The version of the day's plan after the edit."""
    actor: Mapped[str]
    """As in the audit chain: `person:12`, or `system`."""
    kind: Mapped[EditKind]
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("day_edits.id"), index=True)
    """The edit that this one undoes, or the undoing that it undoes in turn."""
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("day_edits.id"), index=True)
    """The edit of the other day that was made, and is undone, together with this one."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """Rounds touched, entries of the tray, windows and shifts: `before` and `after` the edit."""
    made_at: Mapped[datetime]


class DisruptionKind(StrEnum):
    """Kind of a disruption of a day on the road."""

    COLLECTOR_ILL = "collector_ill"
    VEHICLE = "vehicle"
    ROAD = "road"
    FREEZER = "freezer"
    URGENT = "urgent"
    AT_RISK = "at_risk"
    """The chance of a promise or a limit of a round is below the level of the alarm."""
    REGRETTED = "regretted"
    """The answer to another disruption is taken back."""


class ProposalWay(StrEnum):
    """Approach of a proposal."""

    GO_ON = "go_on"
    """Every collector keeps her order, only later; unreachable visits are left out."""
    INSERT = "insert"
    """Disrupted visits go to the cheapest place; no other order changes."""
    REBALANCE = "rebalance"
    """The planner searches everything that is left of the day."""
    OTHER_DAY = "other_day"
    """Disrupted visits are not made today."""
    OTHER_FREEZER = "other_freezer"
    AS_BEFORE = "as_before"
    """Every collector has the order again that she had before an answer."""


class Disruption(BankOwned, Base):
    """A disruption that a coordinator reported, with the remaining day at that time."""

    __tablename__ = "disruptions"

    day: Mapped[date] = mapped_column(index=True)
    day_plan_id: Mapped[int] = mapped_column(ForeignKey("day_plans.id"))
    day_plan_version: Mapped[int]
    kind: Mapped[DisruptionKind]
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"))
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("disruptions.id"))
    """The disruption that was answered and is regretted."""
    minutes: Mapped[int | None]
    """The delay, in minutes; None: for the rest of the day."""
    until: Mapped[date | None] = mapped_column(default=None)
    """The last day off duty of the collector or the vehicle; None: the day of the disruption."""
    told_at: Mapped[datetime]
    told_by: Mapped[str]
    problem: Mapped[dict[str, Any]]
    """The remaining day."""
    ahead: Mapped[dict[str, Any]]
    """The present order of the remaining day: the measure of every proposal."""
    ended_at: Mapped[datetime | None]
    """The instant at which a proposal was accepted or the disruption dismissed."""


class DisruptionProposal(BankOwned, Base):
    """One alternative, with the planner's own problem and plan."""

    __tablename__ = "proposals"

    disruption_id: Mapped[int] = mapped_column(ForeignKey("disruptions.id"), index=True)
    way: Mapped[ProposalWay]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """The site where the rounds end instead, if the proposal changes it."""
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    """The start of the search."""
    plan: Mapped[dict[str, Any] | None]
    """None until the job has found one."""
    accepted_at: Mapped[datetime | None]


class ForecastStage(StrEnum):
    """The occasion of a forecast."""

    PUBLISHED = "published"
    DEPARTED = "departed"


class ForecastSubject(StrEnum):
    """The subject of a forecast."""

    PROMISE = "promise"
    """The collector arrives by the end of a promise."""
    CLOCKS = "clocks"
    """No container of a round rides longer than its limit."""


class ChanceForecast(BankOwned, Base):
    """A chance as it was foretold, and the outcome that came.

    A later publication before the departure replaces the forecasts of a round. A promise that was
    changed after the departure is compared as it stood at the departure.
    """

    __tablename__ = "forecasts"

    day: Mapped[date] = mapped_column(index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id"), index=True)
    """The visit of a promise; None for a round, and for the visit of an erased donor."""
    stage: Mapped[ForecastStage]
    subject: Mapped[ForecastSubject]
    revision: Mapped[int]
    """The revision of the round at the time of the forecast."""
    chance: Mapped[int]
    """Days in a hundred, rounded down."""
    closes_at: Mapped[datetime | None]
    """The end of the promise; None for clocks."""
    earliest_at: Mapped[datetime | None]
    latest_at: Mapped[datetime | None]
    """Between these two the arrival was expected on nine days in ten; None for clocks."""
    made_at: Mapped[datetime]
    came_at: Mapped[datetime | None]
    """The arrival, or the reception at the bank; None before, and where no phone told it."""
    kept: Mapped[bool | None]
    """None as long as it is open, and where no phone told the outcome."""
    settled_at: Mapped[datetime | None] = mapped_column(index=True)


class Horizon(BankOwned, Base):
    """A multi-day problem, one donor on one of the coming days, with its plan."""

    __tablename__ = "horizons"

    first: Mapped[date]
    last: Mapped[date]
    minimum_ml: Mapped[int]
    radius_km: Mapped[int]
    """`minimum_ml` and `radius_km` are the levers of the request."""
    asked_by: Mapped[str]
    posed_at: Mapped[datetime]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    problem: Mapped[dict[str, Any]]
    start: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any] | None]
