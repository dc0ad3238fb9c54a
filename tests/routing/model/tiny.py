"""Strategies of problems so tiny that an exhaustive search can solve them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from routing.model.build import build
from routing.model.search import search
from routing.problem import Place, Problem, Shift, Travel, Visit, Window

PLACES = ("bank", "anna", "bea", "lab", "home")
"""Places at every kilometre of a street.

A kilometre takes a second. Milk is received at the bank and in the lab.
"""

HORIZON = 22
"""Seconds; three visits just about fit."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


def street(*, slow: int = 1, cents: Sequence[Sequence[int]] | None = None) -> Travel:
    """Return travel along the street, slower uphill (towards home) on request."""
    rows = range(len(PLACES))
    return Travel(
        seconds=tuple(
            tuple(abs(here - there) * (slow if there > here else 1) for there in rows)
            for here in rows
        ),
        metres=tuple(tuple(1_000 * abs(here - there) for there in rows) for here in rows),
        cents=None if cents is None else tuple(map(tuple, cents)),
    )


def window(earliest: int, latest: int) -> Window:
    return Window(earliest=earliest, latest=latest)


def a_window(draw: Draw, first: int = 0, last: int = 14, length: int = 6) -> Window:
    earliest = draw(st.integers(first, last))
    return window(earliest, earliest + draw(st.integers(0, length)))


def windows(draw: Draw) -> tuple[Window, ...]:
    first = a_window(draw)
    if draw(st.booleans()):
        return (first,)
    opens = first.latest + draw(st.integers(2, 5))
    return (first, window(opens, opens + draw(st.integers(0, 3))))


def a_visit(draw: Draw, name: str, **fields: object) -> Visit:
    """Draw a visit with windows, service and perhaps a penalty; `fields` override them."""
    defaults = {
        "id": name,
        "place": draw(st.sampled_from(PLACES[:4])),
        "windows": windows(draw),
        "service": draw(st.integers(0, 2)),
        "penalty": draw(st.one_of(st.none(), st.integers(0, 900))),
    }
    return Visit(**(defaults | fields))


def a_shift(draw: Draw, name: str, **fields: object) -> Shift:
    begin = draw(st.integers(0, 4))
    defaults = {
        "id": name,
        "collector": f"collector {name}",
        "start": draw(st.sampled_from(["bank", "home"])),
        "ends": (draw(st.sampled_from(["bank", "lab"])),),
        "window": window(begin, draw(st.integers(begin + 10, HORIZON))),
        "fixed_cost": draw(st.sampled_from([0, 50])),
        "cents_per_km": draw(st.sampled_from([0, 30])),
        "cents_per_hour": draw(st.sampled_from([0, 36_000])),
    }
    return Shift(**(defaults | fields))


def a_problem(
    visits: Sequence[Visit],
    shifts: Sequence[Shift],
    *,
    travel: Travel | None = None,
    **fields: object,
) -> Problem:
    defaults: Mapping[str, object] = {
        "dimensions": ("bottles",),
        "places": tuple(Place(id=name, receives=name in {"bank", "lab"}) for name in PLACES),
        "travel": {"car": travel or street()},
        "shifts": tuple(shifts),
        "visits": tuple(visits),
    }
    return Problem(**{**defaults, **fields})


class EngineResult:
    """Best orders of the OR-Tools model, and their cost as the model sees it."""

    def __init__(
        self, problem: Problem, moves: int, start: dict[str, list[str]] | None = None
    ) -> None:
        self._moves = moves
        self.orders: dict[str, list[str]] = {}
        self.cost: int | None = None
        model = build(problem)
        self._cost_var = model.routing.CostVar
        search(model, self, start)

    def on_best(self, read: Callable[[], dict[str, list[str]]]) -> None:
        self.orders, self.cost = read(), self._cost_var().Value()

    def should_stop(self, moves: int) -> bool:
        return moves >= self._moves
