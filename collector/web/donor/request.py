"""A donor's request in three steps: the milk, a slot, the confirmation."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_change, confirm_slot
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_date
from collector.pickups.drafts import draft_of
from collector.pickups.enquiries import (
    confirm,
    enquiry_of,
    get_enquiry,
    is_held,
    save_enquiry,
)
from collector.pickups.models import Enquiry
from collector.pickups.queries import agreed_since, pickup_of_donor
from collector.planning.booking.availability import find_availability
from collector.planning.booking.slots import RequestedVisit
from collector.rounds.queries import promised_visit
from collector.web.donor import request_form as forms
from collector.web.donor.pages import form_page, last_request
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, donor_id, now
from collector.web.slot_choice import hold_chosen_slot, next_slots, slot_field
from collector.web.wording import sentence

blueprint = Blueprint("request", __name__, url_prefix="/request")

MATERIAL = "material"
"""The address of a request for empty bottles alone."""
JUST_BEFORE = timedelta(hours=1)
"""Time after an agreement in which a second tab or *Back* leads to the visit."""


class DaysForm(Form):
    """The day after which slots are shown."""

    after = ParsedField[date | None](parse_date, blank=None)


class ConfirmationForm(forms.DoorForm):
    """The last step, with the key of the slot that the page shows."""

    once = TextField(longest=64)


class SlotForm(Form):
    """The buttons of the slots."""

    slot = slot_field(required="slot_gone")


@blueprint.get("/")
def form() -> str | Response:
    """Show the form as the donor left it, or with the amounts of her last request."""
    with reading() as session:
        last = last_request(session, bank_id=actor().bank_id, donor_id=donor_id())
        only = forms.OnlyForm.queried().only.data == MATERIAL
        enquiry = None if only else enquiry_of(session, donor_id())
        return _show(session, forms.milk_form(last, enquiry, only_material=only))


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


@blueprint.post("/moves/<int:pickup_id>")
def move(pickup_id: int) -> Response:
    """Begin to move an agreed visit; it keeps its time until a slot is confirmed."""
    with transaction() as session:
        pickup = pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
        draft = replace(draft_of(pickup), windows=())
        save_enquiry(session, now=now(), donor=pickup.donor, draft=draft, moves=pickup)
    return redirect(url_for("donor.request.choose"), code=303)


@blueprint.get("/slots")
def choose() -> Response | str:
    """Show the slots, or the bank's rule that leaves none."""
    form = DaysForm.queried()
    return _without_enquiry() or _choose(after=form.after.data)


@blueprint.post("/slot")
def hold() -> Response | tuple[str, int]:
    """Hold a slot for ten minutes; the last place is held for one donor only."""
    if (over := _without_enquiry()) is not None:
        return over
    chosen = SlotForm.sent()
    slot = chosen.slot.data
    if not chosen.validate() or slot is None:
        raise Refused("slot_gone")
    if hold_chosen_slot(donor_id(), slot):
        return redirect(url_for("donor.request.confirmation"), code=303)
    return _choose(sentence(Refused("slot_gone"))), 409


@blueprint.get("/confirmation")
def confirmation() -> str | Response:
    """Show the held slot, and ask for the confirmation."""
    if (over := _without_enquiry()) is not None:
        return over
    with reading() as session:
        enquiry, _donor = _own(session)
        if not is_held(enquiry, now=now()):
            flash(sentence(Refused("slot_not_held")), "warn")
            return redirect(url_for("donor.request.choose"))
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        last = last_request(session, bank_id=actor().bank_id, donor_id=donor_id())
        door = ConfirmationForm(data=forms.carried_over(last) | {"once": enquiry.once})
        return render_template(
            "donor/confirmation.html", page=page, enquiry=enquiry, typed=door.typed
        )


@blueprint.post("/confirmation")
def agree() -> Response | tuple[str, int]:
    """Promise the held slot; sent again after the promise, the form leads to the visit."""
    if (over := _without_enquiry()) is not None:
        return over
    form = ConfirmationForm.sent()
    once, door = form.once.data, form.data
    door.pop("once")
    try:
        with transaction() as session:
            pickup = _confirm(session, once, door)
    except Refused as refused:
        return _choose(sentence(refused)), 422
    flash(_("Thank you. You can put it into your calendar."), "ok")
    return redirect(url_for("donor.visit", pickup_id=pickup), code=303)


def _confirm(session: Session, once: str, door: Mapping[str, Any]) -> int:
    """Confirm the slot that the page shows, and return the key of its visit."""
    enquiry, donor = _own(session)
    if enquiry.once != once:
        raise Refused("slot_not_held")
    moves = enquiry.moves_id is not None
    moved = None if enquiry.moves_id is None else _promised_at(session, enquiry.moves_id)
    pickup = confirm(
        session,
        now=now(),
        donor=donor,
        actor=actor().reference,
        draft=replace(draft_of(enquiry), **door),
        promised_at=moved,
    )
    if moves:
        confirm_change(session, pickup, now=now())
    else:
        confirm_slot(session, pickup, now=now())
    return pickup.id


def _without_enquiry() -> Response | None:
    """Answer a page that needs an enquiry and has none: with the visit agreed just before."""
    with reading() as session:
        if enquiry_of(session, donor_id()) is not None:
            return None
        agreed = agreed_since(session, actor().bank_id, donor_id(), since=now() - JUST_BEFORE)
    if agreed is None:
        flash(sentence(NotFound("no_enquiry")), "warn")
        return redirect(url_for("donor.request.form"), code=303)
    return redirect(url_for("donor.visit", pickup_id=agreed.id), code=303)


def _promised_at(session: Session, pickup_id: int) -> datetime | None:
    pickup = pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
    promise = promised_visit(session, pickup)
    return promise.opens if promise else None


def _choose(wrong: str = "", *, after: date | None = None) -> str:
    with reading() as session:
        enquiry, donor = _own(session)
        requested = _requested(donor, enquiry)
        answer = find_availability(session, now=now(), requested=requested)
        found, last = next_slots(session, requested, answer, after)
        page = form_page(session, bank_id=donor.bank_id, donor_id=donor.id, now=now())
        return render_template(
            "donor/slots.html",
            page=page,
            days={slot.day: [each for each in found if each.day == slot.day] for slot in found},
            best=min(found, key=lambda slot: slot.cents, default=None),
            outlook=answer,
            after=after,
            last=last,
            moves_id=enquiry.moves_id,
            wrong=wrong,
        )


def _requested(donor: Donor, enquiry: Enquiry) -> RequestedVisit:
    return RequestedVisit(donor=donor, draft=draft_of(enquiry), moves_id=enquiry.moves_id)


def _own(session: Session) -> tuple[Enquiry, Donor]:
    """Return the enquiry and the file of the signed-in donor."""
    return get_enquiry(session, donor_id=donor_id()), get_donor(
        session, actor().bank_id, donor_id()
    )


def _show(session: Session, milk: forms.MilkForm) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template("donor/request.html", page=page, typed=milk.typed, wrong=milk.wrong)
