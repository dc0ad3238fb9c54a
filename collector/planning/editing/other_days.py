"""Moves of visits to another day, priced there and written on both days at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from collector.banks.queries import policies_of
from collector.db import OutdatedReading
from collector.errors import NotFound, Refused
from collector.pickups.flags import fetch_by
from collector.pickups.models import Pickup, PickupWindow
from collector.planning.editing.assignment import assignment_of
from collector.planning.editing.commit import ComputedEdit, EditContext, commit_change, write_edit
from collector.planning.editing.hours_and_capacity import (
    Hours,
    HoursAndCapacity,
    load_hours,
    window_hours,
)
from collector.planning.editing.moves import SPREAD, TargetPosition, target_assignment
from collector.planning.editing.what_if import ALLOWED_BY_HAND, Preview, WhatIf, preview_of
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import DayFacts, load_facts
from collector.planning.problem.plannability import not_plannable
from collector.rounds.actions import edit_day, open_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan, day_plan_at_version
from collector.shifts.queries import duties_on

DAYS_AHEAD = 14
MOST_DAYS = 5
SPREAD_OUT = TargetPosition(kind=SPREAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDay:
    """A day to which visits may be moved.

    Attributes
    ----------
    is_planned
        It has rounds; otherwise the visits wait until it is planned.
    asked_for
        Every donor asked for that day too; otherwise the coordinator has to ask her.
    placed
        Number of visits with a lawful place in its rounds.
    preview
        The change of its rounds; None if no visit has a place.
    """

    day: date
    is_planned: bool
    asked_for: bool
    placed: int
    preview: Preview | None


def price_other_days(
    session: Session, *, bank_id: int, day: date, pickups: Sequence[int], today: date
) -> list[OtherDay]:
    """Return the next days with shifts, with the price of the visits there."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    facts = load_facts(session, plan)
    moved = _moved(facts, pickups)
    first = max(today, day - timedelta(days=2))
    found: list[OtherDay] = []
    with session.no_autoflush:
        for offset in range(DAYS_AHEAD + 3):
            other = first + timedelta(days=offset)
            if other != day and len(found) < MOST_DAYS and _drives(session, bank_id, other):
                found.append(_priced(session, bank_id, moved, day=day, other=other))
    return found


def first_other_day(session: Session, pickup: Pickup, *, day: date) -> date | None:
    """Return the first later day on which a visit has a place; None within two weeks.

    A day with collectors on duty and without rounds is such a day: it is planned later.

    Parameters
    ----------
    day
        The day that the visit leaves.
    """
    policies = policies_of(session, pickup.bank_id, on=day)
    with session.no_autoflush:
        for offset in range(1, DAYS_AHEAD + 1):
            other = day + timedelta(days=offset)
            if pickup.oldest_on is not None and other > fetch_by(pickup.oldest_on, policies):
                return None
            policies = policies_of(session, pickup.bank_id, on=other)
            with _windows_on([pickup], day=day, other=other):
                why = not_plannable(pickup, on=other, policies=policies)
            if why not in {None, *ALLOWED_BY_HAND} or not _drives(session, pickup.bank_id, other):
                continue
            found = _priced(session, pickup.bank_id, [pickup], day=day, other=other)
            if found.placed or not found.is_planned:
                return other
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDayMove:
    """The edits of two days that move visits from one to the other.

    Attributes
    ----------
    hours
        The windows of the visits afterwards.
    joining
        The edit of the other day; None if it has no stop yet.
    needs_reason
        A donor did not ask for the other day.
    """

    leaving: ComputedEdit
    to: date
    hours: HoursAndCapacity
    joining: ComputedEdit | None
    needs_reason: bool


def compute_day_move(
    session: Session, *, bank_id: int, day: date, version: int, pickups: Sequence[int], to: date
) -> ComputedDayMove:
    """Compute the edits that move visits to another day; `move_to_day` writes them.

    Without a request for that day, a donor gets the same hours there: the coordinator has asked
    her, and the reason says so.

    Raises
    ------
    Conflict
        The day has another version by now.
    Refused
        `no_shift_to_plan`; `round_has_started`; `visit_may_not_be_served` (`reason`).
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    if to == day or not _drives(session, bank_id, to):
        raise Refused("no_shift_to_plan")
    facts = load_facts(session, plan)
    moved = _moved(facts, pickups)
    what_if = WhatIf(facts, pickups)
    with session.no_autoflush:
        return ComputedDayMove(
            leaving=ComputedEdit.of(
                what_if,
                what_if.assignment.without(pickups),
                EditKind.OTHER_DAY,
                dict.fromkeys(pickups),
            ),
            to=to,
            hours=HoursAndCapacity(
                windows={pickup.id: _hours_there(pickup, day, to) for pickup in moved}
            ),
            joining=_joining(session, bank_id, moved, day=day, to=to),
            needs_reason=not all(_asked_for(pickup, to) for pickup in moved),
        )


def move_to_day(
    session: Session, computed: ComputedDayMove, *, context: EditContext, bank_id: int
) -> DayEdit:
    """Move visits to another day: into its rounds where they fit, otherwise into its tray.

    Raises
    ------
    Conflict
        The day has another version by now.
    OutdatedReading
        One of the two days changed since the reading.
    Refused
        `move_needs_reason` if a donor did not ask for that day.
    """
    if computed.needs_reason and not context.reason:
        raise Refused("move_needs_reason", rules=["windows"])
    pickups = sorted(computed.leaving.moved)
    before = HoursAndCapacity(windows={key: load_hours(session, key) for key in pickups})
    left = write_edit(
        session,
        computed.leaving,
        context=context,
        bank_id=bank_id,
        besides=(before.as_json(), computed.hours.as_json()),
    )
    computed.hours.write(session)
    _join(session, bank_id, computed, context=context, paired=left)
    return left


def _joining(
    session: Session, bank_id: int, moved: Sequence[Pickup], *, day: date, to: date
) -> ComputedEdit | None:
    """Compute the edit of the other day; None if it has no stop yet."""
    plan = day_plan(session, bank_id=bank_id, day=to)
    facts = _facts_with(session, plan, moved) if plan else None
    if facts is None or not any(round_.stops for round_ in facts.rounds):
        return None
    with _windows_on(moved, day=day, other=to):
        keys = [pickup.id for pickup in moved]
        what_if = WhatIf(facts, keys)
        found = target_assignment(what_if, keys, SPREAD_OUT)
        what_if.change(found)
        return ComputedEdit.of(what_if, found, EditKind.OTHER_DAY)


def _hours_there(pickup: Pickup, day: date, to: date) -> Hours:
    """Return a request's windows without the old day, and with her hours on the new one."""
    kept = [window for window in pickup.windows if window.day != day]
    if not _asked_for(pickup, to):
        kept += _copies(pickup, day, to)
    kept.sort(key=lambda window: (window.day, window.opens))
    return [window_hours(window) for window in kept]


