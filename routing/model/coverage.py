"""Coverage: serving a mandatory visit comes before all costs."""

from routing.cost_bound import dearest
from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def add_to(model: Model) -> None:
    """Add a disjunction for each mandatory visit, with a penalty above all costs together.

    It is a penalty and not a constraint. So a problem without room for all visits still has a
    plan, and a reason for each unassigned visit.
    """
    forbidding = dearest(model.problem)
    for index, visit in model.visits():
        if model.problem.mandatory(visit):
            own = SHARES_PER_CENT * (visit.penalty or 0)
            model.routing.AddDisjunction([index], forbidding + own)
