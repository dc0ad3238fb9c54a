"""Knows what a tour costs, to the share, and whether it is legal; a plain tour without driving it.

A tour needs to be driven (`timing.order.drive`) where breaks, unloadings, overtime or lateness make
its cheapest timing more than its shortest one, or where windows and ride limits are entangled.
"""

from routing.compiled import inner
from routing.kernel.callback import driven
from routing.kernel.memory_layout import (
    ARRIVES,
    ASIDE,
    BALANCED,
    BY,
    CLOSING,
    COLUMNS,
    COST,
    DUE,
    EARLY_TO,
    FLEET,
    FLEET_COLUMNS,
    KNOWN,
    KNOWN_COLUMNS,
    LATE,
    LATENESS,
    LEG,
    LEG_SECONDS,
    LENGTH,
    LENGTH_TO,
    LIMITED,
    METRES,
    OPENING,
    ORDER,
    REACH,
    RIDE,
    RIDES_TO,
    ROW,
    SECONDS,
    SHIFTING,
    SPECIAL,
    SPENT,
    STOPS,
    TIMED,
    VISIT,
    WINDOWS,
    WORK,
)
from routing.kernel.segments import backward, first_open, forward, point, terms, tour, weigh
from routing.timing import accessors, encoding
from routing.timing.clock import NEVER
from routing.timing.encoding import FAR, Whole


@inner
def refresh(f: Whole, g: Whole, s: Whole, shift: int) -> bool:
    """Write everything about a tour whose visits have changed; whether it is legal."""
    totals = tour(s, shift)
    s[totals + COST] = 0
    if not forward(g, s, shift) and s[totals + STOPS] > 0:
        return False
    backward(g, s, shift)
    fits = weigh(g, s, shift)
    if s[totals + STOPS] == 0:
        # Who stays at home takes no way, however long it would be.
        s[totals + LENGTH] = 0
        return True
    if g[g[FLEET] + shift * FLEET_COLUMNS + SPECIAL] == 1:
        return _driven(f, g, s, shift)
    return fits and _limited(g, s, shift) and _priced(f, g, s, shift)


@inner
def _limited(g: Whole, s: Whole, shift: int) -> bool:
    fleet, totals = g[FLEET] + shift * FLEET_COLUMNS, tour(s, shift)
    return g[fleet + LIMITED] == 0 or (
        s[totals + STOPS] <= g[fleet + encoding.MAX_STOPS]
        and s[totals + METRES] <= g[fleet + encoding.MAX_METRES]
        and s[totals + SECONDS] <= g[fleet + encoding.MAX_DRIVING]
    )


@inner
def _priced(f: Whole, g: Whole, s: Whole, shift: int) -> bool:
    fleet, totals = g[FLEET] + shift * FLEET_COLUMNS, tour(s, shift)
    end = point(g, s, shift, s[totals + STOPS] + 1)
    length, early, arrival = s[end + LENGTH_TO], s[end + EARLY_TO], s[totals + ARRIVES]
    cold = arrival <= s[end + REACH] and s[end + WORK] <= s[end + RIDES_TO]
    s[totals + LENGTH] = length
    if not cold:
        return s[totals + SHIFTING] == 1 and _driven(f, g, s, shift)
    if _may_be_shorter(g, s, shift):
        length, early, arrival, cold = _shortest(g, s, shift, length, early, arrival)
        later = length < s[totals + LENGTH]
        if not cold or (later and _pays_for_later(g, fleet, arrival)):
            return _driven(f, g, s, shift)
    if length > g[fleet + encoding.MAX_WORKING]:
        return False
    late = _lateness(g, s, shift, early, arrival) if g[LATENESS] == 1 else 0
    if late == NEVER:
        return _driven(f, g, s, shift)
    over = max(0, arrival - g[fleet + encoding.OVERTIME_FROM])
    s[totals + COST] = _beside_hours(g, s, shift) + g[fleet + encoding.PER_SECOND] * length
    s[totals + COST] += g[fleet + encoding.PER_OVERTIME] * over + late
    if g[fleet + BALANCED] == 1:
        s[totals + COST] += uneven(f, g, shift, s[totals + STOPS], s[totals + METRES], length)
    return True


@inner
def _may_be_shorter(g: Whole, s: Whole, shift: int) -> bool:
    """Whoever waits may leave so late that other windows are used, and wait less."""
    fleet, totals = g[FLEET] + shift * FLEET_COLUMNS, tour(s, shift)
    end = point(g, s, shift, s[totals + STOPS] + 1)
    return (
        g[fleet + TIMED] == 1
        and g[fleet + encoding.DEPARTED] == 0
        and s[totals + SHIFTING] == 1
        and s[totals + LENGTH] > s[end + WORK]
    )


@inner
def _beside_hours(g: Whole, s: Whole, shift: int) -> int:
    count, columns = s[tour(s, shift) + STOPS], g[COLUMNS]
    at = point(g, s, shift, 0)
    total = g[g[FLEET] + shift * FLEET_COLUMNS + encoding.FIXED]
    for _ in range(count):
        at += columns
        total += s[at + LEG] + g[terms(g, s[at + VISIT], shift) + ASIDE]
    return total + s[at + columns + LEG]


