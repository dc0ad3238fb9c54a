"""Which round holds which visits in which order, and how a change of it is taken back.

Values only: nothing here reads a row or writes one.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.rounds.models import DayPlan


class Overlap(Exception):  # noqa: N818 - an answer to a question, caught by its one caller
    """These visits are no longer where the change left them: somebody moved them since."""

    def __init__(self, pickups: Iterable[int]) -> None:
        super().__init__(pickups)
        self.pickups = tuple(sorted(pickups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The orders of a day's rounds, by round, and the visits that are pinned to theirs."""

    orders: Mapping[int, tuple[int, ...]]
    pinned: frozenset[int] = frozenset()

    @property
    def placed(self) -> frozenset[int]:
        """Every visit in a round."""
        return frozenset(key for order in self.orders.values() for key in order)

    def round_of(self, pickup: int) -> int | None:
        """Return the round that holds a visit; None where none does."""
        return next((key for key, order in self.orders.items() if pickup in order), None)

    def without(self, pickups: Collection[int]) -> "Arrangement":
        """Return the same with these visits in no round; their pins go."""
        orders = {
            key: tuple(each for each in order if each not in pickups)
            for key, order in self.orders.items()
        }
        return Arrangement(orders=orders, pinned=self.pinned - frozenset(pickups))

    def moved(self, pickups: Sequence[int], to: int | None, position: int) -> "Arrangement":
        """Return the same with these visits together at a place of a round, or in no round.

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
        return Arrangement(orders=orders, pinned=self.pinned)

    def pins(self, pickup: int, *, pinned: bool) -> "Arrangement":
        """Return the same with this visit pinned to its round, or let go."""
        one = frozenset({pickup})
        return replace(self, pinned=self.pinned | one if pinned else self.pinned - one)

    def only(self, rounds: Collection[int]) -> "Arrangement":
        """Return what these rounds hold."""
        orders = {key: order for key, order in self.orders.items() if key in rounds}
        kept = Arrangement(orders=orders)
        return Arrangement(orders=orders, pinned=self.pinned & kept.placed)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written in a row."""
        orders = {str(key): list(order) for key, order in sorted(self.orders.items())}
        return {"orders": orders, "pinned": sorted(self.pinned)}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Arrangement":
        """Read what `as_json` wrote."""
        orders = {int(key): tuple(order) for key, order in data["orders"].items()}
        return cls(orders=orders, pinned=frozenset(data["pinned"]))


def arranged(plan: DayPlan) -> Arrangement:
    """Return what the rows of a day say."""
    return Arrangement(
        orders={
            round_.id: tuple(stop.pickup_id for stop in round_.stops) for round_ in plan.rounds
        },
        pinned=frozenset(
            stop.pickup_id for round_ in plan.rounds for stop in round_.stops if stop.pinned
        ),
    )


def touched(before: Arrangement, after: Arrangement) -> frozenset[int]:
    """Return the rounds whose orders differ."""
    rounds = before.orders.keys() | after.orders.keys()
    return frozenset(
        key for key in rounds if before.orders.get(key, ()) != after.orders.get(key, ())
    )


def changed(before: Arrangement, after: Arrangement) -> frozenset[int]:
    """Return the fewest visits whose moving, or whose pin, makes one of the other."""
    found = set(before.pinned ^ after.pinned)
    for key in before.orders.keys() | after.orders.keys():
        then, now = before.orders.get(key, ()), after.orders.get(key, ())
        found |= set(then) ^ set(now)
        found |= set(_out_of_order(then, now))
    return frozenset(found)


def gone_back(present: Arrangement, *, before: Arrangement, after: Arrangement) -> Arrangement:
    """Take a change back from the present, which may have changed otherwise since.

    Each visit that the change moved goes back behind the stop it followed; whatever else was moved
    meanwhile stays where it is.

    Raises
    ------
    Overlap
        Visits are not where the change left them, or not pinned as it left them.
    """
    moved = changed(before, after)
    astray = {
        key
        for key in moved
        if present.round_of(key) != after.round_of(key)
        or (key in present.pinned) != (key in after.pinned)
    }
    if astray:
        raise Overlap(astray)
    bare = present.without([key for key in moved if _seat(before, key) != _seat(after, key)])
    orders = {key: list(order) for key, order in bare.orders.items()}
    for key, order in before.orders.items():
        _put_back(orders.setdefault(key, []), order, moved)
    pinned = (present.pinned - moved) | (before.pinned & moved)
    return Arrangement(orders={key: tuple(order) for key, order in orders.items()}, pinned=pinned)


def joined(present: Arrangement, other: Arrangement, chosen: Collection[int]) -> Arrangement:
    """Return the present with these visits, and no others, where the other arrangement has them."""
    bare = present.without(chosen)
    orders = {key: list(order) for key, order in bare.orders.items()}
    for key, order in other.orders.items():
        _put_back(orders.setdefault(key, []), order, chosen)
    found = Arrangement(orders={key: tuple(order) for key, order in orders.items()})
    return replace(found, pinned=present.pinned & found.placed)


def _put_back(order: list[int], then: Sequence[int], moved: Collection[int]) -> None:
    """Put each moved visit behind the nearest stop it followed that is there."""
    there = set(order)
    for position, key in enumerate(then):
        if key not in moved or key in there:
            continue
        ahead = next((each for each in reversed(then[:position]) if each in there), None)
        order.insert(order.index(ahead) + 1 if ahead is not None else 0, key)
        there.add(key)


def _seat(arrangement: Arrangement, pickup: int) -> tuple[int, tuple[int, ...]] | None:
    round_ = arrangement.round_of(pickup)
    return None if round_ is None else (round_, arrangement.orders[round_])


def _out_of_order(then: Sequence[int], now: Sequence[int]) -> Iterator[int]:
    """Yield the stops of both orders that do not stand in the longest run they share."""
    rank = {key: number for number, key in enumerate(then)}
    common = [key for key in now if key in rank]
    kept = _longest_rise([rank[key] for key in common])
    yield from (key for key in common if rank[key] not in kept)


def _longest_rise(ranks: Sequence[int]) -> set[int]:
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