def _join(
    session: Session,
    bank_id: int,
    computed: ComputedDayMove,
    *,
    context: EditContext,
    paired: DayEdit,
) -> None:
    """Insert the visits into the rounds of their new day, as far as they fit."""
    plan = None if computed.joining is None else day_plan(session, bank_id=bank_id, day=computed.to)
    opened = plan or open_day(session, bank_id=bank_id, day=computed.to)
    facts = load_facts(
        session, edit_day(session, bank_id=bank_id, day=computed.to, version=opened.version)
    )
    if computed.joining is not None:
        change = computed.joining.change(facts)
    elif any(round_.stops for round_ in facts.rounds):
        raise OutdatedReading
    else:
        what_if = WhatIf(facts, computed.leaving.moved)
        change = what_if.change(what_if.assignment)
    commit_change(session, change, context=context, kind=EditKind.OTHER_DAY, paired=paired)


def _priced(
    session: Session, bank_id: int, moved: Sequence[Pickup], *, day: date, other: date
) -> OtherDay:
    asked_for = all(_asked_for(pickup, other) for pickup in moved)
    plan = day_plan(session, bank_id=bank_id, day=other)
    bare = OtherDay(day=other, is_planned=False, asked_for=asked_for, placed=0, preview=None)
    if plan is None or not any(round_.stops for round_ in plan.rounds):
        return bare
    facts = _facts_with(session, plan, moved)
    with _windows_on(moved, day=day, other=other):
        keys = [pickup.id for pickup in moved]
        obstacles = {facts.not_plannable(pickup) for pickup in moved} - {None} - ALLOWED_BY_HAND
        if obstacles:
            return replace(bare, is_planned=True)
        what_if = WhatIf(facts, keys)
        change = what_if.change(target_assignment(what_if, keys, SPREAD_OUT))
        placed = len(change.assignment_after.placed & set(keys))
    return replace(
        bare, is_planned=True, placed=placed, preview=preview_of(change) if placed else None
    )


def _facts_with(session: Session, plan: DayPlan, moved: Sequence[Pickup]) -> DayFacts:
    """Return the facts of a day with these visits of another day."""
    facts = load_facts(session, plan)
    return replace(facts, pickups={**facts.pickups, **{pickup.id: pickup for pickup in moved}})


@contextmanager
def _windows_on(moved: Sequence[Pickup], *, day: date, other: date) -> Iterator[None]:
    """Give the requests copies of their windows on another day, for the length of a block."""
    added = [
        (pickup, window)
        for pickup in moved
        if not _asked_for(pickup, other)
        for window in _copies(pickup, day, other)
    ]
    for pickup, window in added:
        pickup.windows.append(window)
    try:
        yield
    finally:
        for pickup, window in added:
            pickup.windows.remove(window)


def _copies(pickup: Pickup, day: date, other: date) -> Iterator[PickupWindow]:
    for window in [each for each in pickup.windows if each.day == day]:
        yield PickupWindow(
            bank_id=pickup.bank_id, day=other, opens=window.opens, closes=window.closes
        )


def _moved(facts: DayFacts, pickups: Sequence[int]) -> list[Pickup]:
    known = assignment_of(facts.plan).placed
    missing = [key for key in pickups if key not in facts.pickups]
    if missing:
        if known & set(missing):
            raise Refused("round_has_started")
        raise NotFound("not_found", kind="pickups")
    return [facts.pickups[key] for key in pickups]


def _asked_for(pickup: Pickup, day: date) -> bool:
    return any(window.day == day for window in pickup.windows)


def _drives(session: Session, bank_id: int, day: date) -> bool:
    return bool(duties_on(session, bank_id=bank_id, day=day))
