"""The board's request by telephone: find the donor, type her request, on one screen."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank, policies_of, zones_of
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_slot
from collector.donors.queries import donors_matching, get_donor
from collector.errors import Refused
from collector.pickups.actions import accept, request_pickup
from collector.pickups.drafts import PickupDraft, draft_of, is_other_milk
from collector.pickups.enquiries import confirm, enquiry_of, is_held, key_of_request
from collector.pickups.flags import Flag, flags
from collector.pickups.models import Enquiry, Pickup, PickupState
from collector.pickups.purposes import gives_milk
from collector.pickups.queries import get_pickup, request_by_key, requests_of_donor
from collector.web.board.inbox.request_form import (
    ADDED_PURPOSES,
    CallForm,
    FindForm,
    blank_form,
)
from collector.web.board.page_context import page, today
from collector.web.board.wording import FLAGS, word
from collector.web.formats import day as day_in_words
from collector.web.formats import hours
from collector.web.framework.guards import actor, now
from collector.web.health_questions import QUESTIONS

blueprint = Blueprint("requests", __name__, url_prefix="/inbox/requests")

MOST_FOUND = 8


@blueprint.get("/new")
def new() -> str:
    """Show the search for the donor, or the form once she is chosen."""
    find = FindForm.queried()
    with reading() as session:
        if find.donor.data:
            return form_page(session, blank_form(find))
        return _search_page(session, find)


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Make the request, at the slot that is held for the donor or for the hours she gave.

    It is accepted at once if a slot was agreed or that is ticked, and it has no flag.
    """
    form = CallForm.sent()
    try:
        with transaction() as session:
            bank = get_bank(session, actor().bank_id)
            donor = get_donor(session, bank.id, form.donor.data)
            complete = form.milk_draft if form.held.data else form.complete
            keep = _keep_slot if form.held.data else _keep
            policies = policies_of(session, bank.id)
            draft = complete(donor, policies=policies, now=now(), zone=bank.zone)
            found = () if form.wrong else keep(session, form, draft)
    except Refused as refused:
        form.held.process_data("")
        form.refuse(refused)
    if form.wrong:
        with reading() as session:
            return form_page(session, form), 422
    flash(_agreed(form) if form.held.data else gettext("The request is kept."), "ok")
    if found:
        why = ", ".join(word(FLAGS, flag) for flag in found)
        flash(gettext("It waits among the requests: %(why)s.", why=why), "warn")
    return redirect(url_for("board.inbox.home"), code=303)


def _agreed(form: CallForm) -> Markup:
    """Return the sentence of an agreed visit: its day, its hours, and the way to her file."""
    with reading() as session:
        pickup = request_by_key(session, actor().bank_id, key_of_request(form.held.data))
        window = next(iter(pickup.windows), None) if pickup else None
    file = url_for("board.donors.file", donor_id=form.donor.data)
    told = gettext("The visit is agreed.")
    if window is not None:
        told += f" {day_in_words(window.day)}, {hours(window.opens, window.closes)}."
    return Markup('{} <a href="{}">{}</a>').format(told, file, gettext("Her file"))


def _keep_slot(session: Session, form: CallForm, draft: PickupDraft) -> tuple[Flag, ...]:
    """Promise the held slot and accept the request; return the flags for which it still waits."""
    who, key = actor(), form.held.data
    enquiry = enquiry_of(session, form.donor.data)
    if enquiry is None or enquiry.once != key:
        if request_by_key(session, who.bank_id, key_of_request(key)) is not None:
            return ()
        raise Refused("slot_not_held")
    if is_other_milk(draft, draft_of(enquiry)):
        raise Refused("slot_for_other_milk")
    pickup = confirm(
        session,
        now=now(),
        donor=get_donor(session, who.bank_id, form.donor.data),
        actor=who.reference,
        draft=draft,
    )
    found = _accept_unflagged(session, pickup) if pickup.state is PickupState.ASKED else ()
    confirm_slot(session, pickup, now=now())
    return found


def _keep(session: Session, form: CallForm, draft: PickupDraft) -> tuple[Flag, ...]:
    """Make the request and accept it if that is ticked.

    Returns
    -------
    tuple[Flag, ...]
        The flags for which it was not accepted although that was ticked.
    """
    who = actor()
    pickup = request_pickup(
        session,
        now=now(),
        bank_id=who.bank_id,
        donor_id=form.donor.data,
        actor=who.reference,
        draft=draft,
        once=form.once.data or None,
    )
    if not form.accept.data or pickup.state is not PickupState.ASKED:
        return ()
    return _accept_unflagged(session, pickup)


def _accept_unflagged(session: Session, pickup: Pickup) -> tuple[Flag, ...]:
    """Accept a request that has no flag; return its flags otherwise."""
    who = actor()
    found = _flags(session, get_pickup(session, who.bank_id, pickup.id))
    if not found:
        accept(
            session,
            now=now(),
            bank_id=who.bank_id,
            pickup_id=pickup.id,
            actor=who.reference,
        )
    return found


def _flags(session: Session, pickup: Pickup) -> tuple[Flag, ...]:
    """Return the flags of a request on any of its days, gravest first."""
    bank_id = pickup.bank_id
    policies, zones = policies_of(session, bank_id, on=today()), zones_of(session, bank_id)
    others = requests_of_donor(session, bank_id, pickup.donor_id)
    found = {
        flag
        for day in {window.day for window in pickup.windows}
        for flag in flags(pickup, on=day, policies=policies, zones=zones, others=others)
    }
    return tuple(flag for flag in Flag if flag in found)


def _search_page(session: Session, find: FindForm) -> str:
    query = find.q.data
    found = donors_matching(session, actor().bank_id, query) if query else []
    return page(
        session,
        "board/inbox/request.html",
        donor=None,
        q=query,
        found=found[:MOST_FOUND],
        more=max(0, len(found) - MOST_FOUND),
        first_day=find.day.text,
    )


def form_page(session: Session, form: CallForm, **figures: object) -> str:
    """Show the form of a request; `figures` are those of its slots."""
    donor = get_donor(session, actor().bank_id, form.donor.data)
    return page(
        session,
        "board/inbox/request.html",
        donor=donor,
        milk=gives_milk(donor, on=today(), policies=policies_of(session, donor.bank_id)),
        given=form.typed,
        wrong=form.wrong,
        rows=form.windows.rows,
        questions=QUESTIONS,
        besides=ADDED_PURPOSES,
        today=today(),
        first_day=form.windows.rows[0].day.text,
        held=held_slot(session, form),
        **figures,
    )


def held_slot(session: Session, form: CallForm) -> Enquiry | None:
    """Return the slot that the form names, while it is held for the donor."""
    enquiry = enquiry_of(session, form.donor.data) if form.held.data else None
    if enquiry is None or enquiry.once != form.held.data or not is_held(enquiry, now=now()):
        return None
    return enquiry
