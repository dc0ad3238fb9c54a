"""Searches through a problem: legal places of a visit, greedy insertion, reasons.

On a crowded day one of them takes seconds, and SQLite has one writer lock. So each is refused
while a write transaction is open: compute from a reading, then write (`db.compute_then_write`).
"""

from collector.db import refuse_within_transaction
from routing.analysis import explain, insertion
from routing.analysis.insertion import Insertion
from routing.plan import Plan, Reason
from routing.problem import Problem


def legal_places(problem: Problem, plan: Plan, visit: str) -> tuple[Insertion, ...]:
    """Return every legal place of a visit in a plan, the cheapest first.

    Raises
    ------
    RuntimeError
        A write transaction is open.
    """
    refuse_within_transaction("a search for places")
    return insertion.insertions(problem, plan, visit)


def fill(problem: Problem, plan: Plan) -> Plan:
    """Insert unassigned visits greedily where they fit and cost less than their penalty.

    Raises
    ------
    RuntimeError
        A write transaction is open.
    """
    refuse_within_transaction("greedy insertion")
    return insertion.filled(problem, plan)


def explain_visit(problem: Problem, plan: Plan, visit: str) -> Reason:
    """Return the reason why a visit is in no tour, with the smallest changes that admit it.

    Raises
    ------
    RuntimeError
        A write transaction is open.
    """
    refuse_within_transaction("an explanation")
    return explain.explain(problem, plan, visit)


def explain_unassigned(problem: Problem, plan: Plan) -> Plan:
    """Return the plan with a reason for every unassigned visit.

    Raises
    ------
    RuntimeError
        A write transaction is open.
    """
    refuse_within_transaction("an explanation")
    return explain.explained(problem, plan)
