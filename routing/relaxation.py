"""Knows the smallest single changes of a problem that admit a visit, and what each costs.

The problem itself is changed, the visit is put in, and the checker judges: nothing is guessed. What
is medical, such as a ride limit, is never widened.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from routing.check.judge import check_tour
from routing.insertion import Insertion, insertions, known, without
from routing.plan import Plan, Relaxation, Remedy
from routing.problem import Problem, Shift, Visit, Window, spare
from routing.timing.flat import TRAVEL
from routing.units import Cents, Seconds, spoken

MOST_SECONDS: Final = 4 * 3_600
"""A window or a shift is not widened further than this: it would be another visit."""

Changed = Callable[[int], Problem]
"""The problem after a change of this size."""


def relaxations(problem: Problem, plan: Plan, visit: str) -> tuple[Relaxation, ...]:
    """Every kind of change that admits a visit that fits nowhere, each as small as can be.

    The cheapest comes first; of those at one price, the smallest.
    """
    wanted = known(problem, visit)
    found = [
        *_wider_windows(problem, plan, wanted),
        *_longer_shifts(problem, plan, wanted),
        *_more_capacity(problem, plan, wanted),
        *_other_days(problem, plan, wanted),
        *_unpinned(problem, plan, wanted),
        *_dropped(problem, plan, wanted),
    ]
    return tuple(sorted(found, key=lambda each: (each.price, each.by)))


def _wider_windows(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    for earlier, side in ((False, "later"), (True, "earlier")):

        def wider(by: int, *, earlier: bool = earlier) -> Problem:
            return _with_visit(problem, _widened(visit, by, earlier=earlier))

        by, place = _least(wider, plan, visit, MOST_SECONDS)
        if place is not None:
            yield _told(
                Remedy.WIDEN_WINDOW,
                place,
                f"If visit {visit.id} may begin {spoken(by)} {side}",
                by=by,
            )


def _widened(visit: Visit, by: int, *, earlier: bool) -> Visit:
    """The visit with all its windows, and its release or deadline, wider on one side."""
    spans: list[Window] = []
    for window in visit.windows:
        first = Seconds(max(0, window.earliest - by) if earlier else window.earliest)
        last = Seconds(window.latest if earlier else window.latest + by)
        if spans and first <= spans[-1].latest:
            first = spans.pop().earliest
        spans.append(Window(earliest=first, latest=last))
    release, deadline = visit.release, visit.deadline
    if earlier and release is not None:
        release = Seconds(max(0, release - by))
    if not earlier and deadline is not None:
        deadline = Seconds(deadline + by)
    return replace(visit, windows=tuple(spans), release=release, deadline=deadline)


def _longer_shifts(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    for shift in problem.shifts:

        def longer(by: int, shift: Shift = shift) -> Problem:
            latest = Seconds(shift.window.latest + by)
            return _with_shift(problem, replace(shift, window=replace(shift.window, latest=latest)))

        room = min(MOST_SECONDS, spare(problem, shift))
        by, place = _least(longer, plan, visit, room, shift.id)
        if place is not None:
            yield _told(
                Remedy.LENGTHEN_SHIFT, place, f"If shift {shift.id} ends {spoken(by)} later", by=by
            )


def _more_capacity(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    total = {
        name: sum(
            abs(each.load.get(name, 0)) + each.brought.get(name, 0) for each in problem.visits
        )
        for name in problem.dimensions
    }
    for shift in problem.shifts:
        for name, capacity in shift.capacity.items():

            def larger(by: int, shift: Shift = shift, name: str = name) -> Problem:
                room = {**shift.capacity, name: shift.capacity[name] + by}
                return _with_shift(problem, replace(shift, capacity=room))

            most = max(1, total[name] + shift.carried.get(name, 0) - capacity)
            by, place = _least(larger, plan, visit, most, shift.id)
            if place is not None:
                told = f"If shift {shift.id} can carry {by} {name} more"
                yield _told(Remedy.ADD_CAPACITY, place, told, by=by, other=name)


def _other_days(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    """Shifts that none of its windows touches, as if its windows were there too."""
    for shift in problem.shifts:
        touched = any(
            window.earliest <= shift.window.latest and shift.window.earliest <= window.latest
            for window in visit.windows
        )
        if touched:
            continue
        free = replace(visit, windows=(shift.window,), release=None, deadline=None)
        place = _place(_with_visit(problem, free), plan, visit, shift.id)
        if place is not None:
            told = f"If visit {visit.id} can be made in the hours of shift {shift.id}"
            yield _told(Remedy.OTHER_DAY, place, told)


def _unpinned(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    for pin in problem.pins:
        free = replace(problem, pins=tuple(other for other in problem.pins if other != pin))
        place = _place(free, plan, visit)
        if place is not None:
            told = f"If visit {pin.visit} is not pinned on shift {pin.shift}"
            yield _told(Remedy.REMOVE_PIN, place, told, other=pin.visit)


def _dropped(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    """The optional visit that had best give way, per shift it rides on."""
    for tour in plan.tours:
        found = [
            _instead(problem, plan, visit, known(problem, name))
            for name in tour.visits
            if not problem.mandatory(known(problem, name))
        ]
        best = min((each for each in found if each), key=lambda each: each.price, default=None)
        if best is not None:
            yield best


def _instead(problem: Problem, plan: Plan, visit: Visit, other: Visit) -> Relaxation | None:
    if problem.shipment(other.id) is not None:
        return None
    poorer = without(problem, plan, other.id)
    place = _place(problem, poorer, visit)
    if place is None:
        return None
    price = poorer.cost.total - plan.cost.total + place.price
    told = f"If visit {other.id} is left out"
    return _told(Remedy.DROP_OPTIONAL, place, told, other=other.id, price=price)


def _least(
    changed: Changed, plan: Plan, visit: Visit, most: int, shift: str | None = None
) -> tuple[int, Insertion | None]:
    """The smallest change that admits the visit, by bisection: a larger one admits it too."""
    place = _place(changed(most), plan, visit, shift) if most else None
    if place is None:
        return 0, None
    refused, admitted = 0, most
    while admitted - refused > 1:
        middle = (refused + admitted) // 2
        found = _place(changed(middle), plan, visit, shift)
        if found is None:
            refused = middle
        else:
            admitted, place = middle, found
    return admitted, place


def _place(
    problem: Problem, plan: Plan, visit: Visit, shift: str | None = None
) -> Insertion | None:
    """The cheapest place of a visit, which the checker finds legal too."""
    for place in insertions(problem, plan, visit.id):
        if shift in {None, place.shift} and not check_tour(problem, place.tour(problem)):
            return place
    return None


def _with_visit(problem: Problem, visit: Visit) -> Problem:
    visits = (visit if each.id == visit.id else each for each in problem.visits)
    return _same_roads(problem, replace(problem, visits=tuple(visits)))


def _with_shift(problem: Problem, shift: Shift) -> Problem:
    shifts = (shift if each.id == shift.id else each for each in problem.shifts)
    return _same_roads(problem, replace(problem, shifts=tuple(shifts)))


def _same_roads(problem: Problem, changed: Problem) -> Problem:
    """Hand on what has been computed of the roads, which are most of a problem."""
    if TRAVEL in problem.derived:
        changed.derived[TRAVEL] = problem.derived[TRAVEL]
    return changed


def _told(
    remedy: Remedy,
    place: Insertion,
    condition: str,
    *,
    by: int = 0,
    other: str | None = None,
    price: int | None = None,
) -> Relaxation:
    cost = place.price if price is None else Cents(price)
    return Relaxation(
        remedy=remedy,
        shift=place.shift,
        position=place.position,
        price=cost,
        by=by,
        other=other,
        sentence=f"{condition}, it fits as stop {place.position + 1} of shift {place.shift}"
        f" for {cost} cents.",
    )
