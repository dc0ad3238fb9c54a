"""Optional visits: a visit with a penalty may be left unassigned at that cost."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def add_to(model: Model) -> None:
    """Add a disjunction with its penalty for each optional visit."""
    for index, visit in model.visits():
        if visit.penalty is not None and not model.problem.mandatory(visit):
            model.routing.AddDisjunction([index], SHARES_PER_CENT * visit.penalty)
