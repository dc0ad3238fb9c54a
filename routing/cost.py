"""Knows what a plan costs, part by part, from the problem and the timed tours alone."""

from itertools import pairwise

from routing.plan import Cost, Plan, Tour
from routing.problem import Problem, Shift
from routing.units import (
    FREE,
    SHARES_PER_CENT,
    SHARES_PER_METRE,
    SHARES_PER_SECOND,
    Metres,
    cents,
)


def cost(problem: Problem, plan: Plan) -> Cost:
    """The bill of a plan; each part is added exactly, then rounded to cents once."""
    tours = [(_shift(problem, tour), tour) for tour in plan.tours]
    return Cost(
        driving=cents(sum(_driving(problem, shift, tour) for shift, tour in tours)),
        time=cents(sum(_time(shift, tour) for shift, tour in tours)),
        fixed=cents(sum(_fixed(shift, tour) for shift, tour in tours)),
        penalties=cents(_penalties(problem, plan)),
    )


def tour_cost(problem: Problem, tour: Tour) -> Cost:
    """The bill of one tour."""
    return cost(problem, Plan(tours=(tour,)))


def shares(problem: Problem, plan: Plan) -> int:
    """The exact cost of a plan in shares of a cent; of two plans, compare these."""
    return sum(tour_shares(problem, tour) for tour in plan.tours) + _penalties(problem, plan)


def tour_shares(problem: Problem, tour: Tour) -> int:
    """The exact cost of one tour in shares of a cent."""
    shift = _shift(problem, tour)
    return _driving(problem, shift, tour) + _time(shift, tour) + _fixed(shift, tour)


def left_out(problem: Problem, plan: Plan) -> int:
    """How many mandatory visits are unassigned; a plan with fewer is better at any price."""
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    return sum(visit is not None and problem.mandatory(visit) for visit in found)


def rank(problem: Problem, plan: Plan) -> tuple[int, int]:
    """What orders plans: mandatory visits left out first, then the exact cost."""
    return left_out(problem, plan), shares(problem, plan)


def _shift(problem: Problem, tour: Tour) -> Shift:
    shift = problem.shift(tour.shift)
    if shift is None:
        raise KeyError(tour.shift)
    return shift


def _driving(problem: Problem, shift: Shift, tour: Tour) -> int:
    return SHARES_PER_METRE * shift.cents_per_km * tour_metres(problem, shift, tour)


def tour_metres(problem: Problem, shift: Shift, tour: Tour) -> Metres:
    """The road of a tour by the problem's matrix, whatever the tour itself says."""
    visits = [problem.visit(name) for name in tour.visits]
    places = [shift.start, *(visit.place for visit in visits if visit is not None), shift.ends[0]]
    legs = pairwise(places)
    return Metres(sum(problem.metres(shift.profile, start=here, end=there) for here, there in legs))


def _time(shift: Shift, tour: Tour) -> int:
    return SHARES_PER_SECOND * shift.cents_per_hour * tour.seconds


def _fixed(shift: Shift, tour: Tour) -> int:
    return SHARES_PER_CENT * shift.fixed_cost if tour.stops else FREE


def _penalties(problem: Problem, plan: Plan) -> int:
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    return sum(SHARES_PER_CENT * (visit.penalty or FREE) for visit in found if visit is not None)
