"""Enquiries: a donor's draft, the slot held for her for ten minutes, and its confirmation."""

import secrets
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import policies_of
from collector.donors.eligibility import BLOOD_HELPS, judge
from collector.donors.models import Donor
from collector.errors import NotFound, Refused
from collector.pickups.actions import accept, change, request_pickup
from collector.pickups.drafts import PickupDraft, draft_of, write_draft
from collector.pickups.flags import is_below_minimum
from collector.pickups.models import Enquiry, Pickup, Purpose
from collector.pickups.purposes import fetches_milk, purposes_for

HELD_FOR = timedelta(minutes=10)


def enquiry_of(session: Session, donor_id: int) -> Enquiry | None:
    """Return a donor's enquiry, if she has one."""
    return session.scalar(select(Enquiry).where(Enquiry.donor_id == donor_id))


def get_enquiry(session: Session, *, donor_id: int) -> Enquiry:
    """Return a donor's enquiry.

    Raises
    ------
    NotFound
        The donor has none: `no_enquiry`.
    """
    enquiry = enquiry_of(session, donor_id)
    if enquiry is None:
        raise NotFound("no_enquiry")
    return enquiry


def save_enquiry(
    session: Session,
    *,
    now: datetime,
    donor: Donor,
    draft: PickupDraft,
    moves: Pickup | None = None,
) -> Enquiry:
    """Keep a donor's draft; a slot that was held for her is released.

    Parameters
    ----------
    moves
        The agreed visit that moves to the slot; it keeps its time until the confirmation.
    """
    session.execute(select(Donor.id).where(Donor.id == donor.id).with_for_update())
    enquiry = enquiry_of(session, donor.id)
    if enquiry is None:
        enquiry = Enquiry(bank_id=donor.bank_id, donor_id=donor.id)
        session.add(enquiry)
    write_draft(enquiry, draft)
    enquiry.written_at, enquiry.once = now, secrets.token_urlsafe(16)
    enquiry.moves_id = moves.id if moves else None
    enquiry.day = enquiry.opens = enquiry.closes = enquiry.held_until = None
    session.flush()
    return enquiry


def hold_slot(
    session: Session, enquiry: Enquiry, *, now: datetime, day: date, opens: time, closes: time
) -> None:
    """Hold a slot for ten minutes; the caller has turned the day's page before.

    The key of the enquiry changes with the slot, so that a page with another slot confirms nothing.
    """
    enquiry.once = secrets.token_urlsafe(16)
    enquiry.day, enquiry.opens, enquiry.closes = day, opens, closes
    enquiry.held_until = now + HELD_FOR
    session.flush()


def is_held(enquiry: Enquiry, *, now: datetime) -> bool:
    """Return whether a slot is held now."""
    return enquiry.held_until is not None and enquiry.held_until > now


def confirm(
    session: Session,
    *,
    now: datetime,
    donor: Donor,
    actor: str,
    draft: PickupDraft,
    promised_at: datetime | None = None,
) -> Pickup:
    """Promise the held slot of an enquiry, and accept the request if nothing forbids.

    The request is a new one, or the agreed visit that moves.

    Parameters
    ----------
    draft
        The enquiry's draft, completed at the last step.
    promised_at
        The instant at which a collector is expected for the visit that moves.

    Raises
    ------
    Refused
        `slot_not_held`: the ten minutes are over; or a refusal of `request_pickup` or `change`.
    """
    enquiry = get_enquiry(session, donor_id=donor.id)
    slot = next(iter(draft_of(enquiry).windows), None)
    if slot is None or not is_held(enquiry, now=now):
        raise Refused("slot_not_held")
    policies = policies_of(session, donor.bank_id)
    purposes = purposes_for(
        donor,
        days=(slot.day,),
        policies=policies,
        kept=draft.purposes,
        fetches=fetches_milk(draft),
    )
    draft = replace(draft, windows=(slot,), purposes=purposes)
    pickup = _write(session, enquiry, draft, now=now, actor=actor, promised_at=promised_at)
    pickup.promised_at = now
    if not pickup.holds and _may_be_accepted(session, pickup, donor, slot.day):
        accept(session, now=now, bank_id=donor.bank_id, pickup_id=pickup.id, actor=actor)
    session.delete(enquiry)
    session.flush()
    return pickup


def _write(
    session: Session,
    enquiry: Enquiry,
    draft: PickupDraft,
    *,
    now: datetime,
    actor: str,
    promised_at: datetime | None,
) -> Pickup:
    """Make the request of an enquiry, or change the visit that it moves."""
    if enquiry.moves_id is None:
        return request_pickup(
            session,
            now=now,
            bank_id=enquiry.bank_id,
            donor_id=enquiry.donor_id,
            actor=actor,
            once=key_of_request(enquiry.once),
            draft=draft,
        )
    return change(
        session,
        now=now,
        bank_id=enquiry.bank_id,
        pickup_id=enquiry.moves_id,
        actor=actor,
        draft=draft,
        promised_at=promised_at,
    )


def key_of_request(once: str) -> str:
    """Return the key of the request that an enquiry of this key becomes."""
    return f"enquiry:{once}"


def _may_be_accepted(session: Session, pickup: Pickup, donor: Donor, day: date) -> bool:
    """Return whether a slot may be promised before a coordinator reads the request."""
    policies = policies_of(session, donor.bank_id, on=day)
    reasons = set(judge(donor, on=day, policies=policies).reasons)
    enough = not is_below_minimum(pickup, policies)
    brings_blood = Purpose.BLOOD_SAMPLE in pickup.purposes
    return not (reasons - (BLOOD_HELPS if brings_blood else frozenset())) and enough
