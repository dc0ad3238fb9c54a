"""Confirmations to a donor: her first contact, a call-back, a slot, a change, a cancellation."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donor_contact.coordinators import notify_coordinators
from collector.donor_contact.visit_times import visit_times
from collector.donors.contact import notify_donor
from collector.donors.models import CallBack, Donor
from collector.donors.queries import phone_digits
from collector.field_parsers import takes_text_messages
from collector.notices.actions import enqueue
from collector.notices.models import Channel
from collector.pickups.models import Pickup


def confirm_first_contact(session: Session, donor: Donor, *, now: datetime) -> None:
    """Confirm the first contact, with the way back to the candidate's page."""
    _confirm(session, donor, now=now, template="contact_received", once="")


def confirm_call_back(session: Session, donor: Donor, call: CallBack, *, now: datetime) -> None:
    """Confirm the half-day of a call."""
    _confirm(
        session,
        donor,
        now=now,
        template="call_booked",
        once=f"call:{call.id}",
        day=call.day.isoformat(),
        half=call.half,
    )


def confirm_slot(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm a slot that was agreed, or that is kept until a call."""
    figures = _figures(session, pickup)
    _confirm_visit(session, pickup, now=now, template="visit_agreed", **figures)


def confirm_change(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm a change of a request, or its move to another slot."""
    figures = _figures(session, pickup)
    _confirm_visit(session, pickup, now=now, template="visit_changed", **figures)


def confirm_cancellation(session: Session, pickup: Pickup, *, now: datetime) -> None:
    """Confirm that a visit is cancelled, by the donor or by the bank."""
    day = pickup.windows[0].day.isoformat()
    _confirm_visit(session, pickup, now=now, template="visit_cancelled", day=day)


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
    notify_coordinators(
        session,
        donor,
        now=now,
        happened_at=now,
        template="contact_changed",
        donor=donor.id,
        changed=sorted(changed),
    )


def confirm_reached_otherwise(
    session: Session,
    donor: Donor,
    *,
    former_email: str | None,
    former_phone: str | None,
    now: datetime,
) -> None:
    """Notify the former and the new e-mail address or telephone of a donor that one was changed.

    The message holds no link: the former one may be another person's by now.
    """
    country = get_bank(session, donor.bank_id).jurisdiction.country
    changes = {
        Channel.EMAIL: (former_email, donor.email),
        Channel.SMS: (former_phone, donor.phone),
    }
    for channel, (former, present) in changes.items():
        digits = phone_digits(former)
        if former == present or (digits and digits == phone_digits(present)):
            continue
        for which, to in (("former", former), ("new", present)):
            if to and (channel is Channel.EMAIL or takes_text_messages(to, country)):
                enqueue(
                    session,
                    now=now,
                    bank_id=donor.bank_id,
                    once=f"details_changed donor:{donor.id} {channel} {which} {now:%FT%TZ}",
                    recipient=f"donor:{donor.id}",
                    to=to,
                    template="details_changed",
                    language=donor.language,
                    channel=channel,
                    changed=channel.value,
                )


def _confirm(
    session: Session, donor: Donor, /, *, now: datetime, template: str, once: str, **figures: object
) -> None:
    notify_donor(
        session,
        donor,
        now=now,
        once=f"{template} donor:{donor.id} {once}".strip(),
        template=template,
        **figures,
    )


def _confirm_visit(
    session: Session, pickup: Pickup, /, *, now: datetime, template: str, **figures: object
) -> None:
    _confirm(
        session,
        pickup.donor,
        now=now,
        template=template,
        once=f"pickup:{pickup.id} version:{pickup.version}",
        **figures,
    )
