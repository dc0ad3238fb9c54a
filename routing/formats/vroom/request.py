"""Fields of a VROOM request; unsupported fields are refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from routing.errors import InvalidProblemError
from routing.formats.entry import JsonEntry, parsed
from routing.formats.record import NUMBER, TEXT, WHOLE, Codec, FieldCodec, Record, T, listed, mapped
from routing.travel.chosen import knows_roads
from routing.units import LARGEST

Amounts = tuple[int, ...]
Pair = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]

NO_WAY: Final = -1
"""A cell of a matrix that the request leaves open (`null`): no way leads there."""

LARGEST_PRIORITY: Final = 100
LARGEST_SPEED_FACTOR: Final = 5
"""VROOM's own bounds."""

PER_HOUR: Final = 3_600
"""The default cost of a vehicle: one per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job, or one end of a shipment."""

    id: int
    description: str | None = None
    location: tuple[float, float] | None = None
    location_index: int | None = None
    setup: int = 0
    service: int = 0
    time_windows: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomJob(Task):
    """A job: delivery and pick-up at one place."""

    delivery: Amounts = ()
    pickup: Amounts = ()
    skills: tuple[int, ...] = ()
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomShipment:
    """A shipment: an amount moved from one place to another by the same vehicle."""

    pickup: Task
    delivery: Task
    amount: Amounts = ()
    skills: tuple[int, ...] = ()
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomBreak:
    """A break of a vehicle."""

    id: int
    time_windows: tuple[Pair, ...] = ()
    service: int = 0
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The cost of a vehicle."""

    fixed: int = 0
    per_hour: int = PER_HOUR
    per_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomStep:
    """One step of an initial route."""

    type: str
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle of the request."""

    id: int
    profile: str = "car"
    description: str | None = None
    start: tuple[float, float] | None = None
    start_index: int | None = None
    end: tuple[float, float] | None = None
    end_index: int | None = None
    capacity: Amounts = ()
    costs: Costs = Costs()
    skills: tuple[int, ...] = ()
    time_window: Pair | None = None
    breaks: tuple[VroomBreak, ...] = ()
    speed_factor: float = 1.0
    max_tasks: int | None = None
    max_travel_time: int | None = None
    max_distance: int | None = None
    steps: tuple[VroomStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrices:
    """The matrices of one profile, by the indices of the request."""

    durations: Matrix
    distances: Matrix | None = None
    costs: Matrix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomRequest:
    """A whole request."""

    vehicles: tuple[Vehicle, ...]
    jobs: tuple[VroomJob, ...] = ()
    shipments: tuple[VroomShipment, ...] = ()
    matrices: Mapping[str, Matrices] = field(default_factory=dict)
    options: bool = False
    """Whether the answer has the geometry of the routes."""


def read(text: str) -> VroomRequest:
    """Read a request.

    Raises
    ------
    InvalidProblemError
        It is no request, or has an unsupported field; the entry is named.
    """
    root = JsonEntry(
        value=parsed(text, error=InvalidProblemError), path="", error=InvalidProblemError
    )
    if not isinstance(root.value, dict):
        raise InvalidProblemError("document", "is not an object")
    return REQUEST.read(_with_matrices(root))


def _pair(entry: JsonEntry) -> Pair:
    ends = entry.items()
    if len(ends) != len(("start", "end")):
        entry.refuse("is not a pair of start and end")
    start, end = (item.whole() for item in ends)
    if end < start:
        entry.refuse("ends before it begins")
    return start, end


def _position(entry: JsonEntry) -> tuple[float, float]:
    """Return a position; VROOM writes the longitude first."""
    numbers = entry.items()
    if len(numbers) != len(("longitude", "latitude")):
        entry.refuse("is not a pair of longitude and latitude")
    longitude, latitude = (item.number() for item in numbers)
    return longitude, latitude


def _matrix(entry: JsonEntry) -> Matrix:
    """Return a matrix of numbers that are not negative; `null` is `NO_WAY`."""
    return tuple(map(_row, entry.items()))


def _row(entry: JsonEntry) -> tuple[int, ...]:
    # The common case is judged at C speed; only another row is walked cell by cell.
    row = entry.value
    if isinstance(row, list) and row and set(map(type, row)) == {int} and _in_bounds(row):
        return tuple(row)
    return tuple(map(_cell, entry.items()))


def _in_bounds(row: list[int]) -> bool:
    return min(row) >= 0 and max(row) <= LARGEST


def _cell(entry: JsonEntry) -> int:
    if entry.value is None:
        return NO_WAY
    if entry.count() > LARGEST:
        entry.refuse(f"is above {LARGEST}")
    return entry.whole()


def _options(entry: JsonEntry) -> bool:
    """Return whether the geometry of the routes is asked for.

    A client of VROOM's server sends options with every request: that one, and others that choose
    the threads and the time of VROOM itself.
    """
    options = entry.mapping(lambda option: option)
    asked = "g" in options and options["g"].truth()
    if asked and not knows_roads():
        options["g"].refuse("asks for the geometry of routes, and no roads are known")
    return asked


def _reading(
    record: Record[T], not_done: str = "", former: Callable[[JsonEntry], JsonEntry] | None = None
) -> FieldCodec:
    """Codec of a record that refuses unsupported fields of VROOM by name.

    Parameters
    ----------
    former : callable, optional
        Replace former names of fields, as VROOM does.
    """

    def read_one(entry: JsonEntry) -> T:
        known = entry.value if isinstance(entry.value, dict) else {}
        for name in not_done.split():
            if name in known:
                entry.refuse(f"{name} is not done by this planner")
        return record.read(entry if former is None else former(entry))

    return FieldCodec(read=read_one, write=record.write)


def _with_delivery(entry: JsonEntry) -> JsonEntry:
    """Return a job whose former `amount` is its delivery."""
    if not isinstance(entry.value, dict) or "amount" not in entry.value:
        return entry
    if "delivery" in entry.value or "pickup" in entry.value:
        raise entry.error(f"{entry.path}.amount", "is the former name of delivery: use that alone")
    changed = {name: value for name, value in entry.value.items() if name != "amount"}
    return replace(entry, value=changed | {"delivery": entry.value["amount"]})


def _with_matrices(entry: JsonEntry) -> JsonEntry:
    """Return a request whose former `matrix` holds the durations of the profile `car`."""
    if not isinstance(entry.value, dict) or "matrix" not in entry.value:
        return entry
    if "matrices" in entry.value:
        raise entry.error("matrix", "is the former name of matrices.car.durations: use that alone")
    changed = {name: value for name, value in entry.value.items() if name != "matrix"}
    return replace(
        entry, value=changed | {"matrices": {"car": {"durations": entry.value["matrix"]}}}
    )


PAIR: Final = FieldCodec(read=_pair, write=list)
PAIRS: Final = listed(PAIR)
POSITION: Final = FieldCodec(read=_position, write=list)
COUNT: Final = FieldCodec(read=JsonEntry.count, write=int)
COUNTS: Final = listed(COUNT)
MATRIX: Final = FieldCodec(read=_matrix, write=list)
OPTIONS: Final = FieldCodec(read=_options, write=lambda asked: {"g": True} if asked else {})

TASK: Final[Mapping[str, Codec]] = {
    "id": WHOLE,
    "description": TEXT,
    "location": POSITION,
    "location_index": COUNT,
    "setup": COUNT,
    "service": COUNT,
    "time_windows": PAIRS,
}
RANKED: Final[Mapping[str, Codec]] = {"skills": COUNTS, "priority": WHOLE}
PER_TYPE: Final = "setup_per_type service_per_type"

JOB: Final = _reading(
    Record(made=VroomJob, codecs={**TASK, **RANKED, "delivery": COUNTS, "pickup": COUNTS}),
    PER_TYPE,
    _with_delivery,
)
END: Final = _reading(Record(made=Task, codecs=TASK), PER_TYPE)
SHIPMENT: Final = Record(
    made=VroomShipment, codecs={"pickup": END, "delivery": END, "amount": COUNTS, **RANKED}
)
BREAK: Final = _reading(
    Record(
        made=VroomBreak,
        codecs={"id": WHOLE, "time_windows": PAIRS, "service": COUNT, "description": TEXT},
    ),
    "max_load",
)
COSTS: Final = _reading(
    Record(made=Costs, codecs={"fixed": COUNT, "per_hour": COUNT, "per_km": COUNT}),
    "per_task_hour",
)
STEP: Final = _reading(
    Record(made=VroomStep, codecs={"type": TEXT, "id": WHOLE}),
    "service_at service_after service_before",
)
VEHICLE: Final = _reading(
    Record(
        made=Vehicle,
        codecs={
            "id": WHOLE,
            "profile": TEXT,
            "description": TEXT,
            "start": POSITION,
            "start_index": COUNT,
            "end": POSITION,
            "end_index": COUNT,
            "capacity": COUNTS,
            "costs": COSTS,
            "skills": COUNTS,
            "time_window": PAIR,
            "breaks": listed(BREAK),
            "speed_factor": NUMBER,
            "max_tasks": COUNT,
            "max_travel_time": COUNT,
            "max_distance": COUNT,
            "steps": listed(STEP),
        },
    ),
    "type",
)
MATRICES: Final = Record(
    made=Matrices, codecs={"durations": MATRIX, "distances": MATRIX, "costs": MATRIX}
)
REQUEST: Final = Record(
    made=VroomRequest,
    codecs={
        "vehicles": listed(VEHICLE),
        "jobs": listed(JOB),
        "shipments": listed(SHIPMENT),
        "matrices": mapped(MATRICES),
        "options": OPTIONS,
    },
)
