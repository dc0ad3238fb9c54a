"""Rule `limits`: driving time, working time, metres and stops of a tour."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return tours above a limit of their shift, by the problem's matrices."""
    for walk in walks(problem, plan):
        for what, used, limit, sentence in _limits(walk):
            if limit is not None and used > limit:
                yield Violation(
                    rule=Rule.LIMITS,
                    shift=walk.shift.id,
                    what=what,
                    by=used - limit,
                    sentence=f"Shift {walk.shift.id} {sentence}.",
                )


def _limits(walk: Walk) -> Iterator[tuple[str, int, int | None, str]]:
    shift, tour = walk.shift, walk.tour
    driving, working, metres, stops = walk.seconds, tour.seconds, walk.metres, len(tour.stops)
    over = spoken(driving - (shift.max_driving or 0))
    yield (
        "driving",
        driving,
        shift.max_driving,
        f"drives {spoken(driving)}, {over} more than it may",
    )
    over = spoken(working - (shift.max_working or 0))
    yield "working", working, shift.max_working, f"works {spoken(working)}, {over} more than it may"
    far = metres - (shift.max_metres or 0)
    yield "metres", metres, shift.max_metres, f"drives {metres} m, {far} m more than it may"
    many = stops - (shift.max_stops or 0)
    yield "stops", stops, shift.max_stops, f"has {stops} stops, {many} more than it may"
