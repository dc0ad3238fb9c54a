"""Knows a tiny town whose arithmetic is done in the head, and how tests make things.

The town is one straight street with a place at every kilometre:

    bank 0   anna 1   bea 2   cleo 3   dora 4   lab 5   home 6

A kilometre takes 100 s and is 1,000 m, both ways. Bank and lab receive milk; home does not. All
defaults are legal and boring: a visit takes no time, weighs nothing, may be served at any time,
and is mandatory; a shift starts and ends at the bank, has all day and costs 100 cents per km.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from routing.checker.judge import check_plan, check_tour
from routing.model.build import build
from routing.model.search import search
from routing.plan import Plan, Rest, Rule, Stop, Tour, Unloading
from routing.problem import (
    Balance,
    Break,
    Measure,
    Pin,
    Place,
    Problem,
    Reload,
    Safety,
    Shift,
    Shipment,
    Spreads,
    Travel,
    Visit,
    Window,
)
from routing.schedule import assembled, retimed
from routing.solver import Budget, solve
from routing.units import Cents, Metres, Seconds

STREET = {"bank": 0, "anna": 1, "bea": 2, "cleo": 3, "dora": 4, "lab": 5, "home": 6}
DAY = 100_000
FEW = Budget(iterations=3_000)


def street(*, seconds: int = 100) -> Travel:
    """Travel along the street; a kilometre takes `seconds`."""
    marks = STREET.values()
    return Travel(
        seconds=tuple(tuple(seconds * abs(here - there) for there in marks) for here in marks),
        metres=tuple(tuple(1_000 * abs(here - there) for there in marks) for here in marks),
    )


def window(earliest: int = 0, latest: int = DAY) -> Window:
    return Window(earliest=Seconds(earliest), latest=Seconds(latest))


def visit(  # noqa: PLR0913 - a word for every field
    place: str = "anna",
    *windows: tuple[int, int],
    name: str | None = None,
    service: int = 0,
    setup: int = 0,
    load: Mapping[str, int] | None = None,
    brought: Mapping[str, int] | None = None,
    ride: Mapping[str, int] | None = None,
    skills: Sequence[str] = (),
    shifts: Sequence[str] | None = None,
    collectors: Sequence[str] | None = None,
    forbidden: Sequence[str] = (),
    preferred: Sequence[str] = (),
    preference: int = 0,
    release: int | None = None,
    deadline: int | None = None,
    due: int | None = None,
    late: int = 0,
    donor: str | None = None,
    zone: str | None = None,
    penalty: int | None = None,
    spread: int | None = None,
    no_show: int = 0,
) -> Visit:
    """A visit, called like its place; `late` is in cents per hour."""
    return Visit(
        id=name or place,
        place=place,
        windows=tuple(window(*ends) for ends in windows) or (window(),),
        service=Seconds(service),
        setup=Seconds(setup),
        load=load or {},
        brought=brought or {},
        ride_limits={item: Seconds(limit) for item, limit in (ride or {}).items()},
        skills=frozenset(skills),
        shifts=None if shifts is None else frozenset(shifts),
        collectors=None if collectors is None else frozenset(collectors),
        forbidden=frozenset(forbidden),
        preferred=frozenset(preferred),
        preference=Cents(preference),
        release=_perhaps(release),
        deadline=_perhaps(deadline),
        due=_perhaps(due),
        cents_per_hour_late=late,
        donor=donor,
        zone=zone,
        penalty=None if penalty is None else Cents(penalty),
        service_spread=spread,
        no_show=no_show,
    )


def shift(  # noqa: PLR0913 - a word for every field
    name: str = "am",
    *hours: int,
    collector: str | None = None,
    start: str = "bank",
    end: str | Sequence[str] = "bank",
    departed: bool = False,
    capacity: Mapping[str, int] | None = None,
    carried: Mapping[str, int] | None = None,
    carried_until: int | None = None,
    skills: Sequence[str] = (),
    fixed: int = 0,
    per_km: int = 100,
    per_hour: int = 0,
    per_driving_hour: int = 0,
    overtime_from: int | None = None,
    per_overtime_hour: int = 0,
    max_driving: int | None = None,
    max_working: int | None = None,
    max_metres: int | None = None,
    max_stops: int | None = None,
    breaks: Sequence[Break] = (),
    reload: Reload | None = None,
    zones: Sequence[str] | None = None,
    outside: int | None = None,
    profile: str = "car",
    late_start: int = 0,
) -> Shift:
    """A shift of its own collector, who is called after it."""
    return Shift(
        id=name,
        collector=collector or f"collector of {name}",
        start=start,
        ends=(end,) if isinstance(end, str) else tuple(end),
        window=window(*hours),
        departed=departed,
        capacity=capacity or {},
        carried=carried or {},
        carried_until=_perhaps(carried_until),
        skills=frozenset(skills),
        fixed_cost=Cents(fixed),
        cents_per_km=per_km,
        cents_per_hour=per_hour,
        cents_per_driving_hour=per_driving_hour,
        overtime_from=_perhaps(overtime_from),
        overtime_cents_per_hour=per_overtime_hour,
        max_driving=_perhaps(max_driving),
        max_working=_perhaps(max_working),
        max_metres=None if max_metres is None else Metres(max_metres),
        max_stops=max_stops,
        breaks=tuple(breaks),
        reload=reload,
        zones=None if zones is None else frozenset(zones),
        outside=None if outside is None else Cents(outside),
        profile=profile,
        late_start=Seconds(late_start),
    )


def lunch(*windows: tuple[int, int], name: str = "lunch", duration: int = 50) -> Break:
    """A break that a shift owes its collector."""
    spans = tuple(window(*ends) for ends in windows)
    return Break(id=name, windows=spans, duration=Seconds(duration))


def reload(*places: str, service: int = 0, times: int = 1) -> Reload:
    """The leave to unload on the way; at the lab where nothing is said."""
    return Reload(places=places or ("lab",), service=Seconds(service), times=times)


def balance(measure: str, *shifts: str, share: int = 0, cents: int = 0) -> Balance:
    return Balance(measure=Measure(measure), shifts=frozenset(shifts), share=share, cents=cents)


def _perhaps(seconds: int | None) -> Seconds | None:
    return None if seconds is None else Seconds(seconds)


def pin(name: str, on: str = "am", position: int | None = None) -> Pin:
    return Pin(visit=name, shift=on, position=position)


def problem(
    *visits: Visit,
    shifts: Sequence[Shift] | None = None,
    pins: Sequence[Pin] = (),
    shipments: Sequence[tuple[str, str]] = (),
    balances: Sequence[Balance] = (),
    periods: Sequence[tuple[int, int]] = (),
    travel: Mapping[str, Travel] | None = None,
    skills: Sequence[str] | None = None,
    spreads: Mapping[str, int] | None = None,
    safety: Mapping[str, int] | None = None,
) -> Problem:
    """A problem on the street; a shipment is (pick-up, delivery)."""
    return Problem(
        dimensions=("bottles", "ml", "tubes"),
        places=tuple(Place(id=name, receives=name in {"bank", "lab"}) for name in STREET),
        travel=travel or {"car": street()},
        shifts=(shift(),) if shifts is None else tuple(shifts),
        visits=visits,
        pins=tuple(pins),
        shipments=tuple(Shipment(pickup=here, delivery=there) for here, there in shipments),
        balances=tuple(balances),
        periods=tuple(window(*ends) for ends in periods),
        skills=None if skills is None else frozenset(skills),
        spreads=Spreads(**(spreads or {})),
        safety=Safety(**(safety or {})),
    )


def tour(
    *stops: tuple[str, int, int, int],
    on: str = "am",
    departure: int = 0,
    arrival: int,
    metres: int | None = None,
    start: str = "bank",
    end: str = "bank",
    unloadings: Sequence[tuple[str, int, int, int, int]] = (),
    breaks: Sequence[tuple[str, int, int, int]] = (),
) -> Tour:
    """A tour by hand.

    A stop is (visit, arrival, begin, end), an unloading (place, after, arrival, begin, end), a
    break (name, after, begin, end). Metres that are not given are those of the street, where
    every visit is called like its place.
    """
    return Tour(
        shift=on,
        start=start,
        end=end,
        departure=Seconds(departure),
        arrival=Seconds(arrival),
        metres=Metres(_road([stop[0] for stop in stops], start, end, unloadings))
        if metres is None
        else Metres(metres),
        stops=tuple(
            Stop(visit=name, arrival=Seconds(come), begin=Seconds(begin), end=Seconds(done))
            for name, come, begin, done in stops
        ),
        unloadings=tuple(
            Unloading(
                place=place,
                after=after,
                arrival=Seconds(come),
                begin=Seconds(begin),
                end=Seconds(done),
            )
            for place, after, come, begin, done in unloadings
        ),
        breaks=tuple(
            Rest(name=name, after=after, begin=Seconds(begin), end=Seconds(done))
            for name, after, begin, done in breaks
        ),
    )


def _road(
    stops: Sequence[str],
    start: str,
    end: str,
    unloadings: Sequence[tuple[str, int, int, int, int]],
) -> int:
    """Metres along the street; a name that is no place of it lies where the bank does."""
    course = [start]
    for position in range(len(stops) + 1):
        course += [unloading[0] for unloading in unloadings if unloading[1] == position]
        course += stops[position : position + 1]
    marks = [STREET.get(name, 0) for name in (*course, end)]
    return sum(1_000 * abs(here - there) for here, there in pairwise(marks))


def by_hand(asked: Problem, *tours: Tour, **billed: int) -> Plan:
    """A plan of tours by hand with its bill, in which these parts are said to be something else."""
    plan = assembled(asked, tours)
    parts = {name: Cents(part) for name, part in billed.items()}
    return replace(plan, cost=replace(plan.cost, **parts))


def broken_on(asked: Problem, driven: Tour) -> set[Rule]:
    """The rules that one tour breaks, whatever it costs."""
    return {violation.rule for violation in check_tour(asked, driven)}


def broken(asked: Problem, plan: Plan) -> set[Rule]:
    """The rules a plan breaks."""
    return {violation.rule for violation in check_plan(asked, plan)}


def broken_by(asked: Problem, **orders: Sequence[str]) -> set[Rule]:
    """The rules that these orders break when they are timed as well as can be."""
    return broken(asked, retimed(asked, orders))


def solved(asked: Problem) -> dict[str, tuple[str, ...]]:
    """What `solve` makes of a problem, with a budget that always gives the same plan."""
    return solve(asked, FEW).orders


class _Keeper:
    """Keeps the engine's last and best orders, as they are."""

    def __init__(self, moves: int) -> None:
        self.moves = moves
        self.orders: dict[str, list[str]] = {}

    def on_best(self, read) -> None:  # noqa: ANN001 - a reader of orders
        self.orders = read()

    def should_stop(self, moves: int) -> bool:
        return moves >= self.moves


def engine(asked: Problem, *, moves: int = 3_000, start=None) -> dict[str, tuple[str, ...]]:  # noqa: ANN001 - orders
    """What the OR-Tools model alone makes of a problem.

    `solve` fills gaps and checks afterwards, so it would hide a model that says a rule too
    strictly, and refuse one that does not say it. The tests of a rule ask the model itself.
    """
    keeper = _Keeper(moves)
    search(build(asked), keeper, start)
    return {name: tuple(order) for name, order in keeper.orders.items() if order}
