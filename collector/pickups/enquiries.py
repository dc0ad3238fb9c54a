"""What a donor is about to ask: written down, a slot held for ten minutes, and then confirmed."""

import secrets
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.donors.eligibility import BLOOD_HELPS, judge
from collector.donors.models import Donor
from collector.errors import NotFound, Refused
from collector.pickups.actions import ask, set_state
from collector.pickups.models import Enquiry, HoldReason, Kit, Pickup, PickupState, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.windows import Ask, CivilWindow

HELD_FOR = timedelta(minutes=10)
NEARLY_FULL = 3


def enquiry_of(session: Session, donor_id: int) -> Enquiry | None:
    """Return what a donor is about to ask, if she wrote anything down."""
    return session.scalar(select(Enquiry).where(Enquiry.donor_id == donor_id))


def get_enquiry(session: Session, *, donor_id: int) -> Enquiry:
    """Return what a donor is about to ask.

    Raises
    ------
    NotFound
        She wrote nothing down: `no_enquiry`.
    """
    enquiry = enquiry_of(session, donor_id)
    if enquiry is None:
        raise NotFound("no_enquiry")
    return enquiry


def write_down(session: Session, *, now: datetime, donor: Donor, asked: Ask) -> Enquiry:
    """Keep what she wrote; a slot that was held for her is free again."""
    session.execute(select(Donor.id).where(Donor.id == donor.id).with_for_update())
    enquiry = enquiry_of(session, donor.id)
    if enquiry is None:
        enquiry = Enquiry(bank_id=donor.bank_id, donor_id=donor.id)
        session.add(enquiry)
    enquiry.bottles, enquiry.volume_ml = asked.bottles, asked.volume_ml
    enquiry.oldest_on, enquiry.freezer_quarters = asked.oldest_on, asked.freezer_quarters
    enquiry.empties_wanted = asked.empties_wanted
    enquiry.kit_wanted = [kit.value for kit in asked.kit_wanted]
    enquiry.health = [reason.value for reason, answer in asked.health.items() if answer]
    enquiry.written_at, enquiry.once = now, secrets.token_urlsafe(16)
    enquiry.purposes = []
    enquiry.day = enquiry.opens = enquiry.closes = enquiry.held_until = None
    session.flush()
    return enquiry


def hold_slot(
    session: Session, enquiry: Enquiry, *, now: datetime, day: date, opens: time, closes: time
) -> None:
    """Hold a place for her; who calls this has turned the day's page."""
    enquiry.day, enquiry.opens, enquiry.closes = day, opens, closes
    enquiry.held_until = now + HELD_FOR
    session.flush()


def is_held(enquiry: Enquiry, *, now: datetime) -> bool:
    """Whether a place is held for her now."""
    return enquiry.held_until is not None and enquiry.held_until > now


def confirm(
    session: Session,
    *,
    now: datetime,
    donor: Donor,
    actor: str,
    call_first: bool,
    do_not_ring: bool,
    neighbour: bool,
    note: str,
) -> Pickup:
    """Promise her the place that is held; what a person must look at first stays a question.

    Raises
    ------
    Refused
        `slot_not_held`: the ten minutes are over; and what `ask` refuses.
    """
    enquiry = get_enquiry(session, donor_id=donor.id)
    held = _held_window(enquiry, now=now)
    asked = replace(
        _asked(session, enquiry, donor, held),
        call_first=call_first,
        do_not_ring=do_not_ring,
        neighbour=neighbour,
        note=note,
    )
    pickup = ask(
        session,
        now=now,
        bank_id=donor.bank_id,
        donor_id=donor.id,
        asked_by=actor,
        once=f"enquiry:{enquiry.once}",
        asked=asked,
    )
    pickup.promised_at = now
    if not pickup.holds and _needs_nobody(pickup, donor, held.day, session):
        _accept(session, pickup, now=now, actor=actor)
    session.delete(enquiry)
    session.flush()
    return pickup


def _accept(session: Session, pickup: Pickup, *, now: datetime, actor: str) -> None:
    set_state(
        session,
        now=now,
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        actor=actor,
        to=PickupState.ACCEPTED,
    )


def _held_window(enquiry: Enquiry, *, now: datetime) -> CivilWindow:
    if not is_held(enquiry, now=now) or not enquiry.day or not enquiry.opens or not enquiry.closes:
        raise Refused("slot_not_held")
    return CivilWindow(enquiry.day, enquiry.opens, enquiry.closes)


def _asked(session: Session, enquiry: Enquiry, donor: Donor, window: CivilWindow) -> Ask:
    policies = policies_of(session, donor.bank_id)
    return Ask(
        bottles=enquiry.bottles,
        volume_ml=enquiry.volume_ml,
        oldest_on=enquiry.oldest_on,
        freezer_quarters=enquiry.freezer_quarters,
        freezer_nearly_full=(enquiry.freezer_quarters or 0) >= NEARLY_FULL,
        empties_wanted=enquiry.empties_wanted,
        kit_wanted=tuple(Kit(kit) for kit in enquiry.kit_wanted),
        purposes=purposes_for(donor, days=(window.day,), policies=policies),
        health={reason: reason.value in enquiry.health for reason in HoldReason},
        windows=(window,),
    )


def _needs_nobody(pickup: Pickup, donor: Donor, day: date, session: Session) -> bool:
    """Whether a place may be promised without anybody looking at the request."""
    policies = policies_of(session, donor.bank_id)
    reasons = set(judge(donor, on=day, policies=policies).reasons)
    enough = pickup.volume_ml >= policies[PolicyKey.MINIMUM_VOLUME_ML]
    brings_blood = Purpose.BLOOD_SAMPLE in pickup.purposes
    return not (reasons - (BLOOD_HELPS if brings_blood else frozenset())) and enough
