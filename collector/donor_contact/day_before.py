"""The donor's answer on the day before a visit: fine, not at home, fewer bottles, last time."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.errors import Refused
from collector.pickups.actions import cancel, set_state
from collector.pickups.giving import is_bereaved, record_last_gift
from collector.pickups.models import DayBefore, Pickup, PickupState
from collector.rounds.promises import Promise
from collector.rounds.queries import keeps_its_stop
from collector.service_day import ServiceDay


def store_answer(
    session: Session,
    pickup: Pickup,
    *,
    now: datetime,
    actor: str,
    choice: DayBefore,
    promised: Promise | None,
    bottles: int | None = None,
) -> Pickup:
    """Store an answer; *not at home* cancels the visit before the bank's deadline.

    The same answer from a second page changes nothing.

    Parameters
    ----------
    promised
        The promise of the visit; its begin decides on the deadline. None without a promise.
    bottles
        The new number of bottles for *fewer bottles*; None for the other answers.

    Raises
    ------
    Refused
        `pickup_not_open`, `too_late_to_change`, `fewer_bottles_needed` (`most`).
    """
    if pickup.answer is choice and choice is not DayBefore.FEWER:
        return pickup
    if pickup.state is not PickupState.PUBLISHED or promised is None:
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


def may_restore(session: Session, pickup: Pickup, *, now: datetime) -> bool:
    """Return whether the donor may take her cancellation back: it is hers, and a day is ahead."""
    zone = get_bank(session, pickup.bank_id).zone
    return (
        pickup.state is PickupState.CANCELLED
        and pickup.cancelled_by == f"donor:{pickup.donor_id}"
        and not is_bereaved(session, pickup.donor_id)
        and any(ServiceDay(each.day, zone).instant(each.closes) > now for each in pickup.windows)
    )


def restore_visit(session: Session, pickup: Pickup, *, now: datetime, actor: str) -> Pickup:
    """Take the donor's cancellation back; a second call changes nothing.

    If the published round still has the stop, the promise stands again. Otherwise the request
    waits for an answer.

    Raises
    ------
    Refused
        `restore_too_late`: the cancellation is not the donor's, or its days are over.
    """
    if pickup.state is not PickupState.CANCELLED:
        return pickup
    if not may_restore(session, pickup, now=now):
        raise Refused("restore_too_late")
    kept = keeps_its_stop(session, pickup)
    pickup.answer = pickup.answered_at = pickup.cancelled_at = pickup.cancelled_by = None
    if not kept:
        pickup.promised_at = None
    return set_state(
        session,
        now=now,
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        actor=actor,
        to=PickupState.PUBLISHED if kept else PickupState.ASKED,
    )


def _reduce(pickup: Pickup, bottles: int | None) -> None:
    """Reduce bottles and volume in proportion: the donor gives one number only."""
    if bottles is None or not 0 < bottles < pickup.bottles:
        raise Refused("fewer_bottles_needed", most=pickup.bottles - 1)
    pickup.volume_ml = pickup.volume_ml * bottles // pickup.bottles
    pickup.bottles = bottles
