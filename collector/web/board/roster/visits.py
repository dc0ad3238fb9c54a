"""Visits in the rounds of changed shifts: counted, moved to the tray, proposed elsewhere."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from collector.db import compute_then_write
from collector.planning.editing.commit import ComputedEdit, write_edit
from collector.planning.editing.released_visits import compute_release
from collector.planning.optimise.actions import request_plan
from collector.planning.problem.objectives import Objectives
from collector.rounds.queries import PlannedShift, planned_shifts
from collector.web.board.page_context import edit_context
from collector.web.board.roster.forms import VisitsChoice
from collector.web.framework.guards import actor, now, settings

Written = TypeVar("Written")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsQuestion:
    """The visits that a change of the roster concerns, by day; the page asks about them."""

    planned: tuple[PlannedShift, ...] = ()
    may_keep: bool = False

    @property
    def count(self) -> int:
        """The number of visits."""
        return sum(len(each.pickups) for each in self.planned)

    @property
    def days(self) -> list[date]:
        """The days of the rounds, in order."""
        return sorted({each.day for each in self.planned})

    def answered(self, choice: VisitsChoice) -> bool:
        """Return whether a choice settles the question; without visits there is none."""
        if not self.planned:
            return True
        return choice is not VisitsChoice.UNDECIDED and (
            self.may_keep or choice is not VisitsChoice.KEEP
        )


def question_about(
    session: Session, shifts: Collection[int], *, may_keep: bool = False
) -> VisitsQuestion:
    """Return the question about the visits in the rounds of these shifts."""
    found = planned_shifts(session, bank_id=actor().bank_id, shifts=shifts)
    return VisitsQuestion(planned=tuple(found), may_keep=may_keep)


def write_with_visits(
    question: VisitsQuestion, choice: VisitsChoice, write: Callable[[Session], Written]
) -> Written:
    """Write a change of the roster, and do with the visits of its rounds as was chosen.

    The visits leave their rounds in the same transaction; a proposal for them is then queued.

    Raises
    ------
    Refused
        `round_has_started`; `no_shift_to_plan` if no other round could take them.
    """
    moves = choice in {VisitsChoice.TRAY, VisitsChoice.PROPOSE}

    def compute(session: Session) -> list[ComputedEdit]:
        planned = question.planned if moves else ()
        return compute_release(session, planned, bank_id=actor().bank_id)

    def write_all(session: Session, edits: list[ComputedEdit]) -> Written:
        for edit in edits:
            write_edit(session, edit, context=edit_context(), bank_id=actor().bank_id)
        written = write(session)
        session.flush()
        if choice is VisitsChoice.PROPOSE:
            for day in question.days:
                _propose(session, day)
        return written

    return compute_then_write(compute, write_all)


def _propose(session: Session, day: date) -> None:
    request_plan(
        session,
        now=now(),
        bank_id=actor().bank_id,
        day=day,
        asked_by=actor().reference,
        seconds=settings().planning_seconds,
        objectives=Objectives(insert_only=True),
    )
