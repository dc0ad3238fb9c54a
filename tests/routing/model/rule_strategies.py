"""Strategies of tiny problems, one per rule that is decisive in them."""

from collections.abc import Callable

from hypothesis import strategies as st

from routing.problem import (
    Balance,
    Break,
    Measure,
    Pin,
    Problem,
    Reload,
    Shift,
    Shipment,
    Visit,
)
from tests.routing.model.tiny import (
    PLACES,
    a_problem,
    a_shift,
    a_visit,
    a_window,
    street,
    window,
    windows,
)

NAMES = ("v0", "v1", "v2")
SHIFTS = ("s0", "s1")

RuleStrategy = Callable[[], st.SearchStrategy[Problem]]

RULES: list[RuleStrategy] = []
"""All strategies of this module."""


def _rule_strategy(build: Callable[[st.DrawFn], Problem]) -> RuleStrategy:
    strategy = st.composite(build)
    RULES.append(strategy)
    return strategy


def _names(draw: st.DrawFn, least: int = 1) -> tuple[str, ...]:
    return NAMES[: draw(st.integers(least, 3))]


def _shift_names(draw: st.DrawFn) -> tuple[str, ...]:
    return SHIFTS[: draw(st.integers(1, 2))]


def _optional(draw: st.DrawFn, value: st.SearchStrategy[int]) -> int | None:
    return draw(st.one_of(st.none(), value, value))


@_rule_strategy
def plain(draw: st.DrawFn) -> Problem:
    visits = [a_visit(draw, name) for name in _names(draw)]
    return a_problem(visits, [a_shift(draw, name) for name in _shift_names(draw)])


@_rule_strategy
def dates(draw: st.DrawFn) -> Problem:
    return a_problem(
        [_dated(draw, name) for name in _names(draw)],
        [a_shift(draw, name) for name in _shift_names(draw)],
    )


def _dated(draw: st.DrawFn, name: str, **fields: object) -> Visit:
    release = _optional(draw, st.integers(0, 10))
    deadline = None if release is None else _optional(draw, st.integers(release, release + 5))
    late = draw(st.integers(1, 4)) * 36_000 if draw(st.booleans()) else 0
    due = draw(st.integers(0, 10)) if late else None
    dated = {"release": release, "deadline": deadline, "due": due, "cents_per_hour_late": late}
    return a_visit(draw, name, **dated, **fields)


@_rule_strategy
def setups(draw: st.DrawFn) -> Problem:
    """Neighbours at the same place, with set-up, lateness and ride limits."""
    visits = [
        _dated(
            draw,
            name,
            place=draw(st.sampled_from(["bank", "anna", "anna", "anna"])),
            setup=draw(st.integers(0, 3)),
            ride_limits=draw(st.sampled_from([{}, {"milk": 5}])),
        )
        for name in _names(draw)
    ]
    return a_problem(visits, [a_shift(draw, name) for name in _shift_names(draw)])


@_rule_strategy
def departures(draw: st.DrawFn) -> Problem:
    shifts = [a_shift(draw, name, departed=draw(st.booleans())) for name in _shift_names(draw)]
    return a_problem([a_visit(draw, name) for name in _names(draw)], shifts)


def _loaded(draw: st.DrawFn, name: str, **fields: object) -> Visit:
    load = {"bottles": draw(st.integers(0, 3))}
    brought = draw(st.sampled_from([{}, {"bottles": 1}, {"bottles": 2}]))
    return a_visit(draw, name, load=load, brought=brought, **fields)


def _box(draw: st.DrawFn) -> dict[str, object]:
    return {
        "capacity": draw(st.sampled_from([{}, {"bottles": 2}, {"bottles": 3}, {"bottles": 4}])),
        "carried": draw(st.sampled_from([{}, {"bottles": 1}, {"bottles": 3}])),
    }


@_rule_strategy
def loads(draw: st.DrawFn) -> Problem:
    visits = [_loaded(draw, name) for name in _names(draw)]
    return a_problem(visits, [a_shift(draw, name, **_box(draw)) for name in _shift_names(draw)])


@_rule_strategy
def rides(draw: st.DrawFn) -> Problem:
    """Ride limits of collected load and of load carried from the start."""
    visits = [
        a_visit(draw, name, ride_limits=draw(st.sampled_from([{}, {"milk": 3}, {"milk": 6}])))
        for name in _names(draw)
    ]
    shifts = [
        a_shift(
            draw,
            name,
            ends=(draw(st.sampled_from(["bank", "lab", "home"])),),
            carried_until=_optional(draw, st.integers(0, 20)),
        )
        for name in _shift_names(draw)
    ]
    return a_problem(visits, shifts)


