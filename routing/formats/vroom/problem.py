"""A VROOM request as a problem.

VROOM minimises unassigned tasks (priorities first, then their number) and then the cost of travel;
waiting and breaks are free.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NoReturn

from routing.errors import InvalidProblemError
from routing.formats.format import ReadProblem
from routing.formats.vroom.hours import TimeOrigin, breaks, hours
from routing.formats.vroom.locations import NOWHERE, Atlas, atlas, travel_name
from routing.formats.vroom.refusals import in_words_of
from routing.formats.vroom.request import (
    LARGEST_PRIORITY,
    Amounts,
    Pair,
    Task,
    Vehicle,
    VroomJob,
    VroomRequest,
)
from routing.problem import Problem, Shift, Shipment, Visit, Window
from routing.units import LARGEST, Cents, Metres, Seconds

JOB: Final = "job"
PICKUP: Final = "pickup"
DELIVERY: Final = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A task of the request, with the data of its job or shipment.

    Attributes
    ----------
    type : str
        The type as in VROOM's steps.
    brought, fetched : tuple of int
        The amounts taken from and put on the vehicle; for a shipment, the moved amount.
    """

    type: str
    entry: str
    task: Task
    brought: Amounts
    fetched: Amounts
    skills: tuple[int, ...]
    priority: int

    @property
    def visit(self) -> str:
        """The id of the visit; a job and a shipment may have the same number."""
        return f"{self.type} {self.task.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomProblem:
    """A request with the data needed for the response.

    Attributes
    ----------
    origin : int
        The request's instant that is our 0.
    """

    request: VroomRequest
    problem: Problem
    origin: int
    errands: dict[str, Errand]


def posed(request: VroomRequest) -> ReadProblem:
    """Return a request as a problem.

    Raises
    ------
    InvalidProblemError
        It contradicts itself or has an unsupported field; the entry is named.
    """
    errands = list(_errands(request))
    _sound(request, errands)
    known = atlas(request)
    longest = max(max(map(max, found.durations)) for found in known.matrices.values())
    day = hours(request, leg=longest)
    size = _amounts(request)
    try:
        problem = Problem(
            dimensions=tuple(map(str, range(size))),
            places=known.places,
            travel=known.travel(latest=day.latest),
            shifts=tuple(_shift(n, v, known, day) for n, v in enumerate(request.vehicles)),
            visits=_visits(errands, known, day, _unit(request, known)),
            shipments=_shipments(request),
        )
    except InvalidProblemError as error:
        raise in_words_of(request, [errand.entry for errand in errands], error) from error
    by_visit = {errand.visit: errand for errand in errands}
    source = VroomProblem(request=request, problem=problem, origin=day.origin, errands=by_visit)
    return ReadProblem(problem=problem, orders=_orders(request, by_visit), source=source)


def _shipments(request: VroomRequest) -> tuple[Shipment, ...]:
    return tuple(
        Shipment(pickup=f"{PICKUP} {one.pickup.id}", delivery=f"{DELIVERY} {one.delivery.id}")
        for one in request.shipments
    )


def _errands(request: VroomRequest) -> Iterator[Errand]:
    for number, job in enumerate(request.jobs):
        yield _job(f"jobs[{number}]", job)
    for number, one in enumerate(request.shipments):
        for kind, task in ((PICKUP, one.pickup), (DELIVERY, one.delivery)):
            yield Errand(
                type=kind,
                entry=f"shipments[{number}].{kind}",
                task=task,
                brought=(),
                fetched=one.amount if kind == PICKUP else tuple(-part for part in one.amount),
                skills=one.skills,
                priority=one.priority,
            )


def _job(entry: str, job: VroomJob) -> Errand:
    return Errand(
        type=JOB,
        entry=entry,
        task=job,
        brought=job.delivery,
        fetched=job.pickup,
        skills=job.skills,
        priority=job.priority,
    )


def _sound(request: VroomRequest, errands: Sequence[Errand]) -> None:
    if not request.vehicles:
        _refuse("vehicles", "there is no vehicle")
    seen: set[str] = set()
    for errand in errands:
        if errand.visit in seen:
            _refuse(f"{errand.entry}.id", f"is the id of another {errand.type}: {errand.task.id}")
        seen.add(errand.visit)
        if not 0 <= errand.priority <= LARGEST_PRIORITY:
            _refuse(f"{errand.entry}.priority", f"is not between 0 and {LARGEST_PRIORITY}")


