"""Overtime: the cost of each hour after a shift's regular end."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_SECOND


def add_to(model: Model) -> None:
    """Add the cost of an arrival after the begin of overtime.

    If a shift is in overtime from its beginning, its use costs the time before its window as well.
    An unused shift costs nothing: its end lies in the window too.
    """
    for vehicle, shift in model.shifts():
        if shift.overtime_from is None or not shift.overtime_cents_per_hour:
            continue
        rate = SHARES_PER_SECOND * shift.overtime_cents_per_hour
        counted_from = max(shift.overtime_from, shift.window.earliest)
        model.fixed_surcharges[vehicle] += rate * (counted_from - shift.overtime_from)
        end = model.routing.End(vehicle)
        model.time().SetCumulVarSoftUpperBound(end, counted_from, rate)
