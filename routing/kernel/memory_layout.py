"""Memory layout of the kernel: the one declaration of its problem data and search state.

- The *encoded problem* (parameter `encoded`) is the array of `timing.encoding`.
- The *problem data* (`data`) are the parts of a problem that the search reads most, rearranged for
  speed by `problem_data`.
- The *search state* (`state`) is the current solution and all other values that a search writes.

`records` makes the accessors from these classes: ``state.tours[shift].cost``,
``data.visits[visit].place``, ``state.tour_of[visit]``. A new field is one new line here.

Instants are seconds since the problem's epoch, durations are seconds, distances are metres and
costs are shares (1/18,000 of a cent).
"""

from typing import Annotated, Final

from routing.compiled import CHECKED
from routing.kernel.records import WRAPS, Block, Entries, Grid, Rows, TableRow
from routing.timing import encoding
from routing.timing.encoding import IntArray

SECONDS_BITS: Final = 32
"""A leg is one integer: metres in the upper bits, seconds in this many lower bits."""

SECONDS_MASK: Final = (1 << SECONDS_BITS) - 1

# The keys by which removed visits are sorted, per visit.
BY_LOAD, BY_DISTANCE, BY_WIDTH, BY_EARLIEST, BY_LATEST = range(5)
KEY_COLUMNS: Final = 5

MAX_UNCERTAIN: Final = 8
"""Uncertain insertion positions kept per visit, to be evaluated exactly."""

MAX_POOL_TOURS: Final = 1 << 15
POOL_INDEX_SIZE: Final = 1 << 17
MAX_POOL_VISITS: Final = 1 << 19
"""Sizes of the pool: tours, slots of its hash table, and visits of all its tours."""


class VisitRow(TableRow):
    """Visit.

    `late_rate` is in shares per second after the instant `due`. `hash_key` is a random number of
    the visit, `problem_row` its row in the encoded problem.
    """

    place: int
    service: int
    setup: int
    max_ride: int
    due: int
    late_rate: int
    pinned_position: int
    hash_key: int
    partner: int
    role: int
    penalty: int
    donor: int
    problem_row: int


class WindowRow(TableRow):
    """Window of a visit."""

    opens: int
    closes: int


class ShiftRow(TableRow, after=encoding.SHIFT_COLUMNS):
    """Shift: all columns of the encoded problem, then those of the kernel.

    `latest_end` is the latest arrival at the end of the tour. `vehicle_type` is the first shift
    with the same properties. `needs_evaluation` is 1 if only the exact timing of the whole tour
    decides whether it is legal (breaks, unloadings). `time_matters` is 1 if the duration of the
    tour has a cost or a limit. `type_hash` is a random number of the vehicle type.
    """

    profile: Annotated[int, encoding.PROFILE]
    start: Annotated[int, encoding.START]
    opens: Annotated[int, encoding.OPENS]
    closes: Annotated[int, encoding.CLOSES]
    departed: Annotated[int, encoding.DEPARTED]
    per_metre: Annotated[int, encoding.PER_METRE]
    per_second: Annotated[int, encoding.PER_SECOND]
    per_driving_second: Annotated[int, encoding.PER_DRIVING_SECOND]
    overtime_from: Annotated[int, encoding.OVERTIME_FROM]
    per_overtime_second: Annotated[int, encoding.PER_OVERTIME_SECOND]
    fixed_cost: Annotated[int, encoding.FIXED_COST]
    max_driving: Annotated[int, encoding.MAX_DRIVING]
    max_working: Annotated[int, encoding.MAX_WORKING]
    max_metres: Annotated[int, encoding.MAX_METRES]
    max_stops: Annotated[int, encoding.MAX_STOPS]
    end_receives: Annotated[int, encoding.END_RECEIVES]
    max_reloads: Annotated[int, encoding.MAX_RELOADS]
    balances_from: Annotated[int, encoding.BALANCES_FROM]
    balances_to: Annotated[int, encoding.BALANCES_TO]
    period: Annotated[int, encoding.PERIOD]
    latest_end: int
    vehicle_type: int
    needs_evaluation: int
    time_matters: int
    balanced: int
    limited: int
    type_hash: int


