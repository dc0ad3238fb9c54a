"""Accessors of the encoded problem; see `encoding.ProblemTables` for its tables.

Instants and durations are seconds, distances metres, costs shares. Visits, shifts, places and the
rows of other tables are named by their row.
"""

from routing.compiled import CHECKED, BoundsError, compiled, inner
from routing.timing.encoding import IntArray

# The head of the encoded problem: per table its offset, then the width of its rows. The tables are
# in the order of `encoding.ProblemTables`.
_COUNTS, _SECONDS, _METRES, _TOLLS = (2 * table for table in range(4))
_VISITS, _WINDOWS, _VISIT_LOADS, _SHIFTS, _SHIFT_LOADS = (2 * table for table in range(4, 9))
_NEAREST_ENDS, _ALLOWED, _SURCHARGES = (2 * table for table in range(9, 12))
_RELOAD_PLACES, _BREAKS, _BREAK_WINDOWS, _BALANCES, _RISK = (2 * table for table in range(12, 17))


if CHECKED:

    def _entry(encoded: IntArray, table: int, index: int) -> int:
        """Return an entry of a table, or raise `BoundsError`."""
        first, last = encoded[table], encoded[table + 2] if table < _RISK else len(encoded)
        if not 0 <= index < last - first:
            raise BoundsError(f"entry {index} of {last - first} of table {table // 2}")
        return int(encoded[first + index])

else:

    @inner
    def _entry(encoded: IntArray, table: int, index: int) -> int:
        """Return an entry of a table."""
        return encoded[encoded[table] + index]


@inner
def num_shifts(encoded: IntArray) -> int:
    """Return the number of shifts."""
    return _entry(encoded, _COUNTS, 2)


@inner
def num_dimensions(encoded: IntArray) -> int:
    """Return the number of load dimensions."""
    return _entry(encoded, _COUNTS, 3)


@inner
def seconds(encoded: IntArray, profile: int, here: int, there: int) -> int:
    """Return the travel time between two places in seconds."""
    count = encoded[encoded[_COUNTS]]
    return _entry(encoded, _SECONDS, (profile * count + here) * count + there)


@inner
def metres(encoded: IntArray, profile: int, here: int, there: int) -> int:
    """Return the distance between two places in metres."""
    count = encoded[encoded[_COUNTS]]
    return _entry(encoded, _METRES, (profile * count + here) * count + there)


@inner
def toll(encoded: IntArray, profile: int, here: int, there: int) -> int:
    """Return the cost of a leg itself, in shares; 0 if the problem has no such costs."""
    count = encoded[encoded[_COUNTS]]
    if encoded[encoded[_COUNTS] + 4] == 0:
        return 0
    return _entry(encoded, _TOLLS, (profile * count + here) * count + there)


@inner
def visit(encoded: IntArray, row: int, column: int) -> int:
    """Return a column of a visit."""
    return _entry(encoded, _VISITS, row * encoded[_VISITS + 1] + column)


@compiled
def shift(encoded: IntArray, row: int, column: int) -> int:
    """Return a column of a shift."""
    return _entry(encoded, _SHIFTS, row * encoded[_SHIFTS + 1] + column)


@inner
def window_opens(encoded: IntArray, row: int) -> int:
    """Return the first instant of a visit's window."""
    return _entry(encoded, _WINDOWS, 2 * row)


@inner
def window_closes(encoded: IntArray, row: int) -> int:
    """Return the last instant of a visit's window."""
    return _entry(encoded, _WINDOWS, 2 * row + 1)


@inner
def visit_load(encoded: IntArray, row: int, kind: int, dimension: int) -> int:
    """Return a load of a visit; the kind is `COLLECTED`, `BROUGHT` or `SHIPPED`."""
    count = encoded[encoded[_COUNTS] + 3]
    return _entry(encoded, _VISIT_LOADS, (3 * row + kind) * count + dimension)


@inner
def shift_load(encoded: IntArray, row: int, kind: int, dimension: int) -> int:
    """Return a load of a shift; the kind is `CAPACITY`, or `CARRIED` at the departure."""
    count = encoded[encoded[_COUNTS] + 3]
    return _entry(encoded, _SHIFT_LOADS, (2 * row + kind) * count + dimension)


@inner
def nearest_end(encoded: IntArray, row: int, place: int) -> int:
    """Return the place where the tour of a shift ends after a last place."""
    return _entry(encoded, _NEAREST_ENDS, row * encoded[encoded[_COUNTS]] + place)


@inner
def is_allowed(encoded: IntArray, row: int, shift_row: int) -> bool:
    """Return whether a shift may serve a visit, apart from time and loads."""
    return _entry(encoded, _ALLOWED, row * encoded[encoded[_COUNTS] + 2] + shift_row) != 0


@inner
def surcharge(encoded: IntArray, row: int, shift_row: int, part: int) -> int:
    """Return the cost in shares of a visit on a shift: preferences (part 0) or zones (1)."""
    pair = row * encoded[encoded[_COUNTS] + 2] + shift_row
    return _entry(encoded, _SURCHARGES, 2 * pair + part)


@inner
def reload_place(encoded: IntArray, row: int) -> int:
    """Return a place where a shift may unload."""
    return _entry(encoded, _RELOAD_PLACES, row)


@compiled
def break_(encoded: IntArray, row: int, column: int) -> int:
    """Return a column of a break."""
    return _entry(encoded, _BREAKS, 3 * row + column)


@inner
def break_opens(encoded: IntArray, row: int) -> int:
    """Return the first instant of a break's window."""
    return _entry(encoded, _BREAK_WINDOWS, 2 * row)


@inner
def break_closes(encoded: IntArray, row: int) -> int:
    """Return the last instant of a break's window."""
    return _entry(encoded, _BREAK_WINDOWS, 2 * row + 1)


@inner
def balance(encoded: IntArray, row: int, column: int) -> int:
    """Return a column of a balance."""
    return _entry(encoded, _BALANCES, 3 * row + column)


@inner
def risk(encoded: IntArray, entry: int) -> int:
    """Return an entry of the risk."""
    return _entry(encoded, _RISK, entry)
