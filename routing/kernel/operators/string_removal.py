"""Removal of strings of visits from neighbouring tours.

Number and length of strings, and split strings, follow Christiaens and Vanden Berghe, Slack
induction by string removals for vehicle routing problems, 2020.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel.change import point_of, save_tour, unassign
from routing.kernel.memory_layout import KernelData, SearchState
from routing.kernel.operators.tour_removal import clear_tour
from routing.kernel.random_numbers import rand, randint
from routing.kernel.records import Entries
from routing.kernel.tour_cost import update_tour
from routing.timing.encoding import IntArray

MILLION: Final = 1_000_000
"""Unit of the share `small_ruins` in the search state."""

SMALL_RUIN: Final = (5.0, 4.0)
"""Average removals and longest string of a small ruin, in visits."""

SPLIT_PROBABILITY: Final = 0.5
"""Probability that a string is split: visits in its middle are preserved."""

DEEPER_SPLIT: Final = 0.01
"""Probability, repeated, that a split string preserves one visit more."""

MAX_RETRIED: Final = 5
"""Unassigned visits near the ruin that are tried in the tours it changes."""


@inner
def remove_strings(encoded: IntArray, data: KernelData, state: SearchState) -> None:
    """Remove a string from each of several tours near a random visit."""
    num_stops = data.num_visits - state.num_unassigned
    average, longest = float(state.average_removals), float(state.max_string)
    if state.small_ruins > 0 and randint(state, MILLION) < state.small_ruins:
        average, longest = SMALL_RUIN
    longest = min(longest, num_stops / max(1, state.num_used))
    max_strings = 4.0 * average / (1.0 + longest) - 1.0
    remaining = int(rand(state) * max_strings + 1.0)
    seed = randint(state, data.num_visits)
    neighbours = data.neighbours[seed]
    _mark_for_retry(data, state, neighbours)
    for number in range(data.num_neighbours):
        visit = neighbours[number]
        shift = state.tour_of[visit]
        if shift < 0:
            continue
        tour_at = state.tours[shift]
        if tour_at.changed_in == state.iteration:
            continue
        point = point_of(state, visit)
        if point <= tour_at.frozen_stops:
            continue
        _remove_string(encoded, data, state, shift, point, longest)
        remaining -= 1
        if remaining <= 0:
            return


@inner
def _mark_for_retry(data: KernelData, state: SearchState, neighbours: Entries) -> None:
    """Mark the nearest unassigned visits for a retry in the tours of this ruin."""
    remaining = min(MAX_RETRIED, state.num_unassigned)
    for number in range(data.num_neighbours):
        if remaining <= 0:
            return
        visit = neighbours[number]
        if state.tour_of[visit] < 0:
            state.retried_in[visit] = state.iteration
            remaining -= 1


@inner
def _remove_string(
    encoded: IntArray, data: KernelData, state: SearchState, shift: int, point: int, longest: float
) -> None:
    """Remove a string, or a split string, that includes a point of a tour."""
    save_tour(data, state, shift)
    tour_at = state.tours[shift]
    frozen, count = tour_at.frozen_stops, tour_at.num_stops
    free = count - frozen
    length = int(rand(state) * min(float(free), longest) + 1.0)
    preserved = 0
    if 1 < length < free and rand(state) < SPLIT_PROBABILITY:
        preserved = 1
        while length + preserved < free and rand(state) < DEEPER_SPLIT:
            preserved += 1
    span = length + preserved
    lowest = max(frozen + 1, point - span + 1)
    first = lowest + randint(state, min(point, count - span + 1) - lowest + 1)
    head = 1 + randint(state, length - 1) if preserved > 0 else length
    _remove_visits(data, state, shift, first + head + preserved, length - head)
    _remove_visits(data, state, shift, first, head)
    if not update_tour(encoded, data, state, shift):
        # If a detour is quicker than the direct leg, fewer stops can take longer.
        clear_tour(encoded, data, state, shift)


@inner
def _remove_visits(
    data: KernelData, state: SearchState, shift: int, first: int, count: int
) -> None:
    """Remove consecutive visits, the last one first."""
    tour_at = state.tours[shift]
    frozen = tour_at.frozen_stops
    for point in range(first + count - 1, first - 1, -1):
        # The other visit of a shipment may have been removed with an earlier one.
        if frozen < point <= tour_at.num_stops:
            unassign(data, state, shift, point)
