"""Knows what it would cost, about, to put a visit anywhere, and where that is surely legal.

A spot is judged in a few operations from what the points on both sides of it know. Where that does
not suffice (breaks, unloadings, ride limits across several windows, set-ups that come or go) a spot
is *doubtful*: the cheapest of these are kept, and whoever takes one tries the whole tour.
"""

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.price import uneven
from routing.kernel.random_numbers import below
from routing.kernel.segments import first_open, leg_price, point, terms, tour
from routing.timing import encoding
from routing.timing.clock import NEVER
from routing.timing.encoding import FAR, Whole

BLINKS = 100
"""One spot in so many is overlooked (Christiaens and Vanden Berghe, 2020)."""

NO, PERHAPS, SURELY = range(3)


@inner
def survey(f: Whole, g: Whole, s: Whole, visit: int) -> None:
    """Fill the list of spots: in row 0 the cheapest sure one, behind it the doubtful ones."""
    for row in range(o.MOST_SPOTS + 1):
        s[s[o.SPOTS] + row * o.SPOT_COLUMNS + o.PRICE] = NEVER
    s[o.STAMP] += 1
    if s[s[o.WANTED] + visit] == s[o.ITERATION]:
        for number in range(s[o.CHANGED]):
            _survey_fresh(f, g, s, visit, s[s[o.TOUCHED_LIST] + number])
    elif g[o.NEAR] == 0:
        for shift in range(g[o.SHIFTS]):
            _survey_fresh(f, g, s, visit, shift)
    else:
        _survey_near(f, g, s, visit)


@inner
def _survey_near(f: Whole, g: Whole, s: Whole, visit: int) -> None:
    """Survey the tours of the nearest visits, and one empty tour of each kind."""
    near = g[o.ADJACENT] + visit * g[o.NEIGHBOURS]
    for number in range(g[o.NEAR]):
        shift = s[s[o.TOUR_OF] + g[near + number]]
        if shift >= 0 and s[tour(s, shift) + o.SEEN] != s[o.STAMP]:
            s[tour(s, shift) + o.SEEN] = s[o.STAMP]
            _survey(f, g, s, visit, shift)
    kinds = 0
    for shift in range(g[o.SHIFTS] if s[o.USED] < g[o.SHIFTS] else 0):
        if s[tour(s, shift) + o.STOPS] == 0:
            kinds += _survey_fresh(f, g, s, visit, shift)
            if kinds == g[o.KINDS]:
                return


@inner
def _survey_fresh(f: Whole, g: Whole, s: Whole, visit: int, shift: int) -> int:
    """Survey a tour, but of empty tours of one kind only the first; how many it has surveyed."""
    if s[tour(s, shift) + o.STOPS] == 0:
        kind = tour(s, g[g[o.FLEET] + shift * o.FLEET_COLUMNS + o.KIND])
        if shift == s[o.BANNED] or s[kind + o.EMPTY_SEEN] == s[o.STAMP]:
            return 0
        s[kind + o.EMPTY_SEEN] = s[o.STAMP]
    _survey(f, g, s, visit, shift)
    return 1


@inner
def _survey(f: Whole, g: Whole, s: Whole, visit: int, shift: int) -> None:
    if not may_join(g, s, visit, shift):
        return
    totals, me = tour(s, shift), g[o.KNOWN] + visit * o.KNOWN_COLUMNS
    first, last = s[totals + o.FROZEN], s[totals + o.STOPS]
    position = g[me + o.POSITION]
    if position >= 0:
        if position < first or position > last:
            return
        first = last = position
    _scan(f, g, s, visit, shift, first, last)


@inner
def may_join(g: Whole, s: Whole, visit: int, shift: int) -> bool:
    """Nothing but time, length and the load on the way can keep a visit from a tour."""
    on = terms(g, visit, shift)
    if g[on + o.FIRST] == g[on + o.LAST] or shift == s[o.BANNED]:
        return False
    donor = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.DONOR]
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    period = g[fleet + encoding.PERIOD]
    if donor >= 0 and period >= 0 and s[s[o.MET] + donor * g[o.PERIODS] + period] > 0:
        return False
    if g[fleet + o.LIMITED] == 1 and s[totals + o.STOPS] >= g[fleet + encoding.MAX_STOPS]:
        return False
    return (
        g[o.SIMPLE_LOADS] == 0 or g[fleet + encoding.RELOADS] > 0 or _has_room(g, s, visit, shift)
    )


