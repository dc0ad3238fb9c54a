"""The row of a planning run: the question put to the planner and its answer, kept."""

from datetime import date, datetime
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


class SlotBook(BankOwned, Base):
    """Counts the promises of a day: of two who saw the same last place, one turns the page."""

    __tablename__ = "slot_books"
    __table_args__ = (UniqueConstraint("bank_id", "day"),)

    day: Mapped[date]
    page: Mapped[int]
