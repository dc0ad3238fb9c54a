"""Moves of visits: to another round or position, to the tray, or spread over other rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.planning.editing.assignment import Assignment
from collector.planning.editing.commit import ComputedEdit
from collector.planning.editing.what_if import DayChange, Preview, WhatIf, preview_of
from collector.planning.models import EditKind
from collector.planning.problem.build import load_facts
from collector.planning.problem.searches import legal_places
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan_at_version
from routing.analysis.insertion import Insertion, inserted, orders_with
from routing.checker.judge import check_tour
from routing.plan import Plan, Tour
from routing.schedule import best_effort, retimed

TRAY, SPREAD = "tray", "spread"
MOST_VISITS = 200
"""Most visits of one move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPosition:
    """Target of a move: a round, with a position or the cheapest one; the tray; the other rounds.

    Written `12:3`, `12`, `tray` and `spread`.
    """

    kind: str = ""
    round_id: int | None = None
    position: int | None = None

    @classmethod
    def parse(cls, text: str) -> "TargetPosition":
        """Parse a target as pages write it.

        Raises
        ------
        NotFound
            It names nothing.
        """
        if text in {TRAY, SPREAD}:
            return cls(kind=text)
        round_id, colon, position = text.partition(":")
        return cls(round_id=_number(round_id), position=_number(position) if colon else None)

    def __str__(self) -> str:
        if self.round_id is None:
            return self.kind
        return str(self.round_id) if self.position is None else f"{self.round_id}:{self.position}"


def price_move(
    session: Session, plan: DayPlan, *, pickups: Sequence[int], place: TargetPosition
) -> tuple[DayChange, Preview]:
    """Return the change and the preview of a move; nothing is written.

    Raises
    ------
    NotFound, Refused
        As `compute_move`.
    """
    what_if = WhatIf(load_facts(session, plan), _known(pickups))
    change = what_if.change(target_assignment(what_if, pickups, place))
    return change, preview_of(change)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedTarget:
    """A target of a move with its preview.

    Attributes
    ----------
    placed
        Number of the visits in a round afterwards.
    refusal
        The refusal, if the move is impossible.
    """

    place: TargetPosition
    preview: Preview | None
    change: DayChange | None
    placed: int = 0
    refusal: Refused | None = None


def price_targets(what_if: WhatIf, pickups: Sequence[int]) -> list[PricedTarget]:
    """Return every round that has not started, the other rounds together, and the tray, priced."""
    places = [TargetPosition(round_id=key) for key in what_if.shifts]
    if len(pickups) > 1 and len(what_if.shifts) > 1:
        places.append(TargetPosition.parse(SPREAD))
    if what_if.assignment.placed.intersection(pickups):
        places.append(TargetPosition.parse(TRAY))
    return [_choice(what_if, pickups, place) for place in places]


def _choice(what_if: WhatIf, pickups: Sequence[int], place: TargetPosition) -> PricedTarget:
    try:
        change = what_if.change(target_assignment(what_if, pickups, place))
    except Refused as refused:
        return PricedTarget(place=place, preview=None, change=None, refusal=refused)
    placed = len(change.assignment_after.placed.intersection(pickups))
    return PricedTarget(place=place, preview=preview_of(change), change=change, placed=placed)


