"""Queries of the day's plan and of its rounds and stops."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.donors.models import Donor
from collector.errors import NotFound
from collector.pickups.models import Pickup
from collector.places.models import Address
from collector.rounds.models import DayPlan, Round, RoundStop, Unplanned
from collector.shifts.models import RosterShift
from collector.shifts.queries import OF_A_SHIFT

OF_A_PICKUP: Sequence[_AbstractLoad] = (
    joinedload(Pickup.donor).options(
        joinedload(Donor.address).joinedload(Address.position),
        selectinload(Donor.serologies),
    ),
    selectinload(Pickup.windows),
    selectinload(Pickup.holds),
)
"""Loader options of a visit, as the board, the phone and the planner read it."""

OF_A_ROUND: Sequence[_AbstractLoad] = (
    joinedload(Round.shift).options(*OF_A_SHIFT),
    selectinload(Round.stops).joinedload(RoundStop.pickup).options(*OF_A_PICKUP),
)


def day_plan(session: Session, *, bank_id: int, day: date) -> DayPlan | None:
    """Return the plan of a day with its rounds, stops and tray, or None before the first edit."""
    return session.scalar(
        select(DayPlan)
        .where(DayPlan.bank_id == bank_id, DayPlan.day == day)
        .options(
            selectinload(DayPlan.rounds).options(*OF_A_ROUND),
            selectinload(DayPlan.unplanned).joinedload(Unplanned.pickup).options(*OF_A_PICKUP),
        )
        .execution_options(populate_existing=True)
    )


def revision_of(session: Session, *, bank_id: int, day: date) -> int:
    """Return the last published revision of a day; 0 before the first."""
    revision = select(DayPlan.revision).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    return session.scalar(revision) or 0


def get_round(session: Session, *, bank_id: int, round_id: int) -> Round:
    """Return a bank's round with its shift, its stops and its day.

    Raises
    ------
    NotFound
        The bank has no such row.
    """
    found = session.scalar(_rounds(bank_id).where(Round.id == round_id))
    if found is None:
        raise NotFound("not_found", kind="rounds")
    return found


def _rounds(bank_id: int) -> Select[Round]:
    return (
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(Round.bank_id == bank_id)
        .options(*OF_A_ROUND, joinedload(Round.day_plan))
    )
