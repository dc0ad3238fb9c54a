"""Asking for a visit in three steps: what there is, which slot, and yes."""

from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import Conflict, Refused
from collector.pickups.enquiries import (
    confirm,
    enquiry_of,
    get_enquiry,
    hold_slot,
    is_held,
    write_down,
)
from collector.pickups.models import Enquiry
from collector.pickups.purposes import purposes_for
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
from collector.web.donor.pages import form_page, last_of
from collector.web.framework.guards import actor, donor_id, now
from collector.web.wording import sentence

blueprint = Blueprint("request", __name__, url_prefix="/request")

TRIES = 6
"""How often a place is looked at again because somebody else took another one meanwhile."""


@blueprint.get("/")
def form() -> str | Response:
    """Show the form, as she left it or with what she asked for last time."""
    with reading() as session:
        last = last_of(session, bank_id=actor().bank_id, donor_id=donor_id())
        enquiry = enquiry_of(session, donor_id())
        typed = forms.blank(last) if enquiry is None else forms.resumed(enquiry, last)
        return _show(session, typed)


@blueprint.post("/")
def write() -> Response | tuple[str, int]:
    """Keep what she wrote, or show it again with what is wrong."""
    typed = forms.sent(request.form)
    with transaction() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        purposes = purposes_for(page.donor, days=(page.today,), policies=page.policies)
        asked, mistakes = forms.understood(typed, purposes=purposes, now=now(), zone=page.bank.zone)
        wrong = {name: text for name, text in mistakes.items() if not name.startswith("windows")}
        if not wrong:
            write_down(session, now=now(), donor=page.donor, asked=asked)
    if wrong:
        with reading() as session:
            return _show(session, typed, wrong=wrong), 422
    return redirect(url_for("donor.request.choose"), code=303)


@blueprint.get("/slots")
def choose() -> str:
    """Show the slots, or what the bank's rules say instead."""
    return _choose()


@blueprint.post("/slot")
def hold() -> Response | tuple[str, int]:
    """Hold a slot for ten minutes; the last place is held for one donor only."""
    day, opens, closes = _wished(request.form.get("slot", ""))
    for _attempt in range(TRIES):
        with reading() as session:
            enquiry, donor = _hers(session)
            looked = slot_basis(session, bank_id=donor.bank_id, day=day)
            fits = still_fits(
                session,
                now=now(),
                bank_id=donor.bank_id,
                requested=_wanted(session, enquiry),
                day=day,
                opens=opens,
                closes=closes,
            )
        if not fits:
            break
        try:
            with transaction() as session:
                turn_page(session, bank_id=actor().bank_id, day=day, basis=looked)
                hers = get_enquiry(session, donor_id=donor_id())
                hold_slot(session, hers, now=now(), day=day, opens=opens, closes=closes)
        except Conflict:
            continue
        return redirect(url_for("donor.request.confirmation"), code=303)
    return _choose(sentence(Refused("slot_gone"))), 409


@blueprint.get("/confirmation")
def confirmation() -> str | Response:
    """Show what is held, and ask for one yes."""
    with reading() as session:
        enquiry, _donor = _hers(session)
        if not is_held(enquiry, now=now()):
            flash(sentence(Refused("slot_not_held")), "warn")
            return redirect(url_for("donor.request.choose"))
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        last = last_of(session, bank_id=actor().bank_id, donor_id=donor_id())
        return render_template(
            "donor/confirmation.html", page=page, enquiry=enquiry, typed=forms.blank(last)
        )


@blueprint.post("/confirmation")
def agree() -> Response | tuple[str, int]:
    """Promise the slot that is held."""
    try:
        with transaction() as session:
            pickup = confirm(
                session,
                now=now(),
                donor=get_donor(session, actor().bank_id, donor_id()),
                actor=actor().reference,
                call_first="call_first" in request.form,
                do_not_ring="do_not_ring" in request.form,
                neighbour="neighbour" in request.form,
                note=request.form.get("note", "").replace("\x00", ""),
            ).id
    except Refused as refused:
        return _choose(sentence(refused)), 422
    flash(_("Thank you. You can put it into your calendar."), "ok")
    return redirect(url_for("donor.visit", pickup_id=pickup), code=303)


def _choose(wrong: str = "") -> str:
    with reading() as session:
        enquiry, donor = _hers(session)
        requested = _wanted(session, enquiry)
        told = find_availability(session, now=now(), requested=requested)
        found = _slots(session, requested, told)
        page = form_page(session, bank_id=donor.bank_id, donor_id=donor.id, now=now())
        return render_template(
            "donor/slots.html", page=page, slots=found, outlook=told, wrong=wrong
        )


def _slots(session: Session, requested: RequestedVisit, told: AvailabilityAnswer) -> list[Slot]:
    if told.standing is not Availability.FITS:
        return []
    return find_slots(
        session, now=now(), bank_id=actor().bank_id, requested=requested, days=told.days
    )


def _wished(text: str) -> tuple[date, time, time]:
    try:
        day, opens, closes = text.split()
        return date.fromisoformat(day), time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        raise Refused("slot_gone") from None


def _hers(session: Session) -> tuple[Enquiry, Donor]:
    return get_enquiry(session, donor_id=donor_id()), get_donor(
        session, actor().bank_id, donor_id()
    )


def _wanted(session: Session, enquiry: Enquiry) -> RequestedVisit:
    return RequestedVisit(
        donor=get_donor(session, enquiry.bank_id, enquiry.donor_id),
        bottles=enquiry.bottles,
        volume_ml=enquiry.volume_ml,
        oldest_on=enquiry.oldest_on,
    )


def _show(
    session: Session, typed: forms.Typed, *, wrong: Mapping[str, str] = MappingProxyType({})
) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template("donor/request.html", page=page, typed=typed, wrong=wrong)
