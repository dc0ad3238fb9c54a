"""Queries of the day's plan and of its rounds and stops."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.donors.queries import donor_options
from collector.errors import Conflict, NotFound
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState, PickupWindow
from collector.rounds.models import (
    DayPlan,
    PlannedEmptying,
    Publication,
    Round,
    RoundState,
    RoundStop,
    Unplanned,
)
from collector.shifts.models import RosterShift
from collector.shifts.queries import OF_A_SHIFT

OF_A_PICKUP: Sequence[_AbstractLoad] = (
    joinedload(Pickup.donor).options(*donor_options()),
    selectinload(Pickup.windows),
    selectinload(Pickup.holds),
)
"""Loader options of a visit, as the board, the phone and the planner read it."""

OF_A_ROUND: Sequence[_AbstractLoad] = (
    joinedload(Round.shift).options(*OF_A_SHIFT),
    selectinload(Round.stops).joinedload(RoundStop.pickup).options(*OF_A_PICKUP),
    selectinload(Round.emptyings).joinedload(PlannedEmptying.site),
)

PROMISED_STATES = (PickupState.PUBLISHED, PickupState.EN_ROUTE, PickupState.ARRIVED)
"""The states of a request in which its published time is shown to the donor."""


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


def day_plan_at_version(session: Session, *, bank_id: int, day: date, version: int) -> DayPlan:
    """Return the plan of a day for a computation that `edit_day` will write at this version.

    Raises
    ------
    NotFound
        The day has no plan yet.
    Conflict
        It is another version by now: `changed_meanwhile`, with `version` and `revision`.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    if plan.version != version:
        raise Conflict("changed_meanwhile", version=plan.version, revision=plan.revision)
    return plan


def revision_of(session: Session, *, bank_id: int, day: date) -> int:
    """Return the last published revision of a day; 0 before the first."""
    revision = select(DayPlan.revision).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    return session.scalar(revision) or 0


def day_fingerprint(session: Session, *, bank_id: int, day: date) -> list[list[tuple[Any, ...]]]:
    """Return the versions of a day's plan and visits and the states of its rounds.

    It differs as soon as one of them does.
    """
    plans = select(DayPlan.id, DayPlan.version).where(
        DayPlan.bank_id == bank_id, DayPlan.day == day
    )
    rounds = (
        select(Round.id, Round.state)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(DayPlan.bank_id == bank_id, DayPlan.day == day)
        .order_by(Round.id)
    )
    stops = select(RoundStop.pickup_id).join(Round).join(DayPlan).where(DayPlan.day == day)
    windows = select(PickupWindow.pickup_id).where(PickupWindow.day == day)
    pickups = (
        select(Pickup.id, Pickup.version)
        .where(Pickup.bank_id == bank_id, Pickup.id.in_(windows.union(stops)))
        .order_by(Pickup.id)
    )
    return [
        [tuple(row) for row in session.execute(question)] for question in (plans, rounds, pickups)
    ]


def first_revisions(session: Session, plan: DayPlan) -> dict[int, int]:
    """Return, by round, the revision of a day in which it was published first."""
    publications = session.scalars(select(Publication).where(Publication.day_plan_id == plan.id))
    return {
        change["round"]: published.revision
        for published in publications
        for change in published.changes["rounds"]
        if change["first"]
    }


def version_of(session: Session, *, bank_id: int, day: date) -> int | None:
    """Return the version of a day's plan; None before the first."""
    return session.scalar(
        select(DayPlan.version).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    )


def published_days(session: Session, *, bank_id: int, first: date, last: date) -> set[date]:
    """Return the published days between two days, both included."""
    days = select(DayPlan.day).where(
        DayPlan.bank_id == bank_id, DayPlan.day.between(first, last), DayPlan.revision > 0
    )
    return set(session.scalars(days))


class PlannedLoad(NamedTuple):
    """The visits in the rounds of a day, and their bottles."""

    visits: int
    bottles: int


