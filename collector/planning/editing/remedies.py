"""Remedies of an unplanned visit: the smallest changes that admit it, priced.

Each change is tried on the rows in memory, timed anew and checked; a remedy that breaks a rule is
not offered. Hours are rounded outwards to five minutes, because people agree on such times.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from collector.db import OutdatedReading
from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup, PickupWindow
from collector.planning.editing.assignment import Assignment
from collector.planning.editing.commit import ComputedEdit, EditContext, commit_change
from collector.planning.editing.hours_and_capacity import HoursAndCapacity, load_hours, shift_values
from collector.planning.editing.what_if import ALLOWED_BY_HAND, Preview, WhatIf, preview_of
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import DayFacts, load_facts
from collector.planning.problem.searches import explain_visit, legal_places
from collector.planning.problem.unassigned import paid_price
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan, day_plan_at_version
from collector.shifts.models import RosterShift
from routing.plan import Relaxation, Remedy

ROUNDING_SECONDS = 5 * 60
LAST_MINUTE = 23 * 60 + 55
"""The last minute of a day to which a window or a shift is extended."""
MOST_REMEDIES = 8

CAPACITY_COLUMNS = {"bottles": "capacity_bottles", "ml": "capacity_ml", "tubes": "capacity_tubes"}
SIDES = ("later", "earlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRemedy:
    """One change that admits a visit, with its price.

    Attributes
    ----------
    other
        The visit that is unpinned or left out.
    until
        The new begin or end of the donor's window, or of the collector's shift.
    """

    remedy: str
    round_id: int
    letter: str
    position: int
    by: int = 0
    side: str = ""
    dimension: str = ""
    other: int | None = None
    until: time | None = None
    preview: Preview | None = None

    @property
    def key(self) -> str:
        """The name of the remedy among the remedies of a visit."""
        parts = (self.remedy, self.round_id, self.by, self.side, self.dimension, self.other or "")
        return "-".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The reason why a visit is in no round, its figures and the remedies."""

    code: str
    details: dict[str, Any]
    remedies: tuple[PricedRemedy, ...]


def explain_unplanned(session: Session, *, bank_id: int, day: date, pickup_id: int) -> Explanation:
    """Return the reason why a visit is in no round, and its remedies; nothing is written.

    Raises
    ------
    NotFound
        It is no visit of this day, or it is in a round.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    return _of_plan(session, plan, pickup_id)


def _of_plan(session: Session, plan: DayPlan, pickup_id: int) -> Explanation:
    facts = load_facts(session, plan)
    pickup = facts.pickups.get(pickup_id)
    if pickup is None or any(stop.pickup_id == pickup_id for stop in facts.stops):
        raise NotFound("not_found", kind="pickups")
    why = facts.not_plannable(pickup)
    if why is not None and why not in ALLOWED_BY_HAND:
        return Explanation(code=why.value, details={}, remedies=())
    with session.no_autoflush:
        return _explained(facts, pickup)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedRemedy:
    """A remedy, and the edit that inserts its visit once the rows are changed."""

    fix: PricedRemedy
    pickup_id: int
    edit: ComputedEdit


def compute_remedy(
    session: Session, *, bank_id: int, day: date, version: int, pickup_id: int, key: str
) -> ComputedRemedy:
    """Compute the remedy of this key and the edit that inserts the visit.

    `apply_remedy` writes both.

    Raises
    ------
    Conflict
        The day has another version by now.
    Refused
        It is not offered any more: `fix_gone`.
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    found = _of_plan(session, plan, pickup_id)
    chosen = next((each for each in found.remedies if each.key == key), None)
    if chosen is None:
        raise Refused("fix_gone")
    facts = load_facts(session, plan)
    with session.no_autoflush, _changed_rows(facts, chosen, pickup_id):
        what_if = _what_if(facts, chosen, pickup_id)
        assignment = _assignment_with(what_if, chosen, pickup_id)
        edit = ComputedEdit.of(what_if, assignment, EditKind.FIXED)
    return ComputedRemedy(fix=chosen, pickup_id=pickup_id, edit=edit)


