"""Knows the OR-Tools model of a problem: its nodes, its variables, and how orders are read.

Nodes are the visits in their order, then a start and an end per shift, so that two shifts never
share a depot. Only matrices and vectors are registered: a Python callback that raises counts as
zero and the result still says optimal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from ortools.constraint_solver import pywrapcp

from routing.problem import Problem, Shift, Visit

TIME: Final = "time"

Var = Any
"""An OR-Tools variable, dimension or assignment; its wheel carries no types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A problem as OR-Tools is told it."""

    problem: Problem
    manager: Var
    routing: Var

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Open a model that knows nodes and shifts, and no rule yet."""
        visits, shifts = len(problem.visits), len(problem.shifts)
        starts = [visits + 2 * number for number in range(shifts)]
        ends = [start + 1 for start in starts]
        manager = pywrapcp.RoutingIndexManager(visits + 2 * shifts, shifts, starts, ends)
        return cls(problem=problem, manager=manager, routing=pywrapcp.RoutingModel(manager))

    def visits(self) -> list[tuple[int, Visit]]:
        """Each visit with its index."""
        return [
            (self.manager.NodeToIndex(node), visit)
            for node, visit in enumerate(self.problem.visits)
        ]

    def shifts(self) -> list[tuple[int, Shift]]:
        """Each shift with its vehicle number."""
        return list(enumerate(self.problem.shifts))

    def solver(self) -> Var:
        """The constraint solver below the routing model."""
        return self.routing.solver()

    def time(self) -> Var:
        """The dimension whose cumulated value at a visit is the begin of its service."""
        return self.routing.GetDimensionOrDie(TIME)

    def only(self, index: int, vehicles: Sequence[int]) -> None:
        """Let nothing but these vehicles serve a visit, or nobody.

        `SetAllowedVehiclesForIndex` raises TypeError in this wheel.
        """
        self.routing.VehicleVar(index).SetValues([-1, *vehicles])

    def places(self) -> list[int]:
        """Per node, the row of its place in the travel matrices."""
        ends = [place for shift in self.problem.shifts for place in (shift.start, shift.ends[0])]
        names = [*(visit.place for visit in self.problem.visits), *ends]
        return [self.problem.row(name) for name in names]

    def services(self) -> list[int]:
        """Per node, the service time; none at starts and ends."""
        return [
            *(visit.service for visit in self.problem.visits),
            *([0] * (2 * len(self.problem.shifts))),
        ]

    def orders(self, next_of: Var) -> dict[str, list[str]]:
        """Read the orders of a solution.

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
                names.append(self.problem.visits[self.manager.IndexToNode(index)].id)
                index = next_of(index)
        return found

    def assignment(self, orders: Mapping[str, Sequence[str]]) -> Var:
        """Turn orders into an assignment; None if the model refuses them."""
        index = {visit.id: index for index, visit in self.visits()}
        routes = [[index[name] for name in orders.get(shift.id, ())] for _, shift in self.shifts()]
        return self.routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003 - not ours
