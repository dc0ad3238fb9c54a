"""Knows where a tour starts and ends, and that what must be kept cold ends at a freezer."""

from collections.abc import Iterator

from routing.check.violation import Violation
from routing.check.walk import every_stop, tours
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Tours between other places than their shift's, and rides that end where nothing receives."""
    for shift, tour in tours(problem, plan):
        for name, said, due in (
            ("start", tour.start, shift.start),
            ("end", tour.end, shift.ends[0]),
        ):
            if said != due:
                sentence = f"The tour of shift {shift.id} has its {name} at {said}, not at {due}."
                yield Violation(rule=Rule.ENDS, shift=shift.id, what=said, sentence=sentence)
    for shift, _, visit, _ in every_stop(problem, plan):
        if visit.ride_limits and not problem.place(shift.ends[0]).receives:
            yield Violation(
                rule=Rule.ENDS,
                shift=shift.id,
                visit=visit.id,
                what=shift.ends[0],
                sentence=f"What visit {visit.id} gives must reach a freezer or a laboratory;"
                f" shift {shift.id} ends at {shift.ends[0]}, which receives nothing.",
            )
