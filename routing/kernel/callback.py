"""Knows how the kernel asks the exact timing of a whole tour.

`timing.order.drive` takes ten seconds to compile, and again in every function that calls it, since
each level is optimised anew with all it calls. So it is compiled once behind an address, and the
kernel calls the address.
"""

from functools import cache
from typing import Any, Final

import numba
from llvmlite import ir
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from routing.compiled import inner
from routing.kernel.memory_layout import DRIVER, TAPE
from routing.timing.clock import NEVER
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import Whole
from routing.timing.tour_evaluation import EVERYTHING, drive

# What Numba does not tell the type checker about.
_numba: Any = numba
_intrinsic: Any = intrinsic

_WORD: Final = _numba.types.int64
_ADDRESS: Final = _numba.types.CPointer(_WORD)
_seen: Any = numba.carray  # type: ignore[attr-defined]


def _price(tape: Any, size: int, shift: int, order: Any, count: int) -> int:  # noqa: ANN401 - addresses
    way = drive(_seen(tape, size), shift, _seen(order, count), EVERYTHING)
    return way.cost if way.status == LEGAL else NEVER


@cache
def _compiled() -> Any:  # noqa: ANN401 - Numba's
    said = _WORD(_ADDRESS, _WORD, _WORD, _ADDRESS, _WORD)
    return _numba.cfunc(said, cache=True)(_price)


def address() -> int:
    """Where the compiled driver is in this process."""
    found: int = _compiled().address
    return found


@_intrinsic
def pointed(_: Any, tape: Any) -> tuple[Signature, Any]:  # noqa: ANN401 - Numba's own types
    """Where a tape lies: no references are counted for an address, and none is below 0."""
    signature = _ADDRESS(tape)

    def generate(context: Any, builder: ir.IRBuilder, _: Signature, given: Any) -> Any:  # noqa: ANN401
        return context.make_array(tape)(context, builder, given[0]).data

    return signature, generate


@_intrinsic
def _called(_: Any, driver: Any, tape: Any, size: Any, shift: Any, order: Any, count: Any) -> Any:  # noqa: ANN401
    """Call the function at an address."""
    signature = _WORD(driver, tape, size, shift, order, count)

    def generate(_: Any, builder: ir.IRBuilder, __: Signature, given: Any) -> Any:  # noqa: ANN401
        word = ir.IntType(64)
        kinds = [word.as_pointer(), word, word, word.as_pointer(), word]
        kind = ir.FunctionType(word, kinds)
        return builder.call(builder.inttoptr(given[0], kind.as_pointer()), given[1:])

    return signature, generate


@_intrinsic
def _further(_: Any, tape: Any, by: Any) -> Any:  # noqa: ANN401
    """The address of a later number of a tape."""
    signature = tape(tape, by)

    def generate(_: Any, builder: ir.IRBuilder, __: Signature, given: Any) -> Any:  # noqa: ANN401
        return builder.gep(given[0], [given[1]])

    return signature, generate


@inner
def driven(f: Whole, s: Whole, shift: int, first: int, count: int) -> int:
    """What a shift's tour costs at best, in shares, or `NEVER` if no timing of it is legal.

    Its visits are the `count` numbers from `first` on of the state.
    """
    order = _further(s, first)
    return _called(s[DRIVER], f, s[TAPE], shift, order, count)
