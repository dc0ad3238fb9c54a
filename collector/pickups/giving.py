"""Plans of a donor: her pauses, her last gift, and the loss of her child."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.errors import Refused
from collector.pickups.models import Giving
from collector.service_day import ServiceDay

LONGEST_PAUSE = timedelta(days=180)


def giving_of(session: Session, donor_id: int) -> Giving | None:
    """Return the plans of a donor, if she made any."""
    return session.scalar(select(Giving).where(Giving.donor_id == donor_id))


def givings_of(session: Session, bank_id: int) -> dict[int, Giving]:
    """Return the plans of a bank's donors, by the donor's key."""
    rows = session.scalars(select(Giving).where(Giving.bank_id == bank_id))
    return {row.donor_id: row for row in rows}


def is_bereaved(session: Session, donor_id: int) -> bool:
    """Return whether the donor reported that her child has died."""
    giving = giving_of(session, donor_id)
    return giving is not None and giving.bereaved_at is not None


def calls_to_make(session: Session, bank_id: int) -> list[Giving]:
    """Return the plans of bereaved donors without a call yet, the longest wait first."""
    waiting = select(Giving).where(
        Giving.bank_id == bank_id, Giving.bereaved_at.is_not(None), Giving.called_at.is_(None)
    )
    return list(session.scalars(waiting.order_by(Giving.bereaved_at)))


def is_paused(giving: Giving | None, day: date) -> bool:
    """Return whether a day lies in a donor's pause."""
    if giving is None or giving.paused_from is None or giving.paused_until is None:
        return False
    return giving.paused_from <= day <= giving.paused_until


def plan_giving(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    paused_from: date | None,
    paused_until: date | None,
    tapering: bool,
    last_gift: bool,
) -> Giving:
    """Store a donor's plans for the weeks ahead.

    Raises
    ------
    Refused
        `pause_half`, `pause_backwards`, `pause_over`, `pause_too_long` (`days`).
    """
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    _validate_pause(paused_from, paused_until, today)
    giving = _get_or_create(session, bank_id=bank_id, donor_id=donor_id)
    giving.paused_from, giving.paused_until = paused_from, paused_until
    giving.tapering, giving.last_gift = tapering, last_gift
    _note(session, giving, now=now, actor=actor, action="giving planned")
    return giving


def record_last_gift(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> Giving:
    """Record that the next visit is the donor's last."""
    giving = _get_or_create(session, bank_id=bank_id, donor_id=donor_id)
    giving.last_gift = True
    _note(session, giving, now=now, actor=actor, action="last gift said")
    return giving


def start_loss(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> Giving:
    """Record the instant of a reported loss; `collector.donor_contact.loss` cancels the visits."""
    giving = _get_or_create(session, bank_id=bank_id, donor_id=donor_id)
    giving.bereaved_at = now
    # The chain names no reason: it holds only that the donor waits for a call.
    _note(session, giving, now=now, actor=actor, action="call wanted")
    return giving


def end_loss(session: Session, giving: Giving, *, now: datetime, actor: str) -> None:
    """Take the report of a loss back."""
    giving.bereaved_at = giving.called_at = giving.called_by_id = None
    giving.called_off = []
    _note(session, giving, now=now, actor=actor, action="call no longer wanted")


def record_call(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, person_id: int
) -> Giving:
    """Record that a person of the bank called the donor.

    Raises
    ------
    Refused
        `nobody_waits_for_a_call`: the donor waits for none.
    """
    giving = _get_or_create(session, bank_id=bank_id, donor_id=donor_id)
    if giving.bereaved_at is None:
        raise Refused("nobody_waits_for_a_call")
    if giving.called_at is None:
        giving.called_at, giving.called_by_id = now, person_id
        _note(session, giving, now=now, actor=f"person:{person_id}", action="call made")
    return giving


def _get_or_create(session: Session, *, bank_id: int, donor_id: int) -> Giving:
    giving = giving_of(session, donor_id)
    if giving is None:
        giving = Giving(
            bank_id=bank_id,
            donor_id=donor_id,
            paused_from=None,
            paused_until=None,
            tapering=False,
            last_gift=False,
            bereaved_at=None,
            called_at=None,
            called_by_id=None,
            called_off=[],
        )
        session.add(giving)
        session.flush()
    return giving


def _validate_pause(begins: date | None, ends: date | None, today: date) -> None:
    if begins is None and ends is None:
        return
    if begins is None or ends is None:
        raise Refused("pause_half")
    if ends < begins:
        raise Refused("pause_backwards")
    if ends < today:
        raise Refused("pause_over")
    if ends - begins > LONGEST_PAUSE:
        raise Refused("pause_too_long", days=LONGEST_PAUSE.days)


def _note(session: Session, giving: Giving, *, now: datetime, actor: str, action: str) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=giving.bank_id,
        actor=actor,
        action=action,
        subject=f"donor:{giving.donor_id}",
    )
