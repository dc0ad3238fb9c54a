"""Queries of a day's edit log: edits, undo and redo stacks."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collector.planning.editing.assignment import Assignment, changed_visits
from collector.planning.models import DayEdit, EditKind
from collector.rounds.models import DayPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStacks:
    """The edits that a coordinator may undo and redo next."""

    undo: DayEdit | None
    redo: DayEdit | None


def undo_stacks(session: Session, *, plan: DayPlan | None, actor: str) -> UndoStacks:
    """Return the last edit of this coordinator on a day, and the last one she undid."""
    undo: list[DayEdit] = []
    redo: list[DayEdit] = []
    for edit in edits_of(session, plan=plan, actor=actor):
        if edit.kind is EditKind.UNDONE:
            undo.pop()
            redo.append(edit)
        elif edit.kind is EditKind.REDONE:
            redo.pop()
            undo.append(edit)
        else:
            undo.append(edit)
            redo.clear()
    return UndoStacks(undo=undo[-1] if undo else None, redo=redo[-1] if redo else None)


def edits_of(
    session: Session, *, plan: DayPlan | None, actor: str | None = None, since: int = 0
) -> list[DayEdit]:
    """Return the edits of a day in their order, of one coordinator or of all.

    Parameters
    ----------
    since
        Only edits after this version of the day.
    """
    if plan is None:
        return []
    query = select(DayEdit).where(DayEdit.day_plan_id == plan.id, DayEdit.version > since)
    if actor is not None:
        query = query.where(DayEdit.actor == actor)
    return list(session.scalars(query.order_by(DayEdit.id)))


def edits_by_key(session: Session, *, plan: DayPlan, keys: Collection[int]) -> dict[int, DayEdit]:
    """Return these edits of a day by their keys."""
    rows = session.scalars(
        select(DayEdit).where(DayEdit.day_plan_id == plan.id, DayEdit.id.in_(keys))
    )
    return {row.id: row for row in rows}


def visits_of_edit(edit: DayEdit) -> tuple[int, ...]:
    """Return the visits that an edit moved, pinned or unpinned."""
    return tuple(
        sorted(changed_visits(Assignment.from_json(edit.before), Assignment.from_json(edit.after)))
    )


def paired_edits(session: Session, edit: DayEdit) -> list[DayEdit]:
    """Return the edit of the other day that was made together with this one, if any."""
    return list(
        session.scalars(
            select(DayEdit).where(
                or_(DayEdit.twin_id == edit.id, DayEdit.id == (edit.twin_id or 0)),
                DayEdit.bank_id == edit.bank_id,
            )
        )
    )
