"""Withdrawal of one visit from a published day, without the coordinator's other edits."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.rounds.actions import add_publication, freeze, queue_round
from collector.rounds.models import DayPlan, Round
from collector.rounds.publication import Changes, RoundChange, promises_in
from collector.rounds.queries import day_plan


def withdraw_visit(
    session: Session, *, now: datetime, bank_id: int, day: date, pickup_id: int, actor: str
) -> Round | None:
    """Take one visit out of the rounds of a day, and return the published round that had it.

    A published round takes the next revision at once, without the stop and with the other times
    as they were. Other edits of the draft stay unpublished.
    """
    held = select(DayPlan.id).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    if session.scalar(held.with_for_update()) is None:
        return None
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        return None
    plan.edits += 1
    changed = None
    for round_ in plan.rounds:
        for stop in [stop for stop in round_.stops if stop.pickup_id == pickup_id]:
            round_.stops.remove(stop)
        if pickup_id in promises_in([round_]):
            changed = round_
    plan.unplanned = [each for each in plan.unplanned if each.pickup_id != pickup_id]
    session.flush()
    if changed is not None:
        _publish_without(session, now=now, plan=plan, round_=changed, pickup=pickup_id, actor=actor)
    return changed


def _publish_without(
    session: Session, *, now: datetime, plan: DayPlan, round_: Round, pickup: int, actor: str
) -> None:
    """Publish a round without one stop, and notify its collector alone."""
    published = round_.published or {}
    stops = [stop for stop in published["stops"] if stop["pickup"] != pickup]
    change = RoundChange(
        round=round_,
        snapshot=published | {"stops": stops},
        first=False,
        added=(),
        removed=(pickup,),
        retimed=(),
    )
    plan.revision += 1
    freeze(change, plan.revision, "")
    queue_round(session, now=now, plan=plan, change=change)
    changes = Changes(rounds=(change,), withdrawn=(pickup,))
    add_publication(session, now=now, plan=plan, changes=changes, actor=actor)
    session.flush()
