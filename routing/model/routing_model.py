"""OR-Tools routing model of a problem: nodes, variables, and the orders of a solution.

Nodes are the visits in their order, then a start and an end per shift, then the unloadings. So two
shifts never share a depot. Only matrices and vectors are registered: a Python callback that
raises counts as zero, and the result still says optimal.
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
"""Name of the time dimension."""

Handle = Any
"""An OR-Tools variable, dimension or assignment; its wheel carries no types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnloadingNode:
    """A node where one shift may unload once; a shift has one per freezer and unloading.

    Attributes
    ----------
    node, vehicle : int
    place : str
    service : Seconds
        Duration of the unloading.
    """

    node: int
    vehicle: int
    place: str
    service: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakVariables:
    """A break of a shift as variables.

    Attributes
    ----------
    begin, end : variable
    duration : Seconds
    taken : variable
        Whether the interval is performed; 0 only if the break can be taken outside the tour.
    """

    begin: Handle
    end: Handle
    duration: Seconds
    taken: Handle


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A problem as an OR-Tools routing model.

    Attributes
    ----------
    problem : Problem
    manager, routing : handle
        The index manager and the routing model of OR-Tools.
    unloading_nodes : tuple of UnloadingNode
    service_begins : dict of int to variable
        Per index of a visit with a set-up, its begin of service; see `clock`.
    breaks : dict of int to list of BreakVariables
        Per vehicle, its breaks.
    surcharges : counter of (int, int)
        Per vehicle and node, the cost of serving it apart from legs and hours, in shares.
    fixed_surcharges : counter of int
        Per vehicle, the cost of its use above its fixed cost, in shares.
    """

    problem: Problem
    manager: Handle
    routing: Handle
    unloading_nodes: tuple[UnloadingNode, ...] = ()
    service_begins: dict[int, Handle] = field(default_factory=dict)
    breaks: dict[int, list[BreakVariables]] = field(default_factory=dict)
    surcharges: Counter[tuple[int, int]] = field(default_factory=Counter)
    fixed_surcharges: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return a model with the nodes and vehicles of a problem, without rules."""
        visits, shifts = len(problem.visits), len(problem.shifts)
        starts = [visits + 2 * number for number in range(shifts)]
        ends = [start + 1 for start in starts]
        unloading_nodes = _unloading_nodes(problem)
        nodes = visits + 2 * shifts + len(unloading_nodes)
        manager = pywrapcp.RoutingIndexManager(nodes, shifts, starts, ends)
        routing = pywrapcp.RoutingModel(manager)
        return cls(
            problem=problem, manager=manager, routing=routing, unloading_nodes=unloading_nodes
        )

    def visits(self) -> list[tuple[int, Visit]]:
        """Return each visit with its index."""
        return [(self.index(node), visit) for node, visit in enumerate(self.problem.visits)]

    def shifts(self) -> list[tuple[int, Shift]]:
        """Return each shift with its vehicle number."""
        return list(enumerate(self.problem.shifts))

    def unloadings(self) -> list[tuple[int, UnloadingNode]]:
        """Return each unloading with its index."""
        return [(self.index(unloading.node), unloading) for unloading in self.unloading_nodes]

    def may_unload(self, vehicle: int) -> bool:
        """Return whether a vehicle may unload on the way."""
        return any(unloading.vehicle == vehicle for unloading in self.unloading_nodes)

    def index(self, node: int) -> int:
        """Return the index of a node that is not an end."""
        number: int = self.manager.NodeToIndex(node)
        return number

    def horizon(self) -> Seconds:
        """Return the instant by which every tour has arrived."""
        return max(shift.window.latest for shift in self.problem.shifts)

    def solver(self) -> Handle:
        """Return the constraint solver below the routing model."""
        return self.routing.solver()

    def time(self) -> Handle:
        """Return the time dimension; `clock` defines its cumul variables."""
        return self.routing.GetDimensionOrDie(TIME)

    def begin(self, index: int) -> Handle:
        """Return the begin of service at a visit, after its set-up."""
        return self.service_begins.get(index) or self.time().CumulVar(index)

    def allow_vehicles(self, index: int, vehicles: Sequence[int]) -> None:
        """Restrict a node to some vehicles; it may stay unserved.

        `SetAllowedVehiclesForIndex` raises TypeError in this wheel.
        """
        self.routing.VehicleVar(index).SetValues([-1, *vehicles])

    def forbid_visits(self, vehicle: int) -> None:
        """Forbid all visits on a vehicle."""
        for index, _ in self.visits():
            self.routing.VehicleVar(index).RemoveValue(vehicle)

    def place_rows(self) -> list[int]:
        """Return per node the row of its place in the matrices; of an end, that of the first."""
        ends = [place for shift in self.problem.shifts for place in (shift.start, shift.ends[0])]
        visits = [visit.place for visit in self.problem.visits]
        unloadings = (unloading.place for unloading in self.unloading_nodes)
        return [self.problem.row(name) for name in (*visits, *ends, *unloadings)]

    def service_times(self) -> list[int]:
        """Return per node the service time without set-up in seconds; 0 at starts and ends."""
        return [
            *(visit.service for visit in self.problem.visits),
            *([AT_ONCE] * (2 * len(self.problem.shifts))),
            *(unloading.service for unloading in self.unloading_nodes),
        ]

    def setup_times(self) -> list[int]:
        """Return per node the set-up in seconds, needed if the previous place is another."""
        others = 2 * len(self.problem.shifts) + len(self.unloading_nodes)
        return [*(visit.setup for visit in self.problem.visits), *([AT_ONCE] * others)]

    def register_per_visit(self, amounts: Sequence[int], *, at_unloading: int = 0) -> int:
        """Register a unary transit: an amount per visit, and one for all unloadings.

        Starts and ends have 0.
        """
        ends = [0] * (2 * len(self.problem.shifts))
        vector = [*amounts, *ends, *([at_unloading] * len(self.unloading_nodes))]
        number: int = self.routing.RegisterUnaryTransitVector(vector)
        return number

    def orders(self, next_of: Handle) -> dict[str, list[str]]:
        """Return the orders of a solution: per shift its visits, without unloadings.

        Parameters
        ----------
        next_of : callable
            From an index to the index that follows it.
        """
        orders: dict[str, list[str]] = {}
        for vehicle, shift in self.shifts():
            index = next_of(self.routing.Start(vehicle))
            names = orders.setdefault(shift.id, [])
            while not self.routing.IsEnd(index):
                node = self.manager.IndexToNode(index)
                if node < len(self.problem.visits):
                    names.append(self.problem.visits[node].id)
                index = next_of(index)
        return orders

    def assignment(self, orders: Mapping[str, Sequence[str]]) -> Handle:
        """Return the assignment of orders; None if the model refuses them."""
        routes = [
            self._route(vehicle, orders.get(shift.id, ())) for vehicle, shift in self.shifts()
        ]
        return self.routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003 - not ours

    def _route(self, vehicle: int, names: Sequence[str]) -> list[int]:
        """Return the indices of visits, with the unloadings of the best timing of this order."""
        indices = {visit.id: index for index, visit in self.visits()}
        route = [indices[name] for name in names]
        free = [pair for pair in self.unloadings() if pair[1].vehicle == vehicle]
        if not free or not route:
            return route
        shift = self.problem.shifts[vehicle]
        tour = timed(self.problem, shift, [self.problem.visits[index] for index in route])
        unloadings = tour.unloadings if isinstance(tour, Tour) else ()
        for unloading in reversed(unloadings):
            chosen = next(pair for pair in free if pair[1].place == unloading.place)
            free.remove(chosen)
            route.insert(unloading.after, chosen[0])
        return route


def _unloading_nodes(problem: Problem) -> tuple[UnloadingNode, ...]:
    """Return as many nodes per shift and freezer as unloadings the shift may make."""
    first = len(problem.visits) + 2 * len(problem.shifts)
    unloadings = [
        (vehicle, place, shift.reload.service)
        for vehicle, shift in enumerate(problem.shifts)
        if shift.reload
        for place in shift.reload.places
        for _ in range(min(shift.reload.times, len(problem.visits) + 1))
    ]
    return tuple(
        UnloadingNode(node=first + number, vehicle=vehicle, place=place, service=service)
        for number, (vehicle, place, service) in enumerate(unloadings)
    )
