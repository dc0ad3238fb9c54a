"""Compilation of the planner ahead of its first run, which takes a minute or so."""

from pathlib import Path
from typing import Final

from numba import config

from routing.analysis.insertion import insertions, nearest_orders
from routing.analysis.risk import risk
from routing.kernel.search import Kernel
from routing.problem import Break, Place, Problem, Reload, Shift, Travel, Visit, Window
from routing.schedule import retimed
from routing.units import Seconds

MARKER: Final = "warm"
"""Name of the file in the cache folder that marks a complete compilation."""


def is_warm() -> bool:
    """Return whether all functions are compiled for these sources."""
    return _marker().exists()


def warm() -> None:
    """Compile all functions that are not compiled yet."""
    if is_warm():
        return
    load()
    _marker().parent.mkdir(parents=True, exist_ok=True)
    _marker().touch()


def load() -> None:
    """Call each compiled function once: load it into this process, or compile it if missing."""
    problem = _small()
    plan = retimed(problem, {"shift": ["one"]})
    # An order without a legal timing is timed leniently, by a function compiled on its own.
    retimed(problem, {"shift": ["late", "one"]})
    insertions(problem, plan, "other")
    list(nearest_orders(problem, problem.shifts[0], ["one"], problem.visits[1]))
    risk(problem, plan, days=1)
    kernel = Kernel(problem)
    kernel.initialise()
    kernel.run(1, 1.0, 1.0)


def _marker() -> Path:
    return Path(config.CACHE_DIR) / MARKER  # type: ignore[attr-defined]


def _small() -> Problem:
    """Return a problem, with a break and a place to unload, that calls every function."""
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
                collector="collector",
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
