"""The planning problem: places, travel, visits, shifts and pins.

Conventions: instants are whole seconds since the problem's epoch; a window bounds the *begin* of
service and includes both its ends; travel is rounded up and matrices are directed (row: from,
column: to). NumPy's scalars and arrays, lists and sets are welcome wherever a number, a tuple or a
frozenset stands. The constructor of `Problem` refuses every mistake and names the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.balance import Balance as Balance  # noqa: PLC0414 - handed on: part of a problem
from routing.balance import Measure as Measure  # noqa: PLC0414 - handed on: part of a problem
from routing.field_types import PlainFields, make_plain
from routing.spreads import CERTAIN, UNPRICED
from routing.spreads import Safety as Safety  # noqa: PLC0414 - handed on: part of a problem
from routing.spreads import Spreads as Spreads  # noqa: PLC0414 - handed on: part of a problem
from routing.travel.matrix import Travel as Travel  # noqa: PLC0414 - handed on: part of a problem
from routing.units import AT_ONCE, FREE, Cents, Metres, Seconds
from routing.validation import validate


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(PlainFields):
    """A place of the problem: a door, a depot, a freezer.

    Attributes
    ----------
    latitude, longitude : float, optional
        In degrees, north and east positive.
    receives : bool
        Whether it is a freezer or a laboratory, where the ride of an item ends.
    """

    id: str
    latitude: float | None = None
    longitude: float | None = None
    receives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(PlainFields):
    """An interval of time, both ends included."""

    earliest: Seconds
    latest: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(PlainFields):
    """A pick-up request in the planning problem.

    Attributes
    ----------
    windows : tuple of Window
        Intervals of the begin of service, on any number of days; ascending, apart, at least one.
    service : Seconds
        The time at the door.
    setup : Seconds
        Extra time if the point before it in the tour is another place.
    load : mapping of str to int
        The collected amount per dimension, default 0. Negative only for the delivery of a
        shipment.
    brought : mapping of str to int
        The amount brought to the door per dimension, on board from the departure until here.
    ride_limits : mapping of str to Seconds
        Per item, the longest time from the end of service to the arrival at a place that receives.
    skills : frozenset of str
        The skills required of the shift.
    shifts : frozenset of str, optional
        The only shifts that may serve it; None allows every shift.
    collectors : frozenset of str, optional
        The allowed collectors; None allows all.
    forbidden : frozenset of str
        The forbidden collectors.
    preferred : frozenset of str
        The preferred collectors.
    preference : Cents
        The price of a collector other than the preferred.
    release : Seconds, optional
        The first instant at which service may begin.
    deadline : Seconds, optional
        The last instant at which service may begin.
    due : Seconds, optional
        The instant from which every hour until the begin of service costs `cents_per_hour_late`.
    cents_per_hour_late : int
        The price of an hour after `due`.
    donor : str, optional
        At most one visit of a donor is served per period of the problem.
    zone : str, optional
        Its zone; see `Shift.zones`.
    penalty : Cents, optional
        The price of leaving it unassigned; None makes it mandatory.
    service_spread : int, optional
        The spread of its service in percent; None takes the spread of the problem.
    no_show : int
        Percent of days on which the donor does not come to the door.
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
    service_spread: int | None = None
    no_show: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(PlainFields):
    """A break required of a collector on the road.

    It is required unless it fits before the departure or after the arrival. It interrupts travel
    or a wait, never a service.

    Attributes
    ----------
    windows : tuple of Window
        Intervals of its begin; ascending, not overlapping, at least one.
    duration : Seconds
        Its length.
    """

    id: str
    windows: tuple[Window, ...]
    duration: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload(PlainFields):
    """Permission to unload on the way; all items collected so far stay there.

    Attributes
    ----------
    places : tuple of str
        Freezers, each of which receives.
    service : Seconds
        The duration of an unloading.
    times : int
        The most unloadings in one tour.
    """

    places: tuple[str, ...]
    service: Seconds = AT_ONCE
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(PlainFields):
    """One collector and one vehicle during one interval of one day.

    Attributes
    ----------
    ends : tuple of str
        The permitted ends; a tour ends at the nearest to its last stop, by seconds, then metres,
        then this order. Either all of them receive or none does.
    window : Window
        The earliest departure from `start` and the latest arrival at the end.
    departed : bool
        Whether the collector is on the road; the tour then departs when the window opens.
    capacity : mapping of str to int
        The capacity per dimension; a dimension not named is not limited.
    carried : mapping of str to int
        The load on board at the departure, per dimension, until the first receiving place.
    carried_until : Seconds, optional
        The latest arrival of that load at a receiving place.
    skills : frozenset of str
        The skills of the collector and the vehicle.
    fixed_cost : Cents
        The price of the shift once it serves a visit.
    cents_per_km : int
        The price of a kilometre.
    cents_per_hour : int
        The price of an hour from departure to arrival, waiting and breaks included.
    cents_per_driving_hour : int
        An extra price of an hour of travel.
    overtime_from : Seconds, optional
        The instant from which every hour until the arrival costs `overtime_cents_per_hour` more.
    overtime_cents_per_hour : int
        The extra price of an hour of overtime.
    max_driving : Seconds, optional
        The longest travel.
    max_working : Seconds, optional
        The longest time from departure to arrival, breaks included.
    max_metres : Metres, optional
        The longest road.
    max_stops : int, optional
        The most visits.
    breaks : tuple of Break
        The breaks required of the collector.
    reload : Reload, optional
        The permission to unload on the way; None forbids it.
    zones : frozenset of str, optional
        Its zones; None means no restriction. A visit without a zone is never restricted.
    outside : Cents, optional
        The price of each visit outside its zones; None forbids them.
    profile : str
        The key of its travel matrices.
    late_start : Seconds
        How late a departure typically is: the root mean square of the lateness.
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
    late_start: Seconds = AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(PlainFields):
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
class Shipment(PlainFields):
    """An item collected at one visit and delivered at another, by the same tour, or not at all.

    The delivery's load is the negative of the pick-up's load.
    """

    pickup: str
    delivery: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The planning problem.

    Attributes
    ----------
    dimensions : tuple of str
        The dimensions of loads and capacities, for example bottles, ml and tubes.
    travel : mapping of str to Travel
        Travel matrices by profile.
    skills : frozenset of str, optional
        The skills that exist; when given, a skill outside it is refused as a slip.
    derived : dict
        A cache of values derived from the problem; no part of its value.
    periods : tuple of Window
        Intervals with at most one visit per donor; ascending, apart. A shift lies inside one of
        them or outside all.
    spreads : Spreads
        The spreads of travel and services; every time is certain by default.
    safety : Safety
        The levels at which a plan should hold, and their prices.

    Raises
    ------
    InvalidProblemError
        The problem contradicts itself; the entry is named.
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
    spreads: Spreads = CERTAIN
    safety: Safety = UNPRICED
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _visits: Mapping[str, Visit] = field(init=False, repr=False, compare=False)
    _rows: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _shift_rows: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _shifts: Mapping[str, Shift] = field(init=False, repr=False, compare=False)
    _pins: Mapping[str, Pin] = field(init=False, repr=False, compare=False)
    _partners: Mapping[str, Shipment] = field(init=False, repr=False, compare=False)
    derived: dict[str, object] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        make_plain(self)
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
        """Return the visit of an id, or None."""
        return self._visits.get(name)

    def shift(self, name: str) -> Shift | None:
        """Return the shift of an id, or None."""
        return self._shifts.get(name)

    def visit_row(self, name: str) -> int:
        """Return the index of an existing visit in `visits`."""
        return self._rows[name]

    def shift_row(self, name: str) -> int:
        """Return the index of an existing shift in `shifts`."""
        return self._shift_rows[name]

    def pin(self, visit: str) -> Pin | None:
        """Return the pin of a visit, or None."""
        return self._pins.get(visit)

    def shipment(self, visit: str) -> Shipment | None:
        """Return the shipment of a visit, or None."""
        return self._partners.get(visit)

    def place(self, name: str) -> Place:
        """Return the existing place of an id."""
        return self.places[self._places[name]]

    def has_place(self, name: str) -> bool:
        """Return whether there is a place of an id."""
        return name in self._places

    def row(self, place: str) -> int:
        """Return the row and column of a place in the travel matrices."""
        return self._places[place]

    def seconds(self, profile: str, *, start: str, end: str) -> Seconds:
        """Return the seconds of travel from one place to another."""
        return Seconds(self.travel[profile].seconds[self._places[start]][self._places[end]])

    def metres(self, profile: str, *, start: str, end: str) -> Metres:
        """Return the metres of travel from one place to another."""
        return Metres(self.travel[profile].metres[self._places[start]][self._places[end]])

    def mandatory(self, visit: Visit) -> bool:
        """Return whether a visit is mandatory: without a penalty, or pinned."""
        return visit.penalty is None or visit.id in self._pins
