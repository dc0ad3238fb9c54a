"""Commit of an edit: rules checked, rows written, the state before and after logged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import OutdatedReading
from collector.errors import Refused
from collector.pickups.models import PickupState
from collector.pickups.states import PROMISED, move_to
from collector.planning.editing.assignment import Assignment, assignment_of, changed_rounds
from collector.planning.editing.what_if import BrokenRule, DayChange, WhatIf
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import DayFacts, load_facts
from collector.planning.problem.write_back import (
    UnplannedVisit,
    reload_day,
    remove_from_tray,
    update_pickup_states,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.publication import promises_in
from routing.problem import Problem

TrayEntry = dict[str, Any]

MOST_RECORDED_SINGLY = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class EditContext:
    """Instant, actor and reason of an edit; the reason permits a broken rule."""

    now: datetime
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBefore:
    """Assignment and tray of a day before a change, as its undo needs them."""

    assignment: Assignment
    tray: Mapping[int, TrayEntry]


def state_of_day(plan: DayPlan) -> StateBefore:
    """Return the state of a day before a change."""
    return StateBefore(
        assignment=assignment_of(plan),
        tray={
            row.pickup_id: {"reason": row.reason, "details": row.details} for row in plan.unplanned
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedEdit:
    """An edit computed from a reading, with the state of the day that was read.

    Attributes
    ----------
    version
        The version of the day's plan.
    problem, before
        The day's problem and its assignment.
    after
        The assignment to write.
    tray
        Entries of visits that leave the rounds; a visit without one gets `taken_out`.
    """

    kind: EditKind
    day: date
    version: int
    problem: Problem
    before: Assignment
    after: Assignment
    moved: frozenset[int]
    keep_pins: bool = False
    tray: Mapping[int, TrayEntry | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        what_if: WhatIf,
        after: Assignment,
        kind: EditKind,
        tray: Mapping[int, TrayEntry | None] | None = None,
    ) -> "ComputedEdit":
        """Return the edit that gives a day this assignment."""
        return cls(
            kind=kind,
            day=what_if.facts.plan.day,
            version=what_if.facts.plan.version,
            problem=what_if.problem,
            before=what_if.assignment,
            after=after,
            moved=what_if.movable,
            keep_pins=what_if.keep_pins,
            tray=tray or {},
        )

    def change(self, facts: DayFacts) -> DayChange:
        """Return the change of a day that is still as it was read.

        Raises
        ------
        OutdatedReading
            The day has another problem or another assignment by now.
        """
        what_if = WhatIf(facts, self.moved, keep_pins=self.keep_pins)
        if what_if.problem != self.problem or what_if.assignment != self.before:
            raise OutdatedReading
        return what_if.change(self.after)


def write_edit(
    session: Session,
    computed: ComputedEdit,
    *,
    context: EditContext,
    bank_id: int,
    besides: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    paired: DayEdit | None = None,
) -> DayEdit:
    """Write a computed edit into a day that is still as it was read.

    Raises
    ------
    Conflict
        The day has another version by now: `changed_meanwhile` (`version`, `revision`).
    OutdatedReading
        Requests or shifts of the day changed since the reading.
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`).
    """
    plan = edit_day(session, bank_id=bank_id, day=computed.day, version=computed.version)
    change = computed.change(load_facts(session, plan))
    return commit_change(
        session,
        change,
        context=context,
        kind=computed.kind,
        tray=computed.tray,
        besides=besides,
        paired=paired,
    )


def commit_change(
    session: Session,
    change: DayChange,
    *,
    context: EditContext,
    kind: EditKind,
    tray: Mapping[int, TrayEntry | None] | None = None,
    besides: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    undoes: DayEdit | None = None,
    paired: DayEdit | None = None,
) -> DayEdit:
    """Write a computed change and its log entry.

    Parameters
    ----------
    tray
        Entries of visits that leave the rounds; None: the visit is not of this day any more.
        Without an entry the reason is `taken_out`.
    besides
        Windows and shifts changed with it, before and after.

    Raises
    ------
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`).
    """
    refuse_breaks(change.breaks, context.reason)
    plan, before = change.facts.plan, state_of_day(change.facts.plan)
    write_rounds(
        session,
        facts=change.facts,
        problem=change.problem,
        plan=change.plan_after,
        rounds=change.touched,
    )
    _write_tray(session, change, tray or {}, context.reason)
    reloaded = reload_day(session, plan)
    _write_pins(reloaded, change.assignment_after)
    _restore_promises(reloaded, change.moved)
    edit = log_edit(
        session,
        reloaded,
        before=before,
        context=context,
        kind=kind,
        besides=besides,
        undoes=undoes,
        paired=paired,
    )
    _audit(session, change, edit, context)
    return edit


def log_edit(
    session: Session,
    plan: DayPlan,
    *,
    before: StateBefore,
    context: EditContext,
    kind: EditKind,
    besides: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    undoes: DayEdit | None = None,
    paired: DayEdit | None = None,
) -> DayEdit:
    """Append an edit with the state of the day before and after it to the day's log."""
    after = state_of_day(plan)
    then, now = before.assignment, after.assignment
    pins = then.pinned ^ now.pinned
    rounds = changed_rounds(then, now) | {
        key for key, order in now.orders.items() if pins.intersection(order)
    }
    visits = then.of_rounds(rounds).placed ^ now.of_rounds(rounds).placed
    edit = DayEdit(
        bank_id=plan.bank_id,
        day_plan_id=plan.id,
        version=plan.version,
        actor=context.actor,
        kind=kind,
        takes_back_id=undoes.id if undoes else None,
        twin_id=paired.id if paired else None,
        before=_as_json(then.of_rounds(rounds), before.tray, visits) | besides[0],
        after=_as_json(now.of_rounds(rounds), after.tray, visits) | besides[1],
        made_at=context.now,
    )
    session.add(edit)
    session.flush()
    return edit