def visits_by_day(
    session: Session, *, bank_id: int, first: date, last: date
) -> dict[date, PlannedLoad]:
    """Return the load of the days between two days, both included, that have rounds."""
    rows = session.execute(
        select(DayPlan.day, func.count(RoundStop.id), func.sum(Pickup.bottles))
        .join(Round, Round.day_plan_id == DayPlan.id)
        .join(RoundStop, RoundStop.round_id == Round.id)
        .join(Pickup, Pickup.id == RoundStop.pickup_id)
        .where(DayPlan.bank_id == bank_id, DayPlan.day.between(first, last))
        .group_by(DayPlan.day)
    )
    return {day: PlannedLoad(visits, int(bottles or 0)) for day, visits, bottles in rows}


class PlannedShift(NamedTuple):
    """A shift whose round has visits: its day, the version of the day's plan, the visits."""

    shift_id: int
    day: date
    version: int
    pickups: tuple[int, ...]


def planned_shifts(
    session: Session, *, bank_id: int, shifts: Collection[int]
) -> list[PlannedShift]:
    """Return these shifts with visits in their rounds, by day."""
    if not shifts:
        return []
    rows = session.execute(
        select(Round.shift_id, DayPlan.day, DayPlan.version, RoundStop.pickup_id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .join(RoundStop, RoundStop.round_id == Round.id)
        .where(DayPlan.bank_id == bank_id, Round.shift_id.in_(shifts))
        .order_by(DayPlan.day, Round.shift_id, RoundStop.position)
    )
    found: dict[int, PlannedShift] = {}
    for shift_id, day, version, pickup_id in rows:
        known = found.get(shift_id) or PlannedShift(shift_id, day, version, ())
        found[shift_id] = known._replace(pickups=(*known.pickups, pickup_id))
    return list(found.values())


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedVisit:
    """The day of a visit and the instants between which the collector comes."""

    day: date
    opens: datetime
    closes: datetime
    code: str
    """The two words that the collector says at the donor's address."""


def promised_visit(session: Session, pickup: Pickup) -> PromisedVisit | None:
    """Return the promise of a visit as it was published last; None if there is none.

    A draft that was changed after its publication promises nothing.
    """
    if pickup.state not in PROMISED_STATES:
        return None
    rounds = session.execute(
        select(DayPlan.day, Round.published)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            Round.bank_id == pickup.bank_id,
            Round.revision > 0,
            DayPlan.day.in_([window.day for window in pickup.windows]),
        )
        .order_by(Round.revision.desc())
    )
    for day, published in rounds:
        for stop in (published or {}).get("stops", ()):
            if stop["pickup"] == pickup.id:
                return PromisedVisit(
                    day=day,
                    opens=datetime.fromisoformat(stop["window"]["opens"]),
                    closes=datetime.fromisoformat(stop["window"]["closes"]),
                    code=stop.get("code", ""),
                )
    return None


def keeps_its_stop(session: Session, pickup: Pickup) -> bool:
    """Return whether a published round that has not started has a visit, in its draft too."""
    rounds = session.scalars(
        select(Round)
        .join(RoundStop, RoundStop.round_id == Round.id)
        .where(RoundStop.pickup_id == pickup.id, Round.state == RoundState.PUBLISHED)
    )
    return any(
        stop["pickup"] == pickup.id
        for round_ in rounds
        for stop in (round_.published or {}).get("stops", ())
    )


def uncovered_rounds(session: Session, *, bank_id: int, first: date) -> list[Round]:
    """Return the rounds with stops, from a day on, of collectors who were deactivated, by day."""
    rows = session.scalars(
        _rounds(bank_id)
        .join(Person, Person.id == RosterShift.collector_id)
        .where(
            RosterShift.day >= first,
            Person.active.is_(False),
            Round.state != RoundState.UNLOADED,
            Round.stops.any(),
        )
        .order_by(RosterShift.day, Round.letter)
    )
    return list(rows)


def _rounds(bank_id: int) -> Select[Round]:
    return (
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(Round.bank_id == bank_id)
        .options(*OF_A_ROUND, joinedload(Round.day_plan))
    )