def apply_remedy(
    session: Session, computed: ComputedRemedy, *, context: EditContext, bank_id: int
) -> DayEdit:
    """Change the rows of a remedy, and insert its visit.

    Raises
    ------
    Conflict
        The day has another version by now.
    OutdatedReading
        Requests or shifts of the day changed since the reading.
    """
    edit, chosen, pickup_id = computed.edit, computed.fix, computed.pickup_id
    plan = edit_day(session, bank_id=bank_id, day=edit.day, version=edit.version)
    facts = load_facts(session, plan)
    if not _is_applicable(facts, chosen, pickup_id):
        raise OutdatedReading
    before = _hours_and_capacity(session, facts, chosen, pickup_id)
    _change_rows(facts, chosen, pickup_id)
    session.flush()
    after = _hours_and_capacity(session, facts, chosen, pickup_id)
    return commit_change(
        session,
        edit.change(facts),
        context=context,
        kind=edit.kind,
        besides=(before.as_json(), after.as_json()),
    )


def _explained(facts: DayFacts, pickup: Pickup) -> Explanation:
    if not facts.rounds_on_duty:
        return Explanation(code="nobody_on_duty", details={}, remedies=())
    what_if = WhatIf(facts, [pickup.id])
    if what_if.problem.visit(str(pickup.id)) is None:
        return Explanation(code="no_window", details={}, remedies=())
    reason = explain_visit(what_if.problem, what_if.plan, str(pickup.id))
    rounds = {shift: key for key, shift in what_if.shifts.items()}
    letters = {round_.id: round_.letter for round_ in facts.rounds}

    def place_of(shift: str | None) -> tuple[int, str]:
        key = rounds.get(shift or "", 0)
        return key, letters.get(key, "")

    if reason.price is not None:
        place = place_of(reason.shift)
        drafts = [
            PricedRemedy(
                remedy=Remedy.INSERT.value, round_id=place[0], letter=place[1], position=-1
            )
        ]
    else:
        drafts = [
            draft
            for each in reason.relaxations
            for draft in _drafts(facts, pickup, each, place_of(each.shift))
        ]
    obstacle = next((each for each in reason.obstacles if each.shift == reason.shift), None)
    details = {
        "rule": reason.rule and str(reason.rule),
        "round": place_of(reason.shift)[1] or None,
        "price_cents": paid_price(reason),
        "risk_cents": reason.risk,
        "by": obstacle.by if obstacle and obstacle.rule == reason.rule else None,
    }
    return Explanation(
        code=str(reason.code),
        details={name: value for name, value in details.items() if value is not None},
        remedies=tuple(_ranked(facts, pickup, drafts)),
    )


def _drafts(
    facts: DayFacts, pickup: Pickup, found: Relaxation, place_of: tuple[int, str]
) -> Iterator[PricedRemedy]:
    plain = PricedRemedy(
        remedy=found.remedy.value,
        round_id=place_of[0],
        letter=place_of[1],
        position=found.position,
        by=found.by,
    )
    if found.remedy is Remedy.WIDEN_WINDOW:
        for side in SIDES:
            until = _wider(pickup, facts.service_day.day, found.by, side)
            if until is not None:
                yield replace(plain, side=side, until=until)
    elif found.remedy is Remedy.LENGTHEN_SHIFT:
        shift = next(each.shift for each in facts.rounds if each.id == place_of[0])
        until = _moved(shift.ends, found.by)
        if until is not None:
            yield replace(plain, until=until)
    elif found.remedy is Remedy.ADD_CAPACITY:
        yield replace(plain, dimension=found.other or "")
    elif found.remedy in {Remedy.REMOVE_PIN, Remedy.DROP_OPTIONAL}:
        yield replace(plain, other=int(found.other or 0))


def _wider(pickup: Pickup, day: date, by: int, side: str) -> time | None:
    windows = [window for window in pickup.windows if window.day == day]
    if side == "later":
        return _moved(max(window.closes for window in windows), by)
    return _moved(min(window.opens for window in windows), -by)