class PairRow(TableRow):
    """Pair of a visit and a shift.

    The windows of the visit within the hours of the shift are the rows from `first_window` to
    before `end_window`; there are none if the shift may not serve the visit. `last_closing` is the
    end of the last of them, or -1. `surcharge` is the cost of preferences and zones.
    """

    first_window: int
    end_window: int
    last_closing: int
    surcharge: int


class KernelData(Block, is_constant=True):
    """Problem data.

    - `max_points` is the number of points reserved for each tour.
    - `pickups_only` is 1 if no load is delivered on the way, `has_margins` if margins have a price.
    - `granularity` is the number of granular neighbours of a visit, or 0 if every tour is searched
      for insertion positions.
    - `legs_from` and `legs_to` hold the same legs by profile and origin, and by profile and
      destination; `tolls` by profile and origin.
    - `visit_loads` are the loads per dimension by visit and kind, `shift_loads` by shift and kind.
    """

    num_places: int
    num_visits: int
    num_shifts: int
    num_dimensions: int
    max_points: int
    num_neighbours: int
    num_periods: int
    num_donors: int
    num_vehicle_types: int
    granularity: int
    has_setups: int
    has_tolls: int
    has_lateness: int
    has_margins: int
    pickups_only: int
    legs_from: Grid[Entries]
    legs_to: Grid[Entries]
    tolls: Grid[Entries]
    visits: Rows[VisitRow]
    windows: Rows[WindowRow]
    shifts: Rows[ShiftRow]
    pairs: Grid[PairRow]
    visit_loads: Grid[Entries]
    shift_loads: Grid[Entries]
    nearest_ends: Rows[Entries]
    neighbours: Rows[Entries]
    sort_keys: Rows[Entries]


class PointRow(TableRow):
    """Point of a tour; row 0 is the start of the tour and the last row its end.

    The leg of a point is the leg that arrives there. `begin` is the earliest begin of service,
    `latest_begin` the latest with which the rest of the tour stays legal. `service_time` includes
    the set-up. `work` is travel and service from the departure to the begin, without waits. The
    columns `..._before` describe the segment from the start to this point, `..._after` the segment
    from this point to the end; see `segments`. `loads` are per dimension the largest load up to the
    point, and from it on.
    """

    visit: int
    place: int
    departure: int
    latest_begin: int
    leg_cost: int
    leg_seconds: int
    leg_metres: int
    service_time: int
    duration_before: int
    start_early_before: int
    start_late_before: int
    duration_after: int
    start_early_after: int
    start_late_after: int
    begin: int
    window_opens: int
    window_closes: int
    work: int
    max_work_before: int
    max_arrival_before: int
    min_slack_after: int
    max_arrival_after: int
    late_rate_after: int
    loads: Entries


class PointMarginsRow(TableRow):
    """Margins of a point, kept apart: a day without spreads has none.

    They are least slacks in hundredths of a second, see `margins`.
    """

    clock_slack_before: int
    promise_slack_after: int


class TourRow(TableRow):
    """Tour of a shift.

    `frozen_stops` counts the stops at its beginning that must not be moved. `hash` identifies its
    set of visits and its vehicle type. `changed_in` is the iteration of its last change.
    `scanned_in` is the last scan for insertion positions that looked at it, `type_scanned_in` the
    last that looked at an empty tour of its vehicle type. `seconds` and `metres` are travel,
    `duration` is from departure to arrival. `cost` is without the margins of the tour, unless
    `timing` has evaluated it.
    """

    num_stops: int
    cost: int
    frozen_stops: int
    hash: Annotated[int, WRAPS]
    changed_in: int
    old_num_stops: int
    old_cost: int
    scanned_in: int
    metres: int
    seconds: int
    duration: int
    arrival: int
    has_ride_limits: int
    has_several_windows: int
    type_scanned_in: int


