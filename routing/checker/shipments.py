"""Rule `shipments`: pick-up and delivery in one tour, the pick-up first."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import tours
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return shipments with one end only, on two tours, or with the delivery first."""
    for shift, tour in tours(problem, plan):
        places = {name: place for place, name in enumerate(tour.visits)}
        for one in problem.shipments:
            fetched, handed = places.get(one.pickup), places.get(one.delivery)
            if fetched is None and handed is not None:
                sentence = f"Visit {one.pickup}, where it is fetched, is not on the same tour."
                yield _broken(shift.id, one.delivery, sentence)
            elif fetched is not None and handed is None:
                sentence = f"Visit {one.delivery}, where it goes, is not on the same tour."
                yield _broken(shift.id, one.pickup, sentence)
            elif fetched is not None and handed is not None and handed < fetched:
                sentence = f"It is fetched at visit {one.pickup}, which comes later."
                yield _broken(shift.id, one.delivery, sentence, by=fetched - handed)


def _broken(shift: str, visit: str, sentence: str, *, by: int = 0) -> Violation:
    return Violation(
        rule=Rule.SHIPMENTS,
        shift=shift,
        visit=visit,
        by=by,
        sentence=f"Shift {shift} serves visit {visit} of a shipment. {sentence}",
    )
