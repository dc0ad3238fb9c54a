"""Interface of a format, used by the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routing.plan import Plan, Tour
from routing.problem import Problem

Orders = Mapping[str, Sequence[str]]
"""The visits in order, by shift."""

WrittenPlan = Plan | Sequence[Tour] | Orders
"""A plan as written in a format: complete, or without bill, or without times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProblem:
    """A problem as read from a document.

    Attributes
    ----------
    orders : mapping, optional
        Initial orders of the document, if any.
    source : object
        Data of the format, kept for the answer.
    """

    problem: Problem
    orders: Orders | None = None
    source: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of problems and plans.

    Attributes
    ----------
    read : callable
        Read a problem from text.
    read_plan : callable
        Read a plan of a problem from text.
    write_plan : callable
        Write a plan, given the milliseconds of `loading` and `solving`.
    price : callable
        Return the cost of a plan in the document's own unit.
    write_error : callable, optional
        Write an error, given an exit code and a sentence, if the format has errors.
    """

    read: Callable[[str], ReadProblem]
    read_plan: Callable[[ReadProblem, str], WrittenPlan]
    write_plan: Callable[[ReadProblem, Plan, Mapping[str, int]], str]
    price: Callable[[ReadProblem, Plan], str]
    write_error: Callable[[int, str], str] | None = None