@_rule_strategy
def collectors(draw: st.DrawFn) -> Problem:
    crew = ["collector s0", "collector s1"]
    some = st.frozensets(st.sampled_from(crew), max_size=2)
    visits = []
    for name in _names(draw):
        preferred = draw(some)
        fields = {
            "preferred": preferred,
            "preference": draw(st.integers(0, 200)) if preferred else 0,
            "forbidden": draw(st.sampled_from([frozenset(), frozenset(crew[:1])])),
            "collectors": draw(st.sampled_from([None, None, frozenset(crew[1:]), frozenset(crew)])),
        }
        visits.append(a_visit(draw, name, **fields))
    return a_problem(visits, [a_shift(draw, name) for name in SHIFTS])


@_rule_strategy
def zones(draw: st.DrawFn) -> Problem:
    visits = [
        a_visit(draw, name, zone=draw(st.sampled_from([None, "north", "south"])))
        for name in _names(draw)
    ]
    north, both = frozenset({"north"}), frozenset({"north", "south"})
    shifts = [
        a_shift(
            draw,
            name,
            zones=draw(st.sampled_from([None, frozenset(), north, north, both])),
            outside=_optional(draw, st.integers(0, 300)),
        )
        for name in _shift_names(draw)
    ]
    return a_problem(visits, shifts)


def _ends(draw: st.DrawFn) -> tuple[str, ...]:
    several = (("bank", "lab"), ("lab", "bank"), ("home",), ("anna", "home"), ("home", "anna"))
    return draw(st.sampled_from(several))


@_rule_strategy
def ends(draw: st.DrawFn) -> Problem:
    """Several ends, legs that are slower uphill, and perhaps a toll per leg."""
    toll = st.integers(0, 60)
    cents = [[draw(toll) for _ in PLACES] for _ in PLACES] if draw(st.booleans()) else None
    visits = [
        a_visit(draw, name, ride_limits=draw(st.sampled_from([{}, {}, {"milk": 4}])))
        for name in _names(draw)
    ]
    shifts = [
        a_shift(
            draw, name, ends=_ends(draw), cents_per_driving_hour=draw(st.sampled_from([0, 7_200]))
        )
        for name in _shift_names(draw)
    ]
    return a_problem(visits, shifts, travel=street(slow=draw(st.integers(1, 2)), cents=cents))


def _reload(draw: st.DrawFn) -> Reload | None:
    places = draw(st.sampled_from([("lab",), ("bank",), ("bank", "lab")]))
    service, times = draw(st.integers(0, 1)), draw(st.integers(0, 2 if len(places) == 1 else 1))
    return Reload(places=places, service=service, times=times) if draw(st.integers(0, 3)) else None


@_rule_strategy
def reloads(draw: st.DrawFn) -> Problem:
    """Unloadings for want of room, for cold, and for load carried from the start."""
    visits = [
        _loaded(draw, name, ride_limits=draw(st.sampled_from([{}, {"milk": 1}, {"milk": 4}])))
        for name in _names(draw)
    ]
    shifts = [
        a_shift(
            draw,
            name,
            ends=_ends(draw),
            reload=_reload(draw),
            carried_until=draw(st.one_of(st.none(), st.none(), st.integers(3, 20))),
            **_box(draw),
        )
        for name in _shift_names(draw)
    ]
    return a_problem(visits, shifts)


def a_break(draw: st.DrawFn, name: str) -> Break:
    first = a_window(draw, last=18, length=4)
    second = window(first.latest + 3, first.latest + 3 + draw(st.integers(0, 2)))
    chosen = (first, second) if draw(st.integers(0, 2)) == 0 else (first,)
    return Break(id=name, windows=chosen, duration=draw(st.integers(1, 4)))


def _resting(draw: st.DrawFn, name: str, most: int = 1, **fields: object) -> Shift:
    count = draw(st.integers(0 if most > 1 else 1, most))
    return a_shift(draw, name, breaks=tuple(a_break(draw, f"b{n}") for n in range(count)), **fields)


@_rule_strategy
def breaks(draw: st.DrawFn) -> Problem:
    visits = [a_visit(draw, name) for name in _names(draw)]
    return a_problem(visits, [_resting(draw, name) for name in _shift_names(draw)])


@_rule_strategy
def two_breaks(draw: st.DrawFn) -> Problem:
    visits = [a_visit(draw, name) for name in _names(draw)]
    return a_problem(visits, [_resting(draw, "s0", most=2)])


@_rule_strategy
def breaks_and_setups(draw: st.DrawFn) -> Problem:
    visits = [
        a_visit(
            draw,
            name,
            place=draw(st.sampled_from(["anna", "anna", "bea"])),
            setup=draw(st.integers(0, 3)),
        )
        for name in _names(draw)
    ]
    return a_problem(visits, [_resting(draw, name) for name in _shift_names(draw)])


@_rule_strategy
def breaks_and_reloads(draw: st.DrawFn) -> Problem:
    """A break between the arrival at a freezer and the unloading, which does not warm milk."""
    visits = [
        _loaded(draw, name, ride_limits=draw(st.sampled_from([{}, {"milk": 2}, {"milk": 5}])))
        for name in _names(draw)
    ]
    return a_problem(visits, [_resting(draw, "s0", reload=_reload(draw), **_box(draw))])


