"""Knows a tour point by point: what is behind each and ahead of it, so that one look tells.

A *segment* is a stretch of a tour with the shortest it can last and the earliest and latest begin
with which it lasts no longer (Vidal, Crainic, Gendreau and Prins, 2013), for the windows the
earliest timing uses.

Ride limits, without unloadings on the way: all begins as late as the windows allow for the earliest
end are the kindest timing. With `W` the work from the departure to a begin, an item rides too long
exactly if the work alone from its pick-up to the end is too long, or if for some window at or
behind it the end comes after ``closing - W + (W of its pick-up + time spent there + limit)``. All
of that adds up point by point, from both ends.
"""

from routing.compiled import inner
from routing.kernel.memory_layout import (
    AMOUNTS,
    ARRIVES,
    AT,
    BEGIN,
    BY,
    CAPACITY_ROWS,
    CENTS,
    CLOSING,
    COLUMNS,
    DEAR_ON,
    DIMENSIONS,
    DUE,
    EARLY_ON,
    EARLY_TO,
    FIRST,
    FLEET,
    FLEET_COLUMNS,
    FROZEN,
    HASH,
    KEEPS_ON,
    KNOWN,
    KNOWN_COLUMNS,
    LAST,
    LATE,
    LATE_ON,
    LATE_TO,
    LATEST,
    LEAVE,
    LEG,
    LEG_METRES,
    LEG_SECONDS,
    LENGTH_ON,
    LENGTH_TO,
    LOAD_COLUMNS,
    LOADS,
    MARK,
    METRES,
    NAME,
    NEAREST,
    OPENING,
    OUT,
    PACKED,
    PLACE,
    PLACES,
    POSITION,
    REACH,
    RIDE,
    RIDES_TO,
    RIDING,
    ROWS,
    SECONDS,
    SECONDS_OF,
    SERVICE,
    SETUP,
    SHIFTING,
    SHIFTS,
    SHUTS,
    SIMPLE_LOADS,
    SLACK_ON,
    SPENT,
    STOPS,
    TERMS,
    TERMS_COLUMNS,
    TOLLS,
    TOUR_COLUMNS,
    TOURS,
    VISIT,
    WINDOWS,
    WORK,
)
from routing.timing import encoding
from routing.timing.encoding import FAR, Whole


@inner
def point(g: Whole, s: Whole, shift: int, row: int) -> int:
    """Where a point of a tour begins on the state."""
    return s[ROWS] + (shift * g[CAPACITY_ROWS] + row) * g[COLUMNS]


@inner
def tour(s: Whole, shift: int) -> int:
    """Where the columns of a tour begin on the state."""
    return s[TOURS] + shift * TOUR_COLUMNS


@inner
def terms(g: Whole, visit: int, shift: int) -> int:
    """Where the terms on which a shift may serve a visit begin on the ground."""
    return g[TERMS] + (visit * g[SHIFTS] + shift) * TERMS_COLUMNS


@inner
def first_open(g: Whole, on: int, ready: int) -> int:
    """The window a visit begins in when it is ready, or -1; `on` is where its terms begin."""
    for window in range(g[on + FIRST], g[on + LAST]):
        if ready <= g[g[WINDOWS] + 2 * window + 1]:
            return window
    return -1


@inner
def last_open(g: Whole, on: int, until: int) -> int:
    """The last instant until then at which a visit may begin, or -1."""
    for window in range(g[on + LAST] - 1, g[on + FIRST] - 1, -1):
        at = g[WINDOWS] + 2 * window
        if g[at] <= until:
            return min(until, g[at + 1])
    return -1


@inner
def leg_price(g: Whole, fleet: int, here: int, there: int, leg: int) -> int:
    """What a leg costs in shares; `fleet` is where the shift's columns begin."""
    price = g[fleet + encoding.PER_METRE] * (leg >> PACKED)
    price += g[fleet + encoding.PER_DRIVING] * (leg & SECONDS_OF)
    if g[TOLLS] != 0:
        price += g[g[CENTS] + (g[fleet + encoding.PROFILE] * g[PLACES] + here) * g[PLACES] + there]
    return price


