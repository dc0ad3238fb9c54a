"""Removal of a collector's shifts of a day by the command line, with the lot of their visits."""

from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from collector.config import Settings
from collector.db import compute_then_write
from collector.people.models import Person
from collector.planning.editing.commit import ComputedEdit, EditContext, write_edit
from collector.planning.editing.released_visits import compute_release
from collector.planning.optimise.actions import request_plan
from collector.planning.problem.objectives import Objectives
from collector.rounds.actions import drop_draft_round
from collector.rounds.queries import PlannedShift, planned_shifts
from collector.shifts.actions import take_off_roster
from collector.shifts.models import RosterShift
from collector.shifts.queries import shifts_between

SYSTEM = "system"


def take_off(
    person: Person, day: date, *, visits: str | None, now: datetime, settings: Settings
) -> int:
    """Take the shifts of a collector on a day from the roster, and return the number of visits.

    Parameters
    ----------
    visits
        `tray` or `propose`; None refuses if visits are planned in her rounds.

    Raises
    ------
    click.ClickException
        Visits are planned and their lot is not chosen.
    """
    bank_id = person.bank_id

    def compute(session: Session) -> tuple[list[PlannedShift], list[ComputedEdit]]:
        shifts = [shift.id for shift in _shifts(session, person, day)]
        planned = planned_shifts(session, bank_id=bank_id, shifts=shifts)
        if planned and visits is None:
            raise click.ClickException(
                f"Visits planned in the rounds of that day: {_count(planned)}. Say what becomes of "
                "them: --visits tray, or --visits propose."
            )
        return planned, compute_release(session, planned, bank_id=bank_id)

    def write(session: Session, computed: tuple[list[PlannedShift], list[ComputedEdit]]) -> int:
        planned, edits = computed
        for edit in edits:
            context = EditContext(now=now, actor=SYSTEM, reason="")
            write_edit(session, edit, context=context, bank_id=bank_id)
        _end_shifts(session, person, day, now=now)
        if planned and visits == "propose":
            session.flush()
            _propose(session, bank_id, day, now=now, seconds=settings.planning_seconds)
        return _count(planned)

    return compute_then_write(compute, write)


def _count(planned: list[PlannedShift]) -> int:
    return sum(len(each.pickups) for each in planned)


def _end_shifts(session: Session, person: Person, day: date, *, now: datetime) -> None:
    for shift in _shifts(session, person, day):
        take_off_roster(
            session,
            now=now,
            bank_id=person.bank_id,
            actor=SYSTEM,
            shift_id=shift.id,
            seen=shift.version,
        )
        drop_draft_round(session, bank_id=person.bank_id, shift_id=shift.id)


def _propose(session: Session, bank_id: int, day: date, *, now: datetime, seconds: int) -> None:
    request_plan(
        session,
        now=now,
        bank_id=bank_id,
        day=day,
        asked_by=SYSTEM,
        seconds=seconds,
        objectives=Objectives(insert_only=True),
    )


def _shifts(session: Session, person: Person, day: date) -> list[RosterShift]:
    return shifts_between(session, bank_id=person.bank_id, first=day, last=day, person_id=person.id)
