"""The plan: timed tours, unassigned visits with reasons, and the bill."""

from dataclasses import dataclass, fields
from enum import StrEnum

from routing.drawing import drawn
from routing.problem import Problem
from routing.units import FREE, Cents, Metres, Seconds


class Rule(StrEnum):
    """The rules, by their name in the checker, the model, the tests and the docs."""

    COVERAGE = "coverage"
    CLOCK = "clock"
    WINDOWS = "windows"
    DATES = "dates"
    SHIFTS = "shifts"
    LOAD = "load"
    RIDE_TIME = "ride_time"
    SKILLS = "skills"
    COLLECTORS = "collectors"
    ZONES = "zones"
    ENDS = "ends"
    RELOAD = "reload"
    BREAKS = "breaks"
    LIMITS = "limits"
    OVERTIME = "overtime"
    BALANCE = "balance"
    PERIODS = "periods"
    SHIPMENTS = "shipments"
    PINS = "pins"
    OPTIONAL = "optional"
    PRICE = "price"


class ReasonCode(StrEnum):
    """The kind of reason of an unassigned visit."""

    IMPOSSIBLE = "impossible"
    """No shift could serve it, even alone."""
    CROWDED = "crowded"
    """A shift could serve it alone, but it fits nowhere between the stops of this plan."""
    TOO_DEAR = "too_dear"
    """It fits, and costs more than its penalty."""
    FITS = "fits"
    """It fits and is worth its price: the plan was edited by hand, or the visit is new."""


