"""Says that times follow from one another: a dimension whose steps are service and travel."""

from routing.model.said import TIME, Model


def say(model: Model) -> None:
    """Add the time dimension; it is the begin of service at a visit.

    Waiting is slack. A start is not fixed to zero: a tour may leave as late as it likes.
    """
    horizon = max(shift.window.latest for shift in model.problem.shifts)
    transits = {profile: _transit(model, profile) for profile in _profiles(model)}
    per_shift = [transits[shift.profile] for shift in model.problem.shifts]
    fixed_to_zero = False
    model.routing.AddDimensionWithVehicleTransits(per_shift, horizon, horizon, fixed_to_zero, TIME)


def _profiles(model: Model) -> set[str]:
    return {shift.profile for shift in model.problem.shifts}


def _transit(model: Model, profile: str) -> int:
    seconds = model.problem.travel[profile].seconds
    places, services = model.places(), model.services()
    matrix = [
        [service + seconds[here][there] for there in places]
        for here, service in zip(places, services, strict=True)
    ]
    for vehicle, _ in model.shifts():
        # Only a shift that serves nobody goes straight from start to end. It stays at home; were
        # it to travel, a journey longer than its hours would leave the whole model no solution.
        start = len(model.problem.visits) + 2 * vehicle
        matrix[start][start + 1] = 0
    number: int = model.routing.RegisterTransitMatrix(matrix)
    return number