@inner
def _has_room(g: Whole, s: Whole, visit: int, shift: int) -> bool:
    dimensions = g[o.DIMENSIONS]
    loads, at = g[o.LOADS] + 3 * visit * dimensions, point(g, s, shift, 0) + o.LOAD_COLUMNS + 1
    amounts = g[o.AMOUNTS] + 2 * shift * dimensions
    for dimension in range(dimensions):
        if s[at + 2 * dimension] + g[loads + dimension] > g[amounts + dimension]:
            return False
    return True


@inner
def _scan(f: Whole, g: Whole, s: Whole, visit: int, shift: int, first: int, last: int) -> None:
    """Judge every spot from one point on to another."""
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    me, count, columns = g[o.KNOWN] + visit * o.KNOWN_COLUMNS, s[totals + o.STOPS], g[o.COLUMNS]
    on, place, timed = terms(g, visit, shift), g[me + o.PLACE], g[fleet + o.TIMED] == 1
    shuts, done = g[on + o.SHUTS], _done(g, me, on)
    roads = (g[fleet + encoding.PROFILE] * g[o.PLACES] + place) * g[o.PLACES]
    into, out = g[o.INTO] + roads, g[o.OUT] + roads
    base = g[on + o.ASIDE]
    if count == 0:
        base += g[fleet + encoding.FIXED]
    longer = _longer(g, s, shift, g[me + o.SERVICE]) if timed else 0
    at = point(g, s, shift, first)
    for row in range(first, last + 1):
        behind = at
        at += columns
        if s[behind + o.LEAVE] > shuts:
            return
        if done > s[at + o.LATEST]:
            continue
        s[o.BLINK] -= 1
        if s[o.BLINK] < 0:
            s[o.BLINK] = below(s, 2 * BLINKS)
            continue
        leg_in = g[into + s[behind + o.AT]]
        if s[behind + o.LEAVE] + (leg_in & o.SECONDS_OF) > shuts:
            continue
        there = s[at + o.AT] if row < count else g[g[o.NEAREST] + shift * g[o.PLACES] + place]
        leg_out = g[out + there]
        price = base + leg_price(g, fleet, s[behind + o.AT], place, leg_in)
        price += leg_price(g, fleet, place, there, leg_out) - s[at + o.LEG]
        least = price
        if timed:
            road = (leg_in & o.SECONDS_OF) + (leg_out & o.SECONDS_OF) - s[at + o.LEG_SECONDS]
            least += g[fleet + encoding.PER_SECOND] * (longer + road)
        if least < s[s[o.SPOTS] + o.PRICE]:
            _judge(f, g, s, visit, shift, row, leg_in, leg_out, price)


@inner
def _done(g: Whole, me: int, on: int) -> int:
    """When a visit is done at the earliest: nobody ahead of it can wait for it longer than that."""
    if g[o.SET_UPS] == 1:
        return -FAR
    return g[g[o.WINDOWS] + 2 * g[on + o.FIRST]] + g[me + o.SERVICE]


@inner
def _longer(g: Whole, s: Whole, shift: int, service: int) -> int:
    """How much longer a tour becomes at least, beside the road, or a bound below everything.

    Nothing takes less time than all of its work; what a tour waits may be used.
    """
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    if (
        g[o.SET_UPS] == 1
        or g[fleet + o.BALANCED] == 1
        or s[totals + o.ARRIVES] > g[fleet + encoding.OVERTIME_FROM]
    ):
        return -FAR
    if s[totals + o.STOPS] == 0:
        return service
    end = point(g, s, shift, s[totals + o.STOPS] + 1)
    return s[end + o.WORK] + service - s[totals + o.LENGTH]