@inner
def uneven(f: Whole, g: Whole, shift: int, stops: int, metres: int, length: int) -> int:
    """What a tour pays, in shares, for more than its share of stops, metres and seconds."""
    fleet, total = g[FLEET] + shift * FLEET_COLUMNS, 0
    for balance in range(g[fleet + encoding.BALANCES_FROM], g[fleet + encoding.BALANCES_TO]):
        measure, counted = accessors.balance(f, balance, encoding.MEASURE), length
        if measure == encoding.OF_STOPS:
            counted = stops
        elif measure == encoding.OF_METRES:
            counted = metres
        excess = max(0, counted - accessors.balance(f, balance, encoding.SHARE))
        total += accessors.balance(f, balance, encoding.RATE) * excess
    return total


@inner
def _pays_for_later(g: Whole, fleet: int, arrival: int) -> bool:
    """A shorter timing that ends later may cost more than it saves."""
    return g[LATENESS] == 1 or arrival > g[fleet + encoding.OVERTIME_FROM]


@inner
def _lateness(g: Whole, s: Whole, shift: int, early: int, arrival: int) -> int:
    """What the first of the shortest timings pays for being late, or NEVER if another is cheaper.

    To leave a second sooner saves at most the rates of those who are late, and costs a second of
    work. Where no second costs anything, the earliest departure is the cheapest.
    """
    fleet, columns = g[FLEET] + shift * FLEET_COLUMNS, g[COLUMNS]
    opens = g[fleet + encoding.OPENS]
    departure = early if g[fleet + TIMED] == 1 else opens
    at, leave, total, rates = point(g, s, shift, 0), departure, 0, 0
    for _ in range(s[tour(s, shift) + STOPS]):
        at += columns
        visit = g[KNOWN] + s[at + VISIT] * KNOWN_COLUMNS
        begin = max(leave + s[at + LEG_SECONDS], s[at + OPENING])
        begin = max(begin, arrival - s[at + SPENT] - g[visit + RIDE])
        leave = begin + s[at + SPENT]
        if begin > g[visit + DUE]:
            total += g[visit + LATE] * (begin - g[visit + DUE])
            rates += g[visit + LATE]
    return total if departure == opens or rates <= g[fleet + encoding.PER_SECOND] else NEVER


@inner
def _driven(f: Whole, g: Whole, s: Whole, shift: int) -> bool:
    totals, at, columns = tour(s, shift), point(g, s, shift, 0), g[COLUMNS]
    count = s[totals + STOPS]
    for row in range(count):
        visit = s[at + (row + 1) * columns + VISIT]
        s[s[ORDER] + row] = g[g[KNOWN] + visit * KNOWN_COLUMNS + ROW]
    s[totals + LENGTH] = s[at + (count + 1) * columns + LENGTH_TO]
    s[totals + COST] = driven(f, s, shift, s[ORDER], count)
    return s[totals + COST] < NEVER


@inner
def _shortest(
    g: Whole, s: Whole, shift: int, length: int, early: int, arrival: int
) -> tuple[int, int, int, bool]:
    """The shortest timing of all stretches (see `timing.clock`), if it keeps what is cold cold.

    A later stretch begins one second after the last departure of the one before it.
    """
    end = point(g, s, shift, s[tour(s, shift) + STOPS] + 1)
    best = (length, early, arrival, True)
    departure = _last_departure(g, s, shift) + 1
    while True:
        found = _stretch(g, s, shift, departure)
        if found[0] == NEVER:
            return best
        if found[0] < best[0]:
            best = (found[0], found[1], found[2], found[4])
        if found[0] == s[end + WORK]:
            return best
        departure = found[3] + 1


@inner
def _last_departure(g: Whole, s: Whole, shift: int) -> int:
    """The last with which no begin leaves the window the earliest timing uses."""
    columns = g[COLUMNS]
    at, last = point(g, s, shift, 0), FAR
    for _ in range(s[tour(s, shift) + STOPS]):
        at += columns
        last = min(last, s[at + CLOSING] - s[at + WORK])
    return last


@inner
def _stretch(g: Whole, s: Whole, shift: int, departure: int) -> tuple[int, int, int, int, bool]:
    """Of one stretch: its least length or NEVER, its departure, arrival, last departure, cold."""
    columns = g[COLUMNS]
    at, leave, until, reach, rides = point(g, s, shift, 0), departure, FAR, 2 * FAR, FAR
    for _ in range(s[tour(s, shift) + STOPS]):
        at += columns
        visit = g[KNOWN] + s[at + VISIT] * KNOWN_COLUMNS
        arrival = leave + s[at + LEG_SECONDS]
        window = first_open(g, terms(g, s[at + VISIT], shift), arrival)
        if window < 0:
            return NEVER, 0, 0, 0, False
        closing = g[g[WINDOWS] + 2 * window + 1]
        leave = max(arrival, g[g[WINDOWS] + 2 * window]) + s[at + SPENT]
        until = min(until, closing - s[at + WORK])
        rides = min(rides, s[at + WORK] + s[at + SPENT] + g[visit + RIDE])
        reach = min(reach, closing - s[at + WORK] + rides)
    at += columns
    arrival = leave + s[at + LEG_SECONDS]
    if arrival > _closes(g, shift):
        return NEVER, 0, 0, 0, False
    last = min(until, _closes(g, shift) - s[at + WORK])
    length = max(s[at + WORK], arrival - last)
    return length, max(departure, arrival - length), arrival, until, arrival <= reach


@inner
def _closes(g: Whole, shift: int) -> int:
    return g[g[FLEET] + shift * FLEET_COLUMNS + BY]
