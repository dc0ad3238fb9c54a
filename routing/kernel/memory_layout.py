"""Memory layout of the kernel's three flat arrays of 64-bit integers.

- The *encoded problem* (parameter `encoded`) is the array of `timing.encoding`.
- The *problem data* (`data`) are the parts of a problem that the search reads most, rearranged for
  speed by `problem_data`.
- The *search state* (`state`) is the current solution and all other values that a search writes.

The problem data and the search state begin with a head of sizes, flags and offsets of tables. An
entry is read as ``data[data[TABLE] + row * WIDTH + column]``, the offsets of rows by `offsets`.
Compiled functions receive the addresses of the three arrays. With arrays, Numba would count
references at every call, and test every index for being negative.

Instants are seconds since the problem's epoch, durations are seconds, distances are metres and
costs are shares (1/18,000 of a cent).
"""

from typing import Final

from routing.timing import encoding

# The head of the problem data: sizes, flags, then the offsets of the tables.
NUM_PLACES, NUM_VISITS, NUM_SHIFTS, NUM_DIMENSIONS, POINT_COLUMNS = range(5)
MAX_POINTS, NUM_NEIGHBOURS, NUM_PERIODS = range(5, 8)
HAS_SETUPS, PICKUPS_ONLY, HAS_TOLLS, HAS_LATENESS = range(8, 12)
NUM_DONORS, GRANULARITY, NUM_VEHICLE_TYPES, HAS_MARGINS = range(12, 16)
LEGS_FROM, LEGS_TO, TOLLS, VISITS, WINDOWS, SHIFTS, PAIRS = range(16, 23)
VISIT_LOADS, SHIFT_LOADS, NEAREST_ENDS, NEIGHBOURS, SORT_KEYS = range(23, 28)
DATA_HEAD: Final = 32
"""Length of the head.

`POINT_COLUMNS` is the width of a point, `MAX_POINTS` the number of points reserved for each tour.
`PICKUPS_ONLY` is 1 if no load is delivered on the way. `GRANULARITY` is the number of granular
neighbours of a visit, or 0 if every tour is searched for insertion positions. `LEGS_FROM` and
`LEGS_TO` hold the same legs by origin and by destination. `HAS_MARGINS` is 1 if margins have a
price.
"""

SECONDS_BITS: Final = 32
"""A leg is one integer: metres in the upper bits, seconds in this many lower bits."""

SECONDS_MASK: Final = (1 << SECONDS_BITS) - 1

# The columns of a visit.
PLACE, SERVICE, SETUP, MAX_RIDE, DUE, LATE_RATE, PINNED_POSITION, HASH_KEY = range(8)
PARTNER, ROLE, PENALTY, DONOR, PROBLEM_ROW = range(8, 13)
VISIT_COLUMNS: Final = 13
"""Width of a visit.

`LATE_RATE` is in shares per second after the instant `DUE`. `HASH_KEY` is a random number of the
visit, `PROBLEM_ROW` its row in the encoded problem.
"""

# The columns of a pair: a visit and a shift.
FIRST_WINDOW, END_WINDOW, LAST_CLOSING, SURCHARGE = range(4)
PAIR_COLUMNS: Final = 4
"""Width of a pair.

The windows of the visit within the hours of the shift are the rows from `FIRST_WINDOW` to before
`END_WINDOW`; there are none if the shift may not serve the visit. `LAST_CLOSING` is the end of the
last of them, or -1. `SURCHARGE` is the cost of preferences and zones.
"""

# The columns of a shift: all of the encoded problem, then these.
LATEST_END, VEHICLE_TYPE, NEEDS_EVALUATION, TIME_MATTERS, BALANCED, LIMITED, TYPE_HASH = range(
    encoding.SHIFT_COLUMNS, encoding.SHIFT_COLUMNS + 7
)
SHIFT_COLUMNS: Final = encoding.SHIFT_COLUMNS + 7
"""Width of a shift.

`LATEST_END` is the latest arrival at the end of the tour. `VEHICLE_TYPE` is the first shift with
the same properties. `NEEDS_EVALUATION` is 1 if only the exact timing of the whole tour decides
whether it is legal (breaks, unloadings). `TIME_MATTERS` is 1 if the duration of the tour has a cost
or a limit. `TYPE_HASH` is a random number of the vehicle type.
"""

# The keys by which removed visits are sorted, per visit.
BY_LOAD, BY_DISTANCE, BY_WIDTH, BY_EARLIEST, BY_LATEST = range(5)
KEY_COLUMNS: Final = 5

# The columns of a point of a tour; row 0 is the start of the tour and the last row its end.
VISIT, POINT_PLACE, DEPARTURE, LATEST_BEGIN, LEG_COST, LEG_SECONDS, LEG_METRES = range(7)
SERVICE_TIME, DURATION_BEFORE, START_EARLY_BEFORE, START_LATE_BEFORE = range(7, 11)
DURATION_AFTER, START_EARLY_AFTER, START_LATE_AFTER = range(11, 14)
BEGIN, WINDOW_OPENS, WINDOW_CLOSES, WORK = range(14, 18)
MAX_WORK_BEFORE, MAX_ARRIVAL_BEFORE, MIN_SLACK_AFTER, MAX_ARRIVAL_AFTER = range(18, 22)
LATE_RATE_AFTER: Final = 22
LOAD_COLUMNS: Final = 23
"""First of the load columns: per load dimension the largest load up to a point, and from it on.

The leg of a point is the leg that arrives there. `BEGIN` is the earliest begin of service,
`LATEST_BEGIN` the latest with which the rest of the tour stays legal. `SERVICE_TIME` includes the
set-up. `WORK` is travel and service from the departure to the begin, without waits. The columns
`..._BEFORE` describe the segment from the start to this point, `..._AFTER` the segment from this
point to the end; see `segments`.
"""

