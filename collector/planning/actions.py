"""Asking for a plan of a day."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.jobs.models import Job

PLAN_DAY = "plan_day"


def ask_for_plan(
    session: Session, *, now: datetime, bank_id: int, day: date, asked_by: str, seconds: int
) -> Job:
    """Pose the question of a day and queue the job that answers it.

    Asking again while the same question is being answered returns that job.

    Parameters
    ----------
    seconds
        How long the planner may search.

    Raises
    ------
    Refused
        Nobody drives that day, or every round has started: `no_shift_to_plan`.
    """
    raise NotImplementedError
