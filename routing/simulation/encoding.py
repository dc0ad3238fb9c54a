"""A plan as tables for the simulation, from the problem and the timed tours alone."""

import math
import zlib
from dataclasses import dataclass, field

import numpy as np

from routing.plan import Plan, Rest, Stop, Tour, Unloading
from routing.problem import Problem, Shift, Visit, Window
from routing.simulation import days
from routing.simulation.beginning import ALWAYS, NEVER, Beginning, beginning
from routing.simulation.days import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedClock:
    """A clock of a tour: the visit and the item; None for the load carried from the start."""

    visit: str | None
    item: str | None


@dataclass(slots=True, kw_only=True)
class SimulatedPlan:
    """Tables of `simulation.days`, and the values that their rows stand for."""

    shifts: list[str] = field(default_factory=list)
    tours: list[list[int]] = field(default_factory=list)
    points: list[list[int]] = field(default_factory=list)
    breaks: list[list[int]] = field(default_factory=list)
    clocks: list[list[int]] = field(default_factory=list)
    door_spreads: list[int] = field(default_factory=list)
    stops: list[str | None] = field(default_factory=list)
    """Per point its visit; None for an unloading and the end of a tour."""
    items: list[SimulatedClock] = field(default_factory=list)


def encoded(problem: Problem, plan: Plan, now: int | None = None) -> SimulatedPlan:
    """Return the tables of a plan, from an instant on if one is given.

    Tours and visits that the problem does not have are left out, and so are those that are over.
    """
    tables = SimulatedPlan()
    for tour in plan.tours:
        shift = problem.shift(tour.shift)
        state = None if shift is None else beginning(problem, shift, tour, now)
        if shift is not None and state is not None:
            _add_tour(tables, problem, shift, tour, state)
    return tables


def scale(percent: int) -> float:
    """Return the standard deviation of the logarithm of a lognormal factor, from its spread."""
    return math.sqrt(math.log1p((percent / 100) ** 2))


def table(rows: list[list[int]], columns: int) -> IntArray:
    """Return rows as an array."""
    return np.array(rows, dtype=np.int64).reshape(-1, columns)


def scales(percents: list[int]) -> FloatArray:
    """Return the scales of several spreads."""
    return np.array([scale(percent) for percent in percents], dtype=np.float64)


def name_in_draws(name: str) -> int:
    """Return the name of a draw: the same for the same visit of another problem."""
    return zlib.crc32(name.encode())


def _add_tour(
    tables: SimulatedPlan, problem: Problem, shift: Shift, tour: Tour, state: Beginning
) -> None:
    first, clocks_from, breaks_from = len(tables.points), len(tables.clocks), len(tables.breaks)
    waiting = [
        (-1, SimulatedClock(visit=visit, item=item), until) for visit, item, until in state.on_board
    ]
    _add_halts(tables, problem, shift, tour, state, waiting)
    if problem.has_place(tour.end) and problem.place(tour.end).receives:
        _receive(tables, waiting)
    if state.is_at_door:
        _set_begun(tables, first)
    tables.shifts.append(shift.id)
    tables.tours.append([
        first,
        len(tables.points) - 1,
        state.leaves,
        shift.window.latest,
        state.late_start,
        name_in_draws(shift.id),
        breaks_from,
        len(tables.breaks),
        clocks_from,
        len(tables.clocks),
        NEVER if state.is_at_door else state.knows,
        state.knows if state.is_at_door else NEVER,
    ])  # fmt: skip


def _add_halts(
    tables: SimulatedPlan,
    problem: Problem,
    shift: Shift,
    tour: Tour,
    state: Beginning,
    waiting: list[tuple[int, SimulatedClock, int]],
) -> None:
    """Add the halts ahead, their breaks and their clocks, and the leg to the end."""
    here, rests = state.here, list(state.rests)
    for count, halt in state.halts:
        while rests and rests[0].after <= count:
            _add_break(tables, shift, rests.pop(0))
        visit = problem.visit(halt.visit) if isinstance(halt, Stop) else None
        place = visit.place if visit else halt.place if isinstance(halt, Unloading) else here
        _add_point(tables, problem, shift, here, place, halt, visit)
        if isinstance(halt, Unloading):
            _receive(tables, waiting)
        elif visit is not None:
            row = len(tables.points) - 1
            waiting += [
                (row, SimulatedClock(visit=visit.id, item=item), limit)
                for item, limit in visit.ride_limits.items()
            ]
        here = place
    for rest in rests:
        _add_break(tables, shift, rest)
    _add_leg(tables, problem, shift, here, tour.end)


def _set_begun(tables: SimulatedPlan, row: int) -> None:
    """Mark a halt as begun: its promise is history, and its donor has come."""
    point = tables.points[row]
    point[days.OPENS], point[days.LATEST], point[days.NO_SHOW] = NEVER, ALWAYS, 0
    tables.stops[row] = None


def _add_point(
    tables: SimulatedPlan,
    problem: Problem,
    shift: Shift,
    here: str,
    there: str,
    halt: Stop | Unloading,
    visit: Visit | None,
) -> None:
    _add_leg(tables, problem, shift, here, there)
    point = tables.points[-1]
    has_break = any(row[days.BREAK_BEFORE] == len(tables.points) - 1 for row in tables.breaks)
    waits = halt.begin > halt.arrival and not has_break
    point[days.SERVICE] = halt.end - halt.begin
    if visit is None:
        tables.door_spreads[-1] = problem.spreads.service
        return
    window = _promise(visit, halt.begin)
    point[days.DOOR_NAME] = name_in_draws(visit.id)
    point[days.OPENS] = max(window.earliest, visit.release or 0, halt.begin if waits else NEVER)
    point[days.LATEST] = (
        window.latest if visit.deadline is None else min(window.latest, visit.deadline)
    )
    point[days.NO_SHOW] = visit.no_show
    spread = visit.service_spread
    tables.door_spreads[-1] = problem.spreads.service if spread is None else spread
    tables.stops[-1] = visit.id


def _add_leg(tables: SimulatedPlan, problem: Problem, shift: Shift, here: str, there: str) -> None:
    """Add a point without a door: the leg to it, and no window."""
    seconds = problem.seconds(shift.profile, start=here, end=there) if here != there else 0
    name = name_in_draws(f"{here}\n{there}")
    tables.points.append([seconds, name, name, 0, NEVER, ALWAYS, 0])
    tables.door_spreads.append(0)
    tables.stops.append(None)


def _promise(visit: Visit, begin: int) -> Window:
    """Return the window of the planned begin: the last that has opened by then, or the first."""
    opened = [window for window in visit.windows if window.earliest <= begin]
    return opened[-1] if opened else visit.windows[0]


def _add_break(tables: SimulatedPlan, shift: Shift, rest: Rest) -> None:
    windows = next((each.windows for each in shift.breaks if each.id == rest.name), ())
    opened = [window.earliest for window in windows if window.earliest <= rest.begin]
    opens = opened[-1] if opened else rest.begin
    tables.breaks.append([len(tables.points), opens, rest.end - rest.begin])


def _receive(tables: SimulatedPlan, waiting: list[tuple[int, SimulatedClock, int]]) -> None:
    """Stop the clocks of all items on board at the last point."""
    for row, clock, limit in waiting:
        tables.clocks.append([row, len(tables.points) - 1, limit])
        tables.items.append(clock)
    waiting.clear()
