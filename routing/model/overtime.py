"""Says what every hour after a shift's regular end costs."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_SECOND


def say(model: Model) -> None:
    """Price the arrival of each tour from its overtime on.

    A shift in overtime from the beginning owes the time before its window as soon as it is used;
    a shift that stays at home, whose end lies in the window too, owes nothing.
    """
    for vehicle, shift in model.shifts():
        if shift.overtime_from is None or not shift.overtime_cents_per_hour:
            continue
        price = SHARES_PER_SECOND * shift.overtime_cents_per_hour
        counted_from = max(shift.overtime_from, shift.window.earliest)
        model.standing[vehicle] += price * (counted_from - shift.overtime_from)
        end = model.routing.End(vehicle)
        model.time().SetCumulVarSoftUpperBound(end, counted_from, price)
