"""Knows everything the planner may know: places, travel, visits, shifts and pins.

Conventions: instants are whole seconds since the problem's epoch; a window bounds the *begin* of
service and includes both its ends; travel is rounded up and matrices are directed (row: from,
column: to). A `Problem` that exists is valid: its constructor refuses every mistake by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from routing.travel.matrix import Travel as Travel  # noqa: PLC0414 - handed on: part of a problem
from routing.units import AT_ONCE, FREE, LARGEST, Cents, Metres, Seconds
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
        When service may begin, on as many days as need be; ascending, apart, at least one.
    service : Seconds
        At the door.
    setup : Seconds
        On top of the service where the point ahead of it in the tour is another place.
    load : mapping of str to int
        What is collected, per dimension; a dimension not named is 0. Negative only for the delivery
        of a shipment.
    brought : mapping of str to int
        What is brought to the door, per dimension: on board from the departure until here.
    ride_limits : mapping of str to Seconds
        Per item, the longest time from the end of service to the arrival at a place that receives.
    skills : frozenset of str
        What the shift must have.
    shifts : frozenset of str, optional
        The only shifts that may serve it; None allows every shift.
    collectors : frozenset of str, optional
        The only collectors who may serve it; None allows everybody.
    forbidden : frozenset of str
        Collectors who may not serve it.
    preferred : frozenset of str
        Collectors who had better serve it.
    preference : Cents
        The price of somebody else than the preferred.
    release, deadline : Seconds, optional
        The first and the last instant at which service may begin.
    due : Seconds, optional
        From here on every hour of waiting for the service to begin costs `cents_per_hour_late`.
    donor : str, optional
        At most one visit of a donor is served per period of the problem.
    zone : str, optional
        Where it lies; see `Shift.zones`.
    penalty : Cents, optional
        The price of leaving it out; None makes it mandatory.
    """

    id: str
    place: str
    windows: tuple[Window, ...]
    service: Seconds = AT_ONCE
    setup: Seconds = AT_ONCE
    load: Mapping[str, int] = field(default_factory=dict)
    brought: Mapping[str, int] = field(default_factory=dict)
    ride_limits: Mapping[str, Seconds] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()
    shifts: frozenset[str] | None = None
    collectors: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    preference: Cents = FREE
    release: Seconds | None = None
    deadline: Seconds | None = None
    due: Seconds | None = None
    cents_per_hour_late: int = 0
    donor: str | None = None
    zone: str | None = None
    penalty: Cents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rest that a collector on the road must have.

    It is owed unless it can be had before the departure or after the arrival. It interrupts a way
    or a wait, never a service.

    Attributes
    ----------
    windows : tuple of Window
        When it may begin; ascending, not overlapping, at least one.
    """

    id: str
    windows: tuple[Window, ...]
    duration: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """Leave to empty the box on the way and go on: whatever was collected stays there.

    Attributes
    ----------
    places : tuple of str
        Freezers, each of which receives.
    service : Seconds
        How long it takes there.
    times : int
        How often at most in one tour.
    """

    places: tuple[str, ...]
    service: Seconds = AT_ONCE
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One collector, one vehicle, one stretch of one day.

    Attributes
    ----------
    ends : tuple of str
        Where the tour may end: it ends at the nearest to its last stop, in seconds, then in metres,
        then in this order. Either all of them receive or none does.
    window : Window
        The earliest departure from `start` and the latest arrival at the end.
    departed : bool
        The collector is on the road already: the tour departs when the window opens, not later.
    capacity : mapping of str to int
        What the vehicle can carry, per dimension; a dimension not named is not limited.
    carried : mapping of str to int
        What is on board at the departure, per dimension, until the first place that receives.
    carried_until : Seconds, optional
        When that must have reached such a place.
    fixed_cost : Cents
        Owed as soon as the shift serves one visit.
    cents_per_hour : int
        For the time from departure to arrival, waiting and breaks included.
    cents_per_driving_hour : int
        For travel alone, on top.
    overtime_from : Seconds, optional
        From here on every hour until the arrival costs `overtime_cents_per_hour` more.
    max_driving, max_working : Seconds, optional
        The longest travel; the longest time from departure to arrival, breaks included.
    max_metres, max_stops : optional
        The longest road; the most visits.
    zones : frozenset of str, optional
        Where it is at home; None is at home everywhere, and so is everybody with a visit that has
        no zone.
    outside : Cents, optional
        The price of each visit outside those zones; None forbids them.
    profile : str
        The travel it uses.
    """

    id: str
    collector: str
    start: str
    ends: tuple[str, ...]
    window: Window
    departed: bool = False
    capacity: Mapping[str, int] = field(default_factory=dict)
    carried: Mapping[str, int] = field(default_factory=dict)
    carried_until: Seconds | None = None
    skills: frozenset[str] = frozenset()
    fixed_cost: Cents = FREE
    cents_per_km: int = 0
    cents_per_hour: int = 0
    cents_per_driving_hour: int = 0
    overtime_from: Seconds | None = None
    overtime_cents_per_hour: int = 0
    max_driving: Seconds | None = None
    max_working: Seconds | None = None
    max_metres: Metres | None = None
    max_stops: int | None = None
    breaks: tuple[Break, ...] = ()
    reload: Reload | None = None
    zones: frozenset[str] | None = None
    outside: Cents | None = None
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
class Shipment:
    """Something fetched at one visit and handed over at another, by the same tour, or not at all.

    What the delivery's load takes off is what the pick-up's load has put on.
    """

    pickup: str
    delivery: str


