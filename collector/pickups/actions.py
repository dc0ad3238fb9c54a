"""Verbs of a request: request, change, cancel, accept, clear a hold, move on."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import NotFound, Refused
from collector.pickups.drafts import PickupDraft, draft_of, write_draft
from collector.pickups.giving import is_bereaved
from collector.pickups.models import Pickup, PickupHold, PickupState, PickupWindow
from collector.pickups.queries import get_pickup, request_by_key, requests_of_donor
from collector.pickups.states import AGREED, OPEN, PROMISED, move_to
from collector.pickups.validation import DONOR_DAYS_AHEAD, STAFF_DAYS_AHEAD, mistakes_in
from collector.service_day import ServiceDay


def request_pickup(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    draft: PickupDraft,
    once: str | None = None,
) -> Pickup:
    """Make a request of a draft.

    Parameters
    ----------
    actor
        A donor may choose among the next 14 days and have one request a day. Staff may choose
        among the next 90 days and have as many as they need.
    once
        The key of the form: a form that is sent twice makes one request, which both return.

    Raises
    ------
    Refused
        The code of the draft's first mistake; `already_asked`; `donor_blocked`.
    """
    _lock_donor(session, donor_id)
    if once is not None and (known := request_by_key(session, bank_id, once)) is not None:
        return _own(known, donor_id)
    donor = get_donor(session, bank_id, donor_id)
    pickup = Pickup(
        bank_id=bank_id,
        donor=donor,
        state=PickupState.ASKED,
        failure=None,
        asked_at=now,
        asked_by=actor,
        once=once,
        windows=[],
        holds=[],
    )
    with session.no_autoflush:
        _refuse_mistakes(session, draft, now=now, bank_id=bank_id, actor=actor)
        _refuse_for_donor(session, pickup, draft, actor=actor)
        _write(pickup, draft, now=now)
    session.add(pickup)
    session.flush()
    _note(session, pickup, now=now, actor=actor, action="pickup asked")
    return pickup


def change(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    pickup_id: int,
    actor: str,
    draft: PickupDraft,
    promised_at: datetime | None = None,
) -> Pickup:
    """Change a request to a draft.

    If the windows or the purposes differ, or a health answer is newly a yes, the request waits for
    an answer again: the coordinator frees its place in a round. Otherwise its state stays.

    Parameters
    ----------
    promised_at
        The instant at which a collector is expected, if a published round holds the request.

    Raises
    ------
    Refused
        `pickup_not_open`, `too_late_to_change`, or a refusal of `request_pickup`.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    _lock_donor(session, pickup.donor_id)
    _refuse_late(session, pickup, now=now, actor=actor, promised_at=promised_at)
    with session.no_autoflush:
        _refuse_mistakes(session, draft, now=now, bank_id=bank_id, actor=actor)
        _refuse_for_donor(session, pickup, draft, actor=actor)
        again = _needs_answer(draft_of(pickup), draft)
        _write(pickup, draft, now=now)
    if again:
        pickup.promised_at = pickup.answer = pickup.answered_at = None
        if pickup.state is not PickupState.ASKED:
            move_to(pickup, PickupState.ASKED)
    session.flush()
    _note(session, pickup, now=now, actor=actor, action="pickup changed", asked_again=again)
    return pickup


def cancel(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    pickup_id: int,
    actor: str,
    promised_at: datetime | None = None,
) -> Pickup:
    """Cancel a request; a second cancellation changes nothing.

    Raises
    ------
    Refused
        `pickup_not_open`; `too_late_to_change` for a donor within the bank's hours of change.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    if pickup.state is PickupState.CANCELLED:
        return pickup
    _refuse_late(session, pickup, now=now, actor=actor, promised_at=promised_at)
    before = pickup.state
    move_to(pickup, PickupState.CANCELLED)
    pickup.cancelled_at, pickup.cancelled_by = now, actor
    session.flush()
    _note(session, pickup, now=now, actor=actor, action="pickup cancelled", before=before.value)
    return pickup


def accept(session: Session, *, now: datetime, bank_id: int, pickup_id: int, actor: str) -> Pickup:
    """Accept a request for planning; a second acceptance changes nothing."""
    pickup = get_pickup(session, bank_id, pickup_id)
    if pickup.state in AGREED:
        return pickup
    return set_state(
        session,
        now=now,
        bank_id=bank_id,
        pickup_id=pickup_id,
        actor=actor,
        to=PickupState.ACCEPTED,
    )


def clear_hold(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    pickup_id: int,
    hold_id: int,
    person_id: int,
) -> PickupHold:
    """Clear a hold after a professional spoke with the donor; a cleared hold stays as it is.

    Raises
    ------
    NotFound
        The request has no such hold.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    hold = next((hold for hold in pickup.holds if hold.id == hold_id), None)
    if hold is None:
        raise NotFound("not_found", kind="pickup_holds")
    if hold.cleared_at is None:
        hold.cleared_at, hold.cleared_by_id = now, person_id
        _note(session, pickup, now=now, actor=f"person:{person_id}", action="hold cleared")
    return hold


