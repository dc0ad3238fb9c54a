"""Ruin operator of a test: a random visit leaves its tour alone."""

from routing.compiled import inner
from routing.kernel.change import point_of, save_tour, unassign
from routing.kernel.memory_layout import KernelData, SearchState
from routing.kernel.random_numbers import randint
from routing.kernel.tour_cost import update_tour
from routing.timing.encoding import IntArray


@inner
def remove_one(encoded: IntArray, data: KernelData, state: SearchState) -> None:
    """Remove a random visit if it is in a tour and not frozen."""
    visit = randint(state, data.num_visits)
    shift = state.tour_of[visit]
    if shift < 0:
        return
    point = point_of(state, visit)
    if point > state.tours[shift].frozen_stops:
        save_tour(data, state, shift)
        unassign(data, state, shift, point)
        if not update_tour(encoded, data, state, shift):
            state.must_undo = 1
