"""Knows everything the planner may know: places, travel, visits, shifts and pins.

Conventions: instants are whole seconds since the problem's epoch; a window bounds the *begin* of
service and includes both its ends; travel is rounded up and matrices are directed (row: from,
column: to). A `Problem` that exists is valid: its constructor refuses every mistake by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.travel.matrix import Travel as Travel  # noqa: PLC0414 - handed on: part of a problem
from routing.units import AT_ONCE, FREE, Cents, Metres, Seconds
from routing.validation import validate


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something happens: a door, a depot, a freezer.

    Attributes
    ----------
    receives : bool
        It is a freezer or a laboratory: the ride of an item may end here.
    """

    id: str
    latitude: float | None = None
    longitude: float | None = None
    receives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, both ends included."""

    earliest: Seconds
    latest: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A pick-up as the planner sees it.

    Attributes
    ----------
    windows : tuple of Window
        When service may begin; ascending, not overlapping, at least one.
    load : mapping of str to int
        What the visit adds, per dimension; a dimension not named is 0.
    ride_limits : mapping of str to Seconds
        Per item, the longest time from the end of service to the arrival at the shift's end.
    skills : frozenset of str
        What the shift must have.
    shifts : frozenset of str, optional
        The only shifts that may serve it; None allows every shift.
    penalty : Cents, optional
        The price of leaving it out; None makes it mandatory.
    """

    id: str
    place: str
    windows: tuple[Window, ...]
    service: Seconds = AT_ONCE
    load: Mapping[str, int] = field(default_factory=dict)
    ride_limits: Mapping[str, Seconds] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()
    shifts: frozenset[str] | None = None
    penalty: Cents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One collector, one vehicle, one stretch of one day.

    Attributes
    ----------
    window : Window
        The earliest departure from `start` and the latest arrival at `end`.
    capacity : mapping of str to int
        What the vehicle can carry, per dimension; a dimension not named is not limited.
    fixed_cost : Cents
        Owed as soon as the shift serves one visit.
    cents_per_hour : int
        For the time from departure to arrival, waiting included.
    profile : str
        The travel it uses.
    """

    id: str
    collector: str
    start: str
    end: str
    window: Window
    capacity: Mapping[str, int] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()
    fixed_cost: Cents = FREE
    cents_per_km: int = 0
    cents_per_hour: int = 0
    profile: str = "car"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A coordinator's decision that the planner must keep.

    Attributes
    ----------
    shift : str
        The only shift that may serve the visit.
    position : int, optional
        Its place in that tour, the first stop being 0; None leaves it free.
    """

    visit: str
    shift: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the planner is asked.

    Attributes
    ----------
    dimensions : tuple of str
        What loads and capacities are counted in, for example bottles, ml and tubes.
    travel : mapping of str to Travel
        Per profile.
    skills : frozenset of str, optional
        The skills that exist; when given, a skill outside it is refused as a slip.

    Raises
    ------
    InvalidProblemError
        Something contradicts itself; the entry is named.
    """

    places: tuple[Place, ...]
    travel: Mapping[str, Travel]
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...] = ()
    pins: tuple[Pin, ...] = ()
    dimensions: tuple[str, ...] = ()
    skills: frozenset[str] | None = None
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _visits: Mapping[str, Visit] = field(init=False, repr=False, compare=False)
    _shifts: Mapping[str, Shift] = field(init=False, repr=False, compare=False)
    _pins: Mapping[str, Pin] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        validate(self)
        remember = object.__setattr__
        remember(self, "_places", {place.id: row for row, place in enumerate(self.places)})
        remember(self, "_visits", {visit.id: visit for visit in self.visits})
        remember(self, "_shifts", {shift.id: shift for shift in self.shifts})
        remember(self, "_pins", {pin.visit: pin for pin in self.pins})

    def visit(self, name: str) -> Visit | None:
        """The visit of this id, if there is one."""
        return self._visits.get(name)

    def shift(self, name: str) -> Shift | None:
        """The shift of this id, if there is one."""
        return self._shifts.get(name)

    def pin(self, visit: str) -> Pin | None:
        """The pin of this visit, if it has one."""
        return self._pins.get(visit)

    def place(self, name: str) -> Place:
        """The place of this id, which must exist."""
        return self.places[self._places[name]]

    def row(self, place: str) -> int:
        """The row and column of a place in the travel matrices."""
        return self._places[place]

    def seconds(self, profile: str, *, start: str, end: str) -> Seconds:
        """Seconds of travel from one place to another."""
        return Seconds(self.travel[profile].seconds[self._places[start]][self._places[end]])

    def metres(self, profile: str, *, start: str, end: str) -> Metres:
        """Metres of travel from one place to another."""
        return Metres(self.travel[profile].metres[self._places[start]][self._places[end]])

    def mandatory(self, visit: Visit) -> bool:
        """No sum of money is worth leaving this visit out: it has no penalty, or it is pinned."""
        return visit.penalty is None or visit.id in self._pins
