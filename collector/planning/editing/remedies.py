"""Why a visit is in no round of a day, and the smallest changes that would admit it, priced.

Each change is tried on the rows as they would be, timed anew and judged: what still breaks a rule
is not proposed. Hours are widened to five minutes, since people say them.
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
from collector.planning.editing.assignment import Arrangement
from collector.planning.editing.commit import By, ComputedEdit, make
from collector.planning.editing.hours_and_capacity import Terms, hours_of, shift_terms
from collector.planning.editing.what_if import BY_HAND, Desk, Preview, told
from collector.planning.models import DayEdit, EditKind
from collector.planning.problem.build import DayFacts, gather
from collector.planning.problem.searches import explain_visit, legal_places
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan, day_plan_at_version
from collector.shifts.models import RosterShift
from routing.plan import Relaxation, Remedy

SPOKEN = 5 * 60
LAST = 23 * 60 + 55
"""The last minute of a day that a window or a shift is moved to."""
MOST = 8

ROOM = {"bottles": "capacity_bottles", "ml": "capacity_ml", "tubes": "capacity_tubes"}
SIDES = ("later", "earlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One change that admits a visit, with its price.

    Attributes
    ----------
    other
        The visit that is let go of its pin, or left out.
    until
        The hour that the donor's window, or the collector's shift, would begin or end at.
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
        """What names it among the fixes of a visit."""
        parts = (self.remedy, self.round_id, self.by, self.side, self.dimension, self.other or "")
        return "-".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a visit is in no round: the reason, its figures, and what would cure it."""

    code: str
    details: dict[str, Any]
    fixes: tuple[Fix, ...]


def explained(session: Session, *, bank_id: int, day: date, pickup_id: int) -> Explained:
    """Say why a visit is in no round, and what would admit it; nothing is written.

    Raises
    ------
    NotFound
        It is no visit of this day, or it is in a round.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    return _of_plan(session, plan, pickup_id)


def _of_plan(session: Session, plan: DayPlan, pickup_id: int) -> Explained:
    facts = gather(session, plan)
    pickup = facts.pickups.get(pickup_id)
    if pickup is None or any(stop.pickup_id == pickup_id for stop in facts.stops):
        raise NotFound("not_found", kind="pickups")
    why = facts.why_aside(pickup)
    if why is not None and why not in BY_HAND:
        return Explained(code=why.value, details={}, fixes=())
    with session.no_autoflush:
        return _explained(facts, pickup)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedFix:
    """A fix, and the edit that inserts its visit once the rows are changed."""

    fix: Fix
    pickup_id: int
    edit: ComputedEdit


def compute_fix(
    session: Session, *, bank_id: int, day: date, version: int, pickup_id: int, key: str
) -> ComputedFix:
    """Compute the fix of this key and the edit that inserts the visit; `make_fix` writes both.

    Raises
    ------
    Conflict
        The day is another version by now.
    Refused
        It is proposed no longer: `fix_gone`.
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    found = _of_plan(session, plan, pickup_id)
    chosen = next((each for each in found.fixes if each.key == key), None)
    if chosen is None:
        raise Refused("fix_gone")
    facts = gather(session, plan)
    with session.no_autoflush, _changed_rows(facts, chosen, pickup_id):
        desk = _desk(facts, chosen, pickup_id)
        becomes = _becomes(desk, chosen, pickup_id)
        edit = ComputedEdit.of(desk, becomes, EditKind.FIXED)
    return ComputedFix(fix=chosen, pickup_id=pickup_id, edit=edit)


def make_fix(session: Session, computed: ComputedFix, *, by: By, bank_id: int) -> DayEdit:
    """Change the rows as a fix says, and insert its visit.

    Raises
    ------
    Conflict
        The day is another version by now.
    OutdatedReading
        Requests or shifts of the day changed since the reading.
    """
    edit, chosen, pickup_id = computed.edit, computed.fix, computed.pickup_id
    plan = edit_day(session, bank_id=bank_id, day=edit.day, version=edit.version)
    facts = gather(session, plan)
    if not _is_applicable(facts, chosen, pickup_id):
        raise OutdatedReading
    before = _terms(session, facts, chosen, pickup_id)
    _change_rows(facts, chosen, pickup_id)
    session.flush()
    after = _terms(session, facts, chosen, pickup_id)
    return make(
        session,
        edit.change(facts),
        by=by,
        kind=edit.kind,
        terms=(before.as_json(), after.as_json()),
    )


