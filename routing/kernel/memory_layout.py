"""Knows where everything lies on the kernel's three tapes of whole numbers.

The tape of the problem is `timing.flat`'s. The *ground* is what of a problem the kernel reads most,
laid out for reading it fast; the *state* is a solution and everything a search writes. Both begin
with a head of places and sizes; a table is read as ``tape[tape[TABLE] + row * WIDTH + column]``.
Compiled functions are handed the addresses of the three, since Numba counts references to every
array at every call, and looks for a negative index at every reading.
"""

from typing import Final

from routing.timing.encoding import SHIFT_COLUMNS

# The head of the ground: sizes, flags, then where the tables are.
PLACES, VISITS, SHIFTS, DIMENSIONS, COLUMNS, CAPACITY_ROWS, NEIGHBOURS, PERIODS = range(8)
SET_UPS, SIMPLE_LOADS, TOLLS, LATENESS, DONORS, NEAR, KINDS = range(8, 15)
OUT, INTO, CENTS, KNOWN, WINDOWS, FLEET, TERMS, LOADS, AMOUNTS, NEAREST, ADJACENT, KEYS = range(
    16, 28
)
HEAD: Final = 32

PACKED: Final = 32
"""A leg is one number: metres above, seconds in so many bits below."""

SECONDS_OF: Final = (1 << PACKED) - 1

# The columns of a visit.
PLACE, SERVICE, SETUP, RIDE, DUE, LATE, POSITION, NAME = range(8)
PARTNER, ROLE, PENALTY, DONOR, ROW = range(8, 13)
KNOWN_COLUMNS: Final = 13
"""`NAME` is a random number for the visit, `ROW` the visit's own on the tape of the problem."""

# On which terms a shift may serve a visit: the columns of each two.
FIRST, LAST, SHUTS, ASIDE = range(4)
TERMS_COLUMNS: Final = 4
"""The visit's windows within the hours of the shift, from `FIRST` to ahead of `LAST`, none where it
may not serve the visit at all; when the last of them shuts; what serving costs beside the road."""

# The columns of a shift: those of the problem's tape, then these.
BY, KIND, SPECIAL, TIMED, BALANCED, LIMITED, MARK = range(SHIFT_COLUMNS, SHIFT_COLUMNS + 7)
FLEET_COLUMNS: Final = SHIFT_COLUMNS + 7
"""`BY` is by when the tour must end, `KIND` the first shift that is just like it, `SPECIAL` that
only driving a whole tour tells whether it is legal, `TIMED` that its length costs or is bounded,
`MARK` a random number for its kind."""

# The keys a removed visit is sorted by, per visit.
BY_LOAD, BY_FARNESS, BY_WIDTH, BY_OPENING, BY_SHUTTING = range(5)
KEY_COLUMNS: Final = 5

# The columns of a point of a tour; row 0 is its start and the last row its end.
VISIT, AT, LEAVE, LATEST, LEG, LEG_SECONDS, LEG_METRES, SPENT = range(8)
LENGTH_TO, EARLY_TO, LATE_TO, LENGTH_ON, EARLY_ON, LATE_ON = range(8, 14)
BEGIN, OPENING, CLOSING, WORK, RIDES_TO, REACH, SLACK_ON, KEEPS_ON, DEAR_ON = range(14, 23)
LOAD_COLUMNS: Final = 23
"""From here on, per dimension, the most on board up to a point, and from it on."""

START: Final = -1
END: Final = -2

# The columns of a tour.
STOPS, COST, FROZEN, HASH, TOUCHED, OLD_STOPS, OLD_COST, SEEN = range(8)
METRES, SECONDS, LENGTH, ARRIVES, RIDING, SHIFTING, EMPTY_SEEN = range(8, 15)
TOUR_COLUMNS: Final = 16
"""`FROZEN` is how many stops at its beginning are not to be moved, `TOUCHED` the iteration that
changed it last, `HASH` the mark of its visits on its kind of shift; the two `SEEN` are stamps."""

# The head of the state.
CHANCE, TOTAL, BEST, OUTSIDE, BLINK, ITERATION, CHANGED, STAMP = range(8)
DRIVER, OLD_OUTSIDE, BEST_FOUND, STUCK, BANNED, KEPT, KEPT_STOPS, MISSED = range(8, 16)
ROWS, TOURS, TOUR_OF, ABSENT, OLD_ABSENT, MET, TOUCHED_LIST, OLD_ORDERS = range(16, 24)
SPOTS, WEIGHT, ORDER, BEST_STOPS, BEST_ORDERS = range(24, 29)
SLOTS, COLUMN_LIST, STOP_LIST, TAPE = range(30, 34)
AVERAGE, LONGEST, WHOLE, WANTED, PARKED, USED, GENEROUS, HARD, LITTLE = range(34, 43)
STATE_HEAD: Final = 48
"""`OUTSIDE` counts the absent, `STUCK` says that an iteration must be undone, `BANNED` is a shift
left alone for an iteration; `KEPT` and `KEPT_STOPS` count the pool, `TAPE` is the length of the
problem's tape; `AVERAGE`, `LONGEST`, `WHOLE` and `LITTLE` say how to ruin, see `ruin`; `USED`
counts the tours that are not empty; `GENEROUS` says that in this iteration a visit may be put in
for more than leaving it out costs. Per visit, `WANTED` is the iteration that made room near it
while it was absent: only tours that have changed are tried for it then; `HARD` is how hard it is to
place, see `recreate`."""

# The columns of a spot where a visit may be put: behind which point; for a shipment, both.
PRICE, SHIFT, HERE, THERE = range(4)
SPOT_COLUMNS: Final = 4
MOST_SPOTS: Final = 8
"""How many doubtful spots are tried by driving the whole tour."""

# The columns of a tour in the pool.
POOL_MARK, POOL_SHIFT, POOL_COST, POOL_FIRST, POOL_STOPS = range(5)
POOL_COLUMNS: Final = 5
MOST_KEPT: Final = 1 << 15
MOST_SLOTS: Final = 1 << 17
MOST_KEPT_STOPS: Final = 1 << 19
"""The pool: tours, places of its hash table, and stops of all its tours."""