def set_state(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    pickup_id: int,
    actor: str,
    to: PickupState,
    failure: str | None = None,
) -> Pickup:
    """Move a request to a state that `collector.pickups.states` permits, and note the actor."""
    pickup = get_pickup(session, bank_id, pickup_id)
    before = pickup.state
    move_to(pickup, to)
    pickup.failure = failure if to is PickupState.FAILED else None
    session.flush()
    action = f"pickup {to.value.replace('_', ' ')}"
    _note(session, pickup, now=now, actor=actor, action=action, before=before.value)
    return pickup


def changes_until(pickup: Pickup, *, hours: int, promised_at: datetime) -> datetime | None:
    """Return the last instant at which a donor may change or cancel by herself.

    Returns
    -------
    datetime or None
        None if the request has no place in a round, so that no limit holds yet.
    """
    if pickup.state not in PROMISED:
        return None
    return promised_at - timedelta(hours=hours)


def _lock_donor(session: Session, donor_id: int) -> None:
    """Lock the donor's row: two forms of one donor at once would each miss the other's request."""
    session.execute(select(Donor.id).where(Donor.id == donor_id).with_for_update())


def _own(pickup: Pickup, donor_id: int) -> Pickup:
    """Return the request, unless another donor's form used the same key."""
    if pickup.donor_id != donor_id:
        raise NotFound("not_found", kind="pickups")
    return pickup


def _refuse_mistakes(
    session: Session, draft: PickupDraft, *, now: datetime, bank_id: int, actor: str
) -> None:
    ahead = DONOR_DAYS_AHEAD if _is_donor(actor) else STAFF_DAYS_AHEAD
    zone = get_bank(session, bank_id).zone
    for mistake in mistakes_in(draft, now=now, zone=zone, days_ahead=ahead):
        raise Refused(mistake.code, **mistake.figures)


def _refuse_for_donor(session: Session, pickup: Pickup, draft: PickupDraft, *, actor: str) -> None:
    """Refuse a donor's draft that her file or her other requests forbid; staff get flags."""
    if not _is_donor(actor):
        return
    if is_bereaved(session, pickup.donor.id):
        raise Refused("call_comes_first")
    policies = policies_of(session, pickup.bank_id)
    judged = [judge(pickup.donor, on=day, policies=policies).verdict for day in draft.days]
    if all(verdict is EligibilityVerdict.BLOCKED for verdict in judged):
        raise Refused("donor_blocked")
    for other in requests_of_donor(session, pickup.bank_id, pickup.donor.id):
        taken = {window.day for window in other.windows} & draft.days
        if other is not pickup and other.state in OPEN and taken:
            raise Refused("already_asked")


def _refuse_late(
    session: Session,
    pickup: Pickup,
    *,
    now: datetime,
    actor: str,
    promised_at: datetime | None,
) -> None:
    if pickup.state not in OPEN:
        raise Refused("pickup_not_open")
    if not _is_donor(actor):
        return
    bank = get_bank(session, pickup.bank_id)
    hours = policies_of(session, bank.id)[PolicyKey.CHANGE_HOURS]
    # If no round is published, the visit may begin as soon as the first window opens.
    first = min(ServiceDay(w.day, bank.zone).instant(w.opens) for w in pickup.windows)
    until = changes_until(pickup, hours=hours, promised_at=promised_at or first)
    if until is not None and now > until:
        raise Refused("too_late_to_change", hours=hours, phone=bank.phone)


def _needs_answer(before: PickupDraft, after: PickupDraft) -> bool:
    """Return whether a coordinator has to answer the changed request anew."""
    return (
        set(before.windows) != set(after.windows)
        or set(before.purposes) != set(after.purposes)
        or before.line is not after.line
        or not set(after.health) <= set(before.health)
    )


def _write(pickup: Pickup, draft: PickupDraft, *, now: datetime) -> None:
    write_draft(pickup, draft)
    pickup.windows = [
        PickupWindow(bank_id=pickup.bank_id, day=w.day, opens=w.opens, closes=w.closes)
        for w in sorted(set(draft.windows))
    ]
    _hold(pickup, draft, now=now)


def _hold(pickup: Pickup, draft: PickupDraft, *, now: datetime) -> None:
    """Open a hold for every new yes; an open hold stays until a professional clears it."""
    waiting = {hold.reason for hold in pickup.holds}
    for reason in draft.health:
        if reason not in waiting:
            pickup.holds.append(
                PickupHold(bank_id=pickup.bank_id, reason=reason, opened_at=now, cleared_at=None)
            )


def _is_donor(actor: str) -> bool:
    return actor.startswith("donor:")


def _note(
    session: Session, pickup: Pickup, *, now: datetime, actor: str, action: str, **details: object
) -> None:
    record(
        session,
        now=now,
        bank_id=pickup.bank_id,
        actor=actor,
        action=action,
        subject=f"pickup:{pickup.id}",
        **details,
    )