def _explained(facts: DayFacts, pickup: Pickup) -> Explained:
    desk = Desk(facts, [pickup.id])
    if desk.problem.visit(str(pickup.id)) is None:
        return Explained(code="no_window", details={}, fixes=())
    reason = explain_visit(desk.problem, desk.before, str(pickup.id))
    rounds = {shift: key for key, shift in desk.shifts.items()}
    letters = {round_.id: round_.letter for round_ in facts.rounds}

    def seat(shift: str | None) -> tuple[int, str]:
        key = rounds.get(shift or "", 0)
        return key, letters.get(key, "")

    if reason.price is not None:
        place = seat(reason.shift)
        drafts = [Fix(remedy=Remedy.INSERT.value, round_id=place[0], letter=place[1], position=-1)]
    else:
        drafts = [
            draft
            for each in reason.relaxations
            for draft in _drafts(facts, pickup, each, seat(each.shift))
        ]
    obstacle = next((each for each in reason.obstacles if each.shift == reason.shift), None)
    details = {
        "rule": reason.rule and str(reason.rule),
        "round": seat(reason.shift)[1] or None,
        "price_cents": reason.price,
        "by": obstacle.by if obstacle and obstacle.rule == reason.rule else None,
    }
    return Explained(
        code=str(reason.code),
        details={name: value for name, value in details.items() if value is not None},
        fixes=tuple(_ranked(facts, pickup, drafts)),
    )


def _drafts(
    facts: DayFacts, pickup: Pickup, found: Relaxation, seat: tuple[int, str]
) -> Iterator[Fix]:
    plain = Fix(
        remedy=found.remedy.value,
        round_id=seat[0],
        letter=seat[1],
        position=found.position,
        by=found.by,
    )
    if found.remedy is Remedy.WIDEN_WINDOW:
        for side in SIDES:
            until = _wider(pickup, facts.service_day.day, found.by, side)
            if until is not None:
                yield replace(plain, side=side, until=until)
    elif found.remedy is Remedy.LENGTHEN_SHIFT:
        shift = next(each.shift for each in facts.rounds if each.id == seat[0])
        until = _moved(shift.ends, found.by)
        if until is not None:
            yield replace(plain, until=until)
    elif found.remedy is Remedy.ADD_CAPACITY:
        yield replace(plain, dimension=found.other or "")
    elif found.remedy in {Remedy.REMOVE_PIN, Remedy.DROP_OPTIONAL}:
        yield replace(plain, other=int(found.other or 0))


def _wider(pickup: Pickup, day: date, by: int, side: str) -> time | None:
    hers = [window for window in pickup.windows if window.day == day]
    if side == "later":
        return _moved(max(window.closes for window in hers), by)
    return _moved(min(window.opens for window in hers), -by)


