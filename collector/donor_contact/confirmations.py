"""Confirmations to a donor: her first contact, a call-back, a slot, a change, a cancellation."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from collector.donor_contact.visit_times import visit_times
from collector.donors.models import CallBack, Donor
from collector.donors.numbers import format_number
from collector.notices.actions import enqueue, notify
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.pickups.models import Pickup


def confirm_first_contact(session: Session, donor: Donor, *, now: datetime) -> None:
    """Confirm the first contact, with the way back to the candidate's page."""
    _notify(session, donor, now=now, template="contact_received", once="")


def confirm_call_back(session: Session, donor: Donor, call: CallBack, *, now: datetime) -> None:
    """Confirm the half-day of a call."""
    day = call.day.isoformat()
    _notify(
        session,
        donor,
        now=now,
        template="call_booked",
        once=f"call:{call.id}",
        day=day,
        half=call.half,
    )


def confirm_slot(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm a slot that was agreed, or that is kept until a call."""
    _notify(
        session,
        pickup.donor,
        now=now,
        template="visit_agreed",
        once=f"pickup:{pickup.id} version:{pickup.version}",
        **_figures(session, pickup),
    )


def confirm_change(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm a change of a request, or its move to another slot."""
    _notify(
        session,
        pickup.donor,
        now=now,
        template="visit_changed",
        once=f"pickup:{pickup.id} version:{pickup.version}",
        **_figures(session, pickup),
    )


def confirm_cancellation(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm that a visit is cancelled, by the donor or by the bank."""
    _notify(
        session,
        pickup.donor,
        now=now,
        template="visit_cancelled",
        once=f"pickup:{pickup.id} version:{pickup.version}",
        day=pickup.windows[0].day.isoformat(),
    )


def _figures(session: Session, pickup: Pickup) -> dict[str, object]:
    """Return the day and the hours of a visit, and whether they are agreed."""
    times, window = visit_times(session, pickup), pickup.windows[0]
    opens, closes = times.hours if times else (window.opens, window.closes)
    return {
        "pickup": pickup.id,
        "day": (times.day if times else window.day).isoformat(),
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}",
        "agreed": times is not None,
    }


def notify_contact_changed(
    session: Session, donor: Donor, changed: Collection[str], *, now: datetime
) -> None:
    """Notify the coordinators that a donor corrected her contact, without the values."""
    for person in people_with_role(session, bank_id=donor.bank_id, role=Role.COORDINATOR):
        enqueue(
            session,
            now=now,
            bank_id=donor.bank_id,
            once=f"contact_changed donor:{donor.id} person:{person.id} {now:%FT%TZ}",
            recipient=f"person:{person.id}",
            to=person.email,
            template="contact_changed",
            language=person.language,
            donor=donor.id,
            number=format_number(donor.number),
            changed=sorted(changed),
        )


def _notify(
    session: Session, donor: Donor, *, now: datetime, template: str, once: str, **figures: object
) -> None:
    notify(
        session,
        now=now,
        bank_id=donor.bank_id,
        once=f"{template} donor:{donor.id} {once}".strip(),
        recipient=f"donor:{donor.id}",
        email=donor.email,
        phone=donor.phone,
        template=template,
        language=donor.language,
        **figures,
    )
