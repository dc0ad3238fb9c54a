"""What a change of the rounds would cost and which rules it would break, before it is made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.editing.assignment import Arrangement, arranged, touched
from collector.planning.problem.build import DayFacts, can_be_timed, is_open, problem_of
from collector.planning.problem.plannability import Aside
from collector.rounds.models import Round
from collector.rounds.promises import Promise, promise
from collector.rounds.publication import promises_in
from routing.analysis.insertion import known
from routing.check.judge import check_tour
from routing.check.violation import Violation
from routing.cost import tour_cost
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem
from routing.schedule import assembled, best_effort, retimed

MEDICAL = frozenset({Rule.RIDE_TIME, Rule.ENDS, Rule.SKILLS})
"""Milk and blood that must reach a freezer in time, and who may draw blood."""

BY_HAND = frozenset({Aside.BELOW_MINIMUM})
"""What keeps a visit out of the planner's plans, but not out of a coordinator's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that a move would break.

    Attributes
    ----------
    rule
        The planner's name of it (`windows`, `load`, `ride_time`, ...), or `below_minimum`.
    figures
        `by` (seconds, or units of load), `round` (its letter), `pickup`, `what`; some are absent.
    medical
        No reason makes up for it: the move is refused.
    """

    rule: str
    figures: dict[str, Any]
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change adds to the plan (negative: what it saves), and what it would break.

    Attributes
    ----------
    late, overtime
        Seconds outside the donors' hours, and after the collectors' own.
    margin
        Seconds left on the tightest clock of the rounds it touches; None where nothing rides.
    promises
        Pick-ups whose donors would hear of other hours than they were told.
    """

    cents: int
    metres: int
    seconds: int
    late: int
    overtime: int
    margin: int | None
    promises: tuple[int, ...]
    breaks: tuple[BrokenRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A change worked out: the day ahead of it and after it, and the rounds it touches."""

    facts: DayFacts
    problem: Problem
    was: Arrangement
    becomes: Arrangement
    before: Plan
    after: Plan
    touched: tuple[Round, ...]
    moved: frozenset[int]
    breaks: tuple[BrokenRule, ...]


class Desk:
    """A day as it is, ready to price changes that move these visits.

    Parameters
    ----------
    pickups
        What is in the coordinator's hands: their pins do not hold them back.
    keep_pins
        It is the planner that moves them: pins hold.
    """

    def __init__(self, facts: DayFacts, pickups: Iterable[int], *, keep_pins: bool = False) -> None:
        self.facts = facts
        self.hands = frozenset(pickups)
        self.keep_pins = keep_pins
        self.was = arranged(facts.plan)
        self.shifts = {round_.id: str(round_.shift_id) for round_ in facts.rounds}
        free = frozenset[int]() if keep_pins else self.hands
        self.problem = problem_of(facts, self._posable(), unpinned=free)
        self.before = retimed(self.problem, orders_of(facts, self.problem, self.was))

    def change(self, becomes: Arrangement) -> DayChange:
        """Work a change out: the rounds that it does not touch stay as they are.

        Raises
        ------
        NotFound
            It names a round or a visit that is not of this day.
        Refused
            `round_has_started`; `visit_may_not_be_served` (`reason`, see `Aside`).
        """
        rounds = touched(self.was, becomes)
        _refuse_rounds(self.facts, rounds)
        _refuse_visits(self.facts, self.hands, becomes)
        change = DayChange(
            facts=self.facts,
            problem=self.problem,
            was=self.was,
            becomes=becomes,
            before=self.before,
            after=self._timed(orders_of(self.facts, self.problem, becomes)),
            touched=tuple(round_ for round_ in self.facts.rounds if round_.id in rounds),
            moved=self.hands,
            breaks=(),
        )
        return replace(change, breaks=tuple(_breaks(change)))

    def arranged(self, orders: Mapping[str, Sequence[str]]) -> Arrangement:
        """Return the day with these orders of its open rounds, by the planner's names.

        What nobody waits for any more, and the planner was not asked about, leaves its round.
        """
        named = {
            key: tuple(int(each) for each in orders.get(shift, ()))
            for key, shift in self.shifts.items()
        }
        return replace(self.was, orders={**self.was.orders, **named})

    def _posable(self) -> list[Pickup]:
        """Return what is in rounds now, and what is being moved.

        A visit that has a place keeps it here, even if it may not be served any more: taking it
        out is for a person, or for the next plan, to do.
        """
        pickups, day = self.facts.pickups, self.facts.service_day
        keys = sorted(self.was.placed | self.hands)
        found = (pickups[key] for key in keys if key in pickups)
        return [pickup for pickup in found if can_be_timed(pickup, day)]

    def _timed(self, orders: Mapping[str, Sequence[str]]) -> Plan:
        """Time what is another order than before, and hand on the rest."""
        tours = []
        for shift in self.problem.shifts:
            names, present = tuple(orders.get(shift.id, ())), self.before.tour(shift.id)
            if present is not None and present.visits == names:
                tours.append(present)
            elif names:
                tours.append(
                    best_effort(self.problem, shift, [known(self.problem, n) for n in names])
                )
        return assembled(self.problem, tuple(tours))


def orders_of(facts: DayFacts, problem: Problem, arrangement: Arrangement) -> dict[str, list[str]]:
    """Return, per shift, what the problem holds of its round's visits, by the planner's names."""
    return {
        str(round_.shift_id): [
            str(key)
            for key in arrangement.orders.get(round_.id, ())
            if problem.visit(str(key)) is not None
        ]
        for round_ in facts.rounds
    }


def told(change: DayChange) -> Preview:
    """Put a change into figures."""
    shifts = {str(round_.shift_id) for round_ in change.touched}
    before, after = (_bill(change.problem, plan, shifts) for plan in (change.before, change.after))
    late, over = (
        _broken_by(change, change.after, shifts, rule)
        - _broken_by(change, change.before, shifts, rule)
        for rule in (Rule.WINDOWS, Rule.SHIFTS)
    )
    return Preview(
        cents=after[0] - before[0],
        metres=after[1] - before[1],
        seconds=after[2] - before[2],
        late=late,
        overtime=over,
        margin=margin(change.problem, [t for t in change.after.tours if t.shift in shifts]),
        promises=promises_broken(change),
        breaks=change.breaks,
    )


def margin(problem: Problem, tours: Sequence[Tour]) -> int | None:
    """Return what is left on the tightest clock when these tours end, in seconds."""
    left = [
        limit - (tour.arrival - stop.end)
        for tour in tours
        for stop in tour.stops
        if (visit := problem.visit(stop.visit)) is not None
        for limit in visit.ride_limits.values()
    ]
    return min(left, default=None)


def promises_broken(change: DayChange) -> tuple[int, ...]:
    """Return the pick-ups whose donors this change, and not an earlier one, makes hear anew."""
    given = promises_in(change.facts.plan.rounds)
    then, now = (_promises(change, plan, given) for plan in (change.before, change.after))
    return tuple(
        sorted(
            key
            for key, promised in given.items()
            if then.get(key) == promised and now.get(key) != promised
        )
    )


def _promises(change: DayChange, plan: Plan, given: Mapping[int, Promise]) -> dict[int, Promise]:
    """Return what the donors would be told, of those who were told something."""
    service_day, pickups = change.facts.service_day, change.facts.pickups
    return {
        key: promise(
            service_day, service_day.at(stop.begin), pickups[key].windows, given=given[key]
        )
        for tour in plan.tours
        for stop in tour.stops
        if (key := int(stop.visit)) in given
    }


def _refuse_rounds(facts: DayFacts, rounds: frozenset[int]) -> None:
    known = {round_.id: round_ for round_ in facts.plan.rounds}
    for key in rounds:
        if key not in known:
            raise NotFound("not_found", kind="rounds")
        if not is_open(known[key]):
            raise Refused("round_has_started")


def _refuse_visits(facts: DayFacts, moved: frozenset[int], becomes: Arrangement) -> None:
    started = facts.plan.placed
    for key in moved:
        pickup = facts.pickups.get(key)
        if pickup is None:
            if key in started:
                raise Refused("round_has_started")
            raise NotFound("not_found", kind="pickups")
        why = facts.why_aside(pickup)
        if key in becomes.placed and why is not None and why not in BY_HAND:
            raise Refused("visit_may_not_be_served", reason=why.value)


def _breaks(change: DayChange) -> Iterator[BrokenRule]:
    for pickup in _below_minimum(change):
        figures = {"pickup": pickup.id, "volume_ml": pickup.volume_ml}
        yield BrokenRule(rule=Aside.BELOW_MINIMUM.value, figures=figures, medical=False)
    for round_ in change.touched:
        shift = str(round_.shift_id)
        before, after = change.before.tour(shift), change.after.tour(shift)
        yield from new_breaks(change.problem, before, after, letter=round_.letter)


def _below_minimum(change: DayChange) -> Iterator[Pickup]:
    for key in sorted(change.moved & change.becomes.placed):
        pickup = change.facts.pickups[key]
        if change.facts.why_aside(pickup) is Aside.BELOW_MINIMUM:
            yield pickup


def new_breaks(
    problem: Problem, before: Tour | None, after: Tour | None, *, letter: str
) -> Iterator[BrokenRule]:
    """Yield what a tour breaks that it did not break as badly ahead of a change."""
    known = {_key(each): each.by for each in judged(problem, before)}
    for each in judged(problem, after):
        if each.by > known.get(_key(each), -1):
            yield _break(each, letter)


def judged(problem: Problem, tour: Tour | None) -> tuple[Violation, ...]:
    """Return what the judge says of a tour; of none, nothing."""
    return check_tour(problem, tour) if tour else ()


def _key(broken: Violation) -> tuple[str, str | None, str | None]:
    return str(broken.rule), broken.visit, broken.what


def _break(broken: Violation, letter: str) -> BrokenRule:
    known = {
        "round": letter,
        "pickup": int(broken.visit) if broken.visit else None,
        "what": broken.what,
        "by": broken.by or None,
    }
    return BrokenRule(
        rule=str(broken.rule),
        figures={name: value for name, value in known.items() if value is not None},
        medical=broken.rule in MEDICAL,
    )


def _broken_by(change: DayChange, plan: Plan, shifts: set[str], rule: Rule) -> int:
    return sum(
        each.by
        for shift in shifts
        for each in judged(change.problem, plan.tour(shift))
        if each.rule is rule
    )


def _bill(problem: Problem, plan: Plan, shifts: set[str]) -> tuple[int, int, int]:
    tours = [tour for tour in plan.tours if tour.shift in shifts]
    cents = sum(tour_cost(problem, tour).total for tour in tours)
    return cents, sum(tour.metres for tour in tours), sum(tour.seconds for tour in tours)
