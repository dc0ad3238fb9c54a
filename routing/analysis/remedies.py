"""Remedies: the smallest single changes of a problem that admit a visit, with their prices.

The problem itself is changed, the visit is inserted, and the checker judges the plan. A medical
limit, such as a ride limit, is never widened.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from routing import timing
from routing.analysis.insertion import Insertion, insertions, known, unit, unmet, without
from routing.analysis.spare_time import spare
from routing.checker.judge import check_tour
from routing.plan import Plan, Relaxation, Remedy, Tour
from routing.problem import Problem, Shift, Visit, Window
from routing.timing.encoding import TRAVEL, IntArray, encode, windows_within_dates
from routing.units import SHARES_PER_CENT, Cents, Seconds, spoken

MOST_SECONDS: Final = 4 * 3_600
"""The largest widening of a window or a shift, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A change of variable size.

    Attributes
    ----------
    most : int
        The largest size.
    problem, tape : callable
        Functions from the size to the changed problem or tape.
    shift : int, optional
        The row of the only shift that the change can help.
    """

    most: int
    problem: Callable[[int], Problem]
    tape: Callable[[int], IntArray]
    shift: int | None = None


def relaxations(problem: Problem, plan: Plan, visit: str) -> tuple[Relaxation, ...]:
    """Return the smallest change of every kind that admits a visit without a legal position.

    Changes are sorted by price, then by size.
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
        wider = partial(_widened, visit, earlier=earlier)
        change = _Change(
            most=MOST_SECONDS,
            problem=partial(_with_wider, problem, wider),
            tape=partial(_tape_with_wider, problem, wider),
        )
        by, place = _least(problem, plan, visit, change)
        if place is not None:
            told = f"If visit {visit.id} may begin {spoken(by)} {side}"
            yield _told(Remedy.WIDEN_WINDOW, place, told, by=by)


def _with_wider(problem: Problem, wider: Callable[[int], Visit], by: int) -> Problem:
    return _with_visit(problem, wider(by))


def _tape_with_wider(problem: Problem, wider: Callable[[int], Visit], by: int) -> IntArray:
    visit = wider(by)
    return timing.patches.with_windows(
        encode(problem), problem.visit_row(visit.id), windows_within_dates(visit)
    )


def _widened(visit: Visit, by: int, *, earlier: bool) -> Visit:
    """Return the visit with windows, and release or deadline, wider on one side."""
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
    for row, shift in enumerate(problem.shifts):
        change = _Change(
            most=min(MOST_SECONDS, spare(problem, shift)),
            problem=partial(_with_longer, problem, shift),
            tape=partial(_tape_with_longer, problem, shift),
            shift=row,
        )
        by, place = _least(problem, plan, visit, change)
        if place is not None:
            told = f"If shift {shift.id} ends {spoken(by)} later"
            yield _told(Remedy.LENGTHEN_SHIFT, place, told, by=by)


def _with_longer(problem: Problem, shift: Shift, by: int) -> Problem:
    hours = replace(shift.window, latest=Seconds(shift.window.latest + by))
    return _with_shift(problem, replace(shift, window=hours))


def _tape_with_longer(problem: Problem, shift: Shift, by: int) -> IntArray:
    return timing.patches.with_closing(
        encode(problem), problem.shift_row(shift.id), shift.window.latest + by
    )