def refuse_breaks(breaks: Iterable[BrokenRule], reason: str) -> None:
    """Refuse broken medical rules always, and other broken rules without a reason.

    Raises
    ------
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`).
    """
    breaks = tuple(breaks)
    medical = sorted({each.rule for each in breaks if each.medical})
    if medical:
        raise Refused("move_breaks_medical_rule", rules=medical)
    if breaks and not reason.strip():
        raise Refused("move_needs_reason", rules=sorted({each.rule for each in breaks}))


def _as_json(
    assignment: Assignment, tray: Mapping[int, TrayEntry], visits: Iterable[int]
) -> dict[str, Any]:
    entries = {str(key): tray[key] for key in sorted(visits) if key in tray}
    return assignment.as_json() | {"tray": entries}


def _write_pins(plan: DayPlan, after: Assignment) -> None:
    for round_ in plan.rounds:
        for stop in round_.stops:
            stop.pinned = stop.pickup_id in after.pinned


def _write_tray(
    session: Session, change: DayChange, tray: Mapping[int, TrayEntry | None], reason: str
) -> None:
    """Put visits that left the rounds into the tray, and remove visits that joined them."""
    placed = {
        int(visit)
        for round_ in change.touched
        for visit in change.plan_after.orders.get(str(round_.shift_id), ())
    }
    held = {stop.pickup_id: stop for round_ in change.touched for stop in round_.stops}
    elsewhere = change.assignment_after.placed - held.keys()
    on_duty = {round_.id for round_ in change.facts.rounds_on_duty}
    left = [
        UnplannedVisit(
            pickup_id=key,
            reason="request_changed" if stop.round_id in on_duty else "off_duty",
            details={},
        )
        for key, stop in held.items()
        if key not in placed | change.moved
        and (
            stop.pickup.state in {PickupState.ASKED, PickupState.ACCEPTED}
            or (stop.round_id not in on_duty and stop.pickup.state in PROMISED)
        )
    ]
    given: TrayEntry = {"reason": "taken_out", "details": {"note": reason} if reason else {}}
    for key in sorted(change.moved - placed - elsewhere):
        entry = tray.get(key, given if key in held else None)
        if entry is not None:
            left.append(UnplannedVisit(pickup_id=key, **entry))
    write_tray(session, plan=change.facts.plan, unplanned=left, replace_all=False)
    remove_from_tray(session, change.facts.plan, placed)
    pickups = change.facts.pickups
    concerned = (change.moved | held.keys()) & pickups.keys()
    update_pickup_states({key: pickups[key] for key in concerned}, placed=placed | elsewhere)


def _restore_promises(plan: DayPlan, moved: Iterable[int]) -> None:
    """Set a visit that came back into a round to published, if its donor knows the promise."""
    promises, moved = promises_in(plan.rounds), set(moved)
    for round_ in plan.rounds:
        for stop in round_.stops:
            known = stop.pickup_id in moved and stop.pickup_id in promises
            if known and stop.pickup.state is PickupState.PLANNED:
                move_to(stop.pickup, PickupState.PUBLISHED)


def _audit(session: Session, change: DayChange, edit: DayEdit, context: EditContext) -> None:
    """Record the edit in the audit chain, per visit, or per day above `MOST_RECORDED_SINGLY`."""
    details = {
        "edit": edit.id,
        "kind": edit.kind.value,
        "reason": context.reason,
        "breaks": [each.rule for each in change.breaks],
    }
    subjects: dict[str, dict[str, object]] = {
        f"pickup:{key}": {"to_round": change.assignment_after.round_of(key)}
        for key in sorted(change.moved)
    }
    if len(subjects) > MOST_RECORDED_SINGLY:
        subjects = {f"day_plan:{edit.day_plan_id}": {"visits": len(subjects)}}
    for subject, seat in subjects.items():
        record(
            session,
            now=context.now,
            bank_id=edit.bank_id,
            actor=context.actor,
            action="visit moved",
            subject=subject,
            **details,
            **seat,
        )
