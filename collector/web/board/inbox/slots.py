"""Slots for a donor on the telephone: shown with their prices, and one of them held."""

from flask import Blueprint
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, policies_of
from collector.db import reading
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.pickups.drafts import PickupDraft
from collector.pickups.enquiries import get_enquiry
from collector.planning.booking.availability import find_availability
from collector.planning.booking.slots import RequestedVisit
from collector.web.board.inbox.request_form import CallForm
from collector.web.board.inbox.requests import form_page
from collector.web.framework.guards import actor, now
from collector.web.slot_choice import hold_chosen_slot, next_slots
from collector.web.wording import sentence

blueprint = Blueprint("request_slots", __name__, url_prefix="/inbox/requests/slots")

Answer = str | tuple[str, int]


@blueprint.post("")
def offer() -> Answer:
    """Show the slots that the donor's own page would offer, each with its price."""
    form = CallForm.sent()
    form.held.process_data("")
    with reading() as session:
        draft = _milk(session, form)
        if form.wrong:
            return form_page(session, form), 422
        return _offer_page(session, form, draft)


@blueprint.post("/held")
def hold() -> Answer:
    """Hold a slot for the donor for ten minutes; the form is completed meanwhile."""
    form = CallForm.sent()
    with reading() as session:
        draft = _milk(session, form)
        slot = form.slot.data
        if form.wrong or slot is None:
            return form_page(session, form), 422
    is_held = hold_chosen_slot(form.donor.data, slot, draft=draft)
    with reading() as session:
        if not is_held:
            return _offer_page(session, form, draft, gone=sentence(Refused("slot_gone"))), 409
        form.held.process_data(get_enquiry(session, donor_id=form.donor.data).once)
        return form_page(session, form)


def _milk(session: Session, form: CallForm) -> PickupDraft:
    bank = get_bank(session, actor().bank_id)
    donor = get_donor(session, bank.id, form.donor.data)
    return form.milk_draft(donor, policies=policies_of(session, bank.id), now=now(), zone=bank.zone)


def _offer_page(session: Session, form: CallForm, draft: PickupDraft, *, gone: str = "") -> str:
    donor = get_donor(session, actor().bank_id, form.donor.data)
    requested = RequestedVisit(donor=donor, draft=draft)
    answer = find_availability(session, now=now(), requested=requested)
    found, last = next_slots(session, requested, answer, form.after.data)
    return form_page(
        session,
        form,
        offer=answer,
        slots={slot.day: [each for each in found if each.day == slot.day] for slot in found},
        best=min(found, key=lambda slot: slot.cents, default=None),
        later=last,
        gone=gone,
    )
