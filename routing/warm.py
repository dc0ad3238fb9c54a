"""Knows how to compile everything ahead of time, so that nobody waits for it while planning."""

from pathlib import Path
from typing import Final

from numba import config

from routing.analysis.insertion import insertions, nearest_orders
from routing.kernel.search import Kernel
from routing.problem import Break, Place, Problem, Reload, Shift, Travel, Visit, Window
from routing.schedule import retimed
from routing.units import Seconds

MARK: Final = "warm"
"""The file that says that everything is there."""


def is_warm() -> bool:
    """Whether everything has been compiled for these sources."""
    return _mark().exists()


def warm() -> None:
    """Compile everything, unless that was done; it takes a minute or so."""
    if is_warm():
        return
    load()
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def load() -> None:
    """Call everything compiled once: this process has it at hand, and compiles what is missing."""
    problem = _small()
    plan = retimed(problem, {"shift": ["one"]})
    # An order that no timing permits is timed another way, which is compiled on its own.
    retimed(problem, {"shift": ["late", "one"]})
    insertions(problem, plan, "other")
    list(nearest_orders(problem, problem.shifts[0], ["one"], problem.visits[1]))
    kernel = Kernel(problem)
    kernel.begin()
    kernel.run(1, 1.0, 1.0)


def _mark() -> Path:
    return Path(config.CACHE_DIR) / MARK  # type: ignore[attr-defined]


def _small() -> Problem:
    """A problem that comes by every function: it has a break and a place to unload."""
    day = Window(earliest=Seconds(0), latest=Seconds(100))
    first = Window(earliest=Seconds(0), latest=Seconds(0))
    nothing = ((0,),)
    return Problem(
        dimensions=("bottles",),
        places=(Place(id="bank", receives=True),),
        travel={"car": Travel(seconds=nothing, metres=nothing)},
        shifts=(
            Shift(
                id="shift",
                collector="somebody",
                start="bank",
                ends=("bank",),
                window=day,
                capacity={"bottles": 1},
                breaks=(Break(id="break", windows=(day,), duration=Seconds(1)),),
                reload=Reload(places=("bank",)),
            ),
        ),
        visits=(
            Visit(id="one", place="bank", windows=(day,), service=Seconds(2), load={"bottles": 1}),
            Visit(id="other", place="bank", windows=(day,), load={"bottles": 1}),
            Visit(id="late", place="bank", windows=(first,), service=Seconds(99)),
        ),
    )
