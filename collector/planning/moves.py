"""Moving a visit by hand: to another round, another place, or the tray."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.rounds.models import DayPlan


def move(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    version: int,
    pickup_id: int,
    to_round_id: int | None,
    position: int = 0,
    actor: str,
    reason: str = "",
) -> DayPlan:
    """Move a visit and time both rounds anew.

    Raises
    ------
    NotFound
        The pick-up or the round is not of this bank and day.
    Conflict
        The day is another version by now: `changed_meanwhile` (`version`, `revision`).
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`); `round_has_started`;
        `visit_may_not_be_served` (`reason`: held, not_eligible, no_position).
    """
    raise NotImplementedError
