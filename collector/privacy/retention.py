"""Problems of the planner whose day is over: their places are addresses, so they are emptied.

Plans, orders and figures stay: they hold keys and times only.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, select, update
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.planning.models import Disruption, DisruptionProposal, Horizon, PlanningRun
from collector.service_day import ServiceDay

EMPTY = len("{}")

PosedRow = PlanningRun | Horizon | Disruption | DisruptionProposal
POSED: tuple[type[PosedRow], ...] = (PlanningRun, Horizon, Disruption, DisruptionProposal)


def has_old_problems(session: Session, *, now: datetime, bank_id: int) -> bool:
    """Return whether a problem of a day that is over is kept."""
    return any(
        session.scalar(select(exists().where(*wanted)))
        for _row, wanted in _old(session, now, bank_id)
    )


def empty_old_problems(session: Session, *, now: datetime, bank_id: int) -> None:
    """Empty the problems of days that are over, and end their open disruptions."""
    today = _today(session, now, bank_id)
    session.execute(
        update(Disruption)
        .where(Disruption.bank_id == bank_id, Disruption.day < today, Disruption.ended_at.is_(None))
        .values(ended_at=now)
    )
    for row, wanted in _old(session, now, bank_id):
        session.execute(update(row).where(*wanted).values(problem={}))


def empty_problems_with(session: Session, *, bank_id: int, pickups: list[int]) -> None:
    """Empty the problems in which one of these visits is posed."""
    names = {str(key) for key in pickups}
    for row in POSED:
        posed = select(row.id, row.problem).where(row.bank_id == bank_id, _is_kept(row))
        holding = [key for key, problem in session.execute(posed) if names & _visits_of(problem)]
        session.execute(update(row).where(row.id.in_(holding)).values(problem={}))


def _old(
    session: Session, now: datetime, bank_id: int
) -> Iterator[tuple[type[PosedRow], tuple[ColumnElement[bool], ...]]]:
    """Return each class of rows with the condition of its old ones."""
    today = _today(session, now, bank_id)
    past = select(Disruption.id).where(Disruption.bank_id == bank_id, Disruption.day < today)
    for row, is_over in (
        (PlanningRun, PlanningRun.day < today),
        (Horizon, Horizon.last < today),
        (Disruption, Disruption.day < today),
        (DisruptionProposal, DisruptionProposal.disruption_id.in_(past)),
    ):
        yield row, (row.bank_id == bank_id, is_over, _is_kept(row))


def _is_kept(row: type[PosedRow]) -> ColumnElement[bool]:
    return func.length(cast(row.problem, String)) > EMPTY


def _visits_of(problem: dict[str, Any]) -> set[str]:
    return {str(visit["id"]) for visit in problem.get("visits", ())}


def _today(session: Session, now: datetime, bank_id: int) -> date:
    return ServiceDay.of(now, get_bank(session, bank_id).zone).day
