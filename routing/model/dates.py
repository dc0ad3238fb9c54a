"""Says from when and until when service may begin, and what every hour after the due instant costs.

The price is a soft upper bound of a dimension, which costs nothing where nobody serves the visit.
"""

from typing import Final

from routing.model.routing_model import TIME, Model
from routing.problem import Visit
from routing.units import LARGEST, SHARES_PER_SECOND

BEGIN: Final = "begin"


def say(model: Model) -> None:
    """Bound the begin of service by release and deadline, and price lateness."""
    for index, visit in model.visits():
        if visit.release is not None or visit.deadline is not None:
            _bound(model, index, visit)
    late = [(index, visit) for index, visit in model.visits() if visit.cents_per_hour_late]
    if any(index in model.begins for index, _ in late):
        _begin_dimension(model, [index for index, _ in late])
    for index, visit in late:
        name = BEGIN if index in model.begins else TIME
        dimension = model.routing.GetDimensionOrDie(name)
        price = SHARES_PER_SECOND * visit.cents_per_hour_late
        dimension.SetCumulVarSoftUpperBound(index, visit.due, price)


def _bound(model: Model, index: int, visit: Visit) -> None:
    begin = model.begin(index)
    first = visit.release or 0
    last = min(LARGEST if visit.deadline is None else visit.deadline, model.horizon())
    if any(window.earliest <= last and window.latest >= first for window in visit.windows):
        begin.SetRange(first, last)
    else:
        # No window is left; an empty range would abort the process.
        model.only(index, [])


def _begin_dimension(model: Model, late: list[int]) -> None:
    """Add a dimension whose value at a visit that needs a set-up is the begin of service.

    Time itself is the end of the set-up there. Begins only grow along a tour, so this dimension
    has no steps and any slack.
    """
    horizon = model.horizon()
    no_steps = model.per_visit([0] * len(model.problem.visits))
    fixed_to_zero = False
    model.routing.AddDimension(no_steps, horizon, horizon, fixed_to_zero, BEGIN)
    dimension = model.routing.GetDimensionOrDie(BEGIN)
    for index in late:
        if index in model.begins:
            model.solver().Add(dimension.CumulVar(index) == model.begins[index])
