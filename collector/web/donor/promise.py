"""What a donor was told about when somebody comes, as the published rounds say it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.pickups.models import Pickup, PickupState
from collector.rounds.models import DayPlan, Round

TOLD = (PickupState.PUBLISHED, PickupState.EN_ROUTE, PickupState.ARRIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedVisit:
    """The day and the instants between which we come."""

    day: date
    opens: datetime
    closes: datetime
    code: str
    """The two words the collector says at the door."""


def told(session: Session, pickup: Pickup) -> PromisedVisit | None:
    """Return the promise of a published visit; a draft that moved since promises nothing."""
    if pickup.state not in TOLD:
        return None
    rounds = session.execute(
        select(DayPlan.day, Round.published)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            Round.bank_id == pickup.bank_id,
            Round.revision > 0,
            DayPlan.day.in_([window.day for window in pickup.windows]),
        )
        .order_by(Round.revision.desc())
    )
    for day, published in rounds:
        for stop in (published or {}).get("stops", ()):
            if stop["pickup"] == pickup.id:
                return PromisedVisit(
                    day=day,
                    opens=datetime.fromisoformat(stop["window"]["opens"]),
                    closes=datetime.fromisoformat(stop["window"]["closes"]),
                    code=stop.get("code", ""),
                )
    return None