class Remedy(StrEnum):
    """A remedy for a coordinator."""

    WIDEN_WINDOW = "widen_window"
    MOVE_DATE = "move_date"
    LENGTHEN_SHIFT = "lengthen_shift"
    ADD_CAPACITY = "add_capacity"
    END_NEARER = "end_nearer"
    FIND_SKILL = "find_skill"
    ALLOW_COLLECTOR = "allow_collector"
    WIDEN_ZONE = "widen_zone"
    MOVE_BREAK = "move_break"
    RAISE_LIMIT = "raise_limit"
    OTHER_PERIOD = "other_period"
    OTHER_DAY = "other_day"
    DROP_OPTIONAL = "drop_optional"
    REMOVE_PIN = "remove_pin"
    END_AT_FREEZER = "end_at_freezer"
    RAISE_PENALTY = "raise_penalty"
    INSERT = "insert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A visit with a position in a tour.

    Attributes
    ----------
    arrival : Seconds
        The arrival at the door.
    begin, end : Seconds
        The begin and the end of service.
    """

    visit: str
    arrival: Seconds
    begin: Seconds
    end: Seconds

    @property
    def wait(self) -> Seconds:
        """The wait at the door, in seconds."""
        return Seconds(self.begin - self.arrival)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unloading:
    """An unloading at a freezer on the way, with all items collected so far.

    Attributes
    ----------
    after : int
        The number of stops served before it.
    begin, end : Seconds
        The begin and the end of service there.
    """

    place: str
    after: int
    arrival: Seconds
    begin: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A break taken on the road.

    The collector drives on at once after a service. A break that begins ahead of the arrival at
    the next point interrupts the way and puts the arrival off; a later one is part of the wait.

    Attributes
    ----------
    name : str
        The break's id.
    after : int
        The number of stops served before it.
    """

    name: str
    after: int
    begin: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """The tour of one shift; a shift without a stop has no tour.

    Attributes
    ----------
    start, end : str
        The places where it departs and arrives.
    unloadings, breaks : tuple
        In order of `after`, then of begin.
    """

    shift: str
    start: str
    end: str
    departure: Seconds
    arrival: Seconds
    stops: tuple[Stop, ...]
    metres: Metres
    unloadings: tuple[Unloading, ...] = ()
    breaks: tuple[Rest, ...] = ()

    @property
    def seconds(self) -> Seconds:
        """Seconds from departure to arrival."""
        return Seconds(self.arrival - self.departure)

    @property
    def visits(self) -> tuple[str, ...]:
        """The visits in their order."""
        return tuple(stop.visit for stop in self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """The obstacle between a visit and one shift.

    Attributes
    ----------
    rule : Rule
        The rule that would break.
    by : int
        The amount, in the rule's own unit; 0 if no amount applies.
    """

    shift: str
    rule: Rule
    by: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """The smallest change of one kind that admits a visit, confirmed by the checker.

    Attributes
    ----------
    shift, position
        The insertion after the change.
    other : str, optional
        The visit left out for it, or the dimension of the capacity.
    by : int
        The amount, in seconds or in units of the dimension; 0 if no amount applies.
    price : Cents
        The increase of the plan's cost, with the penalty of a visit left out.
    """

    remedy: Remedy
    shift: str
    position: int
    price: Cents
    sentence: str
    by: int = 0
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The reason of an unassigned visit, as data and as one sentence.

    Attributes
    ----------
    rule, shift : optional
        The nearest miss: the rule that would break, and the shift on which.
    price : Cents, optional
        The extra cost of the cheapest legal insertion, if any.
    risk : Cents, optional
        The part of that price for promises, clocks and ends that it would make less certain.
    obstacles : tuple of Obstacle
        By shift, the first rule that would break.
    relaxations : tuple of Relaxation
        Changes that would admit it, the cheapest first; found by `explain`, not by `solve`.
    """

    code: ReasonCode
    sentence: str
    remedy: Remedy
    rule: Rule | None = None
    shift: str | None = None
    price: Cents | None = None
    risk: Cents | None = None
    obstacles: tuple[Obstacle, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """An unassigned visit; `solve` always gives the reason."""

    visit: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The bill, part by part; each part is rounded to whole cents once.

    Attributes
    ----------
    driving : Cents
        Kilometres, hours of travel, and the price of the legs.
    time : Cents
        Hours from departure to arrival.
    overtime : Cents
        Hours of overtime.
    fixed : Cents
        Shifts with a tour.
    lateness : Cents
        Hours after the due instants of visits.
    preferences : Cents
        Visits by another collector than the preferred.
    zones : Cents
        Visits outside a shift's zones.
    imbalance : Cents
        Work above the fair share.
    risk : Cents
        Promises, clocks and ends without their whole margins; see `Safety`.
    penalties : Cents
        Unassigned visits.
    """

    driving: Cents = FREE
    time: Cents = FREE
    overtime: Cents = FREE
    fixed: Cents = FREE
    lateness: Cents = FREE
    preferences: Cents = FREE
    zones: Cents = FREE
    imbalance: Cents = FREE
    risk: Cents = FREE
    penalties: Cents = FREE

    @property
    def total(self) -> Cents:
        """The sum of the parts."""
        return Cents(sum(getattr(self, part.name) for part in fields(self)))

    @property
    def paid(self) -> Cents:
        """The cost of driving it: without the prices of unassigned visits and of risk."""
        return Cents(self.total - self.penalties - self.risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Tours, unassigned visits and the bill."""

    tours: tuple[Tour, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    cost: Cost = Cost()

    @property
    def seconds(self) -> Seconds:
        """The duration of all tours, in seconds."""
        return Seconds(sum(tour.seconds for tour in self.tours))

    @property
    def metres(self) -> Metres:
        """The distance of all tours, in metres."""
        return Metres(sum(tour.metres for tour in self.tours))

    @property
    def orders(self) -> dict[str, tuple[str, ...]]:
        """The visits in order, by shift with a tour."""
        return {tour.shift: tour.visits for tour in self.tours}

    def draw(self, problem: Problem) -> str:
        """Return a picture of the plan as SVG: a map of its tours and a timeline of its shifts."""
        return drawn(problem, self)

    def tour(self, shift: str) -> Tour | None:
        """Return the tour of a shift, or None."""
        return next((tour for tour in self.tours if tour.shift == shift), None)
