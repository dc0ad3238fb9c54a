"""What a plan leaves out, with the reason of each as the tray keeps it."""

from collections.abc import Iterator

from collector.planning.problem.build import DayFacts
from collector.planning.problem.write_back import LeftOut
from routing.plan import Plan, Reason


def left_out(facts: DayFacts, plan: Plan) -> Iterator[LeftOut]:
    """Yield every visit of an explained plan that is in no tour, and why."""
    letters = {str(round_.shift_id): round_.letter for round_ in facts.rounds}
    for entry in plan.unassigned:
        reason = entry.reason
        if reason is None:
            raise ValueError(f"visit {entry.visit} is unassigned without a reason")
        yield LeftOut(
            pickup_id=int(entry.visit),
            reason=str(reason.code),
            details=_details(reason, letters),
        )


def _details(reason: Reason, letters: dict[str, str]) -> dict[str, object]:
    """Return the figures of a reason; rounds are named by their letters."""
    known = {
        "rule": reason.rule and str(reason.rule),
        "round": letters.get(reason.shift or ""),
        "price_cents": reason.price,
        "by": next(
            (
                obstacle.by
                for obstacle in reason.obstacles
                if (obstacle.shift, obstacle.rule) == (reason.shift, reason.rule)
            ),
            None,
        ),
    }
    return {
        "sentence": reason.sentence,
        "remedy": str(reason.remedy),
        "obstacles": [
            {
                "round": letters[obstacle.shift],
                "rule": str(obstacle.rule),
                "by": obstacle.by,
            }
            for obstacle in reason.obstacles
        ],
    } | {name: value for name, value in known.items() if value is not None}