def _more_capacity(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    total = {
        name: sum(
            abs(each.load.get(name, 0)) + each.brought.get(name, 0) for each in problem.visits
        )
        for name in problem.dimensions
    }
    for row, shift in enumerate(problem.shifts):
        for name, capacity in shift.capacity.items():
            change = _Change(
                most=max(1, total[name] + shift.carried.get(name, 0) - capacity),
                problem=partial(_with_larger, problem, shift, name),
                tape=partial(_tape_with_larger, problem, shift, name),
                shift=row,
            )
            by, place = _least(problem, plan, visit, change)
            if place is not None:
                told = f"If shift {shift.id} can carry {by} {name} more"
                yield _told(Remedy.ADD_CAPACITY, place, told, by=by, other=name)


def _with_larger(problem: Problem, shift: Shift, name: str, by: int) -> Problem:
    room = {**shift.capacity, name: shift.capacity[name] + by}
    return _with_shift(problem, replace(shift, capacity=room))


def _tape_with_larger(problem: Problem, shift: Shift, name: str, by: int) -> IntArray:
    row, column = problem.shift_row(shift.id), problem.dimensions.index(name)
    return timing.patches.with_capacity(encode(problem), row, column, shift.capacity[name] + by)


def _other_days(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Relaxation]:
    """Yield changes that move the visit to shifts on other days than its windows."""
    tape, number = encode(problem), problem.visit_row(visit.id)
    for row, shift in enumerate(problem.shifts):
        touched = any(
            window.earliest <= shift.window.latest and shift.window.earliest <= window.latest
            for window in visit.windows
        )
        hours = shift.window.earliest, shift.window.latest
        if touched:
            continue
        if not _admitting(
            problem, plan, visit, timing.patches.with_windows(tape, number, [hours]), [row]
        ):
            continue
        freed = replace(visit, windows=(shift.window,), release=None, deadline=None)
        place = _place(_with_visit(problem, freed), plan, visit, shift.id)
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
    """Yield, by shift, the best optional visit to leave out."""
    for tour in plan.tours:
        tries = [
            (price, name)
            for name in tour.visits
            if (price := _roughly(problem, plan, tour, visit, known(problem, name))) is not None
        ]
        for _, name in sorted(tries, key=lambda each: each[0])[:1]:
            best = _instead(problem, plan, visit, known(problem, name))
            if best is not None:
                yield best


def _roughly(problem: Problem, plan: Plan, tour: Tour, visit: Visit, other: Visit) -> int | None:
    """Return the cost of a tour with one visit replaced by another, penalty included."""
    if problem.mandatory(other) or problem.shipment(other.id) is not None:
        return None
    penalty = SHARES_PER_CENT * (other.penalty or 0)
    if visit.donor is not None and other.donor == visit.donor:
        # Without the other visit the donor may be visited on any shift of its period.
        place = _place(problem, without(problem, plan, other.id), visit)
        return None if place is None else penalty + place.shares
    shift = problem.shifts[problem.shift_row(tour.shift)]
    if not unmet(problem, plan.tours, visit, [shift]):
        return None
    names = [name for name in tour.visits if name != other.id]
    found = _found(problem, encode(problem), problem.shift_row(shift.id), names, visit)
    return penalty + int(found[:, 2:].sum(axis=1).min()) if len(found) else None


def _instead(problem: Problem, plan: Plan, visit: Visit, other: Visit) -> Relaxation | None:
    poorer = without(problem, plan, other.id)
    place = _place(problem, poorer, visit)
    if place is None:
        return None
    price = poorer.cost.total - plan.cost.total + place.price
    told = f"If visit {other.id} is left out"
    return _told(Remedy.DROP_OPTIONAL, place, told, other=other.id, price=price)


def _least(
    problem: Problem, plan: Plan, visit: Visit, change: _Change
) -> tuple[int, Insertion | None]:
    """Return the smallest change that admits the visit, by bisection; larger ones admit it too.

    Bisection changes the encoded problem alone; the found change is then applied to the problem and
    judged by the checker.
    """
    most = change.most
    rows = range(len(problem.shifts)) if change.shift is None else [change.shift]
    able = _admitting(problem, plan, visit, change.tape(most), rows) if most else []
    if not able:
        return 0, None
    refused, admitted = 0, most
    while admitted - refused > 1:
        middle = (refused + admitted) // 2
        if _admitting(problem, plan, visit, change.tape(middle), able):
            admitted = middle
        else:
            refused = middle
    shift = None if change.shift is None else problem.shifts[change.shift].id
    return admitted, _place(change.problem(admitted), plan, visit, shift)


def _admitting(
    problem: Problem, plan: Plan, visit: Visit, tape: IntArray, shifts: Iterable[int]
) -> list[int]:
    """Return the shifts with a legal position for a visit in an encoded problem."""
    found = []
    for shift in unmet(problem, plan.tours, visit, [problem.shifts[row] for row in shifts]):
        present, row = plan.tour(shift.id), problem.shift_row(shift.id)
        names = present.visits if present else ()
        if len(_found(problem, tape, row, names, visit)):
            found.append(row)
    return found


def _found(
    problem: Problem, tape: IntArray, shift: int, names: Sequence[str], visit: Visit
) -> IntArray:
    """Return every legal position of a visit in an order; see `legal_insertions`."""
    order = np.array([problem.visit_row(name) for name in names], dtype=np.int64)
    first, second = [
        *(problem.visit_row(each.id) for each in unit(problem, visit)),
        timing.insertion_positions.NO_VISIT,
    ][:2]
    found: IntArray = timing.insertion_positions.legal_insertions(tape, shift, order, first, second)
    return found


def _place(
    problem: Problem, plan: Plan, visit: Visit, shift: str | None = None
) -> Insertion | None:
    """Return the cheapest position of a visit confirmed by the checker, or None."""
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
    """Return the problem with the travel data derived from the original."""
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
