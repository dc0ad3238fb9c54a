"""A donor's request in three steps: the milk, a slot, the confirmation."""

from dataclasses import replace
from datetime import date, time
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import Conflict, Refused
from collector.pickups.drafts import draft_of
from collector.pickups.enquiries import (
    confirm,
    enquiry_of,
    get_enquiry,
    hold_slot,
    is_held,
    save_enquiry,
)
from collector.pickups.models import Enquiry
from collector.planning.booking.availability import (
    Availability,
    AvailabilityAnswer,
    find_availability,
)
from collector.planning.booking.slots import (
    RequestedVisit,
    Slot,
    find_slots,
    slot_basis,
    still_fits,
    turn_page,
)
from collector.web.donor import request_form as forms
from collector.web.donor.pages import form_page, last_request
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, donor_id, now
from collector.web.wording import sentence

blueprint = Blueprint("request", __name__, url_prefix="/request")

TRIES = 6
"""How often a slot is tried again because another donor took a different one meanwhile."""


class SlotChoice(NamedTuple):
    """A slot as the page names it."""

    day: date
    opens: time
    closes: time


def parse_slot(text: str) -> SlotChoice:
    """Return the slot that a button names."""
    try:
        day, opens, closes = text.split()
        return SlotChoice(
            date.fromisoformat(day), time.fromisoformat(opens), time.fromisoformat(closes)
        )
    except ValueError:
        raise Refused("slot_gone") from None


class SlotForm(Form):
    """The buttons of the slots."""

    slot = ParsedField[SlotChoice | None](parse_slot, blank=None, required="slot_gone")


@blueprint.get("/")
def form() -> str | Response:
    """Show the form as the donor left it, or with the amounts of her last request."""
    with reading() as session:
        last = last_request(session, bank_id=actor().bank_id, donor_id=donor_id())
        return _show(session, forms.milk_form(last, enquiry_of(session, donor_id())))


@blueprint.post("/")
def write() -> Response | tuple[str, int]:
    """Keep the draft, or show the form again with its mistakes."""
    milk = forms.MilkForm.sent()
    with transaction() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        draft = forms.read_draft(milk, page=page, now=now())
        if not milk.wrong:
            save_enquiry(session, now=now(), donor=page.donor, draft=draft)
    if milk.wrong:
        with reading() as session:
            return _show(session, milk), 422
    return redirect(url_for("donor.request.choose"), code=303)


@blueprint.get("/slots")
def choose() -> str:
    """Show the slots, or the bank's rule that leaves none."""
    return _choose()


@blueprint.post("/slot")
def hold() -> Response | tuple[str, int]:
    """Hold a slot for ten minutes; the last place is held for one donor only."""
    chosen = SlotForm.sent()
    slot = chosen.slot.data
    if not chosen.validate() or slot is None:
        raise Refused("slot_gone")
    for _attempt in range(TRIES):
        with reading() as session:
            enquiry, donor = _own(session)
            basis = slot_basis(session, bank_id=donor.bank_id, day=slot.day)
            fits = still_fits(
                session,
                now=now(),
                bank_id=donor.bank_id,
                requested=RequestedVisit(donor=donor, draft=draft_of(enquiry)),
                **slot._asdict(),
            )
        if not fits:
            break
        try:
            with transaction() as session:
                turn_page(session, bank_id=actor().bank_id, day=slot.day, basis=basis)
                held = get_enquiry(session, donor_id=donor_id())
                hold_slot(session, held, now=now(), **slot._asdict())
        except Conflict:
            continue
        return redirect(url_for("donor.request.confirmation"), code=303)
    return _choose(sentence(Refused("slot_gone"))), 409


@blueprint.get("/confirmation")
def confirmation() -> str | Response:
    """Show the held slot, and ask for the confirmation."""
    with reading() as session:
        enquiry, _donor = _own(session)
        if not is_held(enquiry, now=now()):
            flash(sentence(Refused("slot_not_held")), "warn")
            return redirect(url_for("donor.request.choose"))
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        last = last_request(session, bank_id=actor().bank_id, donor_id=donor_id())
        door = forms.DoorForm(data=forms.carried_over(last))
        return render_template(
            "donor/confirmation.html", page=page, enquiry=enquiry, typed=door.typed
        )


@blueprint.post("/confirmation")
def agree() -> Response | tuple[str, int]:
    """Make the request and promise the held slot."""
    door = forms.DoorForm.sent()
    try:
        with transaction() as session:
            enquiry, donor = _own(session)
            pickup = confirm(
                session,
                now=now(),
                donor=donor,
                actor=actor().reference,
                draft=replace(draft_of(enquiry), **door.data),
            ).id
    except Refused as refused:
        return _choose(sentence(refused)), 422
    flash(_("Thank you. You can put it into your calendar."), "ok")
    return redirect(url_for("donor.visit", pickup_id=pickup), code=303)


def _choose(wrong: str = "") -> str:
    with reading() as session:
        enquiry, donor = _own(session)
        requested = RequestedVisit(donor=donor, draft=draft_of(enquiry))
        answer = find_availability(session, now=now(), requested=requested)
        found = _slots(session, requested, answer)
        page = form_page(session, bank_id=donor.bank_id, donor_id=donor.id, now=now())
        return render_template(
            "donor/slots.html", page=page, slots=found, outlook=answer, wrong=wrong
        )


def _slots(session: Session, requested: RequestedVisit, answer: AvailabilityAnswer) -> list[Slot]:
    if answer.standing is not Availability.FITS:
        return []
    return find_slots(
        session, now=now(), bank_id=actor().bank_id, requested=requested, days=answer.days
    )


def _own(session: Session) -> tuple[Enquiry, Donor]:
    """Return the enquiry and the file of the signed-in donor."""
    return get_enquiry(session, donor_id=donor_id()), get_donor(
        session, actor().bank_id, donor_id()
    )


def _show(session: Session, milk: forms.MilkForm) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template("donor/request.html", page=page, typed=milk.typed, wrong=milk.wrong)
