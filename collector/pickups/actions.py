"""What is done to a request: ask, change, cancel, accept, clear a hold, move on."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup, PickupHold, PickupState, PickupWindow
from collector.pickups.queries import asked_once, get_pickup, of_donor
from collector.pickups.states import AGREED, OPEN, PROMISED, move_to
from collector.pickups.windows import (
    DONOR_DAYS_AHEAD,
    STAFF_DAYS_AHEAD,
    Ask,
    CivilWindow,
    mistakes_in,
)
from collector.service_day import ServiceDay


def ask(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    asked_by: str,
    asked: Ask,
    once: str | None = None,
) -> Pickup:
    """Ask for a visit.

    Parameters
    ----------
    asked_by
        The actor: a donor is held to her bank's 14 days and to one request a day, a person who
        types a request by phone is not.
    once
        The key of the form: sent twice, it asks once and returns the first request.

    Raises
    ------
    Refused
        The code of the first mistake in what was asked; `already_asked`; `donor_blocked`.
    """
    _one_at_a_time(session, donor_id)
    if once is not None and (known := asked_once(session, bank_id, once)) is not None:
        return _own(known, donor_id)
    donor = get_donor(session, bank_id, donor_id)
    pickup = Pickup(
        bank_id=bank_id,
        donor=donor,
        state=PickupState.ASKED,
        failure=None,
        asked_at=now,
        asked_by=asked_by,
        once=once,
        windows=[],
        holds=[],
    )
    with session.no_autoflush:
        _refuse_mistakes(session, asked, now=now, bank_id=bank_id, actor=asked_by)
        _refuse_what_blocks(session, pickup, asked, actor=asked_by)
        _write(pickup, asked, now=now)
    session.add(pickup)
    session.flush()
    _note(session, pickup, now=now, actor=asked_by, action="pickup asked")
    return pickup


def change(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    pickup_id: int,
    actor: str,
    asked: Ask,
    promised_at: datetime | None = None,
) -> Pickup:
    """Change what was asked for.

    New windows, other purposes or a new "yes" to a health question make it a question again: the
    coordinator looks at it once more, and its place in a round is hers to free. Anything else
    keeps its state.

    Parameters
    ----------
    promised_at
        When somebody is expected, where a round says so.

    Raises
    ------
    Refused
        `pickup_not_open`, `too_late_to_change`, or what `ask` refuses.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    _one_at_a_time(session, pickup.donor_id)
    _refuse_if_settled(session, pickup, now=now, actor=actor, promised_at=promised_at)
    with session.no_autoflush:
        _refuse_mistakes(session, asked, now=now, bank_id=bank_id, actor=actor)
        _refuse_what_blocks(session, pickup, asked, actor=actor)
        again = _asks_again(pickup, asked)
        _write(pickup, asked, now=now)
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
    """Call a visit off; done twice, it is done once.

    Raises
    ------
    Refused
        `pickup_not_open`, or `too_late_to_change` for a donor who must call now.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    if pickup.state is PickupState.CANCELLED:
        return pickup
    _refuse_if_settled(session, pickup, now=now, actor=actor, promised_at=promised_at)
    before = pickup.state
    move_to(pickup, PickupState.CANCELLED)
    session.flush()
    _note(session, pickup, now=now, actor=actor, action="pickup cancelled", before=before.value)
    return pickup


def accept(session: Session, *, now: datetime, bank_id: int, pickup_id: int, actor: str) -> Pickup:
    """Answer yes: the request may be planned; done twice, it is done once."""
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
    """Note that a professional spoke with the donor and lets the milk be fetched.

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
    """Move a request on, as `collector.pickups.states` permits, and keep who did it."""
    pickup = get_pickup(session, bank_id, pickup_id)
    before = pickup.state
    move_to(pickup, to)
    pickup.failure = failure if to is PickupState.FAILED else None
    session.flush()
    action = f"pickup {to.value.replace('_', ' ')}"
    _note(session, pickup, now=now, actor=actor, action=action, before=before.value)
    return pickup


