"""Knows the OR-Tools model of a problem: its nodes, its variables, and how orders are read.

Nodes are the visits in their order, then a start and an end per shift, so that two shifts never
share a depot, then the halts where a shift may unload. Only matrices and vectors are registered: a
Python callback that raises counts as zero and the result still says optimal.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from ortools.constraint_solver import pywrapcp

from routing.plan import Tour
from routing.problem import Problem, Shift, Visit
from routing.schedule import timed
from routing.units import AT_ONCE, Seconds

TIME: Final = "time"

Var = Any
"""An OR-Tools variable, dimension or assignment; its wheel carries no types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A node where one shift may unload once; a shift has one per freezer and time."""

    node: int
    vehicle: int
    place: str
    service: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """A break of a shift as variables.

    Attributes
    ----------
    taken : variable
        Whether the interval counts; 0 only where the break can be had at home.
    """

    begin: Var
    end: Var
    duration: Seconds
    taken: Var


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A problem as OR-Tools is told it.

    Attributes
    ----------
    begins : dict of int to variable
        The begin of service at the visits where it is not the time dimension's own; see `clock`.
    rests : dict of int to list of Rested
        Per vehicle, its breaks.
    charges : dict of (int, int) to int
        Per vehicle and node, what driving there costs on top, in shares.
    standing : dict of int to int
        Per vehicle, what using it costs on top of its fixed cost, in shares.
    """

    problem: Problem
    manager: Var
    routing: Var
    halts: tuple[Halt, ...] = ()
    begins: dict[int, Var] = field(default_factory=dict)
    rests: dict[int, list[Rested]] = field(default_factory=dict)
    charges: Counter[tuple[int, int]] = field(default_factory=Counter)
    standing: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Open a model that knows nodes and shifts, and no rule yet."""
        visits, shifts = len(problem.visits), len(problem.shifts)
        starts = [visits + 2 * number for number in range(shifts)]
        ends = [start + 1 for start in starts]
        halts = _halts(problem)
        nodes = visits + 2 * shifts + len(halts)
        manager = pywrapcp.RoutingIndexManager(nodes, shifts, starts, ends)
        routing = pywrapcp.RoutingModel(manager)
        return cls(problem=problem, manager=manager, routing=routing, halts=halts)

    def visits(self) -> list[tuple[int, Visit]]:
        """Each visit with its index."""
        return [(self.index(node), visit) for node, visit in enumerate(self.problem.visits)]

    def shifts(self) -> list[tuple[int, Shift]]:
        """Each shift with its vehicle number."""
        return list(enumerate(self.problem.shifts))

    def unloadings(self) -> list[tuple[int, Halt]]:
        """Each halt with its index."""
        return [(self.index(halt.node), halt) for halt in self.halts]

    def unloads(self, vehicle: int) -> bool:
        """Whether this vehicle may unload on its way."""
        return any(halt.vehicle == vehicle for halt in self.halts)

    def index(self, node: int) -> int:
        """The index of a node that is no end."""
        number: int = self.manager.NodeToIndex(node)
        return number

    def horizon(self) -> Seconds:
        """The instant by which every tour has arrived."""
        return max(shift.window.latest for shift in self.problem.shifts)

    def solver(self) -> Var:
        """The constraint solver below the routing model."""
        return self.routing.solver()

    def time(self) -> Var:
        """The dimension of time; see `clock` for what its cumulated value at a visit is."""
        return self.routing.GetDimensionOrDie(TIME)

    def begin(self, index: int) -> Var:
        """The begin of service at a visit, whose set-up comes first."""
        return self.begins.get(index) or self.time().CumulVar(index)

    def ends_of_service(self) -> dict[int, Var]:
        """Per visit's index, when the collector leaves."""
        time = self.time()
        return {index: time.CumulVar(index) + visit.service for index, visit in self.visits()}

    def only(self, index: int, vehicles: Sequence[int]) -> None:
        """Let nothing but these vehicles serve a visit, or nobody.

        `SetAllowedVehiclesForIndex` raises TypeError in this wheel.
        """
        self.routing.VehicleVar(index).SetValues([-1, *vehicles])

    def idle(self, vehicle: int) -> None:
        """Let a vehicle serve nobody."""
        for index, _ in self.visits():
            self.routing.VehicleVar(index).RemoveValue(vehicle)

    def rows(self) -> list[int]:
        """Per node, the row of its place in the travel matrices; of an end, that of the first."""
        ends = [place for shift in self.problem.shifts for place in (shift.start, shift.ends[0])]
        visits = [visit.place for visit in self.problem.visits]
        names = [*visits, *ends, *(halt.place for halt in self.halts)]
        return [self.problem.row(name) for name in names]

    def services(self) -> list[int]:
        """Per node, the service time without set-up; none at starts and ends."""
        return [
            *(visit.service for visit in self.problem.visits),
            *([AT_ONCE] * (2 * len(self.problem.shifts))),
            *(halt.service for halt in self.halts),
        ]

    def setups(self) -> list[int]:
        """Per node, the set-up where the point ahead of it is another place."""
        others = 2 * len(self.problem.shifts) + len(self.halts)
        return [*(visit.setup for visit in self.problem.visits), *([AT_ONCE] * others)]

    def per_visit(self, amounts: Sequence[int], *, halt: int = 0) -> int:
        """Register one amount per visit, none at starts and ends, and one at every halt."""
        ends = [0] * (2 * len(self.problem.shifts))
        vector = [*amounts, *ends, *([halt] * len(self.halts))]
        number: int = self.routing.RegisterUnaryTransitVector(vector)
        return number

    def orders(self, next_of: Var) -> dict[str, list[str]]:
        """Read the orders of a solution, which name visits and no unloadings.

        Parameters
        ----------
        next_of : callable
            From an index to the index that follows it.
        """
        found: dict[str, list[str]] = {}
        for vehicle, shift in self.shifts():
            index = next_of(self.routing.Start(vehicle))
            names = found.setdefault(shift.id, [])
            while not self.routing.IsEnd(index):
                node = self.manager.IndexToNode(index)
                if node < len(self.problem.visits):
                    names.append(self.problem.visits[node].id)
                index = next_of(index)
        return found

    def assignment(self, orders: Mapping[str, Sequence[str]]) -> Var:
        """Turn orders into an assignment; None if the model refuses them."""
        routes = [
            self._route(vehicle, orders.get(shift.id, ())) for vehicle, shift in self.shifts()
        ]
        return self.routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003 - not ours

    def _route(self, vehicle: int, names: Sequence[str]) -> list[int]:
        """The indices of visits, with unloadings where a schedule of this order has them."""
        index = {visit.id: index for index, visit in self.visits()}
        route = [index[name] for name in names]
        free = [(index, halt) for index, halt in self.unloadings() if halt.vehicle == vehicle]
        if not free or not route:
            return route
        shift = self.problem.shifts[vehicle]
        tour = timed(self.problem, shift, [self.problem.visits[one] for one in route])
        unloadings = tour.unloadings if isinstance(tour, Tour) else ()
        for unloading in reversed(unloadings):
            chosen = next(pair for pair in free if pair[1].place == unloading.place)
            free.remove(chosen)
            route.insert(unloading.after, chosen[0])
        return route


def _halts(problem: Problem) -> tuple[Halt, ...]:
    """As many halts per shift and freezer as it may unload."""
    first = len(problem.visits) + 2 * len(problem.shifts)
    found = [
        (vehicle, place, shift.reload.service)
        for vehicle, shift in enumerate(problem.shifts)
        if shift.reload
        for place in shift.reload.places
        for _ in range(min(shift.reload.times, len(problem.visits) + 1))
    ]
    return tuple(
        Halt(node=first + number, vehicle=vehicle, place=place, service=service)
        for number, (vehicle, place, service) in enumerate(found)
    )
