"""Knows what every format can do, so that the command line need not know which one it speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routing.plan import Plan
from routing.problem import Problem

Orders = Mapping[str, Sequence[str]]
"""Per shift, its visits in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
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
        Makes an answer to a question of a text: a plan, or only its orders where the format says
        no times.
    write_plan : callable
        Writes an answer to a question, given the milliseconds that reading and solving took.
    price : callable
        Says what a plan costs, in the question's own unit.
    write_error : callable, optional
        Writes, given an exit code, what went wrong, where the format has a way to say it.
    """

    read: Callable[[str], Question]
    read_plan: Callable[[Question, str], Plan | Orders]
    write_plan: Callable[[Question, Plan, Mapping[str, int]], str]
    price: Callable[[Question, Plan], str]
    write_error: Callable[[int, str], str] | None = None
