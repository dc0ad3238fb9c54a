"""Problems without one of their rules: what a price of the rule compares with."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from routing.plan import Rule
from routing.problem import Problem, Shift, Visit
from routing.units import Cents

PROMISE: Final = "promise:"
"""Prefix of the name of a problem without the promised time of a visit."""


def _of_visits(change: Callable[[Visit], Visit]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, visits=tuple(map(change, problem.visits)))


def _of_shifts(change: Callable[[Shift], Shift]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, shifts=tuple(map(change, problem.shifts)))


def _without_ride_limits(problem: Problem) -> Problem:
    visits = tuple(replace(visit, ride_limits={}) for visit in problem.visits)
    shifts = tuple(replace(shift, carried_until=None) for shift in problem.shifts)
    return replace(problem, visits=visits, shifts=shifts)


RELAXATIONS: Final[Mapping[Rule, Callable[[Problem], Problem]]] = {
    Rule.RIDE_TIME: _without_ride_limits,
    Rule.BREAKS: _of_shifts(lambda shift: replace(shift, breaks=())),
    Rule.LOAD: _of_shifts(lambda shift: replace(shift, capacity={})),
    Rule.LIMITS: _of_shifts(
        lambda shift: replace(
            shift, max_driving=None, max_working=None, max_metres=None, max_stops=None
        )
    ),
    Rule.SKILLS: _of_visits(lambda visit: replace(visit, skills=frozenset())),
    Rule.COLLECTORS: _of_visits(
        lambda visit: replace(
            visit,
            shifts=None,
            collectors=None,
            forbidden=frozenset(),
            preferred=frozenset(),
            preference=Cents(0),
        )
    ),
    Rule.ZONES: _of_shifts(lambda shift: replace(shift, zones=None, outside=None)),
    Rule.PINS: lambda problem: replace(problem, pins=()),
    Rule.PERIODS: lambda problem: replace(problem, periods=()),
    Rule.BALANCE: lambda problem: replace(problem, balances=()),
}
"""Per rule, the problem without it. Windows and dates are promises: see `without_promise`."""


def without_promise(problem: Problem, visit: str) -> Problem:
    """Return the problem in which one visit may begin at any time of any shift.

    Raises
    ------
    KeyError
        There is no such visit.
    """
    promised = problem.visits[problem.visit_row(visit)]
    first = min(shift.window.earliest for shift in problem.shifts)
    last = max(shift.window.latest for shift in problem.shifts)
    window = replace(promised.windows[0], earliest=first, latest=last)
    free = replace(promised, windows=(window,), release=None, deadline=None)
    visits = tuple(free if one.id == visit else one for one in problem.visits)
    return replace(problem, visits=visits)


def relaxed_problems(
    problem: Problem, rules: Collection[Rule] | None = None, promises: Iterable[str] = ()
) -> dict[str, Problem]:
    """Return by name the problem without each rule, and without each visit's promised time.

    A rule that the problem lacks, or that changes nothing in it, is left out.

    Parameters
    ----------
    rules : collection of Rule, optional
        Rules of `RELAXATIONS`; all of them by default.

    Raises
    ------
    KeyError
        A promise names no visit of the problem.
    """
    chosen = RELAXATIONS if rules is None else {rule: RELAXATIONS[rule] for rule in rules}
    found = {rule.value: relax(problem) for rule, relax in chosen.items()}
    found |= {f"{PROMISE}{visit}": without_promise(problem, visit) for visit in promises}
    return {name: relaxed for name, relaxed in found.items() if relaxed != problem}
