"""Tables of an encoded problem with a row per visit or shift."""

from routing.problem import Problem
from routing.timing.encoding import IntArray, ProblemTables, encode


def read_table(problem: Problem, name: str) -> IntArray:
    """Return a table of the encoded problem as a view.

    Parameters
    ----------
    name : str
        A field of `ProblemTables` with a row per visit, or ``"shifts"``.

    Returns
    -------
    array of shape (visits or shifts, columns)
    """
    encoded, number = encode(problem), ProblemTables._fields.index(name)
    first, width = int(encoded[2 * number]), int(encoded[2 * number + 1])
    rows = len(problem.shifts if name == "shifts" else problem.visits)
    return encoded[first : first + width * rows].reshape(rows, width)
