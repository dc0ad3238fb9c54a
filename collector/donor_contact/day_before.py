"""The donor's answer on the day before a visit: fine, not at home, fewer bottles, last time."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Refused
from collector.pickups.actions import cancel
from collector.pickups.giving import record_last_gift
from collector.pickups.models import DayBefore, Pickup, PickupState
from collector.rounds.promises import Promise


def store_answer(
    session: Session,
    pickup: Pickup,
    *,
    now: datetime,
    actor: str,
    choice: DayBefore,
    promised: Promise,
    bottles: int | None = None,
) -> Pickup:
    """Store an answer; *not at home* cancels the visit before the bank's deadline.

    Parameters
    ----------
    promised
        The promise of the visit; its begin decides on the deadline.
    bottles
        The new number of bottles for *fewer bottles*; None for the other answers.

    Raises
    ------
    Refused
        `pickup_not_open`, `too_late_to_change`, `fewer_bottles_needed` (`most`).
    """
    if pickup.state is not PickupState.PUBLISHED:
        raise Refused("pickup_not_open")
    if choice is DayBefore.NOT_HOME:
        cancel(
            session,
            now=now,
            bank_id=pickup.bank_id,
            pickup_id=pickup.id,
            actor=actor,
            promised_at=promised.opens,
        )
    elif choice is DayBefore.FEWER:
        _reduce(pickup, bottles)
    elif choice is DayBefore.LAST:
        record_last_gift(
            session, now=now, bank_id=pickup.bank_id, donor_id=pickup.donor_id, actor=actor
        )
    pickup.answer, pickup.answered_at = choice, now
    session.flush()
    record(
        session,
        now=now,
        bank_id=pickup.bank_id,
        actor=actor,
        action=f"day before answered {choice.value}",
        subject=f"pickup:{pickup.id}",
    )
    return pickup


def _reduce(pickup: Pickup, bottles: int | None) -> None:
    """Reduce bottles and volume in proportion: the donor gives one number only."""
    if bottles is None or not 0 < bottles < pickup.bottles:
        raise Refused("fewer_bottles_needed", most=pickup.bottles - 1)
    pickup.volume_ml = pickup.volume_ml * bottles // pickup.bottles
    pickup.bottles = bottles
