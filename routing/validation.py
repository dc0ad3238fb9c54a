"""Validation of a problem: every contradiction, with the entry at fault.

It reads attributes only, so that `problem` can import it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from routing import invalid_entry
from routing.cost_bound import dearest
from routing.field_types import refuse_wrong_types
from routing.spreads import LARGEST_LEVEL, LEAST_LEVEL
from routing.travel.matrix import Travel
from routing.units import LARGEST

PRICES_OF_A_SHIFT = (
    "fixed_cost cents_per_km cents_per_hour cents_per_driving_hour overtime_cents_per_hour"
)
BOUNDS_OF_A_SHIFT = (
    "carried_until overtime_from max_driving max_working max_metres max_stops outside"
)
PRICES_AND_TIMES_OF_A_VISIT = "service setup preference cents_per_hour_late"
SPREADS = "leg day hour service"
LEVELS = "promise_kept clock_kept"

# Validation runs before the class `Problem` is complete, and `problem` imports this module:
# values are untyped here.
Value = Any

MOST_BREAKS: Final = 60
"""Most breaks of a shift; the planner keeps a set of them in the bits of an integer."""


def validate(problem: Value) -> None:
    """Refuse a problem that contradicts itself.

    Raises
    ------
    InvalidProblemError
        The first entry at fault is named.
    """
    _types(problem)
    invalid_entry.names("dimensions", problem.dimensions)
    if problem.skills is not None:
        invalid_entry.names("skills", sorted(problem.skills))
    for name in ("places", "visits", "shifts"):
        invalid_entry.ids(name, getattr(problem, name))
    if not problem.shifts:
        invalid_entry.refuse("shifts", "there is no shift")
    invalid_entry.each("places", problem.places, _place)
    _travel(problem)
    there = _There(problem)
    invalid_entry.each(
        "shifts", problem.shifts, lambda entry, one: _shift(entry, one, problem, there)
    )
    invalid_entry.each(
        "visits", problem.visits, lambda entry, one: _visit(entry, one, problem, there)
    )
    _pins(problem)
    invalid_entry.each(
        "shipments", problem.shipments, lambda entry, one: _shipment(entry, one, there)
    )
    _shipped_once(problem)
    invalid_entry.each(
        "balances", problem.balances, lambda entry, one: _balance(entry, one, problem)
    )
    _periods(problem)
    _risk(problem)
    _one_at_a_time(problem)
    _sums(problem)


def _types(problem: Value) -> None:
    """Refuse values of wrong types, before anything is read from them."""
    refuse_wrong_types("", problem)
    for name in ("places", "shifts", "visits", "pins", "shipments", "balances", "periods"):
        invalid_entry.each(name, getattr(problem, name), refuse_wrong_types)
    for profile, travel in problem.travel.items():
        if not isinstance(travel, Travel):
            invalid_entry.refuse(f"travel.{profile}", "is no Travel")
    for number, shift in enumerate(problem.shifts):
        invalid_entry.each(f"shifts[{number}].breaks", shift.breaks, refuse_wrong_types)
        if shift.reload is not None:
            refuse_wrong_types(f"shifts[{number}].reload", shift.reload)


class _There:
    """Names that entries refer to, collected once for thousands of entries."""

    def __init__(self, problem: Value) -> None:
        self.places = {place.id: place for place in problem.places}
        self.visits = {visit.id: visit for visit in problem.visits}
        self.shifts = {shift.id for shift in problem.shifts}
        self.pins = {pin.visit: pin.shift for pin in problem.pins}
        self.delivered = {shipment.delivery for shipment in problem.shipments}


def _place(entry: str, place: Value) -> None:
    for name, bound in (("latitude", 90), ("longitude", 180)):
        value = getattr(place, name)
        if value is not None and not -bound <= value <= bound:
            invalid_entry.refuse(f"{entry}.{name}", f"is not between -{bound} and {bound}")
    if (place.latitude is None) != (place.longitude is None):
        invalid_entry.refuse(entry, "has only one of latitude and longitude")


def _travel(problem: Value) -> None:
    for profile, travel in problem.travel.items():
        for name in ("seconds", "metres", "cents"):
            matrix = getattr(travel, name)
            if matrix is not None or name != "cents":
                _matrix(f"travel.{profile}.{name}", matrix, len(problem.places))


def _matrix(entry: str, matrix: Value, size: int) -> None:
    if not isinstance(matrix, tuple) or not all(isinstance(row, tuple) for row in matrix):
        invalid_entry.refuse(entry, "is no matrix of whole numbers")
    if len(matrix) != size:
        invalid_entry.refuse(entry, f"has {len(matrix)} rows for {size} places")
    judged: set[int] = set()
    for position, row in enumerate(matrix):
        if id(row) in judged:
            continue
        judged.add(id(row))
        if len(row) != size:
            invalid_entry.refuse(
                f"{entry}[{position}]", f"has {len(row)} columns for {size} places"
            )
        # The common case is judged at C speed; only a bad row is walked to name its entry.
        if not (set(map(type, row)) <= {int} and min(row) >= 0 and max(row) <= LARGEST):
            invalid_entry.each(f"{entry}[{position}]", row, invalid_entry.whole)


def _skills(entry: str, skills: Iterable[str], problem: Value) -> None:
    for skill in sorted(skills):
        invalid_entry.name(entry, skill)
        if problem.skills is not None:
            invalid_entry.known(entry, skill, "skill", problem.skills)


def _shift(entry: str, shift: Value, problem: Value, there: _There) -> None:
    invalid_entry.name(f"{entry}.collector", shift.collector)
    invalid_entry.known(f"{entry}.start", shift.start, "place", there.places)
    _ends(f"{entry}.ends", shift.ends, there.places)
    invalid_entry.window(f"{entry}.window", shift.window)
    for name in ("capacity", "carried"):
        invalid_entry.amounts(f"{entry}.{name}", getattr(shift, name), problem.dimensions)
    _skills(f"{entry}.skills", shift.skills, problem)
    for name in PRICES_OF_A_SHIFT.split():
        invalid_entry.whole(f"{entry}.{name}", getattr(shift, name))
    invalid_entry.optional(entry, shift, BOUNDS_OF_A_SHIFT)
    invalid_entry.whole(f"{entry}.late_start", shift.late_start)
    _breaks(f"{entry}.breaks", shift.breaks)
    if shift.reload is not None:
        _reload(f"{entry}.reload", shift.reload, there.places)
    if shift.zones is not None:
        invalid_entry.names(f"{entry}.zones", sorted(shift.zones))
    invalid_entry.known(f"{entry}.profile", shift.profile, "travel profile", problem.travel)


def _ends(entry: str, ends: Sequence[str], places: Mapping[str, Value]) -> None:
    if not ends:
        invalid_entry.refuse(entry, "there is no place to end at")
    invalid_entry.names(entry, ends)
    for position, end in enumerate(ends):
        invalid_entry.known(f"{entry}[{position}]", end, "place", places)
    if len({places[end].receives for end in ends}) > 1:
        invalid_entry.refuse(entry, "some of them receive and some do not")


def _breaks(entry: str, breaks: Sequence[Value]) -> None:
    invalid_entry.ids(entry, breaks)
    if len(breaks) > MOST_BREAKS:
        invalid_entry.refuse(entry, f"{len(breaks)} breaks, and a shift may owe {MOST_BREAKS}")
    for position, rest in enumerate(breaks):
        invalid_entry.windows(f"{entry}[{position}].windows", rest.windows)
        invalid_entry.whole(f"{entry}[{position}].duration", rest.duration)


def _reload(entry: str, reload: Value, places: Mapping[str, Value]) -> None:
    if not reload.places:
        invalid_entry.refuse(f"{entry}.places", "there is no place to unload at")
    invalid_entry.names(f"{entry}.places", reload.places)
    for position, name in enumerate(reload.places):
        invalid_entry.known(f"{entry}.places[{position}]", name, "place", places)
        if not places[name].receives:
            invalid_entry.refuse(f"{entry}.places[{position}]", f"{name!r} receives nothing")
    invalid_entry.whole(f"{entry}.service", reload.service)
    invalid_entry.whole(f"{entry}.times", reload.times)


def _visit(entry: str, visit: Value, problem: Value, there: _There) -> None:
    invalid_entry.known(f"{entry}.place", visit.place, "place", there.places)
    for name in PRICES_AND_TIMES_OF_A_VISIT.split():
        invalid_entry.whole(f"{entry}.{name}", getattr(visit, name))
    invalid_entry.windows(f"{entry}.windows", visit.windows)
    least = -LARGEST if visit.id in there.delivered else 0
    invalid_entry.amounts(f"{entry}.load", visit.load, problem.dimensions, least=least)
    invalid_entry.amounts(f"{entry}.brought", visit.brought, problem.dimensions)
    for item, limit in visit.ride_limits.items():
        invalid_entry.name(f"{entry}.ride_limits", item)
        invalid_entry.whole(f"{entry}.ride_limits.{item}", limit)
    _skills(f"{entry}.skills", visit.skills, problem)
    _who(entry, visit, there)
    invalid_entry.optional(entry, visit, "release deadline due penalty")
    if visit.service_spread is not None:
        invalid_entry.percent(f"{entry}.service_spread", visit.service_spread)
    invalid_entry.percent(f"{entry}.no_show", visit.no_show)
    _dates(entry, visit)
    for name in ("donor", "zone"):
        if getattr(visit, name) is not None:
            invalid_entry.name(f"{entry}.{name}", getattr(visit, name))


def _who(entry: str, visit: Value, there: _There) -> None:
    if visit.shifts is not None:
        for shift in sorted(visit.shifts):
            invalid_entry.known(f"{entry}.shifts", shift, "shift", there.shifts)
    for name in ("collectors", "forbidden", "preferred"):
        invalid_entry.names(f"{entry}.{name}", sorted(getattr(visit, name) or ()))
    if visit.preference and not visit.preferred:
        invalid_entry.refuse(f"{entry}.preference", "there is no preferred collector")


def _dates(entry: str, visit: Value) -> None:
    if visit.deadline is not None and (visit.release or 0) > visit.deadline:
        invalid_entry.refuse(f"{entry}.deadline", "is before the release")
    if (visit.due is None) != (visit.cents_per_hour_late == 0):
        invalid_entry.refuse(f"{entry}.due", "and cents_per_hour_late go together")


def _pins(problem: Value) -> None:
    visits = {visit.id: visit for visit in problem.visits}
    collectors = {shift.id: shift.collector for shift in problem.shifts}
    pinned: dict[Value, int] = {}
    for number, pin in enumerate(problem.pins):
        entry = f"pins[{number}]"
        invalid_entry.known(f"{entry}.visit", pin.visit, "visit", visits)
        invalid_entry.known(
            f"{entry}.shift", pin.shift, "shift", {shift.id for shift in problem.shifts}
        )
        allowed = visits[pin.visit].shifts
        if allowed is not None and pin.shift not in allowed:
            invalid_entry.refuse(entry, f"visit {pin.visit!r} does not allow shift {pin.shift!r}")
        _pinned_on(entry, visits[pin.visit], collectors[pin.shift])
        _once(entry, ("visit", pin.visit), f"visit {pin.visit!r} is pinned", pinned, number)
        if pin.position is not None:
            invalid_entry.whole(f"{entry}.position", pin.position)
            seat = ("seat", pin.shift, pin.position)
            taken = f"position {pin.position} of shift {pin.shift!r} is taken"
            _once(entry, seat, taken, pinned, number)
    invalid_entry.each("pins", problem.pins, lambda entry, pin: _reachable(entry, pin, problem))


def _pinned_on(entry: str, visit: Value, collector: str) -> None:
    allowed = visit.collectors is None or collector in visit.collectors
    if not allowed or collector in visit.forbidden:
        invalid_entry.refuse(entry, f"visit {visit.id!r} does not allow collector {collector!r}")


def _once(entry: str, key: Value, complaint: str, seen: dict[Value, int], number: int) -> None:
    if key in seen:
        invalid_entry.refuse(entry, f"{complaint} by pins[{seen[key]}] already")
    seen[key] = number


def _reachable(entry: str, pin: Value, problem: Value) -> None:
    """Refuse a pinned position beyond the number of visits that may precede it."""
    if pin.position is None:
        return
    elsewhere = {other.visit for other in problem.pins if other.shift != pin.shift}
    most = sum(
        visit.id not in elsewhere and (visit.shifts is None or pin.shift in visit.shifts)
        for visit in problem.visits
    )
    if pin.position >= most:
        invalid_entry.refuse(
            f"{entry}.position", f"shift {pin.shift!r} can have {most} stops at most"
        )


def _shipment(entry: str, shipment: Value, there: _There) -> None:
    visits, pins = there.visits, there.pins
    for name in ("pickup", "delivery"):
        invalid_entry.known(f"{entry}.{name}", getattr(shipment, name), "visit", visits)
    fetched, handed = visits[shipment.pickup].load, visits[shipment.delivery].load
    dimensions = {*fetched, *handed}
    if any(handed.get(name, 0) != -fetched.get(name, 0) for name in dimensions):
        invalid_entry.refuse(entry, "the delivery's load is not what the pick-up's load puts on")
    both = (shipment.pickup in pins) and (shipment.delivery in pins)
    if both and pins[shipment.pickup] != pins[shipment.delivery]:
        invalid_entry.refuse(entry, "its two visits are pinned on two shifts")


def _shipped_once(problem: Value) -> None:
    seen: set[str] = set()
    for number, shipment in enumerate(problem.shipments):
        for end in (shipment.pickup, shipment.delivery):
            if end in seen:
                invalid_entry.refuse(
                    f"shipments[{number}]", f"visit {end!r} is in a shipment already"
                )
            seen.add(end)


def _balance(entry: str, balance: Value, problem: Value) -> None:
    shifts = {shift.id for shift in problem.shifts}
    if balance.measure not in {"stops", "seconds", "metres"}:
        invalid_entry.refuse(f"{entry}.measure", f"{balance.measure!r} cannot be balanced")
    for shift in sorted(balance.shifts):
        invalid_entry.known(f"{entry}.shifts", shift, "shift", shifts)
    invalid_entry.whole(f"{entry}.share", balance.share)
    invalid_entry.whole(f"{entry}.cents", balance.cents)


def _periods(problem: Value) -> None:
    if problem.periods:
        invalid_entry.windows("periods", problem.periods)
    for number, shift in enumerate(problem.shifts):
        for position, period in enumerate(problem.periods):
            apart = shift.window.latest < period.earliest or shift.window.earliest > period.latest
            inside = (
                period.earliest <= shift.window.earliest and shift.window.latest <= period.latest
            )
            if not apart and not inside:
                invalid_entry.refuse(
                    f"shifts[{number}].window", f"is only partly inside periods[{position}]"
                )


def _risk(problem: Value) -> None:
    """Refuse spreads that no margin covers, and levels that no day or every day reaches."""
    for name in SPREADS.split():
        invalid_entry.percent(f"spreads.{name}", getattr(problem.spreads, name))
    for name in LEVELS.split():
        invalid_entry.percent(
            f"safety.{name}",
            getattr(problem.safety, name),
            least=LEAST_LEVEL,
            largest=LARGEST_LEVEL,
        )
    for name in ("promise_price", "end_price", "clock_price"):
        invalid_entry.whole(f"safety.{name}", getattr(problem.safety, name))


def _one_at_a_time(problem: Value) -> None:
    """Refuse overlapping shifts of one collector; they may touch."""
    seen: dict[str, list[int]] = {}
    for number, shift in enumerate(problem.shifts):
        window = shift.window
        for earlier in seen.setdefault(shift.collector, []):
            other = problem.shifts[earlier].window
            if window.earliest < other.latest and other.earliest < window.latest:
                invalid_entry.refuse(
                    f"shifts[{number}].window",
                    f"overlaps with shifts[{earlier}], and {shift.collector!r} drives both",
                )
        seen[shift.collector].append(number)


def _sums(problem: Value) -> None:
    """Refuse costs beyond 64 bits, with mandatory visits priced above all other costs."""
    if dearest(problem) * (len(problem.visits) + 2) >= 2**61:
        invalid_entry.refuse("shifts", "costs, distances and times are too large to be added up")
