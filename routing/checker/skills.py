"""Rule `skills`: required skills and allowed shifts of a visit."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return visits on a shift that lacks a skill, or on a shift not allowed."""
    for shift, _, visit, _ in every_stop(problem, plan):
        for skill in sorted(visit.skills - shift.skills):
            sentence = f"Shift {shift.id} lacks the skill {skill} that visit {visit.id} requires."
            yield _broken(shift.id, visit.id, sentence, what=skill)
        if visit.shifts is not None and shift.id not in visit.shifts:
            yield _broken(shift.id, visit.id, f"Visit {visit.id} does not allow shift {shift.id}.")


def _broken(shift: str, visit: str, sentence: str, *, what: str | None = None) -> Violation:
    return Violation(rule=Rule.SKILLS, shift=shift, visit=visit, what=what, sentence=sentence)
