"""Says that mandatory visits come before any sum of money."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT
from routing.validation import dearest


def say(model: Model) -> None:
    """Let a mandatory visit be left out only at a price above everything else together.

    It is a price and not a constraint, so that a day that cannot be served whole still has a
    plan, and a reason per visit left out.
    """
    forbidding = dearest(model.problem)
    for index, visit in model.visits():
        if model.problem.mandatory(visit):
            own = SHARES_PER_CENT * (visit.penalty or 0)
            model.routing.AddDisjunction([index], forbidding + own)
