"""Pinning visits to their rounds, whatever the planner would rather do, and letting them go."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import NotFound
from collector.planning.editing.commit import By, kept, remembered
from collector.planning.models import DayEdit, EditKind
from collector.rounds.actions import edit_day


def pin(
    session: Session,
    *,
    by: By,
    bank_id: int,
    day: date,
    version: int,
    pickups: Collection[int],
    pinned: bool,
) -> DayEdit:
    """Pin these visits where they are, or let them go.

    Raises
    ------
    NotFound
        One of them is in no round of this day.
    Conflict
        The day is another version by now: `changed_meanwhile` (`version`, `revision`).
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    before = remembered(plan)
    if not before.arrangement.placed.issuperset(pickups):
        raise NotFound("not_found", kind="stops")
    for round_ in plan.rounds:
        for stop in round_.stops:
            if stop.pickup_id in pickups:
                stop.pinned = pinned
    session.flush()
    kind = EditKind.PINNED if pinned else EditKind.UNPINNED
    edit = kept(session, plan, before=before, by=by, kind=kind)
    record(
        session,
        now=by.now,
        bank_id=bank_id,
        actor=by.actor,
        action="stops pinned" if pinned else "stops unpinned",
        subject=f"day_plan:{plan.id}",
        edit=edit.id,
        visits=sorted(pickups),
    )
    return edit