@inner
def forward(g: Whole, s: Whole, shift: int) -> bool:
    """Write what is behind each point; False if the windows or the hours do not permit the tour."""
    fleet, at = g[FLEET] + shift * FLEET_COLUMNS, point(g, s, shift, 0)
    totals, count = tour(s, shift), s[tour(s, shift) + STOPS]
    columns = g[COLUMNS]
    _depart(g, s, shift, at)
    s[totals + HASH], s[totals + FROZEN] = g[fleet + MARK], 0
    s[totals + RIDING] = s[totals + SHIFTING] = 0
    for row in range(1, count + 1):
        behind = at
        at += columns
        visit = g[KNOWN] + s[at + VISIT] * KNOWN_COLUMNS
        on = terms(g, s[at + VISIT], shift)
        if g[visit + POSITION] >= 0:
            if g[visit + POSITION] != row - 1:
                return False
            s[totals + FROZEN] = row
        s[at + AT] = g[visit + PLACE]
        s[at + SPENT] = g[visit + SERVICE]
        if s[behind + AT] != s[at + AT]:
            s[at + SPENT] += g[visit + SETUP]
        _drive_to(g, s, fleet, behind, at)
        if not _begin(g, s, on, behind, at):
            return False
        _keep_cold(g, s, visit, behind, at)
        s[totals + HASH] += g[visit + NAME]
        s[totals + RIDING] |= g[visit + RIDE] < FAR
        s[totals + SHIFTING] |= g[on + LAST] - g[on + FIRST] > 1
    return _arrive(g, s, shift, at, at + columns)


@inner
def _depart(g: Whole, s: Whole, shift: int, at: int) -> None:
    fleet = g[FLEET] + shift * FLEET_COLUMNS
    opens = g[fleet + encoding.OPENS]
    s[at + AT] = g[fleet + encoding.START]
    s[at + LEAVE] = s[at + BEGIN] = s[at + EARLY_TO] = opens
    s[at + LATE_TO] = opens if g[fleet + encoding.DEPARTED] == 1 else g[fleet + BY]
    s[at + LENGTH_TO] = s[at + WORK] = s[at + SPENT] = 0
    s[at + RIDES_TO], s[at + REACH] = FAR, 2 * FAR
    totals = tour(s, shift)
    s[totals + METRES] = s[totals + SECONDS] = 0


@inner
def _drive_to(g: Whole, s: Whole, fleet: int, behind: int, at: int) -> None:
    here, there = s[behind + AT], s[at + AT]
    leg = g[g[OUT] + (g[fleet + encoding.PROFILE] * g[PLACES] + here) * g[PLACES] + there]
    s[at + LEG_SECONDS], s[at + LEG_METRES] = leg & SECONDS_OF, leg >> PACKED
    s[at + LEG] = leg_price(g, fleet, here, there, leg)
    s[at + WORK] = s[behind + WORK] + s[behind + SPENT] + s[at + LEG_SECONDS]


@inner
def _begin(g: Whole, s: Whole, on: int, behind: int, at: int) -> bool:
    """Time a point as early as may be, and add it to the segment behind it."""
    arrival = s[behind + LEAVE] + s[at + LEG_SECONDS]
    if arrival > g[on + SHUTS]:
        return False
    window = g[on + FIRST]
    if g[on + LAST] - window > 1:
        window = first_open(g, on, arrival)
    opens, shuts = g[g[WINDOWS] + 2 * window], g[g[WINDOWS] + 2 * window + 1]
    s[at + BEGIN], s[at + OPENING], s[at + CLOSING] = max(arrival, opens), opens, shuts
    s[at + LEAVE] = s[at + BEGIN] + s[at + SPENT]
    _lengthen(s, behind, at, opens, shuts)
    return True


@inner
def _lengthen(s: Whole, behind: int, at: int, opens: int, shuts: int) -> None:
    length = s[behind + LENGTH_TO] + s[at + LEG_SECONDS]
    wait = max(opens - length - s[behind + LATE_TO], 0)
    s[at + EARLY_TO] = max(opens - length, s[behind + EARLY_TO]) - wait
    s[at + LATE_TO] = min(shuts - length, s[behind + LATE_TO])
    s[at + LENGTH_TO] = length + wait + s[at + SPENT]


@inner
def _keep_cold(g: Whole, s: Whole, visit: int, behind: int, at: int) -> None:
    rides = s[at + WORK] + s[at + SPENT] + g[visit + RIDE]
    s[at + RIDES_TO] = min(s[behind + RIDES_TO], rides)
    reach = s[at + CLOSING] - s[at + WORK] + s[at + RIDES_TO]
    s[at + REACH] = min(s[behind + REACH], reach)


@inner
def _arrive(g: Whole, s: Whole, shift: int, behind: int, at: int) -> bool:
    fleet, totals = g[FLEET] + shift * FLEET_COLUMNS, tour(s, shift)
    s[at + AT] = g[g[NEAREST] + shift * g[PLACES] + s[behind + AT]]
    s[at + SPENT] = 0
    _drive_to(g, s, fleet, behind, at)
    if s[totals + STOPS] == 0:
        # Who stays at home pays for no way, so the first visit saves none.
        s[at + LEG] = 0
    arrival = s[behind + LEAVE] + s[at + LEG_SECONDS]
    s[at + BEGIN] = s[at + LEAVE] = s[totals + ARRIVES] = arrival
    _lengthen(s, behind, at, g[fleet + encoding.OPENS], g[fleet + BY])
    s[at + RIDES_TO], s[at + REACH] = s[behind + RIDES_TO], s[behind + REACH]
    return arrival <= g[fleet + BY]


