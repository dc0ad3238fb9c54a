"""Knows how to draw problems and plans that use every field: valid, not sensible."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from routing.plan import (
    Cost,
    Obstacle,
    Plan,
    Reason,
    ReasonCode,
    Relaxation,
    Remedy,
    Rest,
    Rule,
    Stop,
    Tour,
    Unassigned,
    Unloading,
)
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

DIMENSIONS = ("bottles", "ml")
SKILLS = ("blood", "interview", "œil")
COLLECTORS = ("Inès", "Jules", "Zoé")
ZONES = ("north", "south")

small = st.integers(0, 50)
levels = st.integers(50, 99)
names = st.text(min_size=1, max_size=6)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)


def some(of: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(of)) if of else st.just(frozenset())


def amounts(values: st.SearchStrategy[int] = small) -> st.SearchStrategy[Mapping[str, int]]:
    return st.dictionaries(st.sampled_from(DIMENSIONS), values)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    marks = draw(st.lists(st.integers(0, 500), min_size=2, max_size=6, unique=True))
    marks = sorted(marks)[: len(marks) // 2 * 2]
    pairs = zip(marks[::2], marks[1::2], strict=True)
    return tuple(Window(earliest=earliest, latest=latest) for earliest, latest in pairs)


@st.composite
def places(draw: st.DrawFn) -> tuple[Place, ...]:
    ids = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    position = st.one_of(st.just((None, None)), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
    found = []
    for name in ids:
        latitude, longitude = draw(position)
        receives = draw(st.booleans())
        found.append(Place(id=name, latitude=latitude, longitude=longitude, receives=receives))
    return tuple(found)


@st.composite
def travels(draw: st.DrawFn, size: int) -> Travel:
    row = st.tuples(*[small] * size)
    matrix = st.tuples(*[row] * size)
    return Travel(seconds=draw(matrix), metres=draw(matrix), cents=draw(maybe(matrix)))


@st.composite
def breaks(draw: st.DrawFn) -> tuple[Break, ...]:
    ids = draw(st.lists(names, max_size=2, unique=True))
    return tuple(Break(id=name, windows=draw(windows()), duration=draw(small)) for name in ids)


@st.composite
def reloads(draw: st.DrawFn, freezers: tuple[str, ...]) -> Reload | None:
    if not freezers or draw(st.booleans()):
        return None
    where = st.lists(st.sampled_from(freezers), min_size=1, unique=True).map(tuple)
    return Reload(places=draw(where), service=draw(small), times=draw(st.integers(0, 3)))


@st.composite
def shifts(
    draw: st.DrawFn,
    name: str,
    collector: str,
    where: tuple[Place, ...],
    profiles: tuple[str, ...],
) -> Shift:
    first = draw(st.sampled_from(where))
    alike = [place.id for place in where if place.receives == first.receives]
    return Shift(
        id=name,
        collector=collector,
        start=draw(st.sampled_from([place.id for place in where])),
        ends=tuple(draw(st.lists(st.sampled_from(alike), min_size=1, unique=True))),
        window=draw(windows())[0],
        departed=draw(st.booleans()),
        capacity=draw(amounts()),
        carried=draw(amounts()),
        carried_until=draw(maybe(small)),
        skills=draw(some(SKILLS)),
        fixed_cost=draw(small),
        cents_per_km=draw(small),
        cents_per_hour=draw(small),
        cents_per_driving_hour=draw(small),
        overtime_from=draw(maybe(small)),
        overtime_cents_per_hour=draw(small),
        max_driving=draw(maybe(small)),
        max_working=draw(maybe(small)),
        max_metres=draw(maybe(small)),
        max_stops=draw(maybe(small)),
        breaks=draw(breaks()),
        reload=draw(reloads(tuple(place.id for place in where if place.receives))),
        zones=draw(maybe(some(ZONES))),
        outside=draw(maybe(small)),
        profile=draw(st.sampled_from(profiles)),
        late_start=draw(small),
    )


@st.composite
def visits(draw: st.DrawFn, name: str, where: tuple[Place, ...], on: tuple[str, ...]) -> Visit:
    preferred, price = draw(some(COLLECTORS)), draw(small)
    deadline, late = draw(maybe(st.integers(50, 99))), draw(small)
    return Visit(
        id=name,
        place=draw(st.sampled_from([place.id for place in where])),
        windows=draw(windows()),
        service=draw(small),
        setup=draw(small),
        load=draw(amounts()),
        brought=draw(amounts()),
        ride_limits=draw(st.dictionaries(names, small, max_size=2)),
        skills=draw(some(SKILLS)),
        shifts=draw(maybe(some(on))),
        collectors=draw(maybe(some(COLLECTORS))),
        forbidden=draw(some(COLLECTORS)),
        preferred=preferred,
        preference=price if preferred else 0,
        release=draw(maybe(small)),
        deadline=deadline,
        due=draw(small) if late else None,
        cents_per_hour_late=late,
        donor=draw(maybe(names)),
        zone=draw(maybe(st.sampled_from(ZONES))),
        penalty=draw(maybe(small)),
        service_spread=draw(maybe(small)),
        no_show=draw(small),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    where = draw(places())
    profiles = tuple(draw(st.lists(names, min_size=1, max_size=2, unique=True)))
    on = tuple(draw(st.lists(names, min_size=1, max_size=2, unique=True)))
    called = draw(st.lists(names, max_size=3, unique=True))
    wanted = [draw(visits(name, where, on)) for name in called]
    shipped = draw(st.booleans()) and len(wanted) > 1
    if shipped:
        negative = {name: -amount for name, amount in wanted[0].load.items()}
        wanted[1] = replace(wanted[1], load=negative)
    return Problem(
        dimensions=DIMENSIONS,
        skills=draw(st.sampled_from([None, frozenset(SKILLS)])),
        places=where,
        travel={profile: draw(travels(len(where))) for profile in profiles},
        shifts=tuple(
            draw(shifts(name, collector, where, profiles))
            for name, collector in zip(on, COLLECTORS, strict=False)
        ),
        visits=tuple(wanted),
        pins=draw(pins(tuple(wanted[2 if shipped else 0 :]), on)),
        shipments=(Shipment(pickup=called[0], delivery=called[1]),) if shipped else (),
        balances=draw(balances(on)),
        periods=draw(st.sampled_from([(), (Window(earliest=0, latest=500),)])),
        spreads=draw(st.builds(Spreads, leg=small, day=small, hour=small, service=small)),
        safety=draw(
            st.builds(
                Safety,
                promise_kept=levels,
                clock_kept=levels,
                promise_price=small,
                end_price=small,
                clock_price=small,
            )
        ),
    )


@st.composite
def pins(draw: st.DrawFn, wanted: tuple[Visit, ...], on: tuple[str, ...]) -> tuple[Pin, ...]:
    """A pin on the first visit that anybody may serve; its position is open or the first."""
    free = [v for v in wanted if v.shifts is None and v.collectors is None and not v.forbidden]
    if not free or draw(st.booleans()):
        return ()
    shift = draw(st.sampled_from(on))
    return (Pin(visit=free[0].id, shift=shift, position=draw(maybe(st.just(0)))),)


def balances(on: tuple[str, ...]) -> st.SearchStrategy[tuple[Balance, ...]]:
    one = st.builds(
        Balance, measure=st.sampled_from(Measure), shifts=some(on), share=small, cents=small
    )
    return st.lists(one, max_size=2).map(tuple)


instants = st.integers(-50, 500)


def many(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3).map(tuple)


stops = st.builds(Stop, visit=names, arrival=instants, begin=instants, end=instants)
unloadings = st.builds(
    Unloading, place=names, after=small, arrival=instants, begin=instants, end=instants
)
rests = st.builds(Rest, name=names, after=small, begin=instants, end=instants)
tours = st.builds(
    Tour,
    shift=names,
    start=names,
    end=names,
    departure=instants,
    arrival=instants,
    stops=many(stops),
    metres=small,
    unloadings=many(unloadings),
    breaks=many(rests),
)
obstacles = st.builds(
    Obstacle, shift=names, rule=st.sampled_from(Rule), by=instants, sentence=st.text()
)
relaxations = st.builds(
    Relaxation,
    remedy=st.sampled_from(Remedy),
    shift=names,
    position=small,
    price=instants,
    sentence=st.text(),
    by=small,
    other=maybe(names),
)
reasons = st.builds(
    Reason,
    code=st.sampled_from(ReasonCode),
    sentence=st.text(),
    remedy=st.sampled_from(Remedy),
    rule=maybe(st.sampled_from(Rule)),
    shift=maybe(names),
    price=maybe(instants),
    obstacles=many(obstacles),
    relaxations=many(relaxations),
)
costs = st.builds(
    Cost,
    driving=small,
    time=small,
    overtime=small,
    fixed=small,
    lateness=small,
    preferences=small,
    zones=small,
    imbalance=small,
    penalties=small,
)
plans = st.builds(
    Plan,
    tours=many(tours),
    unassigned=many(st.builds(Unassigned, visit=names, reason=maybe(reasons))),
    cost=costs,
)
