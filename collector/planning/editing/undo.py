"""Undo and redo of a day's edits, per coordinator; edits of the others stay."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import Conflict, NotFound, Refused
from collector.planning.editing.assignment import Assignment, Overlap, changed_visits, revert_change
from collector.planning.editing.commit import EditContext, commit_change
from collector.planning.editing.hours_and_capacity import HoursAndCapacity
from collector.planning.editing.queries import edits_of, paired_edits, undo_stacks, visits_of_edit
from collector.planning.editing.what_if import WhatIf
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import load_facts
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan


def undo_or_redo(
    session: Session,
    *,
    context: EditContext,
    bank_id: int,
    day: date,
    version: int,
    redo: bool = False,
) -> DayEdit:
    """Undo the last edit of this coordinator on a day, or redo the last one she undid.

    Edits of others stay. An edit of two days is undone on both.

    Raises
    ------
    Conflict
        The day has another version by now (`changed_meanwhile`); or another coordinator moved the
        same visits since (`moved_since`: `pickups`, `actor`).
    Refused
        There is no such edit: `nothing_to_undo`, `nothing_to_redo`; or it would break a medical
        rule by now, or a round has started since.
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    found = undo_stacks(session, plan=plan, actor=context.actor)
    edit = found.redo if redo else found.undo
    if edit is None:
        raise Refused("nothing_to_redo" if redo else "nothing_to_undo")
    pair = [edit, *paired_edits(session, edit)]
    # A visit has to leave one day before it can join the other.
    pair.sort(key=lambda each: each.twin_id is None)
    kind, made = EditKind.REDONE if redo else EditKind.UNDONE, None
    for each in pair:
        if each is not edit:
            _hold(session, bank_id, each)
        made = _undo(session, each, context=context, kind=kind, paired=made)
    return edit


def _undo(
    session: Session, edit: DayEdit, *, context: EditContext, kind: EditKind, paired: DayEdit | None
) -> DayEdit:
    plan = _plan_of(session, edit)
    before, after = Assignment.from_json(edit.before), Assignment.from_json(edit.after)
    visits = changed_visits(before, after)
    terms = HoursAndCapacity.from_json(edit.before)
    stray = terms.changed_since(session, HoursAndCapacity.from_json(edit.after))
    if stray:
        raise _moved_since(session, plan, edit, stray)
    terms.write(session)
    facts = load_facts(session, _plan_of(session, edit))
    if not visits <= facts.pickups.keys():
        raise _moved_since(session, plan, edit, tuple(sorted(visits - facts.pickups.keys())))
    what_if = WhatIf(facts, visits)
    try:
        assignment = revert_change(what_if.assignment, before=before, after=after)
    except Overlap as overlap:
        raise _moved_since(session, plan, edit, overlap.pickups) from overlap
    return commit_change(
        session,
        what_if.change(assignment),
        context=EditContext(
            now=context.now, actor=context.actor, reason=context.reason or kind.value
        ),
        kind=kind,
        tray=_tray(edit.before, visits),
        besides=(HoursAndCapacity.from_json(edit.after).as_json(), terms.as_json()),
        undoes=edit,
        paired=paired,
    )


def _moved_since(
    session: Session, plan: DayPlan, edit: DayEdit, pickups: tuple[int, ...]
) -> Conflict:
    """Return the conflict, with the later actor of these visits, as the log has it."""
    later = edits_of(session, plan=plan, since=edit.version)
    actor = next(
        (each.actor for each in reversed(later) if set(visits_of_edit(each)) & set(pickups)), ""
    )
    return Conflict("moved_since", pickups=list(pickups), actor=actor)


def _hold(session: Session, bank_id: int, edit: DayEdit) -> None:
    """Lock the other day of an edit at its present version.

    The coordinator has not looked at it, and no colleague may change it now.
    """
    held = session.scalars(
        select(DayPlan)
        .where(DayPlan.id == edit.day_plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    edit_day(session, bank_id=bank_id, day=held.day, version=held.version)


def _plan_of(session: Session, edit: DayEdit) -> DayPlan:
    day = session.scalars(select(DayPlan.day).where(DayPlan.id == edit.day_plan_id)).one()
    plan = day_plan(session, bank_id=edit.bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    return plan


def _tray(data: Mapping[str, Any], visits: frozenset[int]) -> dict[int, dict[str, Any] | None]:
    """Return the tray entry of each visit before an edit; None for a visit without one."""
    entries = data.get("tray", {})
    return {key: entries.get(str(key)) for key in visits}
