"""Time origin of a VROOM request: its instants have any origin, a problem's count from 0."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.errors import InvalidProblemError
from routing.formats.vroom import request as asked
from routing.formats.vroom.request import Pair, Vehicle, VroomRequest
from routing.problem import Break, Window
from routing.units import LARGEST, Seconds

LAST: Final = LARGEST - 1
"""The last instant of a problem, so that a leg without a way can take longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOrigin:
    """The interval of time of all tasks, also of tasks open all day.

    Attributes
    ----------
    origin : int
        The request's instant at the problem's 0.
    latest : int
        The last relevant instant of the problem.
    """

    origin: int
    latest: int

    def window(self, told: Pair | None) -> Window:
        """Return a window of the request, or all day."""
        first, last = (0, self.latest) if told is None else (told[0] - self.origin, self._to(told))
        return Window(earliest=Seconds(first), latest=Seconds(last))

    def _to(self, told: Pair) -> int:
        return min(told[1] - self.origin, self.latest)


def hours(request: VroomRequest, *, leg: int) -> TimeOrigin:
    """Return the interval of every reasonable plan.

    A vehicle without hours may begin so early that all tasks end before the first window, and so
    late that all begin after the last; no leg takes longer than `leg` seconds.
    """
    told = list(_told(request))
    longest = _longest(request, leg)
    origin = max(0, min((first for _, (first, _) in told), default=0) - longest)
    latest = max((last for _, (_, last) in told), default=0) - origin + longest
    for entry, (first, _) in told:
        if first - origin + longest > LAST:
            raise InvalidProblemError(entry, f"begins more than {LAST} s after the first window")
    return TimeOrigin(origin=origin, latest=min(latest, LAST))


def breaks(entry: str, vehicle: Vehicle, day: TimeOrigin) -> tuple[Break, ...]:
    """Return the breaks of a vehicle, in sequence within its hours.

    VROOM takes every break on the road; a problem allows each break before or after the tour by
    itself. To fit there together, each break begins no earlier than its predecessors permit, and no
    later than its successors.

    Raises
    ------
    InvalidProblemError
        A break does not fit; it is named.
    """
    hired = day.window(vehicle.time_window)
    free = 0
    found: list[tuple[str, Break]] = []
    for number, rest in sorted(enumerate(vehicle.breaks), key=lambda one: _opens(one[1])):
        here = f"{entry}.breaks[{number}]"
        windows = _within(
            here, _windows(rest, day), max(free, hired.earliest), hired.latest - rest.service
        )
        free = windows[0].earliest + rest.service
        found.append((here, _rest(rest, windows)))
    last = hired.latest
    kept: list[Break] = []
    for here, early in reversed(found):
        windows = _within(here, early.windows, 0, last - early.duration)
        last = windows[-1].latest
        kept.append(replace(early, windows=windows))
    return tuple(reversed(kept))


def _opens(rest: asked.VroomBreak) -> int:
    return rest.time_windows[0][0] if rest.time_windows else 0


def _windows(rest: asked.VroomBreak, day: TimeOrigin) -> tuple[Window, ...]:
    return tuple(map(day.window, rest.time_windows)) or (day.window(None),)


def _rest(rest: asked.VroomBreak, windows: tuple[Window, ...]) -> Break:
    return Break(id=str(rest.id), windows=windows, duration=Seconds(rest.service))


def _within(entry: str, told: Iterable[Window], first: int, last: int) -> tuple[Window, ...]:
    """Return the parts of windows between two instants."""
    found = tuple(
        Window(
            earliest=Seconds(max(window.earliest, first)), latest=Seconds(min(window.latest, last))
        )
        for window in told
        if max(window.earliest, first) <= min(window.latest, last)
    )
    if not found:
        raise InvalidProblemError(entry, "cannot be had in the time window of its vehicle")
    return found


def _told(request: VroomRequest) -> Iterator[tuple[str, Pair]]:
    """Yield every window of the request with its entry."""
    tasks = {f"jobs[{number}]": job for number, job in enumerate(request.jobs)} | {
        f"shipments[{number}].{end}": getattr(one, end)
        for number, one in enumerate(request.shipments)
        for end in ("pickup", "delivery")
    }
    for entry, task in tasks.items():
        yield from _numbered(f"{entry}.time_windows", task.time_windows)
    for number, vehicle in enumerate(request.vehicles):
        if vehicle.time_window is not None:
            yield f"vehicles[{number}].time_window", vehicle.time_window
        for place, rest in enumerate(vehicle.breaks):
            yield from _numbered(
                f"vehicles[{number}].breaks[{place}].time_windows", rest.time_windows
            )


def _numbered(entry: str, windows: Sequence[Pair]) -> Iterator[tuple[str, Pair]]:
    for number, window in enumerate(windows):
        yield f"{entry}[{number}]", window


def _longest(request: VroomRequest, leg: int) -> int:
    """Return the longest duration of a tour without waits."""
    ends = [end for one in request.shipments for end in (one.pickup, one.delivery)]
    tasks = [*request.jobs, *ends]
    done = sum(task.service + task.setup for task in tasks)
    rests = sum(rest.service for vehicle in request.vehicles for rest in vehicle.breaks)
    return done + rests + leg * (len(tasks) + 1)