class TourMarginsRow(TableRow):
    """Margins of a tour.

    `margin_cost` is known if `is_priced` is 1. Otherwise it is computed when the tour is accepted,
    from the departure `start` and the arrival `timed_arrival` of the shortest timing. The columns
    `before_...` are those before the last attempt to insert a visit. `tight_margin` is the margin
    of the end, in hundredths of a second; 0 if the slacks of the points are not known.
    """

    margin_cost: int
    is_priced: int
    start: int
    timed_arrival: int
    before_margin_cost: int
    before_is_priced: int
    before_start: int
    before_timed_arrival: int
    old_margin_cost: int
    tight_margin: int


class PositionRow(TableRow):
    """Insertion position of a visit, or of both visits of a shipment."""

    cost: int
    shift: int
    after_point: int
    delivery_after: int


class PoolTourRow(TableRow):
    """Tour in the pool: its visits begin at the entry `first` of `pool_visits`."""

    hash: Annotated[int, WRAPS]
    shift: int
    cost: int
    first: int
    length: int


class SearchState(Block):
    """Search state.

    - `scan` numbers the scans for insertion positions; `blink_countdown` counts the positions until
      the next blink.
    - `must_undo` is 1 if the iteration has to be undone. `banned_shift` gets no visits in this
      iteration. `ignores_penalties` is 1 if a visit may be inserted at a cost above its penalty.
    - `num_used` counts the tours that are not empty, `num_changed` the tours changed in this
      iteration.
    - `pool_size` and `pool_num_visits` count the tours of the pool and their visits. `pool_index`
      is the hash table of the pool.
    - `callback` is the address of the exact evaluation, `encoded_size` the length of the encoded
      problem.
    - `average_removals`, `max_string` and `small_ruins` are parameters of `string_removal`.
    - Per visit, `retried_in` is the last iteration with a ruin near it while it was unassigned. In
      that iteration it is tried in changed tours only.
    - Per visit, `difficulty` is learnt by `greedy_insertion`.
    - `donor_visits` counts visits per donor and period.
    - `margin_rows` are the rows of `timing.margins` for one tour.
    """

    random_state: int
    current_cost: int
    best_cost: int
    num_unassigned: int
    old_num_unassigned: int
    blink_countdown: int
    iteration: int
    num_changed: int
    num_used: int
    scan: int
    must_undo: int
    banned_shift: int
    ignores_penalties: int
    pool_size: int
    pool_num_visits: int
    callback: int
    encoded_size: int
    average_removals: int
    max_string: int
    small_ruins: int
    points: Grid[PointRow]
    tours: Rows[TourRow]
    tour_of: Entries
    unassigned: Entries
    old_unassigned: Entries
    retried_in: Entries
    deferred: Entries
    difficulty: Entries
    donor_visits: Rows[Entries]
    changed_tours: Entries
    old_orders: Rows[Entries]
    positions: Rows[PositionRow]
    sort_weights: Entries
    order_buffer: Entries
    margin_rows: Entries
    point_margins: Grid[PointMarginsRow]
    tour_margins: Rows[TourMarginsRow]
    best_num_stops: Entries
    best_orders: Rows[Entries]
    pool_index: Entries
    pool_tours: Rows[PoolTourRow]
    pool_visits: Entries


def data_of(array: IntArray) -> KernelData:
    """Return the problem data in an array, in compiled code or in plain Python."""
    return KernelData(array)


def state_of(array: IntArray) -> SearchState:
    """Return the search state in an array, in compiled code or in plain Python."""
    return SearchState(array)


if not CHECKED:
    from routing.kernel.compiled_records import pass_block

    pass_block(data_of, KernelData)
    pass_block(state_of, SearchState)