def _amounts(request: VroomRequest) -> int:
    """Return the number of dimensions of the request; refuse different numbers."""
    told = chain(
        ((f"jobs[{n}].{name}", getattr(job, name)) for n, job in enumerate(request.jobs)
         for name in ("delivery", "pickup")),
        ((f"shipments[{n}].amount", one.amount) for n, one in enumerate(request.shipments)),
    )  # fmt: skip
    given = [(entry, amounts) for entry, amounts in told if amounts]
    limits = [(f"vehicles[{n}].capacity", v.capacity) for n, v in enumerate(request.vehicles)]
    size = max((len(amounts) for _, amounts in chain(given, limits)), default=0)
    for entry, amounts in chain(given, limits):
        if len(amounts) != size:
            _refuse(entry, f"has {len(amounts)} amounts, and there are {size} elsewhere")
        if any(part < 0 for part in amounts):
            _refuse(entry, "is negative")
    return size


def _shift(number: int, vehicle: Vehicle, known: Atlas, day: TimeOrigin) -> Shift:
    entry = f"vehicles[{number}]"
    priced = known.matrices[travel_name(vehicle)].costs is not None
    return Shift(
        id=str(vehicle.id),
        collector=str(vehicle.id),
        start=known.names.get(f"{entry}.start", NOWHERE),
        ends=(known.names.get(f"{entry}.end", NOWHERE),),
        window=day.window(vehicle.time_window),
        capacity={str(axis): part for axis, part in enumerate(vehicle.capacity)},
        skills=frozenset(map(str, vehicle.skills)),
        fixed_cost=Cents(vehicle.costs.fixed),
        cents_per_km=vehicle.costs.per_km,
        cents_per_driving_hour=0 if priced else vehicle.costs.per_hour,
        max_driving=None if vehicle.max_travel_time is None else Seconds(vehicle.max_travel_time),
        max_metres=None if vehicle.max_distance is None else Metres(vehicle.max_distance),
        max_stops=vehicle.max_tasks,
        breaks=breaks(entry, vehicle, day),
        profile=travel_name(vehicle),
    )


def _visits(
    errands: Sequence[Errand], known: Atlas, day: TimeOrigin, unit: int | None
) -> tuple[Visit, ...]:
    return tuple(
        Visit(
            id=errand.visit,
            place=known.names[errand.entry],
            windows=_windows(errand.task.time_windows, day),
            service=Seconds(errand.task.service),
            setup=Seconds(errand.task.setup),
            load={str(axis): part for axis, part in enumerate(errand.fetched)},
            brought={str(axis): part for axis, part in enumerate(errand.brought)},
            skills=frozenset(map(str, errand.skills)),
            penalty=None if unit is None else _penalty(errand, len(errands), unit),
        )
        for errand in errands
    )


def _windows(told: Sequence[Pair], day: TimeOrigin) -> tuple[Window, ...]:
    return tuple(map(day.window, told)) if told else (day.window(None),)


def _penalty(errand: Errand, count: int, unit: int) -> Cents:
    """Return the penalty of a task: a step of priority exceeds all tasks, a task all travel."""
    return Cents((errand.priority * (count + 1) + 1) * unit)


def _unit(request: VroomRequest, known: Atlas) -> int | None:
    """Return an upper bound of a plan's cost; None without priorities: all tasks are mandatory."""
    ranks = [job.priority for job in request.jobs] + [one.priority for one in request.shipments]
    if not any(ranks):
        return None
    count = len(request.jobs) + 2 * len(request.shipments)
    dearest = max(_dearest_leg(vehicle, known) for vehicle in request.vehicles)
    fixed = sum(vehicle.costs.fixed for vehicle in request.vehicles)
    whole = fixed + dearest * (count + len(request.vehicles)) + 1
    # A penalty has an upper bound; at the bound it still ranks the tasks.
    return max(1, min(whole, LARGEST // (max(ranks) * (count + 1) + 1)))


def _dearest_leg(vehicle: Vehicle, known: Atlas) -> int:
    found = known.matrices[travel_name(vehicle)]
    if found.costs is not None:
        return max(map(max, found.costs))
    seconds = max(map(max, found.durations))
    metres = max(map(max, found.distances)) if found.distances else 0
    hourly, per_km = vehicle.costs.per_hour, vehicle.costs.per_km
    return hourly * seconds // 3_600 + per_km * metres // 1_000 + 1


def _orders(request: VroomRequest, errands: dict[str, Errand]) -> dict[str, tuple[str, ...]] | None:
    """Return the initial routes of the vehicles, if any."""
    orders = {}
    for number, vehicle in enumerate(request.vehicles):
        names = [f"{s.type} {s.id}" for s in vehicle.steps if s.type in {JOB, PICKUP, DELIVERY}]
        for name in names:
            if name not in errands:
                _refuse(f"vehicles[{number}].steps", f"there is no {name}")
        if names:
            orders[str(vehicle.id)] = tuple(names)
    return orders or None


def _refuse(entry: str, complaint: str) -> NoReturn:
    raise InvalidProblemError(entry, complaint)
