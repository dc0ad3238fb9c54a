"""Fields of a VROOM request; unsupported fields are refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from routing.errors import InvalidProblemError
from routing.formats.entry import JsonEntry, parsed
from routing.formats.record import NUMBER, TEXT, WHOLE, Codec, FieldCodec, Record, T, listed, mapped

Amounts = tuple[int, ...]
Pair = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]

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
    return REQUEST.read(root)


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


def _reading(record: Record[T], not_done: str = "") -> FieldCodec:
    """Codec of a record that refuses unsupported fields of VROOM by name."""

    def read_one(entry: JsonEntry) -> T:
        known = entry.value if isinstance(entry.value, dict) else {}
        for name in not_done.split():
            if name in known:
                entry.refuse(f"{name} is not done by this planner")
        return record.read(entry)

    return FieldCodec(read=read_one, write=record.write)


PAIR: Final = FieldCodec(read=_pair, write=list)
PAIRS: Final = listed(PAIR)
POSITION: Final = FieldCodec(read=_position, write=list)
WHOLES: Final = listed(WHOLE)
MATRIX: Final = FieldCodec(read=JsonEntry.matrix, write=list)

TASK: Final[Mapping[str, Codec]] = {
    "id": WHOLE,
    "description": TEXT,
    "location": POSITION,
    "location_index": WHOLE,
    "setup": WHOLE,
    "service": WHOLE,
    "time_windows": PAIRS,
}
RANKED: Final[Mapping[str, Codec]] = {"skills": WHOLES, "priority": WHOLE}
PER_TYPE: Final = "setup_per_type service_per_type"

JOB: Final = _reading(
    Record(made=VroomJob, codecs={**TASK, **RANKED, "delivery": WHOLES, "pickup": WHOLES}),
    f"amount {PER_TYPE}",
)
END: Final = _reading(Record(made=Task, codecs=TASK), PER_TYPE)
SHIPMENT: Final = Record(
    made=VroomShipment, codecs={"pickup": END, "delivery": END, "amount": WHOLES, **RANKED}
)
BREAK: Final = _reading(
    Record(
        made=VroomBreak,
        codecs={"id": WHOLE, "time_windows": PAIRS, "service": WHOLE, "description": TEXT},
    ),
    "max_load",
)
COSTS: Final = _reading(
    Record(made=Costs, codecs={"fixed": WHOLE, "per_hour": WHOLE, "per_km": WHOLE}),
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
            "start_index": WHOLE,
            "end": POSITION,
            "end_index": WHOLE,
            "capacity": WHOLES,
            "costs": COSTS,
            "skills": WHOLES,
            "time_window": PAIR,
            "breaks": listed(BREAK),
            "speed_factor": NUMBER,
            "max_tasks": WHOLE,
            "max_travel_time": WHOLE,
            "max_distance": WHOLE,
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
    },
)
