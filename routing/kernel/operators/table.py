"""Table of the ruin and recreate operators: a new one is a file and a line here."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from routing.compiled import inner
from routing.kernel.memory_layout import KernelData, SearchState
from routing.kernel.operators.greedy_insertion import insert_greedily
from routing.kernel.operators.string_removal import remove_strings
from routing.kernel.operators.tour_removal import remove_tour
from routing.kernel.random_numbers import randint
from routing.timing.encoding import IntArray

Apply = Callable[[IntArray, KernelData, SearchState], None]

MILLION: Final = 1_000_000

IGNORE_PENALTIES_EVERY: Final = 20
"""Mean iterations between two in which visits are inserted at costs above their penalties.

Two visits may together justify a shift's fixed cost that neither justifies alone. Acceptance
compares the cost of the whole solution.
"""


class Operator(NamedTuple):
    """Operator with its share.

    Attributes
    ----------
    apply : callable
        A function decorated by `compiled.inner`.
    share : int
        Iterations that apply it, in parts of one million. The last operator of a table has the
        rest.
    """

    apply: Apply
    share: int


RUINS: Final = (
    Operator(remove_tour, 2_000),
    Operator(remove_strings, 998_000),
)

RECREATES: Final = (Operator(insert_greedily, 1_000_000),)


def draw_one(operators: Sequence[Operator]) -> Apply:
    """Return a compiled function that applies an operator, drawn by the shares.

    With one operator no random number is drawn.

    Raises
    ------
    ValueError
        When the shares do not add up to one million.
    """
    if sum(operator.share for operator in operators) != MILLION:
        raise ValueError("the shares of the operators do not add up to one million")
    if len(operators) == 1:
        return operators[0].apply
    chosen = _chosen(operators)

    @inner
    def draw(encoded: IntArray, data: KernelData, state: SearchState) -> None:
        chosen(encoded, data, state, randint(state, MILLION))

    return draw


def _chosen(
    operators: Sequence[Operator],
) -> Callable[[IntArray, KernelData, SearchState, int], None]:
    """Return a function that applies the operator within whose share a drawn number lies."""
    apply, share = operators[0]
    if len(operators) == 1:

        @inner
        def last(encoded: IntArray, data: KernelData, state: SearchState, _: int) -> None:
            apply(encoded, data, state)

        return last
    others = _chosen(operators[1:])

    @inner
    def choose(encoded: IntArray, data: KernelData, state: SearchState, drawn: int) -> None:
        if drawn < share:
            apply(encoded, data, state)
        else:
            others(encoded, data, state, drawn - share)

    return choose


_remove = draw_one(RUINS)

recreate = draw_one(RECREATES)
"""Insert the unassigned visits that have a legal position worth its cost."""


@inner
def ruin(encoded: IntArray, data: KernelData, state: SearchState) -> None:
    """Remove visits from the current solution; they are unassigned afterwards."""
    state.banned_shift = -1
    state.ignores_penalties = randint(state, IGNORE_PENALTIES_EVERY) == 0
    _remove(encoded, data, state)
