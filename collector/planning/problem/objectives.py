"""Objectives that a coordinator gives the planner, and the problem built with them.

Objectives change the search only. Its plan is checked, timed and priced by the rules and the costs
of the bank. The factors are Milkround's own starting values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from collector.planning.problem.build import DayFacts, build_problem, plannable_pickups
from collector.rounds.promises import Promise
from collector.rounds.publication import promises_in
from routing.plan import Plan
from routing.problem import Balance, Measure, Pin, Problem, Visit, Window
from routing.schedule import retimed
from routing.units import Seconds


class Weight(StrEnum):
    """Importance of an objective to the coordinator."""

    AS_IT_IS = "as_it_is"
    MORE = "more"
    MUCH_MORE = "much_more"


KILOMETRE_FACTORS: Mapping[Weight, int] = {Weight.AS_IT_IS: 1, Weight.MORE: 2, Weight.MUCH_MORE: 4}
"""Factors by which the search multiplies the cost of a kilometre."""

FAIRNESS_CENTS: Mapping[Weight, int] = {
    Weight.AS_IT_IS: 0,
    Weight.MORE: 1_500,
    Weight.MUCH_MORE: 5_000,
}
"""Cents per hour that a round lasts longer than the rounds on average."""

EARLY_FOR_FULL_FREEZERS = 1_000
"""Cents per hour that a donor with a full freezer waits after the begin of her hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """Objectives of one run of the planner.

    Attributes
    ----------
    rounds
        The rounds that it may change; empty: every round that has not started.
    insert_only
        No visit changes its round; only unassigned visits are inserted.
    keep_promises
        Promised hours are kept; otherwise the proposal lists the donors with changed hours.
    at_once
        The plan becomes the draft at once; otherwise it is a proposal.
    replans
        Three plans are searched for a published day, from the fewest changes to the cheapest.
    """

    rounds: tuple[int, ...] = ()
    insert_only: bool = False
    kilometres: Weight = Weight.AS_IT_IS
    fairness: Weight = Weight.AS_IT_IS
    keep_promises: bool = True
    full_freezers_first: bool = False
    at_once: bool = False
    replans: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the objectives as a run stores them."""
        return {
            "rounds": list(self.rounds),
            "insert_only": self.insert_only,
            "kilometres": self.kilometres.value,
            "fairness": self.fairness.value,
            "keep_promises": self.keep_promises,
            "full_freezers_first": self.full_freezers_first,
            "at_once": self.at_once,
            "replans": self.replans,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Objectives":
        """Read the objectives of a run.

        A run without stored objectives became the draft at once, with promises free.
        """
        return cls(
            rounds=tuple(data.get("rounds", ())),
            insert_only=data.get("insert_only", False),
            kilometres=Weight(data.get("kilometres", Weight.AS_IT_IS)),
            fairness=Weight(data.get("fairness", Weight.AS_IT_IS)),
            keep_promises=data.get("keep_promises", False),
            full_freezers_first=data.get("full_freezers_first", False),
            at_once=data.get("at_once", True),
            replans=data.get("replans", False),
        )


AT_ONCE = Objectives(keep_promises=False, at_once=True)
"""Objectives of the command line and of the demonstration."""


def in_scope(facts: DayFacts, objectives: Objectives) -> DayFacts:
    """Return the facts of the rounds that the objectives name, and of the unassigned requests."""
    if not objectives.rounds:
        return facts
    rounds = tuple(round_ for round_ in facts.rounds if round_.id in objectives.rounds)
    others = {
        stop.pickup_id
        for round_ in facts.rounds
        if round_.id not in objectives.rounds
        for stop in round_.stops
    }
    pickups = {key: pickup for key, pickup in facts.pickups.items() if key not in others}
    return replace(facts, rounds=rounds, pickups=pickups)


def problem_with_objectives(facts: DayFacts, objectives: Objectives) -> tuple[Problem, Plan]:
    """Return the problem with its objectives, and the present rounds as the start of the search.

    Parameters
    ----------
    facts
        As `in_scope` returns them.
    """
    problem = build_problem(facts, plannable_pickups(facts))
    present = retimed(problem, facts.orders(problem))
    if objectives.insert_only:
        problem = replace(problem, pins=tuple(_pins(facts, problem)))
    if objectives.keep_promises:
        problem = _with_promises(facts, problem, present)
    problem = _weighed(facts, problem, present, objectives)
    return problem, retimed(problem, facts.orders(problem))


def _pins(facts: DayFacts, problem: Problem) -> Iterator[Pin]:
    in_problem = {visit.id for visit in problem.visits}
    for round_ in facts.rounds_on_duty:
        for stop in round_.stops:
            if str(stop.pickup_id) in in_problem:
                yield Pin(visit=str(stop.pickup_id), shift=str(round_.shift_id))


def _with_promises(facts: DayFacts, problem: Problem, present: Plan) -> Problem:
    """Narrow the windows of promised visits to their promises, unless the draft breaks them."""
    given = promises_in(facts.plan.rounds)
    begins = {int(stop.visit): stop.begin for tour in present.tours for stop in tour.stops}
    visits = []
    for visit in problem.visits:
        promised = given.get(int(visit.id))
        begin = begins.get(int(visit.id))
        kept = promised and begin is not None and promised.holds(facts.service_day.at(begin))
        visits.append(_narrowed(facts, visit, promised) if kept and promised else visit)
    return replace(problem, visits=tuple(visits))


def _narrowed(facts: DayFacts, visit: Visit, promised: Promise) -> Visit:
    def seconds(instant: datetime) -> int:
        return facts.service_day.seconds(instant)

    opens, closes = seconds(promised.opens), seconds(promised.closes)
    windows = tuple(
        Window(
            earliest=Seconds(max(each.earliest, opens)), latest=Seconds(min(each.latest, closes))
        )
        for each in visit.windows
        if each.earliest <= closes and opens <= each.latest
    )
    return replace(visit, windows=windows) if windows else visit


def _weighed(facts: DayFacts, problem: Problem, present: Plan, objectives: Objectives) -> Problem:
    factor = KILOMETRE_FACTORS[objectives.kilometres]
    shifts = tuple(
        replace(shift, cents_per_km=factor * shift.cents_per_km) for shift in problem.shifts
    )
    balances = problem.balances
    if FAIRNESS_CENTS[objectives.fairness] and shifts:
        share = sum(tour.seconds for tour in present.tours) // len(shifts)
        balances = (
            *balances,
            Balance(
                measure=Measure.SECONDS,
                shifts=frozenset(shift.id for shift in shifts),
                share=share,
                cents=FAIRNESS_CENTS[objectives.fairness],
            ),
        )
    full = _full_freezers(facts) if objectives.full_freezers_first else set()
    visits = tuple(_early(visit) if visit.id in full else visit for visit in problem.visits)
    return replace(problem, shifts=shifts, balances=balances, visits=visits)


def _full_freezers(facts: DayFacts) -> set[str]:
    return {str(key) for key, pickup in facts.pickups.items() if pickup.freezer_nearly_full}


def _early(visit: Visit) -> Visit:
    return replace(
        visit, due=visit.windows[0].earliest, cents_per_hour_late=EARLY_FOR_FULL_FREEZERS
    )


def changeable_rounds(rounds: Iterable[int], facts: DayFacts) -> tuple[int, ...]:
    """Return the rounds among these that a plan may change."""
    known = {round_.id for round_ in facts.rounds_on_duty}
    return tuple(sorted(known & set(rounds)))
