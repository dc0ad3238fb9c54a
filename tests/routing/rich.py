"""Knows how to draw tiny problems with any of the rules switched on, alone or together."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from hypothesis import strategies as st

from routing.plan import Cost, Plan, Rest, Rule, Stop, Tour, Unassigned, Unloading
from routing.problem import Balance, Break, Measure, Pin, Problem, Reload, Shipment, Window
from tests.routing.model.tiny import PLACES, Draw, a_problem, a_shift, a_visit, street

Fields = dict[str, Any]

CREW = ("collector s0", "collector s1")
RECEIVE, NOT = ("bank", "lab"), ("home", "anna")


def _window(draw: Draw, first: int, last: int, most: int) -> Window:
    earliest = draw(st.integers(first, last))
    return Window(earliest=earliest, latest=earliest + draw(st.integers(0, most)))


def _perhaps(draw: Draw, least: int, most: int) -> int | None:
    return draw(st.one_of(st.none(), st.integers(least, most)))


def _dated(draw: Draw) -> Fields:
    release = _perhaps(draw, 0, 10)
    late = draw(st.sampled_from([0, 36_000, 72_000]))
    return {
        "release": release,
        "deadline": _perhaps(draw, release or 0, 18),
        "due": draw(st.integers(0, 12)) if late else None,
        "cents_per_hour_late": late,
    }


def _loaded(draw: Draw) -> Fields:
    return {
        "load": {"bottles": draw(st.integers(0, 3))},
        "brought": draw(st.sampled_from([{}, {"bottles": 1}, {"bottles": 2}])),
    }


def _wanted(draw: Draw) -> Fields:
    preferred = draw(st.frozensets(st.sampled_from(CREW)))
    return {
        "preferred": preferred,
        "preference": draw(st.integers(0, 200)) if preferred else 0,
        "forbidden": draw(st.sampled_from([frozenset(), frozenset(), frozenset(CREW[:1])])),
        "collectors": draw(st.sampled_from([None, frozenset(CREW[1:]), frozenset(CREW)])),
    }


VISITS: Mapping[Rule, Callable[[Draw], Fields]] = {
    Rule.CLOCK: lambda draw: {"setup": draw(st.integers(0, 3))},
    Rule.DATES: _dated,
    Rule.LOAD: _loaded,
    Rule.RIDE_TIME: lambda draw: {
        "ride_limits": draw(st.sampled_from([{}, {"milk": 3}, {"milk": 6, "tubes": 5}]))
    },
    Rule.SKILLS: lambda draw: {
        "skills": draw(st.sampled_from([frozenset(), frozenset({"blood"})])),
        "shifts": draw(st.sampled_from([None, None, frozenset({"s0"})])),
    },
    Rule.COLLECTORS: _wanted,
    Rule.ZONES: lambda draw: {"zone": draw(st.sampled_from([None, "north", "south"]))},
    Rule.PERIODS: lambda draw: {"donor": draw(st.sampled_from([None, "ann", "ben"]))},
}
"""What a rule adds to a visit."""


def _ends(draw: Draw) -> Fields:
    alike = draw(st.sampled_from([RECEIVE, NOT]))
    return {"ends": tuple(draw(st.permutations(alike))[: draw(st.integers(1, 2))])}


def _resting(draw: Draw) -> Fields:
    return {
        "breaks": tuple(_break(draw, f"b{number}") for number in range(draw(st.integers(1, 3))))
    }


def _break(draw: Draw, name: str) -> Break:
    first = _window(draw, 0, 18, 4)
    second = _window(draw, first.latest + 1, first.latest + 4, 2)
    windows = (first, second) if draw(st.booleans()) else (first,)
    return Break(id=name, windows=windows, duration=draw(st.integers(0, 4)))


def _reloading(draw: Draw) -> Fields:
    places = draw(st.sampled_from([("lab",), ("bank",), ("bank", "lab")]))
    times = draw(st.integers(0, 2 if len(places) == 1 else 1))
    return {"reload": Reload(places=places, service=draw(st.integers(0, 1)), times=times)}


SHIFTS: Mapping[Rule, Callable[[Draw], Fields]] = {
    Rule.SHIFTS: lambda draw: {"departed": draw(st.booleans())},
    Rule.LOAD: lambda draw: {
        "capacity": {"bottles": draw(st.integers(1, 5))},
        "carried": draw(st.sampled_from([{}, {"bottles": 1}, {"bottles": 3}])),
    },
    Rule.RIDE_TIME: lambda draw: {"carried_until": _perhaps(draw, 3, 20)},
    Rule.SKILLS: lambda draw: {
        "skills": draw(st.sampled_from([frozenset(), frozenset({"blood"})]))
    },
    Rule.ZONES: lambda draw: {
        "zones": draw(st.sampled_from([None, frozenset(), frozenset({"north"})])),
        "outside": _perhaps(draw, 0, 300),
    },
    Rule.ENDS: _ends,
    Rule.RELOAD: _reloading,
    Rule.BREAKS: _resting,
    Rule.LIMITS: lambda draw: {
        "max_driving": _perhaps(draw, 0, 12),
        "max_working": _perhaps(draw, 0, 14),
        "max_metres": _perhaps(draw, 0, 12_000),
        "max_stops": _perhaps(draw, 0, 3),
    },
    Rule.OVERTIME: lambda draw: {
        "overtime_from": draw(st.integers(0, 18)),
        "overtime_cents_per_hour": draw(st.sampled_from([36_000, 90_000])),
    },
    Rule.PRICE: lambda draw: {
        "cents_per_km": draw(st.sampled_from([0, 7, 35])),
        "cents_per_hour": draw(st.sampled_from([0, 1_111, 36_000])),
        "cents_per_driving_hour": draw(st.sampled_from([0, 7_777])),
    },
}
"""What a rule adds to a shift."""


def _balanced(draw: Draw) -> Fields:
    shifts = draw(st.sampled_from([frozenset({"s0"}), frozenset({"s0", "s1"})]))
    return {
        "balances": tuple(
            Balance(
                measure=measure,
                shifts=shifts,
                share=draw(st.integers(0, most)),
                cents=draw(st.integers(0, dear)),
            )
            for measure, most, dear in (
                (Measure.STOPS, 2, 60),
                (Measure.SECONDS, 10, 72_000),
                (Measure.METRES, 8_000, 50),
            )
            if draw(st.booleans())
        )
    }


def _tolled(draw: Draw) -> Fields:
    toll = st.lists(st.integers(0, 60), min_size=len(PLACES), max_size=len(PLACES))
    cents = [draw(toll) for _ in PLACES] if draw(st.booleans()) else None
    return {"travel": street(slow=draw(st.integers(1, 2)), cents=cents)}


PROBLEMS: Mapping[Rule, Callable[[Draw], Fields]] = {
    Rule.BALANCE: _balanced,
    Rule.ENDS: lambda draw: {"travel": street(slow=draw(st.integers(1, 2)))},
    Rule.PRICE: _tolled,
    Rule.PERIODS: lambda _: {"periods": (Window(earliest=0, latest=30),)},
    Rule.SHIPMENTS: lambda _: {"shipments": (Shipment(pickup="v0", delivery="v1"),)},
    Rule.PINS: lambda draw: {
        "pins": (Pin(visit="v1", shift="s0", position=draw(st.sampled_from([None, 0, 1]))),)
    },
}
"""What a rule adds to a problem."""

RULES = frozenset(VISITS) | frozenset(SHIFTS) | frozenset(PROBLEMS)
"""The rules that can be switched on; the others are in every problem."""


@st.composite
def rich_problems(draw: st.DrawFn, rules: Collection[Rule], most: int = 3) -> Problem:
    """Two or more visits and one or two shifts for which these rules decide something."""
    names = [f"v{number}" for number in range(draw(st.integers(2, most)))]
    crew = [f"s{number}" for number in range(draw(st.integers(1, 2)))]
    visits = [a_visit(draw, name, **_said(draw, VISITS, rules)) for name in names]
    shifts = [a_shift(draw, name, **_said(draw, SHIFTS, rules)) for name in crew]
    said = _said(draw, PROBLEMS, rules)
    if Rule.SHIPMENTS in rules:
        bottles = draw(st.integers(0, 2))
        visits[0] = replace(visits[0], load={"bottles": bottles})
        visits[1] = replace(visits[1], load={"bottles": -bottles})
    if Rule.PINS in rules:
        # Nobody is pinned where she may not go: that is refused, and no problem.
        anybody = {"shifts": None, "collectors": None, "forbidden": frozenset()}
        visits = [replace(visit, **anybody) for visit in visits]
    if Rule.BALANCE in rules:
        shared = (replace(one, shifts=one.shifts & set(crew)) for one in said["balances"])
        said["balances"] = tuple(shared)
    return a_problem(visits, shifts, **said)


def _said(
    draw: Draw, what: Mapping[Rule, Callable[[Draw], Fields]], rules: Collection[Rule]
) -> Fields:
    said: Fields = {}
    for rule, add in what.items():
        if rule in rules:
            said |= add(draw)
    return said


def wild_plans() -> st.SearchStrategy[Plan]:
    """Plans that somebody wrote without looking: unknown names, times and positions at random."""
    instants = st.integers(-5, 30)
    names = st.sampled_from(["v0", "v1", "v2", "s0", "b0", "b1", "bank", "lab", "moon", ""])
    positions = st.integers(-2, 4)
    times = {"arrival": instants, "begin": instants, "end": instants}
    tours = st.builds(
        Tour,
        shift=st.sampled_from(["s0", "s1", "night"]),
        start=names,
        end=names,
        departure=instants,
        arrival=instants,
        stops=_some(st.builds(Stop, visit=names, **times)),
        metres=st.integers(-5, 9_000),
        unloadings=_some(st.builds(Unloading, place=names, after=positions, **times)),
        breaks=_some(st.builds(Rest, name=names, after=positions, begin=instants, end=instants)),
    )
    bills = st.builds(Cost, **{part.name: st.integers(-5, 900) for part in fields(Cost)})
    left = st.builds(Unassigned, visit=names, reason=st.none())
    return st.builds(Plan, tours=_some(tours), unassigned=_some(left), cost=bills)


def _some(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(entries, max_size=3).map(tuple)
