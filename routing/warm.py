"""Compilation of the planner ahead of its first run, which takes a minute or so.

Two processes share it: one compiles the search, the other the timing and all that calls it.
"""

from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numba
from numba import config

from routing.analysis.insertion import insertions, nearest_orders
from routing.analysis.risk import risk
from routing.compiled import CHECKED
from routing.kernel import anneal
from routing.kernel.exact_cost import callback_address
from routing.kernel.problem_data import problem_data
from routing.kernel.search import Kernel
from routing.kernel.state import order_table
from routing.problem import Break, Place, Problem, Reload, Shift, Travel, Visit, Window
from routing.schedule import retimed
from routing.timing.encoding import encode
from routing.units import Seconds

# Numba does not describe itself to the type checker.
_numba: Any = numba

MARKER: Final = "warm"
"""Name of the file in the cache folder that marks a complete compilation."""


def is_warm() -> bool:
    """Return whether all functions are compiled for these sources."""
    return CHECKED or _marker().exists()


def warm() -> None:
    """Compile all functions that are not compiled yet."""
    if is_warm():
        return
    search = get_context("spawn").Process(target=_compile_search)
    search.start()
    _load_timing()
    search.join()
    load()
    _marker().parent.mkdir(parents=True, exist_ok=True)
    _marker().touch()


def load() -> None:
    """Call each compiled function once: load it into this process, or compile it if missing."""
    _load_timing()
    kernel = Kernel(_small())
    kernel.initialise()
    kernel.run(1, 1.0, 1.0)


def _compile_search() -> None:
    """Compile the search alone: it calls the timing of a tour by an address."""
    problem = _small()
    encoded, data = encode(problem), problem_data(problem).tables
    arrays = [_numba.typeof(array) for array in (encoded, data.array, encoded)]
    functions: Any = anneal
    functions.initialise.compile((*arrays, _numba.typeof(order_table(data, {}))))
    functions.anneal.compile((*arrays, *map(_numba.typeof, (1, 1.0, 1.0))))


def _load_timing() -> None:
    problem = _small()
    callback_address()
    plan = retimed(problem, {"shift": ["one"]})
    # An order without a legal timing is timed leniently, by a function compiled on its own.
    retimed(problem, {"shift": ["late", "one"]})
    insertions(problem, plan, "other")
    list(nearest_orders(problem, problem.shifts[0], ["one"], problem.visits[1]))
    risk(problem, plan, days=1)


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
