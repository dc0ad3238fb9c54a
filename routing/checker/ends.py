"""Rule `ends`: start and end of a tour, and a freezer after every cold item."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return tours with a wrong start or end, and cold items without a receiving place."""
    for walk in walks(problem, plan):
        yield from _places(problem, walk)
        yield from _not_received(walk)


def _places(problem: Problem, walk: Walk) -> Iterator[Violation]:
    shift, tour = walk.shift, walk.tour
    nearest = _nearest(problem, walk)
    for name, said, due in (("start", tour.start, shift.start), ("end", tour.end, nearest)):
        if said != due:
            sentence = f"The tour of shift {shift.id} has its {name} at {said}, not at {due}."
            yield Violation(rule=Rule.ENDS, shift=shift.id, what=said, sentence=sentence)


def _nearest(problem: Problem, walk: Walk) -> str:
    """Return the end nearest to the last point: by seconds, then metres, then order."""
    profile = walk.shift.profile
    last = walk.points[-2].place if len(walk.points) > 1 else walk.shift.start
    return min(
        walk.shift.ends,
        key=lambda end: (
            problem.seconds(profile, start=last, end=end),
            problem.metres(profile, start=last, end=end),
        ),
    )


def _not_received(walk: Walk) -> Iterator[Violation]:
    shift, end = walk.shift, walk.points[-1].place
    if shift.carried_until is not None and walk.received(-1) is None:
        yield Violation(
            rule=Rule.ENDS,
            shift=shift.id,
            what=end,
            sentence=f"What shift {shift.id} carries from the start must reach a freezer or a"
            f" laboratory; it ends at {end}, which receives nothing.",
        )
    for position, point in enumerate(walk.points):
        if point.visit is None or not point.visit.ride_limits:
            continue
        if walk.received(position) is None:
            yield Violation(
                rule=Rule.ENDS,
                shift=shift.id,
                visit=point.visit.id,
                what=end,
                sentence=f"What visit {point.visit.id} gives must reach a freezer or a laboratory;"
                f" shift {shift.id} ends at {end}, which receives nothing.",
            )