class Measure(StrEnum):
    """What is balanced between shifts, and the unit its price is for."""

    STOPS = "stops"
    """Cents per stop."""
    SECONDS = "seconds"
    """Of working time, from departure to arrival; cents per hour."""
    METRES = "metres"
    """Cents per kilometre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The price of a tour that is longer than its fair share.

    Every tour pays for its own excess over the share, so a tour never gets cheaper by being made
    longer, as it can where the difference between the longest and the shortest is priced (Matl,
    Hartl and Vidal, Workload equity in vehicle routing problems, 2018).

    Attributes
    ----------
    shifts : frozenset of str
        Between which the work is shared.
    share : int
        What one of them may have for nothing, in stops, seconds or metres.
    cents : int
        Per stop, hour or kilometre above.
    """

    measure: Measure
    shifts: frozenset[str]
    share: int
    cents: int


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
    derived : dict
        What others have computed from the problem and keep with it; no part of its value.
    periods : tuple of Window
        Stretches in which a donor is visited once at most; ascending, apart. A shift lies inside
        one of them or outside all.

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
    shipments: tuple[Shipment, ...] = ()
    balances: tuple[Balance, ...] = ()
    periods: tuple[Window, ...] = ()
    dimensions: tuple[str, ...] = ()
    skills: frozenset[str] | None = None
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _visits: Mapping[str, Visit] = field(init=False, repr=False, compare=False)
    _rows: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _shift_rows: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _shifts: Mapping[str, Shift] = field(init=False, repr=False, compare=False)
    _pins: Mapping[str, Pin] = field(init=False, repr=False, compare=False)
    _partners: Mapping[str, Shipment] = field(init=False, repr=False, compare=False)
    derived: dict[str, object] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        validate(self)
        remember = object.__setattr__
        remember(self, "_places", {place.id: row for row, place in enumerate(self.places)})
        remember(self, "_visits", {visit.id: visit for visit in self.visits})
        remember(self, "_rows", {visit.id: row for row, visit in enumerate(self.visits)})
        remember(self, "_shift_rows", {shift.id: row for row, shift in enumerate(self.shifts)})
        remember(self, "_shifts", {shift.id: shift for shift in self.shifts})
        remember(self, "_pins", {pin.visit: pin for pin in self.pins})
        both = {end: one for one in self.shipments for end in (one.pickup, one.delivery)}
        remember(self, "_partners", both)

    def visit(self, name: str) -> Visit | None:
        """The visit of this id, if there is one."""
        return self._visits.get(name)

    def shift(self, name: str) -> Shift | None:
        """The shift of this id, if there is one."""
        return self._shifts.get(name)

    def visit_row(self, name: str) -> int:
        """The position of a visit, which must exist, in `visits`."""
        return self._rows[name]

    def shift_row(self, name: str) -> int:
        """The position of a shift, which must exist, in `shifts`."""
        return self._shift_rows[name]

    def pin(self, visit: str) -> Pin | None:
        """The pin of this visit, if it has one."""
        return self._pins.get(visit)

    def shipment(self, visit: str) -> Shipment | None:
        """The shipment that this visit is one end of, if it is."""
        return self._partners.get(visit)

    def place(self, name: str) -> Place:
        """The place of this id, which must exist."""
        return self.places[self._places[name]]

    def has_place(self, name: str) -> bool:
        """Whether there is a place of this id."""
        return name in self._places

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


def spare(problem: Problem, shift: Shift) -> Seconds:
    """How much longer a shift could last: to its collector's next one, or the end of its period."""
    latest = shift.window.latest
    ahead: list[int] = [
        other.window.earliest
        for other in problem.shifts
        if other.collector == shift.collector and other.window.earliest >= latest
        if other.id != shift.id
    ]
    ahead += [period.latest for period in problem.periods if period.latest >= latest]
    # A shift outside all periods must not reach into the next.
    ahead += [period.earliest - 1 for period in problem.periods if period.earliest > latest]
    return Seconds(min(ahead, default=LARGEST) - latest)