def _moved(wall: time, by: int) -> time | None:
    """Return a wall-clock time moved and rounded outwards to five minutes; None over midnight."""
    seconds = 3600 * wall.hour + 60 * wall.minute + wall.second + by
    outwards = -(-seconds // SPOKEN) if by > 0 else seconds // SPOKEN
    minutes = outwards * SPOKEN // 60
    return time(minutes // 60, minutes % 60) if 0 <= minutes <= LAST else None


def _ranked(facts: DayFacts, pickup: Pickup, drafts: list[Fix]) -> Iterator[Fix]:
    """Price each change and keep those that break nothing, the cheapest first.

    A donor whom nobody visits costs no kilometre: leaving her out comes last.
    """
    priced: list[Fix] = []
    for draft in drafts:
        with _changed_rows(facts, draft, pickup.id):
            desk = _desk(facts, draft, pickup.id)
            found = told(desk.change(_becomes(desk, draft, pickup.id)))
        if not any(each.rule not in BY_HAND for each in found.breaks):
            priced.append(replace(draft, preview=found))
    priced.sort(key=_rank)
    yield from priced[:MOST]


def _rank(found: Fix) -> tuple[bool, int, int]:
    cents = found.preview.cents if found.preview else 0
    return found.remedy == Remedy.DROP_OPTIONAL.value, cents, found.by


def _desk(facts: DayFacts, chosen: Fix, pickup_id: int) -> Desk:
    return Desk(facts, [pickup_id, *([chosen.other] if chosen.other else [])])


def _becomes(desk: Desk, chosen: Fix, pickup_id: int) -> Arrangement:
    """Return the day with the visit in, and the other let go or left out."""
    base = desk.was
    if chosen.remedy == Remedy.DROP_OPTIONAL.value and chosen.other:
        base = base.without([chosen.other])
    if chosen.remedy == Remedy.REMOVE_PIN.value and chosen.other:
        base = base.pins(chosen.other, pinned=False)
    position = chosen.position
    if position < 0:
        position = _best_position(desk, chosen, pickup_id)
    return base.moved([pickup_id], chosen.round_id, position)


def _best_position(desk: Desk, chosen: Fix, pickup_id: int) -> int:
    shift = desk.shifts[chosen.round_id]
    return next(
        place.position
        for place in legal_places(desk.problem, desk.before, str(pickup_id))
        if place.shift == shift
    )


@contextmanager
def _changed_rows(facts: DayFacts, chosen: Fix, pickup_id: int) -> Iterator[None]:
    """Change the rows in memory for as long as the block lasts; nothing is flushed."""
    windows = _windows(facts, pickup_id)
    shift = _shift(facts, chosen)
    hours = [(window, window.opens, window.closes) for window in windows]
    kept = {name: getattr(shift, name) for name in ("ends", *ROOM.values())}
    _change_rows(facts, chosen, pickup_id)
    try:
        yield
    finally:
        for window, opens, closes in hours:
            window.opens, window.closes = opens, closes
        for name, value in kept.items():
            setattr(shift, name, value)


def _change_rows(facts: DayFacts, chosen: Fix, pickup_id: int) -> None:
    if chosen.remedy == Remedy.WIDEN_WINDOW.value and chosen.until is not None:
        windows = _windows(facts, pickup_id)
        if chosen.side == "later":
            max(windows, key=lambda each: each.closes).closes = chosen.until
        else:
            min(windows, key=lambda each: each.opens).opens = chosen.until
    elif chosen.remedy == Remedy.LENGTHEN_SHIFT.value and chosen.until is not None:
        _shift(facts, chosen).ends = chosen.until
    elif chosen.remedy == Remedy.ADD_CAPACITY.value:
        shift, name = _shift(facts, chosen), ROOM[chosen.dimension]
        setattr(shift, name, getattr(shift, name) + chosen.by)


def _is_applicable(facts: DayFacts, chosen: Fix, pickup_id: int) -> bool:
    """Return whether the rows that a fix changes are there."""
    has_round = any(round_.id == chosen.round_id for round_ in facts.rounds)
    return has_round and pickup_id in facts.pickups and bool(_windows(facts, pickup_id))


def _windows(facts: DayFacts, pickup_id: int) -> list[PickupWindow]:
    day = facts.service_day.day
    return [window for window in facts.pickups[pickup_id].windows if window.day == day]


def _shift(facts: DayFacts, chosen: Fix) -> RosterShift:
    return next(round_.shift for round_ in facts.rounds if round_.id == chosen.round_id)


def _terms(session: Session, facts: DayFacts, chosen: Fix, pickup_id: int) -> Terms:
    if chosen.remedy == Remedy.WIDEN_WINDOW.value:
        return Terms(windows={pickup_id: hours_of(session, pickup_id)})
    if chosen.remedy in {Remedy.LENGTHEN_SHIFT.value, Remedy.ADD_CAPACITY.value}:
        shift = _shift(facts, chosen)
        return Terms(shifts={shift.id: shift_terms(shift)})
    return Terms()
