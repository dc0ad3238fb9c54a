"""Undo and redo of a day's edits, per coordinator, beside whatever the others did meanwhile."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import Conflict, NotFound, Refused
from collector.planning.editing.assignment import Arrangement, Overlap, changed, gone_back
from collector.planning.editing.commit import By, make
from collector.planning.editing.hours_and_capacity import Terms
from collector.planning.editing.queries import edits_of, stacks, twins_of, visits_of
from collector.planning.editing.what_if import Desk
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import gather
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan


def take_back(
    session: Session, *, by: By, bank_id: int, day: date, version: int, redo: bool = False
) -> DayEdit:
    """Undo what this coordinator did last on a day, or do again what she undid last.

    What others did meanwhile stays. An edit of two days is taken back on both.

    Raises
    ------
    Conflict
        The day is another version by now (`changed_meanwhile`); or somebody moved the same visits
        since (`moved_since`: `pickups`, `actor`).
    Refused
        There is nothing to take back: `nothing_to_undo`, `nothing_to_redo`; or it would break a
        medical rule by now, or a round has left since.
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    found = stacks(session, plan=plan, actor=by.actor)
    edit = found.redo if redo else found.undo
    if edit is None:
        raise Refused("nothing_to_redo" if redo else "nothing_to_undo")
    pair = [edit, *twins_of(session, edit)]
    # What leaves one day has to leave it before it can join the other.
    pair.sort(key=lambda each: each.twin_id is None)
    kind, made = EditKind.REDONE if redo else EditKind.UNDONE, None
    for each in pair:
        if each is not edit:
            _hold(session, bank_id, each)
        made = _taken_back(session, each, by=by, kind=kind, twin=made)
    return edit


def _taken_back(
    session: Session, edit: DayEdit, *, by: By, kind: EditKind, twin: DayEdit | None
) -> DayEdit:
    plan = _plan_of(session, edit)
    before, after = Arrangement.read(edit.before), Arrangement.read(edit.after)
    hands = changed(before, after)
    terms = Terms.read(edit.before)
    stray = terms.changed_since(session, Terms.read(edit.after))
    if stray:
        raise _moved_since(session, plan, edit, stray)
    terms.write(session)
    facts = gather(session, _plan_of(session, edit))
    if not hands <= facts.pickups.keys():
        raise _moved_since(session, plan, edit, tuple(sorted(hands - facts.pickups.keys())))
    desk = Desk(facts, hands)
    try:
        becomes = gone_back(desk.was, before=before, after=after)
    except Overlap as overlap:
        raise _moved_since(session, plan, edit, overlap.pickups) from overlap
    return make(
        session,
        desk.change(becomes),
        by=By(now=by.now, actor=by.actor, reason=by.reason or kind.value),
        kind=kind,
        tray=_tray(edit.before, hands),
        terms=(Terms.read(edit.after).as_json(), terms.as_json()),
        takes_back=edit,
        twin=twin,
    )


def _moved_since(
    session: Session, plan: DayPlan, edit: DayEdit, pickups: tuple[int, ...]
) -> Conflict:
    """Say who moved these visits since, as far as the log tells."""
    later = edits_of(session, plan=plan, since=edit.version)
    whose = next(
        (each.actor for each in reversed(later) if set(visits_of(each)) & set(pickups)), ""
    )
    return Conflict("moved_since", pickups=list(pickups), actor=whose)


def _hold(session: Session, bank_id: int, edit: DayEdit) -> None:
    """Hold the other day of an edit: nobody looked at it, but nobody else may change it now."""
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


def _tray(data: Mapping[str, Any], hands: frozenset[int]) -> dict[int, dict[str, Any] | None]:
    """Return what the tray said of each visit; nothing of what was not in it."""
    told = data.get("tray", {})
    return {key: told.get(str(key)) for key in hands}
