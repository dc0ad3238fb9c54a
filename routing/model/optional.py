"""Says that a visit with a penalty may be left out for that price."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def say(model: Model) -> None:
    """Price leaving out each optional visit."""
    for index, visit in model.visits():
        if visit.penalty is not None and not model.problem.mandatory(visit):
            model.routing.AddDisjunction([index], SHARES_PER_CENT * visit.penalty)
