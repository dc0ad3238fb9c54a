"""Removal of a whole tour.

It repairs a fleet that is too large. The shift of the tour mostly gets no visits in the same
iteration, so that they go to other tours.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel.change import save_tour, unassign
from routing.kernel.memory_layout import KernelData, SearchState
from routing.kernel.random_numbers import rand, randint
from routing.kernel.tour_cost import update_tour
from routing.timing.encoding import IntArray

BAN_PROBABILITY: Final = 0.7
"""Probability that the shift of a removed tour gets no visits in the same iteration."""

ATTEMPTS: Final = 8
"""Draws of a shift to find a tour that can be removed."""


@inner
def remove_tour(encoded: IntArray, data: KernelData, state: SearchState) -> None:
    """Remove all visits from a random tour except its frozen stops."""
    for _ in range(ATTEMPTS):
        shift = randint(state, data.num_shifts)
        tour_at = state.tours[shift]
        if tour_at.num_stops > tour_at.frozen_stops:
            clear_tour(encoded, data, state, shift)
            if rand(state) < BAN_PROBABILITY:
                state.banned_shift = shift
            return


@inner
def clear_tour(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> None:
    """Remove all visits from a tour except its frozen stops."""
    save_tour(data, state, shift)
    tour_at = state.tours[shift]
    frozen = tour_at.frozen_stops
    while tour_at.num_stops > frozen:
        unassign(data, state, shift, tour_at.num_stops)
    if not update_tour(encoded, data, state, shift):
        state.must_undo = 1