@_rule_strategy
def limits(draw: st.DrawFn) -> Problem:
    shifts = [
        a_shift(
            draw,
            name,
            max_driving=_optional(draw, st.integers(0, 12)),
            max_working=_optional(draw, st.integers(0, 14)),
            max_metres=_optional(draw, st.integers(0, 12).map(lambda km: 1_000 * km)),
            max_stops=_optional(draw, st.integers(0, 3)),
        )
        for name in _shift_names(draw)
    ]
    return a_problem([a_visit(draw, name) for name in _names(draw)], shifts)


@_rule_strategy
def overtime(draw: st.DrawFn) -> Problem:
    shifts = [
        a_shift(
            draw,
            name,
            overtime_from=draw(st.integers(0, 18)),
            overtime_cents_per_hour=draw(st.sampled_from([36_000, 90_000])),
        )
        for name in _shift_names(draw)
    ]
    return a_problem([a_visit(draw, name) for name in _names(draw)], shifts)


def _balance(draw: st.DrawFn) -> Balance:
    measure = draw(st.sampled_from(Measure))
    most, cents = {
        Measure.STOPS: (2, 60),
        Measure.SECONDS: (10, 72_000),
        Measure.METRES: (8_000, 50),
    }[measure]
    among = draw(st.sampled_from([frozenset(SHIFTS), frozenset({"s0"})]))
    return Balance(measure=measure, shifts=among, share=draw(st.integers(0, most)), cents=cents)


@_rule_strategy
def balances(draw: st.DrawFn) -> Problem:
    shared = tuple(_balance(draw) for _ in range(draw(st.integers(1, 3))))
    visits = [a_visit(draw, name) for name in _names(draw)]
    return a_problem(visits, [a_shift(draw, name) for name in SHIFTS], balances=shared)


@_rule_strategy
def periods(draw: st.DrawFn) -> Problem:
    """One shift in each of two periods, or both in one."""
    visits = [
        a_visit(draw, name, donor=draw(st.sampled_from(["ann", "ann", "ben", None])))
        for name in _names(draw, least=2)
    ]
    shifts = [a_shift(draw, "s0", window=window(0, 14)), a_shift(draw, "s1", window=window(8, 22))]
    if draw(st.booleans()):
        shifts = [shifts[0], a_shift(draw, "s1", window=window(12, 22))]
        shifts[0] = a_shift(draw, "s0", window=window(0, 11))
        chosen = draw(st.sampled_from([(window(0, 11), window(12, 22)), (window(0, 11),)]))
    else:
        chosen = (window(0, 30),)
    return a_problem(visits, shifts, periods=chosen)


@_rule_strategy
def shipments(draw: st.DrawFn) -> Problem:
    """A pick-up and its delivery, and a third visit that may be on the way."""
    bottles = draw(st.sampled_from([0, 0, 2]))
    both = [
        a_visit(draw, "v0", load={"bottles": bottles}, windows=(a_window(draw, length=12),)),
        a_visit(draw, "v1", load={"bottles": -bottles}, windows=(a_window(draw, length=12),)),
        *(_loaded(draw, name) for name in _names(draw)[2:]),
    ]
    box = draw(st.booleans())
    shifts = [
        a_shift(draw, name, reload=_reload(draw) if box else None, **_box(draw))
        for name in _shift_names(draw)
    ]
    return a_problem(both, shifts, shipments=(Shipment(pickup="v0", delivery="v1"),))


@_rule_strategy
def pins(draw: st.DrawFn) -> Problem:
    visits = [a_visit(draw, name) for name in NAMES]
    position = draw(st.sampled_from([None, 0, 1, 2]))
    pin = Pin(visit="v0", shift="s0", position=position)
    shifts = [a_shift(draw, "s0", reload=_reload(draw)), a_shift(draw, "s1")]
    return a_problem(visits, shifts, pins=(pin,))


@_rule_strategy
def all_rules(draw: st.DrawFn) -> Problem:
    """Some of each rule that a shift can have on its own, and a plain shift."""
    visits = [
        _dated(
            draw,
            name,
            place=draw(st.sampled_from(PLACES[:4])),
            windows=windows(draw),
            setup=draw(st.sampled_from([0, 0, 1])),
            load={"bottles": draw(st.integers(0, 2))},
            ride_limits=draw(st.sampled_from([{}, {}, {"milk": 4}])),
        )
        for name in _names(draw)
    ]
    shift = _resting(
        draw,
        "s0",
        ends=_ends(draw),
        reload=_reload(draw),
        max_working=_optional(draw, st.integers(8, 18)),
        overtime_from=draw(st.integers(8, 18)),
        overtime_cents_per_hour=36_000,
        **_box(draw),
    )
    return a_problem(visits, [shift, a_shift(draw, "s1")], balances=(_balance(draw),))
