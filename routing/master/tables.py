"""Knows how a table is read from the tape of a problem, as a whole."""

from routing.problem import Problem
from routing.timing.encoding import Tables, Whole, flat


def table(problem: Problem, name: str) -> Whole:
    """A table of the problem's tape whose rows are visits, or shifts."""
    tape, number = flat(problem), Tables._fields.index(name)
    begin, width = int(tape[2 * number]), int(tape[2 * number + 1])
    rows = len(problem.shifts if name == "shifts" else problem.visits)
    return tape[begin : begin + width * rows].reshape(rows, width)
