"""Knows that a tour's times follow from one another: drive, wait, serve, drive on."""

from collections.abc import Iterator

from routing.check.violation import Violation
from routing.check.walk import stops, tours
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem, Shift
from routing.units import Seconds, spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Arrivals that are not departure plus travel, early begins, wrong service times."""
    for shift, tour in tours(problem, plan):
        yield from _of_tour(problem, shift, tour)


def _of_tour(problem: Problem, shift: Shift, tour: Tour) -> Iterator[Violation]:
    # The places are the shift's: a tour that claims others is for `ends` to report.
    place, left = shift.start, tour.departure
    for visit, stop in stops(problem, tour):
        due = left + problem.seconds(shift.profile, start=place, end=visit.place)
        if stop.arrival != due:
            yield _off(shift, visit.id, "The arrival at", stop.arrival, due)
        if stop.begin < stop.arrival:
            yield _off(shift, visit.id, "The begin of service at", stop.begin, stop.arrival)
        if stop.end != stop.begin + visit.service:
            yield _off(
                shift, visit.id, "The end of service at", stop.end, stop.begin + visit.service
            )
        place, left = visit.place, stop.end
    due = left + problem.seconds(shift.profile, start=place, end=shift.ends[0])
    if tour.arrival != due:
        yield _off(shift, None, "The arrival at", tour.arrival, due)


def _off(shift: Shift, visit: str | None, what: str, said: Seconds, due: int) -> Violation:
    where = f"visit {visit}" if visit else "the end"
    side = "before" if said < due else "after"
    return Violation(
        rule=Rule.CLOCK,
        shift=shift.id,
        visit=visit,
        by=abs(said - due),
        sentence=f"{what} {where} on shift {shift.id} is {spoken(said - due)} {side} it can be.",
    )
