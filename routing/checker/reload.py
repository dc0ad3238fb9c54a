"""Rule `reload`: places, number and length of unloadings on the way."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import tours
from routing.plan import Plan, Rule, Tour, Unloading
from routing.problem import Problem, Reload, Shift
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return unloadings not permitted, elsewhere, too many, of a wrong length or out of order."""
    for shift, tour in tours(problem, plan):
        yield from _placed(shift, tour)
        if shift.reload is not None:
            yield from _allowed(shift, shift.reload, tour)
        elif tour.unloadings:
            sentence = f"Shift {shift.id} may not unload on the way."
            yield _broken(shift, sentence, by=len(tour.unloadings))


def _placed(shift: Shift, tour: Tour) -> Iterator[Violation]:
    for unloading in tour.unloadings:
        if not 0 <= unloading.after <= len(tour.stops):
            nearest = min(max(unloading.after, 0), len(tour.stops))
            sentence = (
                f"Shift {shift.id} unloads after stop {unloading.after} of {len(tour.stops)}."
            )
            yield _broken(shift, sentence, unloading, by=abs(unloading.after - nearest))
    order = [(unloading.after, unloading.begin) for unloading in tour.unloadings]
    if order != sorted(order):
        yield _broken(shift, f"The unloadings of shift {shift.id} are not in their order.")


def _allowed(shift: Shift, reload: Reload, tour: Tour) -> Iterator[Violation]:
    extra = len(tour.unloadings) - reload.times
    if extra > 0:
        sentence = (
            f"Shift {shift.id} unloads {len(tour.unloadings)} times, {extra} more than it may."
        )
        yield _broken(shift, sentence, by=extra)
    for unloading in tour.unloadings:
        if unloading.place not in reload.places:
            sentence = f"Shift {shift.id} may not unload at {unloading.place}."
            yield _broken(shift, sentence, unloading)
        off = unloading.end - unloading.begin - reload.service
        if off != 0:
            side = "longer" if off > 0 else "shorter"
            sentence = (
                f"The unloading at {unloading.place} on shift {shift.id} is {spoken(off)} {side}"
                f" than the {spoken(reload.service)} it takes."
            )
            yield _broken(shift, sentence, unloading, by=abs(off))


def _broken(
    shift: Shift, sentence: str, unloading: Unloading | None = None, *, by: int = 0
) -> Violation:
    what = unloading.place if unloading else None
    return Violation(rule=Rule.RELOAD, shift=shift.id, what=what, by=by, sentence=sentence)
