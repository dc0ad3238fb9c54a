"""Knows what every format can do, so that the command line need not know which one it speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routing.plan import Plan, Tour
from routing.problem import Problem

Orders = Mapping[str, Sequence[str]]
"""Per shift, its visits in their order."""

WrittenPlan = Plan | Sequence[Tour] | Orders
"""A plan as far as a format tells it: whole, or without its bill, or without its times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProblem:
    """A problem as it was asked.

    Attributes
    ----------
    orders : mapping, optional
        Orders to begin from, where the question brings some.
    source : object
        What its format keeps of it, to answer in kind.
    """

    problem: Problem
    orders: Orders | None = None
    source: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write problems and plans down.

    Attributes
    ----------
    read : callable
        Makes a question of a text.
    read_plan : callable
        Makes an answer to a question of a text.
    write_plan : callable
        Writes an answer to a question, given how many milliseconds `loading` and `solving` took.
    price : callable
        Says what a plan costs, in the question's own unit.
    write_error : callable, optional
        Writes what went wrong, given an exit code and a sentence, where the format can say it.
    """

    read: Callable[[str], ReadProblem]
    read_plan: Callable[[ReadProblem, str], WrittenPlan]
    write_plan: Callable[[ReadProblem, Plan, Mapping[str, int]], str]
    price: Callable[[ReadProblem, Plan], str]
    write_error: Callable[[int, str], str] | None = None
