"""Knows how the tape of a problem is read; see `flat.Tables` for what is on it."""

from routing.compiled import compiled, inner
from routing.timing.encoding import Whole

# Where on the tape's head the place of a table is, and behind it the width of its rows.
_COUNTS, _SECONDS, _METRES, _CENTS = (2 * row for row in range(4))
_VISITS, _WINDOWS, _LOADS, _SHIFTS, _AMOUNTS = (2 * row for row in range(4, 9))
_NEAREST, _MAY, _ASIDE, _RELOADS, _BREAKS, _RESTS, _BALANCES = (2 * row for row in range(9, 16))


@inner
def places(f: Whole) -> int:
    """How many places there are."""
    return f[f[_COUNTS]]


@inner
def visits(f: Whole) -> int:
    """How many visits there are."""
    return f[f[_COUNTS] + 1]


@inner
def shifts(f: Whole) -> int:
    """How many shifts there are."""
    return f[f[_COUNTS] + 2]


@inner
def dimensions(f: Whole) -> int:
    """In how many dimensions loads are counted."""
    return f[f[_COUNTS] + 3]


@inner
def seconds(f: Whole, profile: int, here: int, there: int) -> int:
    """Travel from place to place."""
    count = f[f[_COUNTS]]
    return f[f[_SECONDS] + (profile * count + here) * count + there]


@inner
def metres(f: Whole, profile: int, here: int, there: int) -> int:
    """The road from place to place."""
    count = f[f[_COUNTS]]
    return f[f[_METRES] + (profile * count + here) * count + there]


@inner
def toll(f: Whole, profile: int, here: int, there: int) -> int:
    """What a leg costs of its own, in shares."""
    count = f[f[_COUNTS]]
    if f[f[_COUNTS] + 4] == 0:
        return 0
    return f[f[_CENTS] + (profile * count + here) * count + there]


@inner
def visit(f: Whole, row: int, column: int) -> int:
    """A property of a visit."""
    return f[f[_VISITS] + row * f[_VISITS + 1] + column]


@compiled
def shift(f: Whole, row: int, column: int) -> int:
    """A property of a shift."""
    return f[f[_SHIFTS] + row * f[_SHIFTS + 1] + column]


@inner
def opens(f: Whole, row: int) -> int:
    """The first instant of a visit's window."""
    return f[f[_WINDOWS] + 2 * row]


@inner
def shuts(f: Whole, row: int) -> int:
    """The last instant of a visit's window."""
    return f[f[_WINDOWS] + 2 * row + 1]


@inner
def load(f: Whole, row: int, kind: int, dimension: int) -> int:
    """What a visit has collected (0), brought (1) or shipped (2)."""
    count = f[f[_COUNTS] + 3]
    return f[f[_LOADS] + (3 * row + kind) * count + dimension]


@inner
def amount(f: Whole, row: int, kind: int, dimension: int) -> int:
    """What a shift can carry (0), and carries from its departure (1)."""
    count = f[f[_COUNTS] + 3]
    return f[f[_AMOUNTS] + (2 * row + kind) * count + dimension]


@inner
def nearest(f: Whole, row: int, place: int) -> int:
    """Where a shift's tour ends after this place."""
    return f[f[_NEAREST] + row * f[f[_COUNTS]] + place]


@inner
def may(f: Whole, row: int, by: int) -> bool:
    """Whether a visit may be served by a shift at all."""
    return f[f[_MAY] + row * f[f[_COUNTS] + 2] + by] != 0


@inner
def aside(f: Whole, row: int, by: int, part: int) -> int:
    """What a shift costs at a visit beside the road: preferences (0) and zones (1)."""
    return f[f[_ASIDE] + 2 * (row * f[f[_COUNTS] + 2] + by) + part]


@inner
def reload(f: Whole, row: int) -> int:
    """A place where a shift may unload."""
    return f[f[_RELOADS] + row]


@compiled
def rest(f: Whole, row: int, column: int) -> int:
    """A property of a break."""
    return f[f[_BREAKS] + 3 * row + column]


@inner
def rest_opens(f: Whole, row: int) -> int:
    """The first instant at which a break may begin."""
    return f[f[_RESTS] + 2 * row]


@inner
def rest_shuts(f: Whole, row: int) -> int:
    """The last instant at which a break may begin."""
    return f[f[_RESTS] + 2 * row + 1]


@inner
def balance(f: Whole, row: int, column: int) -> int:
    """A property of a balance."""
    return f[f[_BALANCES] + 3 * row + column]