@inner
def _judge(
    f: Whole,
    g: Whole,
    s: Whole,
    visit: int,
    shift: int,
    row: int,
    leg_in: int,
    leg_out: int,
    price: int,
) -> None:
    """Keep a spot if it is legal or may be, with the hours it costs on top of the road."""
    me, behind = g[o.KNOWN] + visit * o.KNOWN_COLUMNS, point(g, s, shift, row)
    on, at = terms(g, visit, shift), behind + g[o.COLUMNS]
    window, arrival = g[on + o.FIRST], s[behind + o.LEAVE] + (leg_in & o.SECONDS_OF)
    entangled = s[tour(s, shift) + o.SHIFTING] == 1
    if g[on + o.LAST] - window > 1:
        window, entangled = first_open(g, on, arrival), True
    opens, shuts = g[g[o.WINDOWS] + 2 * window], g[g[o.WINDOWS] + 2 * window + 1]
    spent, begin = _stay(g, s, me, behind), max(arrival, opens)
    arrival = begin + spent + (leg_out & o.SECONDS_OF)
    verdict = SURELY
    if g[o.SET_UPS] == 1:
        verdict, slack = _set_up(g, s, shift, row, g[me + o.PLACE])
        arrival -= slack
    if arrival > s[at + o.LATEST] or not _loads(g, s, visit, shift, row):
        return
    road = (leg_in & o.SECONDS_OF) + (leg_out & o.SECONDS_OF) - s[at + o.LEG_SECONDS]
    further = (leg_in >> o.PACKED) + (leg_out >> o.PACKED) - s[at + o.LEG_METRES]
    verdict = min(verdict, _bounded(g, s, shift, road, further))
    cold = _cold(g, s, visit, shift, row, leg_in, shuts, spent, road, arrival)
    if cold == PERHAPS and not entangled:
        return
    verdict = min(verdict, cold)
    if verdict == NO:
        return
    price += _hours(f, g, s, shift, row, leg_in, leg_out, opens, shuts, spent, further, entangled)
    if g[o.LATENESS] == 1:
        price += _late(g, s, me, at, begin, arrival)
    keep(s, price, shift, row, -1, verdict)


@inner
def _stay(g: Whole, s: Whole, me: int, behind: int) -> int:
    """How long a visit takes behind a point, with its set-up where one comes from elsewhere."""
    if s[behind + o.AT] == g[me + o.PLACE]:
        return g[me + o.SERVICE]
    return g[me + o.SERVICE] + g[me + o.SETUP]


@inner
def keep(s: Whole, price: int, shift: int, here: int, there: int, verdict: int) -> None:
    """Put a spot on the list if it is cheap enough."""
    if price >= s[s[o.SPOTS] + o.PRICE]:
        return
    at = s[o.SPOTS]
    if verdict != SURELY:
        at += o.MOST_SPOTS * o.SPOT_COLUMNS
        if price >= s[at + o.PRICE]:
            return
        while at > s[o.SPOTS] + o.SPOT_COLUMNS and s[at - o.SPOT_COLUMNS + o.PRICE] > price:
            for column in range(o.SPOT_COLUMNS):
                s[at + column] = s[at - o.SPOT_COLUMNS + column]
            at -= o.SPOT_COLUMNS
    s[at + o.PRICE], s[at + o.SHIFT] = price, shift
    s[at + o.HERE], s[at + o.THERE] = here, there


@inner
def _set_up(g: Whole, s: Whole, shift: int, row: int, place: int) -> tuple[int, int]:
    """Whether the next visit's set-up may change, and by how much it may be ready sooner."""
    at = point(g, s, shift, row + 1)
    if row == s[tour(s, shift) + o.STOPS]:
        return SURELY, 0
    set_up = g[g[o.KNOWN] + s[at + o.VISIT] * o.KNOWN_COLUMNS + o.SETUP]
    if set_up == 0 or (s[at + o.AT] != place and s[at - g[o.COLUMNS] + o.AT] != s[at + o.AT]):
        return SURELY, 0
    return PERHAPS, set_up if s[at + o.AT] == place else 0


@inner
def _loads(g: Whole, s: Whole, visit: int, shift: int, row: int) -> bool:
    fleet = g[o.FLEET] + shift * o.FLEET_COLUMNS
    if g[o.SIMPLE_LOADS] == 1 or g[fleet + encoding.RELOADS] > 0:
        return True
    dimensions = g[o.DIMENSIONS]
    loads, at = g[o.LOADS] + 3 * visit * dimensions, point(g, s, shift, row) + o.LOAD_COLUMNS
    amounts = g[o.AMOUNTS] + 2 * shift * dimensions
    for dimension in range(dimensions):
        put_on = g[loads + dimension] + g[loads + 2 * dimensions + dimension]
        if (
            s[at + 2 * dimension] + g[loads + dimensions + dimension] > g[amounts + dimension]
            or s[at + 2 * dimension + 1] + put_on > g[amounts + dimension]
        ):
            return False
    return True


