"""Rule `breaks`: every break in its window, whole, and never during a service."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from routing.checker.violation import Violation
from routing.checker.walk import Point, Walk, walks
from routing.plan import Plan, Rest, Rule
from routing.problem import Break, Problem
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return breaks that are missing, unknown, doubled, at a wrong time or of a wrong length."""
    for walk in walks(problem, plan):
        yield from _listed(walk)
        owed = {rest.id: rest for rest in walk.shift.breaks}
        for rest in walk.tour.breaks:
            if rest.name in owed:
                yield from _kept(walk, rest, owed[rest.name])
        for point in walk.points:
            yield from _free(walk, point)


def _listed(walk: Walk) -> Iterator[Violation]:
    """Return violations of the tour's list of breaks: unknown, doubled or out of order."""
    shift, rests = walk.shift.id, walk.tour.breaks
    taken = Counter(rest.name for rest in rests)
    for rest in walk.shift.breaks:
        missed = _missed(walk, rest)
        count = taken.pop(rest.id, 0)
        if count == 0 and missed > 0:
            sentence = f"Shift {shift} leaves no time for the break {rest.id}: it is not taken."
            yield _broken(walk, rest.id, sentence, by=missed)
        if count > 1:
            sentence = f"The break {rest.id} of shift {shift} is taken {count} times."
            yield _broken(walk, rest.id, sentence, by=count - 1)
    for name, count in taken.items():
        sentence = f"Shift {shift} owes no break {name}."
        yield _broken(walk, name, sentence, by=count)
    order = [(rest.after, rest.begin) for rest in rests]
    if order != sorted(order):
        yield _broken(walk, None, f"The breaks of shift {shift} are not in their order.")


def _missed(walk: Walk, rest: Break) -> int:
    """Return the seconds by which the tour is too long for the break before or after it."""
    ahead = rest.windows[0].earliest + rest.duration - walk.tour.departure
    behind = walk.tour.arrival - rest.windows[-1].latest
    return max(0, min(ahead, behind))


def _kept(walk: Walk, rest: Rest, owed: Break) -> Iterator[Violation]:
    """Return violations of a break's window, length and position between two stops."""
    name = f"The break {rest.name} of shift {walk.shift.id}"
    off = _outside(rest, owed)
    if off > 0:
        yield _broken(walk, rest.name, f"{name} begins {spoken(off)} outside its time.", by=off)
    extra = rest.end - rest.begin - owed.duration
    if extra != 0:
        side = "longer" if extra > 0 else "shorter"
        sentence = f"{name} is {spoken(extra)} {side} than the {spoken(owed.duration)} owed."
        yield _broken(walk, rest.name, sentence, by=abs(extra))
    stops = len(walk.tour.stops)
    if not 0 <= rest.after <= stops:
        sentence = f"{name} is taken after stop {rest.after} of {stops}."
        by = max(-rest.after, rest.after - stops)
        yield _broken(walk, rest.name, sentence, by=by)


def _outside(rest: Rest, owed: Break) -> int:
    """Return the seconds from the begin to the nearest window; 0 inside one."""
    return min(
        max(window.earliest - rest.begin, rest.begin - window.latest, 0) for window in owed.windows
    )


def _free(walk: Walk, point: Point) -> Iterator[Violation]:
    """Return breaks before a point during which the collector is not free."""
    if not point.rests:
        return
    first, last = point.rests[0], point.rests[-1]
    if first.begin < point.leaving:
        early = point.leaving - first.begin
        sentence = (
            f"The break {first.name} of shift {walk.shift.id} begins {spoken(early)} before the"
            f" collector sets out for {walk.label(point)}."
        )
        yield _broken(walk, first.name, sentence, by=early)
    for rest, after in pairwise(point.rests):
        if after.begin < rest.end:
            both = rest.end - after.begin
            sentence = (
                f"The breaks {rest.name} and {after.name} of shift {walk.shift.id} overlap by"
                f" {spoken(both)}."
            )
            yield _broken(walk, after.name, sentence, by=both)
    if last.end > point.begin:
        late = last.end - point.begin
        what = "arrival" if point is walk.points[-1] else "begin of service"
        sentence = (
            f"The break {last.name} of shift {walk.shift.id} is over {spoken(late)} after the"
            f" {what} at {walk.label(point)}."
        )
        yield _broken(walk, last.name, sentence, by=late)


def _broken(walk: Walk, what: str | None, sentence: str, *, by: int = 0) -> Violation:
    return Violation(rule=Rule.BREAKS, shift=walk.shift.id, what=what, by=by, sentence=sentence)
