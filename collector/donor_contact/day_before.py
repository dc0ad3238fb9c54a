"""What a donor answers the day before a visit: fine, not at home, fewer bottles, the last time."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Refused
from collector.pickups.actions import cancel
from collector.pickups.giving import record_last_gift
from collector.pickups.models import DayBefore, Pickup, PickupState
from collector.rounds.promises import Promise


def answer(
    session: Session,
    pickup: Pickup,
    *,
    now: datetime,
    actor: str,
    said: DayBefore,
    promised: Promise,
    bottles: int | None = None,
) -> Pickup:
    """Keep an answer; *not at home* calls the visit off, as long as the bank's deadline allows.

    Raises
    ------
    Refused
        `pickup_not_open`, `too_late_to_change`, `fewer_bottles_needed`.
    """
    if pickup.state is not PickupState.PUBLISHED:
        raise Refused("pickup_not_open")
    if said is DayBefore.NOT_HOME:
        cancel(
            session,
            now=now,
            bank_id=pickup.bank_id,
            pickup_id=pickup.id,
            actor=actor,
            promised_at=promised.opens,
        )
    elif said is DayBefore.FEWER:
        _fewer(pickup, bottles)
    elif said is DayBefore.LAST:
        record_last_gift(
            session, now=now, bank_id=pickup.bank_id, donor_id=pickup.donor_id, actor=actor
        )
    pickup.answer, pickup.answered_at = said, now
    session.flush()
    record(
        session,
        now=now,
        bank_id=pickup.bank_id,
        actor=actor,
        action=f"day before answered {said.value}",
        subject=f"pickup:{pickup.id}",
    )
    return pickup


def _fewer(pickup: Pickup, bottles: int | None) -> None:
    """Take the volume down with the bottles: she is not asked for two numbers by one tap."""
    if bottles is None or not 0 < bottles < pickup.bottles:
        raise Refused("fewer_bottles_needed", most=pickup.bottles - 1)
    pickup.volume_ml = pickup.volume_ml * bottles // pickup.bottles
    pickup.bottles = bottles
