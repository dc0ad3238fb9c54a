"""Knows how to draw small problems: short streets, narrow windows, scarce everything."""

from hypothesis import strategies as st

from routing.problem import Problem, Shift, Visit
from tests.routing.builders import pin, problem, shift, street, visit

DOORS = ("anna", "bea", "cleo", "dora")
HORIZON = 60
"""Seconds; with a kilometre in 3 s, a handful of visits just about fits."""


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """One or two windows of a few seconds."""
    first = draw(st.integers(0, 40))
    length = draw(st.integers(0, 8))
    if draw(st.booleans()):
        return ((first, first + length),)
    gap, second = draw(st.integers(1, 15)), draw(st.integers(0, 8))
    opens = first + length + gap
    return ((first, first + length), (opens, opens + second))


@st.composite
def visits(draw: st.DrawFn, name: str) -> Visit:
    return visit(
        draw(st.sampled_from(DOORS)),
        *draw(windows()),
        name=name,
        service=draw(st.integers(0, 3)),
        load={"bottles": draw(st.integers(0, 3))},
        ride=draw(st.sampled_from([{}, {}, {"milk": draw(st.integers(5, 30))}])),
        skills=draw(st.sampled_from([(), (), ("blood",)])),
        penalty=draw(st.one_of(st.none(), st.integers(0, 2_000))),
    )


@st.composite
def shifts(draw: st.DrawFn, name: str) -> Shift:
    begin = draw(st.integers(0, 15))
    return shift(
        name,
        begin,
        draw(st.integers(begin + 20, HORIZON)),
        start=draw(st.sampled_from(["bank", "home"])),
        end=draw(st.sampled_from(["bank", "lab", "home"])),
        capacity={"bottles": draw(st.integers(2, 8))},
        skills=draw(st.sampled_from([(), ("blood",)])),
        fixed=draw(st.sampled_from([0, 500])),
        per_km=draw(st.sampled_from([0, 35, 100])),
        per_hour=draw(st.sampled_from([0, 3_600, 360_000])),
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 5, least: int = 1, *, pins: bool = True) -> Problem:
    """A problem with up to `most` visits, one or two shifts, and a pin now and then."""
    names = [f"v{number}" for number in range(draw(st.integers(least, most)))]
    count = draw(st.integers(1, 2))
    pinned = [pin(names[0], "s0")] if pins and names and draw(st.integers(0, 3)) == 0 else []
    return problem(
        *(draw(visits(name)) for name in names),
        shifts=[draw(shifts(f"s{number}")) for number in range(count)],
        pins=pinned,
        travel={"car": street(seconds=3)},
    )
