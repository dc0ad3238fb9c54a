"""Unassigned visits of a plan, with their reasons as the tray stores them."""

from collections.abc import Iterator

from collector.planning.problem.build import DayFacts
from collector.planning.problem.write_back import UnplannedVisit
from routing.plan import Plan, Reason


def unplanned_visits(facts: DayFacts, plan: Plan) -> Iterator[UnplannedVisit]:
    """Yield every unassigned visit of an explained plan with its reason."""
    letters = {str(round_.shift_id): round_.letter for round_ in facts.rounds}
    for entry in plan.unassigned:
        reason = entry.reason
        if reason is None:
            raise ValueError(f"visit {entry.visit} is unassigned without a reason")
        yield UnplannedVisit(
            pickup_id=int(entry.visit),
            reason=str(reason.code),
            details=_details(reason, letters),
        )


def paid_price(reason: Reason) -> int | None:
    """Return the cents that serving the visit would cost, without the price of its risk."""
    return None if reason.price is None else reason.price - (reason.risk or 0)


def _details(reason: Reason, letters: dict[str, str]) -> dict[str, object]:
    """Return the figures of a reason; rounds are named by their letters."""
    known = {
        "rule": reason.rule and str(reason.rule),
        "round": letters.get(reason.shift or ""),
        "price_cents": paid_price(reason),
        "risk_cents": reason.risk,
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
