"""Beginning of a simulated tour: its departure, or its state in the middle of a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.plan import Rest, Stop, Tour, Unloading
from routing.problem import Problem, Shift

NEVER: Final = -(2**40)
ALWAYS: Final = 2**40
"""Instants before and after every instant of a problem."""

Halt = Stop | Unloading

OnBoard = tuple[tuple[str | None, str | None, int], ...]
"""Visit, item, and the instant by which it must be cold; no visit for the load at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The state from which a tour is driven.

    Attributes
    ----------
    leaves : int
        The departure, the end of the last halt, or the begin of a halt that has not ended.
    here : str
        The place that is left, or that of the halt.
    halts : tuple
        The halts ahead, each with the number of stops before it; a halt that has not ended is the
        first.
    on_board : tuple
        The items that were loaded before.
    is_at_door : bool
        Whether the first halt has begun.
    knows : int
        The instant until which the first leg or the first service is known to last.
    late_start : int
        Root mean square of the lateness of the departure.
    """

    leaves: int
    here: str
    halts: tuple[tuple[int, Halt], ...]
    rests: tuple[Rest, ...]
    on_board: OnBoard = ()
    is_at_door: bool = False
    knows: int = NEVER
    late_start: int = 0


def beginning(problem: Problem, shift: Shift, tour: Tour, now: int | None) -> Beginning | None:
    """Return the state of a tour, at an instant if one is given; None if the tour is over.

    Halts that have begun by then are history. A leg or a service that is under way lasts on beyond
    the instant.
    """
    halts = tuple(_halts(tour))
    until = shift.carried_until
    on_board: OnBoard = () if until is None else ((None, None, int(until)),)
    if now is None or tour.departure > now:
        return Beginning(
            leaves=tour.departure,
            here=tour.start,
            halts=halts,
            rests=tour.breaks,
            on_board=on_board,
            late_start=0 if shift.departed else shift.late_start,
        )
    past = tuple(halt for _, halt in halts if halt.begin <= now)
    if len(past) == len(halts) and tour.arrival <= now:
        return None
    return _under_way(problem, tour, halts, past, on_board, now)


def _under_way(
    problem: Problem,
    tour: Tour,
    halts: tuple[tuple[int, Halt], ...],
    past: tuple[Halt, ...],
    on_board: OnBoard,
    now: int,
) -> Beginning:
    is_at_door = bool(past) and past[-1].end > now
    for halt in past[:-1] if is_at_door else past:
        on_board = _after(problem, on_board, halt)
    done = len(past) - is_at_door
    leaves = past[-1].begin if is_at_door else past[-1].end if past else tour.departure
    here, is_waiting = _place(problem, past[-1]) if past else tour.start, False
    ahead = halts[done][1] if done < len(halts) else None
    if ahead is not None and not is_at_door and ahead.arrival <= now:
        here, leaves, is_waiting = _place(problem, ahead), ahead.arrival, True
    return Beginning(
        leaves=leaves,
        here=here,
        halts=halts[done:],
        rests=tuple(rest for rest in tour.breaks if rest.begin >= leaves),
        on_board=on_board,
        is_at_door=is_at_door,
        knows=NEVER if is_waiting else now,
    )


def _after(problem: Problem, on_board: OnBoard, halt: Halt) -> OnBoard:
    """Return the items on board after a halt that is over."""
    if isinstance(halt, Unloading):
        return ()
    visit = problem.visit(halt.visit)
    limits = {} if visit is None else visit.ride_limits
    loaded = ((halt.visit, item, halt.end + limit) for item, limit in limits.items())
    return (*on_board, *loaded)


def _place(problem: Problem, halt: Halt) -> str:
    if isinstance(halt, Unloading):
        return halt.place
    visit = problem.visit(halt.visit)
    return "" if visit is None else visit.place


def _halts(tour: Tour) -> Iterator[tuple[int, Halt]]:
    """Yield stops and unloadings in their order, each with the number of stops before it."""
    unloadings = list(tour.unloadings)
    for count, stop in enumerate(tour.stops):
        while unloadings and unloadings[0].after <= count:
            yield count, unloadings.pop(0)
        yield count, stop
    for unloading in unloadings:
        yield len(tour.stops), unloading