@inner
def _bounded(g: Whole, s: Whole, shift: int, road: int, further: int) -> int:
    """Breaks and unloadings are beyond a look; driving and road are bounded exactly."""
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    if g[fleet + o.LIMITED] == 1 and (
        s[totals + o.SECONDS] + road > g[fleet + encoding.MAX_DRIVING]
        or s[totals + o.METRES] + further > g[fleet + encoding.MAX_METRES]
    ):
        return NO
    return PERHAPS if g[fleet + o.SPECIAL] == 1 else SURELY


@inner
def _cold(
    g: Whole,
    s: Whole,
    visit: int,
    shift: int,
    row: int,
    leg_in: int,
    shuts: int,
    spent: int,
    road: int,
    arrival: int,
) -> int:
    """Whether nothing rides too long, see `points`; perhaps so only if other windows are open."""
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    limit = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.RIDE]
    if (limit == FAR and s[totals + o.RIDING] == 0) or g[fleet + encoding.RELOADS] > 0:
        return SURELY
    behind = point(g, s, shift, row)
    at = behind + g[o.COLUMNS]
    end = point(g, s, shift, s[totals + o.STOPS] + 1)
    work = s[behind + o.WORK] + s[behind + o.SPENT] + (leg_in & o.SECONDS_OF)
    rides = min(s[behind + o.RIDES_TO], work + spent + limit)
    if s[end + o.WORK] + road + spent > rides:
        return NO if g[o.SET_UPS] == 0 else PERHAPS
    until = max(
        s[at + o.EARLY_ON] + s[at + o.LENGTH_ON], arrival + s[end + o.WORK] - s[at + o.WORK]
    )
    if (
        arrival <= s[at + o.LATE_ON]
        and until <= min(s[behind + o.REACH], shuts - work + rides)
        and until <= s[at + o.SLACK_ON] - road - spent + rides
        and until <= s[at + o.KEEPS_ON]
    ):
        return SURELY
    return PERHAPS


@inner
def _hours(
    f: Whole,
    g: Whole,
    s: Whole,
    shift: int,
    row: int,
    leg_in: int,
    leg_out: int,
    opens: int,
    shuts: int,
    spent: int,
    further: int,
    entangled: bool,  # noqa: FBT001 - compiled functions take no keywords
) -> int:
    """What the longer day costs: the segment behind, the visit and the segment ahead joined."""
    fleet, totals = g[o.FLEET] + shift * o.FLEET_COLUMNS, tour(s, shift)
    if g[fleet + o.TIMED] == 0 and g[fleet + o.BALANCED] == 0:
        return 0
    behind = point(g, s, shift, row)
    at = behind + g[o.COLUMNS]
    length = s[behind + o.LENGTH_TO] + (leg_in & o.SECONDS_OF)
    wait = max(opens - length - s[behind + o.LATE_TO], 0)
    early = max(opens - length, s[behind + o.EARLY_TO]) - wait
    late = min(shuts - length, s[behind + o.LATE_TO])
    length += wait + spent + (leg_out & o.SECONDS_OF)
    wait = max(s[at + o.EARLY_ON] - length - late, 0)
    early = max(s[at + o.EARLY_ON] - length, early) - wait
    length += wait + s[at + o.LENGTH_ON]
    if length > g[fleet + encoding.MAX_WORKING] and not entangled:
        return NEVER
    before = s[totals + o.LENGTH]
    price = g[fleet + encoding.PER_SECOND] * (length - before)
    over = max(0, early + length - g[fleet + encoding.OVERTIME_FROM])
    over -= max(0, s[totals + o.ARRIVES] - g[fleet + encoding.OVERTIME_FROM])
    price += g[fleet + encoding.PER_OVERTIME] * over
    if g[fleet + o.BALANCED] == 1:
        stops, metres = s[totals + o.STOPS], s[totals + o.METRES]
        price += uneven(f, g, shift, stops + 1, metres + further, length)
        if stops > 0:
            price -= uneven(f, g, shift, stops, metres, before)
    return price


@inner
def _late(g: Whole, s: Whole, me: int, at: int, begin: int, arrival: int) -> int:
    """What this visit pays for being late, and about what those ahead pay for being put off."""
    own = g[me + o.LATE] * max(0, begin - g[me + o.DUE]) if g[me + o.LATE] > 0 else 0
    return own + s[at + o.DEAR_ON] * max(0, arrival - s[at + o.BEGIN])
