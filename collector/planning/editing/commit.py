"""Making a change of a day's rounds: rules asked, rows written, and all that takes it back kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import OutdatedReading
from collector.errors import Refused
from collector.pickups.models import PickupState
from collector.pickups.states import move_to
from collector.planning.editing.assignment import Arrangement, arranged, touched
from collector.planning.editing.what_if import BrokenRule, DayChange, Desk
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import DayFacts, gather
from collector.planning.problem.write_back import (
    LeftOut,
    reloaded,
    settle_states,
    take_out_of_tray,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.publication import promises_in
from routing.problem import Problem

TrayEntry = dict[str, Any]

MOST_SAID_ONE_BY_ONE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who changes something, when, and why a rule may be broken."""

    now: datetime
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBefore:
    """What a day was like ahead of a change, as far as taking it back needs."""

    arrangement: Arrangement
    tray: Mapping[int, TrayEntry]


def remembered(plan: DayPlan) -> StateBefore:
    """Remember a day ahead of a change."""
    return StateBefore(
        arrangement=arranged(plan),
        tray={
            row.pickup_id: {"reason": row.reason, "details": row.details} for row in plan.unplanned
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedEdit:
    """A change of a day computed from a reading, and the day that it was computed for.

    Attributes
    ----------
    version
        The version of the day's plan that was read.
    problem, before
        The day's problem and its assignment as they were read.
    after
        The assignment to write.
    tray
        The tray's entries of the visits that leave the rounds; of the others, none.
    """

    kind: EditKind
    day: date
    version: int
    problem: Problem
    before: Arrangement
    after: Arrangement
    moved: frozenset[int]
    keep_pins: bool = False
    tray: Mapping[int, TrayEntry | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        desk: Desk,
        after: Arrangement,
        kind: EditKind,
        tray: Mapping[int, TrayEntry | None] | None = None,
    ) -> "ComputedEdit":
        """Return the edit that gives a day this assignment."""
        return cls(
            kind=kind,
            day=desk.facts.plan.day,
            version=desk.facts.plan.version,
            problem=desk.problem,
            before=desk.was,
            after=after,
            moved=desk.hands,
            keep_pins=desk.keep_pins,
            tray=tray or {},
        )

    def change(self, facts: DayFacts) -> DayChange:
        """Return the change of a day that is still as it was read.

        Raises
        ------
        OutdatedReading
            Its problem or its assignment is another one by now.
        """
        desk = Desk(facts, self.moved, keep_pins=self.keep_pins)
        if desk.problem != self.problem or desk.was != self.before:
            raise OutdatedReading
        return desk.change(self.after)


def write(
    session: Session,
    computed: ComputedEdit,
    *,
    by: By,
    bank_id: int,
    terms: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    twin: DayEdit | None = None,
) -> DayEdit:
    """Write a computed edit into a day that is still as it was read.

    Raises
    ------
    Conflict
        The day is another version by now: `changed_meanwhile` (`version`, `revision`).
    OutdatedReading
        Requests or shifts of the day changed since the reading.
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`).
    """
    plan = edit_day(session, bank_id=bank_id, day=computed.day, version=computed.version)
    change = computed.change(gather(session, plan))
    return make(
        session, change, by=by, kind=computed.kind, tray=computed.tray, terms=terms, twin=twin
    )


def make(
    session: Session,
    change: DayChange,
    *,
    by: By,
    kind: EditKind,
    tray: Mapping[int, TrayEntry | None] | None = None,
    terms: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    takes_back: DayEdit | None = None,
    twin: DayEdit | None = None,
) -> DayEdit:
    """Write a change that was worked out, and what takes it back.

    Parameters
    ----------
    tray
        What the tray says of visits that leave the rounds, if not that a coordinator took them out;
        None: they are not of this day any more.
    terms
        Windows and shifts that were changed with it, ahead of it and after it.

    Raises
    ------
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`).
    """
    refuse_breaks(change.breaks, by.reason)
    plan, before = change.facts.plan, remembered(change.facts.plan)
    write_rounds(
        session,
        facts=change.facts,
        problem=change.problem,
        plan=change.after,
        rounds=change.touched,
    )
    _write_tray(session, change, tray or {}, by.reason)
    again = reloaded(session, plan)
    _write_pins(again, change.becomes)
    _keep_promises(again, change.moved)
    edit = kept(
        session,
        again,
        before=before,
        by=by,
        kind=kind,
        terms=terms,
        takes_back=takes_back,
        twin=twin,
    )
    _tell(session, change, edit, by)
    return edit


def kept(
    session: Session,
    plan: DayPlan,
    *,
    before: StateBefore,
    by: By,
    kind: EditKind,
    terms: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    takes_back: DayEdit | None = None,
    twin: DayEdit | None = None,
) -> DayEdit:
    """Append to the log of a day what it was like, and what it is like now."""
    after = remembered(plan)
    then, now = before.arrangement, after.arrangement
    pins = then.pinned ^ now.pinned
    rounds = touched(then, now) | {
        key for key, order in now.orders.items() if pins.intersection(order)
    }
    visits = then.only(rounds).placed ^ now.only(rounds).placed
    edit = DayEdit(
        bank_id=plan.bank_id,
        day_plan_id=plan.id,
        version=plan.version,
        actor=by.actor,
        kind=kind,
        takes_back_id=takes_back.id if takes_back else None,
        twin_id=twin.id if twin else None,
        before=_as_json(then.only(rounds), before.tray, visits) | terms[0],
        after=_as_json(now.only(rounds), after.tray, visits) | terms[1],
        made_at=by.now,
    )
    session.add(edit)
    session.flush()
    return edit


def refuse_breaks(breaks: Iterable[BrokenRule], reason: str) -> None:
    """Refuse what no reason makes up for, and what a reason would, where there is none.

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
    arrangement: Arrangement, tray: Mapping[int, TrayEntry], visits: Iterable[int]
) -> dict[str, Any]:
    told = {str(key): tray[key] for key in sorted(visits) if key in tray}
    return arrangement.as_json() | {"tray": told}


def _write_pins(plan: DayPlan, becomes: Arrangement) -> None:
    for round_ in plan.rounds:
        for stop in round_.stops:
            stop.pinned = stop.pickup_id in becomes.pinned


def _write_tray(
    session: Session, change: DayChange, tray: Mapping[int, TrayEntry | None], reason: str
) -> None:
    """Put into the tray what left the rounds, and take out of it what joined them."""
    placed = {
        int(visit)
        for round_ in change.touched
        for visit in change.after.orders.get(str(round_.shift_id), ())
    }
    held = {stop.pickup_id: stop for round_ in change.touched for stop in round_.stops}
    elsewhere = change.becomes.placed - held.keys()
    left = [
        LeftOut(pickup_id=key, reason="request_changed", details={})
        for key, stop in held.items()
        if key not in placed | change.moved
        and stop.pickup.state in {PickupState.ASKED, PickupState.ACCEPTED}
    ]
    given: TrayEntry = {"reason": "taken_out", "details": {"note": reason} if reason else {}}
    for key in sorted(change.moved - placed - elsewhere):
        entry = tray.get(key, given if key in held else None)
        if entry is not None:
            left.append(LeftOut(pickup_id=key, **entry))
    write_tray(session, plan=change.facts.plan, left=left, whole=False)
    take_out_of_tray(session, change.facts.plan, placed)
    pickups = change.facts.pickups
    concerned = (change.moved | held.keys()) & pickups.keys()
    settle_states({key: pickups[key] for key in concerned}, placed=placed | elsewhere)


def _keep_promises(plan: DayPlan, moved: Iterable[int]) -> None:
    """Say of a visit that came back into a round that its donor was told of it already."""
    told, moved = promises_in(plan.rounds), set(moved)
    for round_ in plan.rounds:
        for stop in round_.stops:
            known = stop.pickup_id in moved and stop.pickup_id in told
            if known and stop.pickup.state is PickupState.PLANNED:
                move_to(stop.pickup, PickupState.PUBLISHED)


def _tell(session: Session, change: DayChange, edit: DayEdit, by: By) -> None:
    """Say it in the audit chain: of each visit, or of the day where a plan moves half of it."""
    details = {
        "edit": edit.id,
        "kind": edit.kind.value,
        "reason": by.reason,
        "breaks": [each.rule for each in change.breaks],
    }
    subjects: dict[str, dict[str, object]] = {
        f"pickup:{key}": {"to_round": change.becomes.round_of(key)} for key in sorted(change.moved)
    }
    if len(subjects) > MOST_SAID_ONE_BY_ONE:
        subjects = {f"day_plan:{edit.day_plan_id}": {"visits": len(subjects)}}
    for subject, seat in subjects.items():
        record(
            session,
            now=by.now,
            bank_id=edit.bank_id,
            actor=by.actor,
            action="visit moved",
            subject=subject,
            **details,
            **seat,
        )
