"""Knows a tiny town whose arithmetic is done in the head, and how tests make things.

The town is one straight street with a place at every kilometre:

    bank 0   anna 1   bea 2   cleo 3   dora 4   lab 5   home 6

A kilometre takes 100 s and is 1,000 m, both ways. Bank and lab receive milk; home does not. All
defaults are legal and boring: a visit takes no time, weighs nothing, may be served at any time,
and is mandatory; a shift starts and ends at the bank, has all day and costs 100 cents per km.
"""

from collections.abc import Mapping, Sequence

from routing.check.judge import check
from routing.model.build import build
from routing.model.search import search
from routing.plan import Plan, Rule, Stop, Tour
from routing.problem import Pin, Place, Problem, Shift, Travel, Visit, Window
from routing.schedule import retimed
from routing.solve import Budget, solve
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


def visit(
    place: str = "anna",
    *windows: tuple[int, int],
    name: str | None = None,
    service: int = 0,
    load: Mapping[str, int] | None = None,
    ride: Mapping[str, int] | None = None,
    skills: Sequence[str] = (),
    shifts: Sequence[str] | None = None,
    penalty: int | None = None,
) -> Visit:
    """A visit, called like its place."""
    return Visit(
        id=name or place,
        place=place,
        windows=tuple(window(*ends) for ends in windows) or (window(),),
        service=Seconds(service),
        load=load or {},
        ride_limits={item: Seconds(limit) for item, limit in (ride or {}).items()},
        skills=frozenset(skills),
        shifts=None if shifts is None else frozenset(shifts),
        penalty=None if penalty is None else Cents(penalty),
    )


def shift(
    name: str = "am",
    *hours: int,
    start: str = "bank",
    end: str | Sequence[str] = "bank",
    capacity: Mapping[str, int] | None = None,
    skills: Sequence[str] = (),
    fixed: int = 0,
    per_km: int = 100,
    per_hour: int = 0,
    profile: str = "car",
) -> Shift:
    return Shift(
        id=name,
        collector=f"collector of {name}",
        start=start,
        ends=(end,) if isinstance(end, str) else tuple(end),
        window=window(*hours),
        capacity=capacity or {},
        skills=frozenset(skills),
        fixed_cost=Cents(fixed),
        cents_per_km=per_km,
        cents_per_hour=per_hour,
        profile=profile,
    )


def pin(name: str, on: str = "am", position: int | None = None) -> Pin:
    return Pin(visit=name, shift=on, position=position)


def problem(
    *visits: Visit,
    shifts: Sequence[Shift] | None = None,
    pins: Sequence[Pin] = (),
    travel: Mapping[str, Travel] | None = None,
    skills: Sequence[str] | None = None,
) -> Problem:
    return Problem(
        dimensions=("bottles", "ml", "tubes"),
        places=tuple(Place(id=name, receives=name in {"bank", "lab"}) for name in STREET),
        travel=travel or {"car": street()},
        shifts=(shift(),) if shifts is None else tuple(shifts),
        visits=visits,
        pins=tuple(pins),
        skills=None if skills is None else frozenset(skills),
    )


def tour(
    *stops: tuple[str, int, int, int],
    on: str = "am",
    departure: int = 0,
    arrival: int,
    metres: int = 0,
    start: str = "bank",
    end: str = "bank",
) -> Tour:
    """A tour by hand; a stop is (visit, arrival, begin, end)."""
    return Tour(
        shift=on,
        start=start,
        end=end,
        departure=Seconds(departure),
        arrival=Seconds(arrival),
        metres=Metres(metres),
        stops=tuple(
            Stop(visit=name, arrival=Seconds(come), begin=Seconds(begin), end=Seconds(done))
            for name, come, begin, done in stops
        ),
    )


def broken(asked: Problem, plan: Plan) -> set[Rule]:
    """The rules a plan breaks."""
    return {violation.rule for violation in check(asked, plan)}


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

    def better(self, read) -> None:  # noqa: ANN001 - a reader of orders
        self.orders = read()

    def enough(self, moves: int) -> bool:
        return moves >= self.moves


def engine(asked: Problem, *, moves: int = 3_000, start=None) -> dict[str, tuple[str, ...]]:  # noqa: ANN001 - orders
    """What the OR-Tools model alone makes of a problem.

    `solve` fills gaps and checks afterwards, so it would hide a model that says a rule too
    strictly, and refuse one that does not say it. The tests of a rule ask the model itself.
    """
    keeper = _Keeper(moves)
    search(build(asked), keeper, start)
    return {name: tuple(order) for name, order in keeper.orders.items() if order}
