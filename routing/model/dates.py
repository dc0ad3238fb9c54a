"""Dates: release and deadline of a visit, and the cost of each hour after its due instant.

Lateness is a soft upper bound of a cumul variable, which costs nothing at an unassigned visit.
"""

from typing import Final

from routing.model.routing_model import TIME, Model
from routing.problem import Visit
from routing.units import LARGEST, SHARES_PER_SECOND

BEGIN: Final = "begin"
"""Name of the dimension of begins, used if late visits have set-ups."""


def add_to(model: Model) -> None:
    """Bound the begin of service by release and deadline, and add the cost of lateness."""
    for index, visit in model.visits():
        if visit.release is not None or visit.deadline is not None:
            _bound(model, index, visit)
    late = [(index, visit) for index, visit in model.visits() if visit.cents_per_hour_late]
    if any(index in model.service_begins for index, _ in late):
        _add_begin_dimension(model, [index for index, _ in late])
    for index, visit in late:
        name = BEGIN if index in model.service_begins else TIME
        dimension = model.routing.GetDimensionOrDie(name)
        rate = SHARES_PER_SECOND * visit.cents_per_hour_late
        dimension.SetCumulVarSoftUpperBound(index, visit.due, rate)


def _bound(model: Model, index: int, visit: Visit) -> None:
    begin = model.begin(index)
    first = visit.release or 0
    last = min(LARGEST if visit.deadline is None else visit.deadline, model.horizon())
    if any(window.earliest <= last and window.latest >= first for window in visit.windows):
        begin.SetRange(first, last)
    else:
        # No window is left; an empty range would abort the process.
        model.allow_vehicles(index, [])


def _add_begin_dimension(model: Model, late: list[int]) -> None:
    """Add a dimension with the begin of service as cumul variable at visits with a set-up.

    The time dimension is the end of the set-up there. Begins only grow along a tour, so this
    dimension has no transits and any slack.
    """
    horizon = model.horizon()
    no_transits = model.register_per_visit([0] * len(model.problem.visits))
    fixed_to_zero = False
    model.routing.AddDimension(no_transits, horizon, horizon, fixed_to_zero, BEGIN)
    dimension = model.routing.GetDimensionOrDie(BEGIN)
    for index in late:
        if index in model.service_begins:
            model.solver().Add(dimension.CumulVar(index) == model.service_begins[index])
