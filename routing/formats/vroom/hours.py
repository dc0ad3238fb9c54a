"""Knows when a request to VROOM takes place: its instants count from anywhere, ours from 0."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from routing.errors import InvalidProblemError
from routing.formats.vroom import request as asked
from routing.formats.vroom.request import Pair, Request, Vehicle
from routing.problem import Break, Window
from routing.units import LARGEST, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The stretch of time in which everything is done, whoever has all day.

    Attributes
    ----------
    origin : int
        The request's instant that is our 0.
    latest : int
        The last of our instants that can matter.
    """

    origin: int
    latest: int

    def window(self, told: Pair | None) -> Window:
        """A window of the request, or all day."""
        first, last = (0, self.latest) if told is None else (told[0] - self.origin, self._to(told))
        return Window(earliest=Seconds(first), latest=Seconds(last))

    def _to(self, told: Pair) -> int:
        return min(told[1] - self.origin, LARGEST)


def hours(request: Request, *, leg: int) -> Hours:
    """Find the stretch in which every plan that is worth anything has its place.

    Whoever has no hours may still begin so early that everything is done ahead of the first window,
    and so late that everything is done after the last; no leg takes longer than `leg` seconds.
    """
    told = list(_told(request))
    longest = _longest(request, leg)
    origin = max(0, min((first for first, _ in told), default=0) - longest)
    latest = max((last for _, last in told), default=0) - origin + longest
    return Hours(origin=origin, latest=min(latest, LARGEST))


def breaks(entry: str, vehicle: Vehicle, day: Hours) -> tuple[Break, ...]:
    """The breaks of a vehicle, to be had within its hours.

    Raises
    ------
    InvalidProblemError
        A break cannot be had there; it is named.
    """
    hired = day.window(vehicle.time_window)
    return tuple(
        Break(
            id=str(rest.id),
            windows=_within(f"{entry}.breaks[{number}]", rest, hired, day),
            duration=Seconds(rest.service),
        )
        for number, rest in enumerate(vehicle.breaks)
    )


def _within(entry: str, rest: asked.Break, hired: Window, day: Hours) -> tuple[Window, ...]:
    told = [day.window(pair) for pair in rest.time_windows] or [day.window(None)]
    first, last = hired.earliest, Seconds(hired.latest - rest.service)
    found = tuple(
        Window(earliest=max(one.earliest, first), latest=min(one.latest, last))
        for one in told
        if one.earliest <= last and one.latest >= first and first <= last
    )
    if not found:
        raise InvalidProblemError(entry, "cannot be had in the time window of its vehicle")
    return found


def _told(request: Request) -> Iterator[Pair]:
    ends = ((one.pickup, one.delivery) for one in request.shipments)
    for task in chain(request.jobs, chain.from_iterable(ends)):
        yield from task.time_windows
    for vehicle in request.vehicles:
        if vehicle.time_window is not None:
            yield vehicle.time_window
        for rest in vehicle.breaks:
            yield from rest.time_windows


def _longest(request: Request, leg: int) -> int:
    """No tour takes longer, unless it waits."""
    ends = [end for one in request.shipments for end in (one.pickup, one.delivery)]
    tasks = [*request.jobs, *ends]
    done = sum(task.service + task.setup for task in tasks)
    rests = sum(rest.service for vehicle in request.vehicles for rest in vehicle.breaks)
    return done + rests + leg * (len(tasks) + 1)