# The columns of the margins of a point, kept apart: a day without spreads has none.
CLOCK_SLACK_BEFORE, PROMISE_SLACK_AFTER = range(2)
POINT_MARGIN_COLUMNS: Final = 2
"""Width of the margins of a point: least slacks in hundredths of a second, see `margins`."""

# The columns of a tour.
NUM_STOPS, COST, FROZEN_STOPS, HASH, CHANGED_IN, OLD_NUM_STOPS, OLD_COST, SCANNED_IN = range(8)
METRES, SECONDS, DURATION, ARRIVAL, HAS_RIDE_LIMITS, HAS_SEVERAL_WINDOWS = range(8, 14)
TYPE_SCANNED_IN: Final = 14
TOUR_COLUMNS: Final = 16
"""Width of a tour.

`FROZEN_STOPS` counts the stops at its beginning that must not be moved. `HASH` identifies its set
of visits and its vehicle type. `CHANGED_IN` is the iteration of its last change. `SCANNED_IN` is
the last scan for insertion positions that looked at it, `TYPE_SCANNED_IN` the last that looked at
an empty tour of its vehicle type. `SECONDS` and `METRES` are travel, `DURATION` is from departure
to arrival. `COST` is without the margins of the tour, unless `timing` has evaluated it.
"""

# The columns of the margins of a tour.
MARGIN_COST, IS_PRICED, START, TIMED_ARRIVAL = range(4)
BEFORE_MARGIN_COST, BEFORE_IS_PRICED, BEFORE_START, BEFORE_TIMED_ARRIVAL = range(4, 8)
OLD_MARGIN_COST, TIGHT_MARGIN = range(8, 10)
TOUR_MARGIN_COLUMNS: Final = 10
"""Width of the margins of a tour.

`MARGIN_COST` is known if `IS_PRICED` is 1. Otherwise it is computed when the tour is accepted, from
the departure `START` and the arrival `TIMED_ARRIVAL` of the shortest timing. The columns
`BEFORE_...` are those before the last attempt to insert a visit. `TIGHT_MARGIN` is the margin of
the end, in hundredths of a second; 0 if the slacks of the points are not known.
"""

# The head of the search state.
RANDOM_STATE, CURRENT_COST, BEST_COST, NUM_UNASSIGNED, BLINK_COUNTDOWN, ITERATION = range(6)
NUM_CHANGED, SCAN, CALLBACK, OLD_NUM_UNASSIGNED, MUST_UNDO, BANNED_SHIFT = range(6, 12)
POOL_SIZE, POOL_NUM_VISITS = range(12, 14)
POINTS, TOURS, TOUR_OF, UNASSIGNED, OLD_UNASSIGNED, DONOR_VISITS = range(16, 22)
CHANGED_TOURS, OLD_ORDERS, POSITIONS, SORT_WEIGHTS, ORDER_BUFFER = range(22, 27)
BEST_NUM_STOPS, BEST_ORDERS, POOL_INDEX, POOL_TOURS, POOL_VISITS = range(27, 32)
ENCODED_SIZE, AVERAGE_REMOVALS, MAX_STRING, TOUR_REMOVALS, RETRIED_IN = range(33, 38)
DEFERRED, NUM_USED, IGNORES_PENALTIES, DIFFICULTY, SMALL_RUINS, MARGIN_ROWS = range(38, 44)
POINT_MARGINS, TOUR_MARGINS = range(44, 46)
STATE_HEAD: Final = 48
"""Length of the head.

- `SCAN` numbers the scans for insertion positions; `BLINK_COUNTDOWN` counts the positions until the
  next blink.
- `MUST_UNDO` is 1 if the iteration has to be undone. `BANNED_SHIFT` gets no visits in this
  iteration. `IGNORES_PENALTIES` is 1 if a visit may be inserted at a cost above its penalty.
- `NUM_USED` counts the tours that are not empty, `NUM_CHANGED` the tours changed in this iteration.
- `DONOR_VISITS` counts visits per donor and period.
- `POOL_SIZE` and `POOL_NUM_VISITS` count the tours of the pool and their visits. `POOL_INDEX` is
  the hash table of the pool.
- `CALLBACK` is the address of the exact evaluation, `ENCODED_SIZE` the length of the encoded
  problem.
- `AVERAGE_REMOVALS`, `MAX_STRING`, `TOUR_REMOVALS` and `SMALL_RUINS` are parameters of `ruin`.
- Per visit, `RETRIED_IN` is the last iteration with a ruin near it while it was unassigned. In that
  iteration it is tried in changed tours only.
- Per visit, `DIFFICULTY` is learnt by `recreate`.
- `MARGIN_ROWS` are the rows of `timing.margins` for one tour; `POINT_MARGINS` and `TOUR_MARGINS`
  are the margins of all points and tours.
"""

# The columns of an insertion position: of a visit, or of both visits of a shipment.
INSERTION_COST, SHIFT, AFTER_POINT, DELIVERY_AFTER = range(4)
POSITION_COLUMNS: Final = 4
MAX_UNCERTAIN: Final = 8
"""Uncertain insertion positions kept per visit, to be evaluated exactly."""

# The columns of a tour in the pool.
POOL_HASH, POOL_SHIFT, POOL_COST, POOL_FIRST, POOL_TOUR_LENGTH = range(5)
POOL_COLUMNS: Final = 5
MAX_POOL_TOURS: Final = 1 << 15
POOL_INDEX_SIZE: Final = 1 << 17
MAX_POOL_VISITS: Final = 1 << 19
"""Sizes of the pool: tours, slots of its hash table, and visits of all its tours."""
