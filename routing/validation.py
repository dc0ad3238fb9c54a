"""Knows every way a problem can contradict itself, and names the entry at fault.

It reads attributes only, so that `problem` can stand on it: a problem that exists is valid.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from routing.errors import InvalidProblemError
from routing.units import LARGEST, SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

# A problem is read here before its class is complete, and `problem` imports this module: the
# values are taken as they come.
Value = Any


def validate(problem: Value) -> None:
    """Refuse a problem that contradicts itself.

    Raises
    ------
    InvalidProblemError
        Naming the first entry at fault.
    """
    _names("dimensions", problem.dimensions)
    if problem.skills is not None:
        _names("skills", sorted(problem.skills))
    for name in ("places", "visits", "shifts"):
        _ids(name, getattr(problem, name))
    if not problem.shifts:
        _refuse("shifts", "there is no shift")
    _each("places", problem.places, _place)
    _travel(problem)
    _each("shifts", problem.shifts, lambda entry, shift: _shift(entry, shift, problem))
    _each("visits", problem.visits, lambda entry, visit: _visit(entry, visit, problem))
    _pins(problem)
    _sums(problem)


def dearest(problem: Value) -> int:
    """More than any plan of this problem can cost, in shares of a cent."""
    legs = len(problem.visits) + 1
    total = sum(SHARES_PER_CENT * (visit.penalty or 0) for visit in problem.visits)
    longest_legs = {
        profile: max(map(max, travel.metres)) for profile, travel in problem.travel.items()
    }
    for shift in problem.shifts:
        longest = longest_legs[shift.profile]
        duration = shift.window.latest - shift.window.earliest
        total += SHARES_PER_CENT * shift.fixed_cost
        total += SHARES_PER_METRE * shift.cents_per_km * longest * legs
        total += SHARES_PER_SECOND * shift.cents_per_hour * duration
    return total + 1


def _refuse(entry: str, complaint: str) -> NoReturn:
    raise InvalidProblemError(entry, complaint)


def _each(name: str, values: Sequence[Value], judge: Callable[[str, Value], None]) -> None:
    for position, value in enumerate(values):
        judge(f"{name}[{position}]", value)


def _name(entry: str, value: Value) -> None:
    if not isinstance(value, str) or not value:
        _refuse(entry, "is not a name")


def _names(entry: str, values: Iterable[Value]) -> None:
    seen: set[str] = set()
    for position, value in enumerate(values):
        _name(f"{entry}[{position}]", value)
        if value in seen:
            _refuse(f"{entry}[{position}]", f"{value!r} is there twice")
        seen.add(value)


def _ids(name: str, values: Sequence[Value]) -> None:
    seen: dict[str, int] = {}
    for position, value in enumerate(values):
        entry = f"{name}[{position}].id"
        _name(entry, value.id)
        if value.id in seen:
            _refuse(entry, f"{value.id!r} is also the id of {name}[{seen[value.id]}]")
        seen[value.id] = position


def _whole(entry: str, value: Value, *, least: int = 0) -> None:
    if type(value) is not int:
        _refuse(entry, "is not a whole number")
    if value < least:
        _refuse(entry, "is negative" if least == 0 else f"is below {least}")
    if value > LARGEST:
        _refuse(entry, f"is above {LARGEST}")


def _known(entry: str, value: Value, kind: str, known: Iterable[str]) -> None:
    if value not in known:
        _refuse(entry, f"there is no {kind} {value!r}")


def _place(entry: str, place: Value) -> None:
    for name, bound in (("latitude", 90), ("longitude", 180)):
        value = getattr(place, name)
        if value is not None and not -bound <= value <= bound:
            _refuse(f"{entry}.{name}", f"is not between -{bound} and {bound}")
    if (place.latitude is None) != (place.longitude is None):
        _refuse(entry, "has only one of latitude and longitude")


def _travel(problem: Value) -> None:
    for profile, travel in problem.travel.items():
        for name in ("seconds", "metres"):
            _matrix(f"travel.{profile}.{name}", getattr(travel, name), len(problem.places))


def _matrix(entry: str, matrix: Sequence[Sequence[int]], size: int) -> None:
    if len(matrix) != size:
        _refuse(entry, f"has {len(matrix)} rows for {size} places")
    for position, row in enumerate(matrix):
        if len(row) != size:
            _refuse(f"{entry}[{position}]", f"has {len(row)} columns for {size} places")
        # The common case is judged at C speed; only a bad row is walked to name its entry.
        if not (set(map(type, row)) <= {int} and min(row) >= 0 and max(row) <= LARGEST):
            _each(f"{entry}[{position}]", row, _whole)


def _window(entry: str, window: Value) -> None:
    _whole(f"{entry}.earliest", window.earliest)
    _whole(f"{entry}.latest", window.latest)
    if window.latest < window.earliest:
        _refuse(entry, "ends before it begins")


def _amounts(entry: str, amounts: Mapping[str, int], problem: Value) -> None:
    for dimension, amount in amounts.items():
        _known(f"{entry}.{dimension}", dimension, "dimension", problem.dimensions)
        _whole(f"{entry}.{dimension}", amount)


def _skills(entry: str, skills: Iterable[str], problem: Value) -> None:
    for skill in sorted(skills):
        _name(entry, skill)
        if problem.skills is not None:
            _known(entry, skill, "skill", problem.skills)


def _shift(entry: str, shift: Value, problem: Value) -> None:
    places = {place.id for place in problem.places}
    _name(f"{entry}.collector", shift.collector)
    _known(f"{entry}.start", shift.start, "place", places)
    _known(f"{entry}.end", shift.end, "place", places)
    _window(f"{entry}.window", shift.window)
    _amounts(f"{entry}.capacity", shift.capacity, problem)
    _skills(f"{entry}.skills", shift.skills, problem)
    for name in ("fixed_cost", "cents_per_km", "cents_per_hour"):
        _whole(f"{entry}.{name}", getattr(shift, name))
    _known(f"{entry}.profile", shift.profile, "travel profile", problem.travel)


def _visit(entry: str, visit: Value, problem: Value) -> None:
    _known(f"{entry}.place", visit.place, "place", {place.id for place in problem.places})
    _whole(f"{entry}.service", visit.service)
    _windows(f"{entry}.windows", visit.windows)
    _amounts(f"{entry}.load", visit.load, problem)
    for item, limit in visit.ride_limits.items():
        _name(f"{entry}.ride_limits", item)
        _whole(f"{entry}.ride_limits.{item}", limit)
    _skills(f"{entry}.skills", visit.skills, problem)
    if visit.shifts is not None:
        for shift in sorted(visit.shifts):
            _known(f"{entry}.shifts", shift, "shift", {shift.id for shift in problem.shifts})
    if visit.penalty is not None:
        _whole(f"{entry}.penalty", visit.penalty)


def _windows(entry: str, windows: Sequence[Value]) -> None:
    if not windows:
        _refuse(entry, "there is no window")
    _each(entry, windows, _window)
    for position in range(1, len(windows)):
        if windows[position].earliest <= windows[position - 1].latest:
            _refuse(f"{entry}[{position}]", "begins before the window ahead of it has ended")


def _pins(problem: Value) -> None:
    visits = {visit.id: visit for visit in problem.visits}
    pinned: dict[Value, int] = {}
    for number, pin in enumerate(problem.pins):
        entry = f"pins[{number}]"
        _known(f"{entry}.visit", pin.visit, "visit", visits)
        _known(f"{entry}.shift", pin.shift, "shift", {shift.id for shift in problem.shifts})
        allowed = visits[pin.visit].shifts
        if allowed is not None and pin.shift not in allowed:
            _refuse(entry, f"visit {pin.visit!r} does not allow shift {pin.shift!r}")
        _once(entry, ("visit", pin.visit), f"visit {pin.visit!r} is pinned", pinned, number)
        if pin.position is not None:
            _whole(f"{entry}.position", pin.position)
            seat = ("seat", pin.shift, pin.position)
            taken = f"position {pin.position} of shift {pin.shift!r} is taken"
            _once(entry, seat, taken, pinned, number)
    _each("pins", problem.pins, lambda entry, pin: _reachable(entry, pin, problem))


def _once(entry: str, key: Value, complaint: str, seen: dict[Value, int], number: int) -> None:
    if key in seen:
        _refuse(entry, f"{complaint} by pins[{seen[key]}] already")
    seen[key] = number


def _reachable(entry: str, pin: Value, problem: Value) -> None:
    """A position can only exist if enough other visits may ride ahead of it."""
    if pin.position is None:
        return
    elsewhere = {other.visit for other in problem.pins if other.shift != pin.shift}
    most = sum(
        visit.id not in elsewhere and (visit.shifts is None or pin.shift in visit.shifts)
        for visit in problem.visits
    )
    if pin.position >= most:
        _refuse(f"{entry}.position", f"shift {pin.shift!r} can have {most} stops at most")


def _sums(problem: Value) -> None:
    """A mandatory visit is priced above everything else together, and that must fit 64 bits."""
    if dearest(problem) * (len(problem.visits) + 2) >= 2**61:
        _refuse("shifts", "costs, distances and times are too large to be added up")
