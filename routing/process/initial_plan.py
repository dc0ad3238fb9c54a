"""Initial plan that comes within the document of a problem."""

from routing.checker.judge import check_tour
from routing.errors import InvalidProblemError
from routing.formats.format import ReadProblem
from routing.plan import Plan
from routing.schedule import retimed


def plan_of_document(question: ReadProblem) -> Plan | None:
    """Return the timed initial plan of a document, or None if it has none.

    Raises
    ------
    InvalidProblemError
        A tour of it breaks a rule.
    """
    if question.orders is None:
        return None
    plan = retimed(question.problem, question.orders)
    for tour in plan.tours:
        for violation in check_tour(question.problem, tour):
            raise InvalidProblemError("steps", violation.sentence)
    return plan
