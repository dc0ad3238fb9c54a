"""Locations of a VROOM request, and the travel between them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Final, NoReturn

from routing.errors import InvalidProblemError
from routing.formats.vroom.request import (
    LARGEST_SPEED_FACTOR,
    PER_HOUR,
    Matrices,
    Matrix,
    Vehicle,
    VroomRequest,
)
from routing.problem import Place, Travel
from routing.travel.law import estimated

NOWHERE: Final = "nowhere"
"""The place of a missing start or end, at distance 0 from every place."""

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An entry of the request with a location."""

    entry: str
    index: int | None
    position: Position | None

    @property
    def place(self) -> str:
        """The id of the place: the index, or longitude and latitude."""
        return str(self.index) if self.index is not None else str(self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """All places and the travel between them.

    Attributes
    ----------
    names : mapping
        The place by entry of the request (`jobs[0]`, `vehicles[1].start`).
    travel : mapping
        Travel by `travel_name` of a vehicle.
    """

    places: tuple[Place, ...]
    names: Mapping[str, str]
    travel: Mapping[str, Travel]


def atlas(request: VroomRequest) -> Atlas:
    """Return every place, and the travel of every vehicle.

    Raises
    ------
    InvalidProblemError
        A place or a matrix is missing; the entry is named.
    """
    spots = [_sound(spot, request) for spot in chain(_ends(request), _tasks(request))]
    # Of several entries for one place, one with a position is kept.
    kept = {spot.place: spot for spot in sorted(spots, key=lambda spot: bool(spot.position))}
    places = tuple(_place(spot) for spot in kept.values())
    rows = [spot.index for spot in kept.values()]
    travel = {
        travel_name(vehicle): _travel(f"vehicles[{number}]", vehicle, request, places, rows)
        for number, vehicle in enumerate(request.vehicles)
    }
    return Atlas(
        places=(*places, Place(id=NOWHERE)),
        names={spot.entry: spot.place for spot in spots},
        travel={name: _with_nowhere(known) for name, known in travel.items()},
    )


def travel_name(vehicle: Vehicle) -> str:
    """Return one name for all vehicles with equal travel."""
    return f"{vehicle.profile} at {vehicle.speed_factor:g}"


def _ends(request: VroomRequest) -> Iterator[Spot]:
    for number, vehicle in enumerate(request.vehicles):
        entry = f"vehicles[{number}]"
        if vehicle.start_index is not None or vehicle.start is not None:
            yield Spot(entry=f"{entry}.start", index=vehicle.start_index, position=vehicle.start)
        elif vehicle.end_index is None and vehicle.end is None:
            _refuse(entry, f"no start or end is specified for vehicle {vehicle.id}")
        if vehicle.end_index is not None or vehicle.end is not None:
            yield Spot(entry=f"{entry}.end", index=vehicle.end_index, position=vehicle.end)


def _tasks(request: VroomRequest) -> Iterator[Spot]:
    found = {f"jobs[{number}]": job for number, job in enumerate(request.jobs)} | {
        f"shipments[{number}].{end}": getattr(shipment, end)
        for number, shipment in enumerate(request.shipments)
        for end in ("pickup", "delivery")
    }
    for entry, task in found.items():
        yield Spot(entry=entry, index=task.location_index, position=task.location)


def _sound(spot: Spot, request: VroomRequest) -> Spot:
    if request.matrices and spot.index is None:
        _refuse(spot.entry, "has no index, and there are matrices")
    if not request.matrices and spot.index is not None:
        _refuse(spot.entry, "has an index, and there are no matrices")
    if spot.index is None and spot.position is None:
        _refuse(spot.entry, "has no location")
    if spot.position is not None:
        longitude, latitude = spot.position
        if not (abs(longitude) <= 180 and abs(latitude) <= 90):  # noqa: PLR2004 - of a globe
            _refuse(spot.entry, "is at no longitude and latitude")
    return spot


def _place(spot: Spot) -> Place:
    longitude, latitude = spot.position or (None, None)
    return Place(id=spot.place, latitude=latitude, longitude=longitude)


def _travel(
    entry: str,
    vehicle: Vehicle,
    request: VroomRequest,
    places: Sequence[Place],
    rows: Sequence[int | None],
) -> Travel:
    factor = Fraction(str(vehicle.speed_factor)) if vehicle.speed_factor < math.inf else 0
    if not 0 < factor <= LARGEST_SPEED_FACTOR:
        _refuse(f"{entry}.speed_factor", f"is not above 0 and at most {LARGEST_SPEED_FACTOR}")
    if request.matrices:
        found = _chosen(entry, vehicle, request, [row for row in rows if row is not None])
    else:
        found = estimated([(p.latitude or 0.0, p.longitude or 0.0) for p in places])
    seconds = tuple(tuple(math.ceil(one / factor) for one in row) for row in found.seconds)
    return Travel(seconds=seconds, metres=found.metres, cents=found.cents)


def _chosen(entry: str, vehicle: Vehicle, request: VroomRequest, rows: Sequence[int]) -> Travel:
    """Return the travel of the used places, out of the matrices of a profile."""
    known = request.matrices.get(vehicle.profile)
    if known is None:
        _refuse(f"{entry}.profile", f"the durations matrix for {vehicle.profile} is missing")
    _square(f"matrices.{vehicle.profile}", known, most=max(rows))
    asked = vehicle.costs
    if known.distances is None and (asked.per_km or vehicle.max_distance is not None):
        _refuse(f"matrices.{vehicle.profile}", "distances is missing, and a vehicle counts it")
    if known.costs is not None and (asked.per_hour != PER_HOUR or asked.per_km):
        _refuse(f"{entry}.costs", "has per_hour or per_km, and there is a matrix of costs")
    return Travel(
        seconds=_part(known.durations, rows),
        metres=_part(known.distances, rows),
        cents=None if known.costs is None else _part(known.costs, rows),
    )


def _square(entry: str, known: Matrices, *, most: int) -> None:
    size = len(known.durations)
    for name in ("durations", "distances", "costs"):
        matrix = getattr(known, name)
        if matrix is not None and {size} != {len(matrix), *map(len, matrix)}:
            _refuse(f"{entry}.{name}", f"is not a square of {size} rows and columns")
    if most >= size:
        _refuse(f"{entry}.durations", f"has no row {most}, and an index asks for it")


def _part(matrix: Matrix | None, rows: Sequence[int]) -> Matrix:
    if matrix is None:
        return tuple((0,) * len(rows) for _ in rows)
    return tuple(tuple(matrix[here][there] for there in rows) for here in rows)


def _with_nowhere(known: Travel) -> Travel:
    return Travel(
        seconds=_bordered(known.seconds),
        metres=_bordered(known.metres),
        cents=None if known.cents is None else _bordered(known.cents),
    )


def _bordered(matrix: Matrix) -> Matrix:
    return (*((*row, 0) for row in matrix), (0,) * (len(matrix) + 1))


def _refuse(entry: str, complaint: str) -> NoReturn:
    raise InvalidProblemError(entry, complaint)
