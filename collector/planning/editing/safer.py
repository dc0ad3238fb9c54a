"""Moves that make a round hold on more days: another order, another collector, one visit fewer.

A move is committed as any other (`editing.moves`), so that it has its what-if and its undo.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from collector.errors import NotFound
from collector.planning.editing.moves import TRAY, TargetPosition
from collector.planning.editing.what_if import DayChange, Preview, WhatIf, preview_of
from collector.planning.problem.build import DayFacts
from collector.planning.problem.searches import legal_places
from collector.planning.risk.chances import RoundChance, chances_of
from routing.plan import Plan

SAMPLE: Final = 300
"""Simulated days behind the choice among all moves."""

ORDERS: Final = 2
"""Other places within the round that are tried for each visit."""

MOST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SaferMove:
    """A move of one visit that makes a round hold on more days.

    Attributes
    ----------
    letter
        The round that the visit is in afterwards; empty for the tray.
    is_order
        Whether it stays in its round.
    before, after
        The chances of the round; `after` is None if it has no visit left.
    """

    pickup_id: int
    place: TargetPosition
    letter: str
    is_order: bool
    preview: Preview
    before: RoundChance
    after: RoundChance | None

    @property
    def missing(self) -> int:
        """The days in a hundred that the round still lacks."""
        return self.after.missing if self.after else 0


def safer_moves(facts: DayFacts, round_id: int) -> tuple[SaferMove, ...]:
    """Return the moves that help a round most: the cheapest that reach the level come first.

    Leaving a visit out comes last, since it costs no kilometre. A move after which another round
    lacks more days than before is left out.

    Raises
    ------
    NotFound
        The round is not of this day, or has started.
    """
    round_ = next((each for each in facts.rounds_on_duty if each.id == round_id), None)
    if round_ is None:
        raise NotFound("not_found", kind="rounds")
    free = [stop.pickup_id for stop in round_.stops if not stop.pinned]
    what_if = WhatIf(facts, free)
    before = chances_of(facts, what_if.problem, what_if.plan)
    if round_id not in before:
        return ()
    sampled = chances_of(facts, what_if.problem, what_if.plan, days=SAMPLE)
    found = [
        move
        for key in free
        for place in _targets(what_if, round_id, key)
        if (move := _move(what_if, round_id, key, place, sampled))
    ]
    best = sorted(found, key=_rank)[: 2 * MOST]
    judged = (
        _move(what_if, round_id, each.pickup_id, each.place, before, days=None) for each in best
    )
    return tuple(sorted((each for each in judged if each), key=_rank)[:MOST])


def _targets(what_if: WhatIf, round_id: int, pickup_id: int) -> Iterator[TargetPosition]:
    """Yield other places in the round, the cheapest in each other round, and the tray."""
    rounds = {shift: key for key, shift in what_if.shifts.items()}
    name, tried = str(pickup_id), dict[int, int]()
    order = what_if.assignment.orders[round_id]
    present = order.index(pickup_id)
    if what_if.problem.visit(name) is not None:
        for place in legal_places(what_if.problem, what_if.plan, name):
            key = rounds[place.shift]
            is_here = key == round_id
            if is_here and place.position == present:
                continue
            tried[key] = tried.get(key, 0) + 1
            if tried[key] <= (ORDERS if is_here else 1):
                yield TargetPosition(round_id=key, position=place.position)
    yield TargetPosition(kind=TRAY)


def _move(
    what_if: WhatIf,
    round_id: int,
    pickup_id: int,
    place: TargetPosition,
    before: Mapping[int, RoundChance],
    *,
    days: int | None = SAMPLE,
) -> SaferMove | None:
    """Return the move with the chances of its rounds; None if it helps nothing or breaks a rule."""
    after_move = what_if.assignment.with_moved([pickup_id], place.round_id, place.position or 0)
    change = what_if.change(after_move)
    if change.breaks:
        return None
    tours = {what_if.shifts[each.id] for each in change.touched if each.id in what_if.shifts}
    plan = _only(change.plan_after, tours)
    found = (
        chances_of(what_if.facts, what_if.problem, plan)
        if days is None
        else chances_of(what_if.facts, what_if.problem, plan, days=days)
    )
    harmed = any(
        chance.missing > (before[key].missing if key in before else 0)
        for key, chance in found.items()
        if key != round_id
    )
    after = found.get(round_id)
    if harmed or (after is not None and after.missing >= before[round_id].missing):
        return None
    return _as_move(change, round_id, pickup_id, place, before[round_id], after)


def _as_move(
    change: DayChange,
    round_id: int,
    pickup_id: int,
    place: TargetPosition,
    before: RoundChance,
    after: RoundChance | None,
) -> SaferMove:
    letters = {each.id: each.letter for each in change.facts.rounds}
    return SaferMove(
        pickup_id=pickup_id,
        place=place,
        letter=letters.get(place.round_id or 0, ""),
        is_order=place.round_id == round_id,
        preview=preview_of(replace(change, moved=frozenset({pickup_id}))),
        before=before,
        after=after,
    )


def _only(plan: Plan, shifts: set[str]) -> Plan:
    return replace(plan, tours=tuple(each for each in plan.tours if each.shift in shifts))


def _rank(move: SaferMove) -> tuple[bool, bool, int, int]:
    return bool(move.missing), move.place.kind == TRAY, move.missing, move.preview.cents