def changes_until(pickup: Pickup, *, hours: int, promised_at: datetime) -> datetime | None:
    """Return until when a donor may change or cancel by herself; None while she freely may."""
    if pickup.state not in PROMISED:
        return None
    return promised_at - timedelta(hours=hours)


def _one_at_a_time(session: Session, donor_id: int) -> None:
    """Hold the donor's row: two forms of hers at once would each miss the other's request."""
    session.execute(select(Donor.id).where(Donor.id == donor_id).with_for_update())


def _own(pickup: Pickup, donor_id: int) -> Pickup:
    """Return the request, unless somebody else's form used the same key."""
    if pickup.donor_id != donor_id:
        raise NotFound("not_found", kind="pickups")
    return pickup


def _refuse_mistakes(
    session: Session, asked: Ask, *, now: datetime, bank_id: int, actor: str
) -> None:
    ahead = DONOR_DAYS_AHEAD if _is_donor(actor) else STAFF_DAYS_AHEAD
    zone = get_bank(session, bank_id).zone
    for mistake in mistakes_in(asked, now=now, zone=zone, days_ahead=ahead):
        raise Refused(mistake.code, **mistake.figures)


def _refuse_what_blocks(session: Session, pickup: Pickup, asked: Ask, *, actor: str) -> None:
    """Hold a donor to what her file and her other requests allow; staff see flags instead."""
    if not _is_donor(actor):
        return
    days, policies = _days(asked), policies_of(session, pickup.bank_id)
    judged = [judge(pickup.donor, on=day, policies=policies).verdict for day in days]
    if all(verdict is EligibilityVerdict.BLOCKED for verdict in judged):
        raise Refused("donor_blocked")
    for other in of_donor(session, pickup.bank_id, pickup.donor.id):
        taken = {window.day for window in other.windows} & days
        if other is not pickup and other.state in OPEN and taken:
            raise Refused("already_asked")


def _refuse_if_settled(
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
    # Without a round's word, the visit might begin as soon as the first window opens.
    first = min(ServiceDay(w.day, bank.zone).instant(w.opens) for w in pickup.windows)
    until = changes_until(pickup, hours=hours, promised_at=promised_at or first)
    if until is not None and now > until:
        raise Refused("too_late_to_change", hours=hours, phone=bank.phone)


def _asks_again(pickup: Pickup, asked: Ask) -> bool:
    held = {hold.reason for hold in pickup.holds}
    said = {reason for reason, answer in asked.health.items() if answer}
    present = {(window.day, window.opens, window.closes) for window in pickup.windows}
    wanted = {tuple(window) for window in asked.windows}
    return present != wanted or set(pickup.purposes) != set(asked.purposes) or bool(said - held)


def _write(pickup: Pickup, asked: Ask, *, now: datetime) -> None:
    pickup.purposes = [purpose.value for purpose in asked.purposes]
    pickup.bottles, pickup.volume_ml = asked.bottles, asked.volume_ml
    pickup.oldest_on = asked.oldest_on
    pickup.freezer_nearly_full = asked.freezer_nearly_full
    pickup.freezer_quarters = asked.freezer_quarters
    pickup.empties_wanted = asked.empties_wanted
    pickup.kit_wanted = [kit.value for kit in asked.kit_wanted]
    pickup.do_not_ring, pickup.neighbour = asked.do_not_ring, asked.neighbour
    pickup.call_first, pickup.note = asked.call_first, asked.note.strip()
    wanted = sorted({CivilWindow(*window) for window in asked.windows})
    pickup.windows = [
        PickupWindow(bank_id=pickup.bank_id, day=w.day, opens=w.opens, closes=w.closes)
        for w in wanted
    ]
    _hold(pickup, asked, now=now)


def _hold(pickup: Pickup, asked: Ask, *, now: datetime) -> None:
    """Open a hold for every new "yes"; a hold that is open stays until somebody clears it."""
    waiting = {hold.reason for hold in pickup.holds}
    for reason, answer in asked.health.items():
        if answer and reason not in waiting:
            pickup.holds.append(
                PickupHold(bank_id=pickup.bank_id, reason=reason, opened_at=now, cleared_at=None)
            )


def _days(asked: Ask) -> set[date]:
    return {window[0] for window in asked.windows}


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