def _moved(wall: time, by: int) -> time | None:
    """Return a wall-clock time moved and rounded outwards to five minutes; None over midnight."""
    seconds = 3600 * wall.hour + 60 * wall.minute + wall.second + by
    outwards = -(-seconds // ROUNDING_SECONDS) if by > 0 else seconds // ROUNDING_SECONDS
    minutes = outwards * ROUNDING_SECONDS // 60
    return time(minutes // 60, minutes % 60) if 0 <= minutes <= LAST_MINUTE else None


def _ranked(facts: DayFacts, pickup: Pickup, drafts: list[PricedRemedy]) -> Iterator[PricedRemedy]:
    """Yield the remedies that break no rule, priced, the cheapest first.

    Leaving out another donor comes last: an unvisited donor costs no kilometre.
    """
    priced: list[PricedRemedy] = []
    for draft in drafts:
        with _changed_rows(facts, draft, pickup.id):
            what_if = _what_if(facts, draft, pickup.id)
            found = preview_of(what_if.change(_assignment_with(what_if, draft, pickup.id)))
        if not any(each.rule not in ALLOWED_BY_HAND for each in found.breaks):
            priced.append(replace(draft, preview=found))
    priced.sort(key=_rank)
    yield from priced[:MOST_REMEDIES]


def _rank(found: PricedRemedy) -> tuple[bool, int, int]:
    cents = found.preview.cents if found.preview else 0
    return found.remedy == Remedy.DROP_OPTIONAL.value, cents, found.by


def _what_if(facts: DayFacts, chosen: PricedRemedy, pickup_id: int) -> WhatIf:
    return WhatIf(facts, [pickup_id, *([chosen.other] if chosen.other else [])])


def _assignment_with(what_if: WhatIf, chosen: PricedRemedy, pickup_id: int) -> Assignment:
    """Return the assignment with the visit inserted, and the other one unpinned or left out."""
    base = what_if.assignment
    if chosen.remedy == Remedy.DROP_OPTIONAL.value and chosen.other:
        base = base.without([chosen.other])
    if chosen.remedy == Remedy.REMOVE_PIN.value and chosen.other:
        base = base.with_pin(chosen.other, pinned=False)
    position = chosen.position
    if position < 0:
        position = _best_position(what_if, chosen, pickup_id)
    return base.with_moved([pickup_id], chosen.round_id, position)


def _best_position(what_if: WhatIf, chosen: PricedRemedy, pickup_id: int) -> int:
    shift = what_if.shifts[chosen.round_id]
    return next(
        place.position
        for place in legal_places(what_if.problem, what_if.plan, str(pickup_id))
        if place.shift == shift
    )


@contextmanager
def _changed_rows(facts: DayFacts, chosen: PricedRemedy, pickup_id: int) -> Iterator[None]:
    """Change the rows in memory for the length of a block; nothing is flushed."""
    windows = _windows(facts, pickup_id)
    shift = _shift(facts, chosen)
    hours = [(window, window.opens, window.closes) for window in windows]
    kept = {name: getattr(shift, name) for name in ("ends", *CAPACITY_COLUMNS.values())}
    _change_rows(facts, chosen, pickup_id)
    try:
        yield
    finally:
        for window, opens, closes in hours:
            window.opens, window.closes = opens, closes
        for name, value in kept.items():
            setattr(shift, name, value)


def _change_rows(facts: DayFacts, chosen: PricedRemedy, pickup_id: int) -> None:
    if chosen.remedy == Remedy.WIDEN_WINDOW.value and chosen.until is not None:
        windows = _windows(facts, pickup_id)
        if chosen.side == "later":
            max(windows, key=lambda each: each.closes).closes = chosen.until
        else:
            min(windows, key=lambda each: each.opens).opens = chosen.until
    elif chosen.remedy == Remedy.LENGTHEN_SHIFT.value and chosen.until is not None:
        _shift(facts, chosen).ends = chosen.until
    elif chosen.remedy == Remedy.ADD_CAPACITY.value:
        shift, name = _shift(facts, chosen), CAPACITY_COLUMNS[chosen.dimension]
        setattr(shift, name, getattr(shift, name) + chosen.by)


def _is_applicable(facts: DayFacts, chosen: PricedRemedy, pickup_id: int) -> bool:
    """Return whether the rows that a remedy changes are there."""
    has_round = any(round_.id == chosen.round_id for round_ in facts.rounds)
    return has_round and pickup_id in facts.pickups and bool(_windows(facts, pickup_id))


def _windows(facts: DayFacts, pickup_id: int) -> list[PickupWindow]:
    day = facts.service_day.day
    return [window for window in facts.pickups[pickup_id].windows if window.day == day]


def _shift(facts: DayFacts, chosen: PricedRemedy) -> RosterShift:
    return next(round_.shift for round_ in facts.rounds if round_.id == chosen.round_id)


def _hours_and_capacity(
    session: Session, facts: DayFacts, chosen: PricedRemedy, pickup_id: int
) -> HoursAndCapacity:
    if chosen.remedy == Remedy.WIDEN_WINDOW.value:
        return HoursAndCapacity(windows={pickup_id: load_hours(session, pickup_id)})
    if chosen.remedy in {Remedy.LENGTHEN_SHIFT.value, Remedy.ADD_CAPACITY.value}:
        shift = _shift(facts, chosen)
        return HoursAndCapacity(shifts={shift.id: shift_values(shift)})
    return HoursAndCapacity()
