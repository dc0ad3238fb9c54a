"""Knows how the kernel asks the exact timing of a whole tour.

`timing.order.drive` takes ten seconds to compile, and again in every function that calls it, since
each level is optimised anew with all it calls. So it is compiled once behind an address, and the
kernel calls the address.
"""

from functools import cache
from typing import Any

from llvmlite import ir
from numba import carray, cfunc, types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from routing.compiled import inner
from routing.timing.clock import NEVER
from routing.timing.flat import Whole
from routing.timing.order import EVERYTHING, drive
from routing.timing.settling import LEGAL

_SAID = types.int64(
    types.CPointer(types.int64), types.int64, types.int64, types.CPointer(types.int64), types.int64
)


def _price(tape: Any, size: int, shift: int, order: Any, count: int) -> int:  # noqa: ANN401 - addresses
    way = drive(carray(tape, size), shift, carray(order, count), EVERYTHING)
    return way.cost if way.status == LEGAL else NEVER


@cache
def _compiled() -> Any:  # noqa: ANN401 - Numba's
    return cfunc(_SAID, cache=True)(_price)


def address() -> int:
    """Where the compiled driver is in this process."""
    found: int = _compiled().address
    return found


@intrinsic
def _called(
    _: Any,
    driver: Any,
    tape: Any,
    size: Any,
    shift: Any,
    order: Any,
    first: Any,
    count: Any,  # noqa: ANN401
) -> tuple[Signature, Any]:
    """Call an address with (data of tape, size, shift, data of order from `first` on, count)."""
    signature = types.int64(driver, tape, size, shift, order, first, count)

    def generate(context: BaseContext, builder: ir.IRBuilder, _: Signature, given: Any) -> Any:  # noqa: ANN401
        word = ir.IntType(64)
        kind = ir.FunctionType(word, [word.as_pointer(), word, word, word.as_pointer(), word])
        function = builder.inttoptr(given[0], kind.as_pointer())
        ground = context.make_array(tape)(context, builder, given[1]).data
        orders = context.make_array(order)(context, builder, given[4]).data
        return builder.call(
            function, [ground, given[2], given[3], builder.gep(orders, [given[5]]), given[6]]
        )

    return signature, generate


@inner
def driven(f: Whole, driver: int, shift: int, orders: Whole, first: int, count: int) -> int:
    """What a shift's tour costs at best, in shares, or `NEVER` if no timing of it is legal.

    Its visits are the `count` numbers from `first` on in `orders`.
    """
    return _called(driver, f, len(f), shift, orders, first, count)
