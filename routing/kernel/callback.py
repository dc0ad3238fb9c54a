"""Call of the exact timing of a whole tour through an address.

`timing.tour_evaluation.evaluate` takes ten seconds to compile. Numba would optimise it anew in
every function that calls it, with all it calls. So it is compiled once as a C callback, and the
kernel calls its address.
"""

from functools import cache
from typing import Any, Final

import numba
from llvmlite import ir
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from routing.compiled import inner
from routing.kernel.memory_layout import SearchState
from routing.timing.departure import INFINITE_COST
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import IntArray
from routing.timing.tour_evaluation import ALL_RULES, COST_ONLY, evaluate

# Numba does not describe these to the type checker.
_numba: Any = numba
_intrinsic: Any = intrinsic
_array: Any = numba.carray  # type: ignore[attr-defined]

_INT64: Final = _numba.types.int64
_POINTER: Final = _numba.types.CPointer(_INT64)


def _cost(encoded: Any, size: int, shift: int, order: Any, count: int) -> int:  # noqa: ANN401 - addresses
    evaluation = evaluate(_array(encoded, size), shift, _array(order, count), ALL_RULES | COST_ONLY)
    return evaluation.cost if evaluation.status == LEGAL else INFINITE_COST


@cache
def _compiled() -> Any:  # noqa: ANN401 - Numba's
    signature = _INT64(_POINTER, _INT64, _INT64, _POINTER, _INT64)
    return _numba.cfunc(signature, cache=True)(_cost)


def callback_address() -> int:
    """Return the address of the compiled evaluation in this process."""
    address: int = _compiled().address
    return address


@_intrinsic
def pointer_to(_: Any, array: Any) -> tuple[Signature, Any]:  # noqa: ANN401 - Numba's own types
    """Return the address of an array's first entry.

    Numba counts no references to an address, and does not test its indices for being negative.
    """
    signature = _POINTER(array)

    def generate(context: Any, builder: ir.IRBuilder, _: Signature, arguments: Any) -> Any:  # noqa: ANN401
        return context.make_array(array)(context, builder, arguments[0]).data

    return signature, generate


@_intrinsic
def _call(_: Any, at: Any, encoded: Any, size: Any, shift: Any, order: Any, count: Any) -> Any:  # noqa: ANN401
    """Call the function at an address."""
    signature = _INT64(at, encoded, size, shift, order, count)

    def generate(_: Any, builder: ir.IRBuilder, __: Signature, arguments: Any) -> Any:  # noqa: ANN401
        word = ir.IntType(64)
        parameters = [word.as_pointer(), word, word, word.as_pointer(), word]
        kind = ir.FunctionType(word, parameters).as_pointer()
        return builder.call(builder.inttoptr(arguments[0], kind), arguments[1:])

    return signature, generate


@inner
def exact_cost(encoded: IntArray, state: SearchState, shift: int, count: int) -> int:
    """Return the cost in shares of a shift's tour at its cheapest timing.

    The visits of the tour, by their rows in the encoded problem, are the first `count` entries of
    `order_buffer`. The cost is `INFINITE_COST` if no timing is legal.
    """
    order = state.order_buffer
    return _call(state.callback, encoded, state.encoded_size, shift, order, count)