@inner
def backward(g: Whole, s: Whole, shift: int) -> None:
    """Write what is ahead of each point of a tour whose way there is written."""
    fleet, count = g[FLEET] + shift * FLEET_COLUMNS, s[tour(s, shift) + STOPS]
    at, columns = point(g, s, shift, count + 1), g[COLUMNS]
    s[at + LATEST] = s[at + LATE_ON] = g[fleet + BY]
    s[at + LENGTH_ON], s[at + EARLY_ON] = 0, g[fleet + encoding.OPENS]
    s[at + SLACK_ON], s[at + KEEPS_ON], s[at + DEAR_ON] = FAR, 2 * FAR, 0
    metres, seconds = s[at + LEG_METRES], s[at + LEG_SECONDS]
    for _ in range(count):
        ahead = at
        at -= columns
        visit = g[KNOWN] + s[at + VISIT] * KNOWN_COLUMNS
        length = s[at + SPENT] + s[ahead + LEG_SECONDS]
        until = s[ahead + LATEST] - length
        on = terms(g, s[at + VISIT], shift)
        if g[on + LAST] - g[on + FIRST] > 1:
            s[at + LATEST] = last_open(g, on, until)
        else:
            s[at + LATEST] = min(until, s[at + CLOSING])
        wait = max(s[ahead + EARLY_ON] - length - s[at + CLOSING], 0)
        s[at + EARLY_ON] = max(s[ahead + EARLY_ON] - length, s[at + OPENING]) - wait
        s[at + LATE_ON] = min(s[ahead + LATE_ON] - length, s[at + CLOSING])
        s[at + LENGTH_ON] = length + wait + s[ahead + LENGTH_ON]
        s[at + SLACK_ON] = min(s[ahead + SLACK_ON], s[at + CLOSING] - s[at + WORK])
        rides = s[at + WORK] + s[at + SPENT] + g[visit + RIDE] + s[at + SLACK_ON]
        s[at + KEEPS_ON] = min(s[ahead + KEEPS_ON], rides)
        late = s[at + BEGIN] >= g[visit + DUE]
        s[at + DEAR_ON] = s[ahead + DEAR_ON] + (g[visit + LATE] if late else 0)
        metres += s[at + LEG_METRES]
        seconds += s[at + LEG_SECONDS]
    s[tour(s, shift) + METRES], s[tour(s, shift) + SECONDS] = metres, seconds


@inner
def weigh(g: Whole, s: Whole, shift: int) -> bool:
    """Write the most on board up to each point and from it on; whether the shift can carry it."""
    if g[SIMPLE_LOADS] == 1:
        return _weigh_simply(g, s, shift)
    count, columns, fits = s[tour(s, shift) + STOPS], g[COLUMNS], True
    for dimension in range(g[DIMENSIONS]):
        amounts = g[AMOUNTS] + 2 * shift * g[DIMENSIONS] + dimension
        at = point(g, s, shift, 0)
        column = LOAD_COLUMNS + 2 * dimension
        now = g[amounts + g[DIMENSIONS]]
        for row in range(1, count + 1):
            now += _load(g, s[at + row * columns + VISIT], 1, dimension)
        s[at + column] = s[at + column + 1] = now
        for row in range(1, count + 1):
            visit = s[at + row * columns + VISIT]
            now += _load(g, visit, 0, dimension) + _load(g, visit, 2, dimension)
            now -= _load(g, visit, 1, dimension)
            here = at + row * columns + column
            s[here], s[here + 1] = max(s[here - columns], now), now
        for row in range(count - 1, -1, -1):
            here = at + row * columns + column + 1
            s[here] = max(s[here], s[here + columns])
        fits = fits and s[at + column + 1] <= g[amounts]
    return fits


@inner
def _weigh_simply(g: Whole, s: Whole, shift: int) -> bool:
    """Where nothing is put down on the way, only the load at the end matters; it is at row 0."""
    count, columns, fits = s[tour(s, shift) + STOPS], g[COLUMNS], True
    at = point(g, s, shift, 0)
    for dimension in range(g[DIMENSIONS]):
        amounts = g[AMOUNTS] + 2 * shift * g[DIMENSIONS] + dimension
        now = g[amounts + g[DIMENSIONS]]
        for row in range(1, count + 1):
            now += _load(g, s[at + row * columns + VISIT], 0, dimension)
        s[at + LOAD_COLUMNS + 2 * dimension + 1] = now
        fits = fits and now <= g[amounts]
    return fits


@inner
def _load(g: Whole, visit: int, kind: int, dimension: int) -> int:
    return g[g[LOADS] + (3 * visit + kind) * g[DIMENSIONS] + dimension]