def compute_move(
    session: Session,
    *,
    bank_id: int,
    day: date,
    version: int,
    pickups: Sequence[int],
    place: TargetPosition,
) -> ComputedEdit:
    """Compute the edit that moves visits; `commit.write_edit` writes it.

    A pin goes with its stop. Stops of cancelled or changed requests leave the rounds that are timed
    anew.

    Raises
    ------
    NotFound
        A request or the round is not of this bank and day.
    Conflict
        The day has another version by now: `changed_meanwhile` (`version`, `revision`).
    Refused
        `nothing_moves`; `round_has_started`; `round_off_duty`; `visit_may_not_be_served`
        (`reason`, see `NotPlannable`).
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    what_if = WhatIf(load_facts(session, plan), _known(pickups))
    change = what_if.change(target_assignment(what_if, pickups, place))
    if change.assignment_after.orders == change.assignment_before.orders:
        raise Refused("nothing_moves")
    return ComputedEdit.of(what_if, change.assignment_after, _kind(place))


def target_assignment(what_if: WhatIf, pickups: Sequence[int], place: TargetPosition) -> Assignment:
    """Return the assignment of the day after the move."""
    if place.kind == TRAY:
        return what_if.assignment.without(pickups)
    if place.kind == SPREAD:
        holders = {what_if.assignment.round_of(key) for key in pickups}
        return _best(what_if, pickups, {key for key in what_if.shifts if key not in holders})
    if place.round_id not in what_if.assignment.orders:
        raise NotFound("not_found", kind="rounds")
    if place.position is not None:
        return what_if.assignment.with_moved(pickups, place.round_id, place.position)
    if place.round_id not in what_if.shifts:
        off_duty = any(round_.id == place.round_id for round_ in what_if.facts.rounds)
        raise Refused("round_off_duty" if off_duty else "round_has_started")
    found = _best(what_if, pickups, {place.round_id})
    return _forced(what_if, found, pickups, place.round_id)


def _best(what_if: WhatIf, pickups: Sequence[int], rounds: set[int]) -> Assignment:
    """Insert visits one by one at their cheapest places, by largest regret.

    A visit without a lawful place is in no round afterwards.
    """
    allowed = {what_if.shifts[key] for key in rounds}
    plan = retimed(what_if.problem, _orders(what_if, what_if.assignment.without(pickups)))
    waiting = [str(key) for key in pickups if what_if.problem.visit(str(key)) is not None]
    while waiting:
        ways = {name: _ways(what_if, plan, name, allowed) for name in waiting}
        able = [name for name in waiting if ways[name]]
        if not able:
            break
        name = max(able, key=lambda name: _regret(ways[name]))
        plan = inserted(what_if.problem, plan, ways[name][0])
        waiting.remove(name)
    left = what_if.assignment.without(pickups)
    off_duty = {key: order for key, order in left.orders.items() if key not in what_if.shifts}
    found = what_if.assignment_with(plan.orders)
    return _with_pins(what_if, replace(found, orders={**found.orders, **off_duty}))


def _ways(what_if: WhatIf, plan: Plan, name: str, allowed: set[str]) -> list[Insertion]:
    """Return the cheapest place of a visit on each shift, the cheapest first."""
    best: dict[str, Insertion] = {}
    for place in legal_places(what_if.problem, plan, name):
        if place.shift in allowed:
            best.setdefault(place.shift, place)
    return list(best.values())


def _regret(ways: Sequence[Insertion]) -> tuple[int, int]:
    """Return the loss if the best place is taken by another visit; an only place ranks first."""
    if len(ways) == 1:
        return 1, -ways[0].shares
    return 0, ways[1].shares - ways[0].shares


def _forced(
    what_if: WhatIf, found: Assignment, pickups: Sequence[int], round_id: int
) -> Assignment:
    """Insert visits without a lawful place where they break least: the coordinator may insist."""
    shift = what_if.problem.shifts[what_if.problem.shift_row(what_if.shifts[round_id])]
    for key in pickups:
        visit = what_if.problem.visit(str(key))
        if key in found.placed or visit is None:
            continue
        order = found.orders.get(round_id, ())
        base = _tour(what_if, shift.id, order)
        tries = [
            best_effort(what_if.problem, shift, each)
            for each in orders_with(what_if.problem, base, visit)
        ]
        sizes = [
            (len(broken), sum(each.by for each in broken))
            for broken in (check_tour(what_if.problem, tour) for tour in tries)
        ]
        at = min(range(len(tries)), key=sizes.__getitem__)
        longer = (*order[:at], key, *order[at:])
        found = replace(found, orders={**found.orders, round_id: longer})
    return _with_pins(what_if, found)


def _tour(what_if: WhatIf, shift: str, order: Sequence[int]) -> Tour | None:
    plan = retimed(what_if.problem, {shift: [str(key) for key in order]} if order else {})
    return plan.tour(shift)


def _orders(what_if: WhatIf, found: Assignment) -> Mapping[str, list[str]]:
    return {
        shift: [str(key) for key in found.orders.get(round_id, ())]
        for round_id, shift in what_if.shifts.items()
    }


def _with_pins(what_if: WhatIf, found: Assignment) -> Assignment:
    return replace(found, pinned=what_if.assignment.pinned & found.placed)


def _known(pickups: Sequence[int]) -> Sequence[int]:
    if not pickups:
        raise Refused("nothing_moves")
    return pickups


def _kind(place: TargetPosition) -> EditKind:
    return EditKind.SPREAD if place.kind == SPREAD else EditKind.MOVED


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len("2147483648")):
        raise NotFound("not_found")
    return int(text)
