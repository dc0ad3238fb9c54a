"""Locations of a VROOM request, and the travel between them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from operator import itemgetter
from typing import Final, NoReturn

from routing.errors import InvalidProblemError
from routing.formats.vroom.request import (
    LARGEST_SPEED_FACTOR,
    NO_WAY,
    PER_HOUR,
    Matrices,
    Matrix,
    Vehicle,
    VroomRequest,
)
from routing.problem import Place, Travel
from routing.travel.chosen import travel_between

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
    """All places and the matrices between them.

    Attributes
    ----------
    names : mapping
        The place by entry of the request (`jobs[0]`, `vehicles[1].start`).
    matrices : mapping
        Matrices of the places, by `travel_name` of a vehicle; a cell may be `NO_WAY`.
    """

    places: tuple[Place, ...]
    names: Mapping[str, str]
    matrices: Mapping[str, Matrices]

    def travel(self, *, latest: int) -> dict[str, Travel]:
        """Return the travel of every vehicle.

        A leg without a way takes longer than the whole time of the plan.

        Parameters
        ----------
        latest : int
            The last instant of the problem, in seconds; every hour and window ends by then.
        """
        return {name: _travel(known, latest + 1) for name, known in self.matrices.items()}


def atlas(request: VroomRequest) -> Atlas:
    """Return every place, and the matrices of every vehicle.

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
    return Atlas(
        places=(*places, Place(id=NOWHERE)),
        names={spot.entry: spot.place for spot in spots},
        matrices=_matrices(request, places, rows),
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


def _matrices(
    request: VroomRequest, places: Sequence[Place], rows: Sequence[int | None]
) -> dict[str, Matrices]:
    """Return the matrices of every vehicle; vehicles with equal travel share them."""
    used = [row for row in rows if row is not None]
    found: dict[str, Matrices] = {}
    for number, vehicle in enumerate(request.vehicles):
        entry = f"vehicles[{number}]"
        factor = _factor(f"{entry}.speed_factor", vehicle)
        known = _known(entry, vehicle, request, most=max(used)) if request.matrices else None
        if travel_name(vehicle) not in found:
            plain = _estimate(places) if known is None else _part_of(known, used)
            found[travel_name(vehicle)] = plain if factor == 1 else _faster(plain, factor)
    return found


def _factor(entry: str, vehicle: Vehicle) -> Fraction:
    factor = Fraction(str(vehicle.speed_factor)) if vehicle.speed_factor < math.inf else Fraction()
    if not 0 < factor <= LARGEST_SPEED_FACTOR:
        _refuse(entry, f"is not above 0 and at most {LARGEST_SPEED_FACTOR}")
    return factor


def _estimate(places: Sequence[Place]) -> Matrices:
    found = travel_between([(place.latitude or 0.0, place.longitude or 0.0) for place in places])
    return Matrices(durations=_bordered(found.seconds), distances=_bordered(found.metres))


def _faster(known: Matrices, factor: Fraction) -> Matrices:
    """Return the matrices of a vehicle with a speed factor: durations divided, rounded up."""
    above, below = factor.as_integer_ratio()
    durations = tuple(
        tuple(cell if cell == NO_WAY else -(-cell * below // above) for cell in row)
        for row in known.durations
    )
    return replace(known, durations=durations)


def _known(entry: str, vehicle: Vehicle, request: VroomRequest, *, most: int) -> Matrices:
    """Return the matrices of a vehicle's profile; refuse what they lack for this vehicle."""
    known = request.matrices.get(vehicle.profile)
    if known is None:
        _refuse(f"{entry}.profile", f"the durations matrix for {vehicle.profile} is missing")
    _square(f"matrices.{vehicle.profile}", known, most=most)
    asked = vehicle.costs
    if known.distances is None and (asked.per_km or vehicle.max_distance is not None):
        _refuse(f"matrices.{vehicle.profile}", "distances is missing, and a vehicle counts it")
    if known.costs is not None and (asked.per_hour != PER_HOUR or asked.per_km):
        _refuse(f"{entry}.costs", "has per_hour or per_km, and there is a matrix of costs")
    return known


def _square(entry: str, known: Matrices, *, most: int) -> None:
    size = len(known.durations)
    for name in ("durations", "distances", "costs"):
        matrix = getattr(known, name)
        if matrix is not None and {size} != {len(matrix), *map(len, matrix)}:
            _refuse(f"{entry}.{name}", f"is not a square of {size} rows and columns")
    if most >= size:
        _refuse(f"{entry}.durations", f"has no row {most}, and an index asks for it")


def _part_of(known: Matrices, rows: Sequence[int]) -> Matrices:
    """Return the matrices of the used places."""
    return Matrices(
        durations=_bordered(_part(known.durations, rows)),
        distances=None if known.distances is None else _bordered(_part(known.distances, rows)),
        costs=None if known.costs is None else _bordered(_part(known.costs, rows)),
    )


def _part(matrix: Matrix, rows: Sequence[int]) -> Matrix:
    if list(rows) == list(range(len(matrix))):
        return matrix
    if len(rows) == 1:
        return ((matrix[rows[0]][rows[0]],),)
    columns = itemgetter(*rows)
    return tuple(columns(matrix[row]) for row in rows)


def _bordered(matrix: Matrix) -> Matrix:
    """Return a matrix with a last place at distance 0 from every place."""
    return (*((*row, 0) for row in matrix), (0,) * (len(matrix) + 1))


def _travel(known: Matrices, no_way: int) -> Travel:
    """Return travel in which a leg without a way takes `no_way` seconds."""
    tables = [known.durations, *(table for table in (known.distances, known.costs) if table)]
    if min(min(map(min, table)) for table in tables) == NO_WAY:
        known = _closed(known, tables, no_way)
    size = len(known.durations)
    return Travel(
        seconds=known.durations,
        metres=known.distances or ((0,) * size,) * size,
        cents=known.costs,
    )


def _closed(known: Matrices, tables: Sequence[Matrix], no_way: int) -> Matrices:
    """Fill the legs for which one of the tables has no way."""
    shut = [
        [NO_WAY in cells for cells in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)
    ]
    return Matrices(
        durations=_filled(known.durations, shut, no_way),
        distances=_filled(known.distances, shut, 0) if known.distances else None,
        costs=_filled(known.costs, shut, 0) if known.costs else None,
    )


def _filled(table: Matrix, shut: Sequence[Sequence[bool]], value: int) -> Matrix:
    return tuple(
        tuple(value if no else cell for cell, no in zip(row, closed, strict=True))
        for row, closed in zip(table, shut, strict=True)
    )


def _refuse(entry: str, complaint: str) -> NoReturn:
    raise InvalidProblemError(entry, complaint)
