"""Exact cost of a whole tour, compiled or in plain Python.

Compiled code calls it through an address; see `callback`.
"""

from routing.compiled import CHECKED

if CHECKED:
    from routing.kernel.memory_layout import SearchState
    from routing.timing.departure import INFINITE_COST
    from routing.timing.earliest_start import LEGAL
    from routing.timing.encoding import IntArray
    from routing.timing.tour_evaluation import ALL_RULES, evaluate

    def callback_address() -> int:
        """Return no address."""
        return 0

    def pointer_to(array: IntArray) -> IntArray:
        """Return the array itself."""
        return array

    def exact_cost(encoded: IntArray, state: SearchState, shift: int, count: int) -> int:
        """Return the cost in shares of a shift's tour, as `callback.exact_cost` does."""
        order = state.order_buffer.array()[:count]
        evaluation = evaluate(encoded, shift, order, ALL_RULES)
        return evaluation.cost if evaluation.status == LEGAL else INFINITE_COST

else:
    from routing.kernel.callback import callback_address, exact_cost, pointer_to

__all__ = ["callback_address", "exact_cost", "pointer_to"]
