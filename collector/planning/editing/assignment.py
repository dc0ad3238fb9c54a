"""Assignments of visits to rounds, their differences, and the reversal of a change.

All are values: no function of this module reads or writes a row.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.rounds.models import DayPlan


class Overlap(Exception):  # noqa: N818 - an answer to a question, caught by its one caller
    """Visits were moved again since the change that is to be reverted."""

    def __init__(self, pickups: Iterable[int]) -> None:
        super().__init__(pickups)
        self.pickups = tuple(sorted(pickups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The order of visits of each round of a day, and the pinned visits."""

    orders: Mapping[int, tuple[int, ...]]
    pinned: frozenset[int] = frozenset()

    @property
    def placed(self) -> frozenset[int]:
        """The visits in any round."""
        return frozenset(key for order in self.orders.values() for key in order)

    def round_of(self, pickup: int) -> int | None:
        """Return the round that holds a visit; None if none does."""
        return next((key for key, order in self.orders.items() if pickup in order), None)

    def without(self, pickups: Collection[int]) -> "Assignment":
        """Return the assignment with these visits in no round and without their pins."""
        orders = {
            key: tuple(each for each in order if each not in pickups)
            for key, order in self.orders.items()
        }
        return Assignment(orders=orders, pinned=self.pinned - frozenset(pickups))

    def with_moved(self, pickups: Sequence[int], to: int | None, position: int) -> "Assignment":
        """Return the assignment with these visits together in a round, or in no round.

        Parameters
        ----------
        position
            Among the round's other stops, the first being 0; a pin goes with its stop.
        """
        bare = self.without(pickups)
        if to is None:
            return bare
        order = list(bare.orders.get(to, ()))
        order[position:position] = pickups
        orders = {**bare.orders, to: tuple(order)}
        return Assignment(orders=orders, pinned=self.pinned)

    def with_pin(self, pickup: int, *, pinned: bool) -> "Assignment":
        """Return the assignment with this visit pinned to its round, or unpinned."""
        one = frozenset({pickup})
        return replace(self, pinned=self.pinned | one if pinned else self.pinned - one)

    def of_rounds(self, rounds: Collection[int]) -> "Assignment":
        """Return the part of the assignment that concerns these rounds."""
        orders = {key: order for key, order in self.orders.items() if key in rounds}
        kept = Assignment(orders=orders)
        return Assignment(orders=orders, pinned=self.pinned & kept.placed)

    def as_json(self) -> dict[str, Any]:
        """Return the assignment as a row stores it."""
        orders = {str(key): list(order) for key, order in sorted(self.orders.items())}
        return {"orders": orders, "pinned": sorted(self.pinned)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Assignment":
        """Read an assignment that `as_json` wrote."""
        orders = {int(key): tuple(order) for key, order in data["orders"].items()}
        return cls(orders=orders, pinned=frozenset(data["pinned"]))


def assignment_of(plan: DayPlan) -> Assignment:
    """Return the assignment of a day's rows."""
    return Assignment(
        orders={
            round_.id: tuple(stop.pickup_id for stop in round_.stops) for round_ in plan.rounds
        },
        pinned=frozenset(
            stop.pickup_id for round_ in plan.rounds for stop in round_.stops if stop.pinned
        ),
    )


def changed_rounds(before: Assignment, after: Assignment) -> frozenset[int]:
    """Return the rounds whose orders differ."""
    rounds = before.orders.keys() | after.orders.keys()
    return frozenset(
        key for key in rounds if before.orders.get(key, ()) != after.orders.get(key, ())
    )


def changed_visits(before: Assignment, after: Assignment) -> frozenset[int]:
    """Return the smallest set of visits to move, pin or unpin from one assignment to the other."""
    found = set(before.pinned ^ after.pinned)
    for key in before.orders.keys() | after.orders.keys():
        then, now = before.orders.get(key, ()), after.orders.get(key, ())
        found |= set(then) ^ set(now)
        found |= set(_out_of_order(then, now))
    return frozenset(found)


def revert_change(present: Assignment, *, before: Assignment, after: Assignment) -> Assignment:
    """Revert a change in the present assignment, which may have other changes since.

    Each visit that the change moved goes back behind the stop it followed. Visits moved by other
    changes stay at their positions.

    Raises
    ------
    Overlap
        A visit is not in the round, or not pinned, as the change left it.
    """
    moved = changed_visits(before, after)
    astray = {
        key
        for key in moved
        if present.round_of(key) != after.round_of(key)
        or (key in present.pinned) != (key in after.pinned)
    }
    if astray:
        raise Overlap(astray)
    bare = present.without(
        [key for key in moved if _position(before, key) != _position(after, key)]
    )
    orders = {key: list(order) for key, order in bare.orders.items()}
    for key, order in before.orders.items():
        _reinsert(orders.setdefault(key, []), order, moved)
    pinned = (present.pinned - moved) | (before.pinned & moved)
    return Assignment(orders={key: tuple(order) for key, order in orders.items()}, pinned=pinned)


def merge_moves(present: Assignment, other: Assignment, chosen: Collection[int]) -> Assignment:
    """Return the present with only these visits at their positions of the other assignment."""
    bare = present.without(chosen)
    orders = {key: list(order) for key, order in bare.orders.items()}
    for key, order in other.orders.items():
        _reinsert(orders.setdefault(key, []), order, chosen)
    found = Assignment(orders={key: tuple(order) for key, order in orders.items()})
    return replace(found, pinned=present.pinned & found.placed)


def _reinsert(order: list[int], then: Sequence[int], moved: Collection[int]) -> None:
    """Insert each moved visit behind the nearest of its predecessors that the order holds."""
    there = set(order)
    for position, key in enumerate(then):
        if key not in moved or key in there:
            continue
        predecessor = next((each for each in reversed(then[:position]) if each in there), None)
        order.insert(order.index(predecessor) + 1 if predecessor is not None else 0, key)
        there.add(key)


def _position(assignment: Assignment, pickup: int) -> tuple[int, tuple[int, ...]] | None:
    round_ = assignment.round_of(pickup)
    return None if round_ is None else (round_, assignment.orders[round_])


def _out_of_order(then: Sequence[int], now: Sequence[int]) -> Iterator[int]:
    """Yield the stops of both orders outside their longest common run."""
    rank = {key: number for number, key in enumerate(then)}
    common = [key for key in now if key in rank]
    kept = _longest_increasing([rank[key] for key in common])
    yield from (key for key in common if rank[key] not in kept)


def _longest_increasing(ranks: Sequence[int]) -> set[int]:
    """Return the members of a longest increasing subsequence (patience sorting)."""
    tops: list[int] = []
    behind: dict[int, int | None] = {}
    for rank in ranks:
        pile = bisect_left(tops, rank)
        behind[rank] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [rank]
    found: set[int] = set()
    last = tops[-1] if tops else None
    while last is not None:
        found.add(last)
        last = behind[last]
    return found
