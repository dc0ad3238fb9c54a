"""Pins of visits to their rounds, which the planner keeps."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import NotFound
from collector.planning.editing.commit import EditContext, log_edit, state_of_day
from collector.planning.models import DayEdit, EditKind
from collector.rounds.actions import edit_day


def pin(
    session: Session,
    *,
    context: EditContext,
    bank_id: int,
    day: date,
    version: int,
    pickups: Collection[int],
    pinned: bool,
) -> DayEdit:
    """Pin these visits to their rounds, or unpin them.

    Raises
    ------
    NotFound
        A visit is in no round of this day.
    Conflict
        The day has another version by now: `changed_meanwhile` (`version`, `revision`).
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    before = state_of_day(plan)
    if not before.assignment.placed.issuperset(pickups):
        raise NotFound("not_found", kind="stops")
    for round_ in plan.rounds:
        for stop in round_.stops:
            if stop.pickup_id in pickups:
                stop.pinned = pinned
    session.flush()
    kind = EditKind.PINNED if pinned else EditKind.UNPINNED
    edit = log_edit(session, plan, before=before, context=context, kind=kind)
    record(
        session,
        now=context.now,
        bank_id=bank_id,
        actor=context.actor,
        action="stops pinned" if pinned else "stops unpinned",
        subject=f"day_plan:{plan.id}",
        edit=edit.id,
        visits=sorted(pickups),
    )
    return edit
