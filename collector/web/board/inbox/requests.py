"""The board's request by phone: find the donor, type what she says, on one screen."""

import secrets
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank, policies_of, zones_of
from collector.db import reading, transaction
from collector.donors.queries import donors_of, get_donor
from collector.errors import Refused
from collector.pickups.actions import accept, ask
from collector.pickups.flags import Flag, flags
from collector.pickups.models import Pickup, PickupState, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import get_pickup, of_donor
from collector.pickups.windows import STAFF_DAYS_AHEAD, Ask, mistakes_in
from collector.web.board.donors.page import found_by
from collector.web.board.inbox.request_form import BESIDES, WINDOWS, NotReadable, read_ask
from collector.web.board.page_context import page, today, whole_number
from collector.web.board.wording import FLAGS, word
from collector.web.framework.guards import actor, now
from collector.web.health_questions import QUESTIONS
from collector.web.wording import sentence

blueprint = Blueprint("requests", __name__, url_prefix="/inbox/requests")

MOST_FOUND = 8


@blueprint.get("/new")
def new() -> str:
    """Show the form: whom it is for, then what she asks."""
    return _form(request.args, {})


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Keep what a donor asked for on the phone; it may be accepted in the same breath."""
    form = request.form
    donor_id = whole_number(form.get("donor", ""))
    try:
        asked = read_ask(form)
    except NotReadable as mistaken:
        return _form(form, mistaken.wrong), 422
    with transaction() as session:
        asked, wrong = _judged(session, asked, donor_id)
        found = () if wrong else _keep(session, asked, donor_id)
    if wrong:
        return _form(form, wrong), 422
    flash(gettext("The request is kept."), "ok")
    if found:
        why = ", ".join(word(FLAGS, flag) for flag in found)
        flash(gettext("It waits among the requests: %(why)s.", why=why), "warn")
    return redirect(url_for("board.inbox.home"), code=303)


def _keep(session: Session, asked: Ask, donor_id: int) -> tuple[Flag, ...]:
    """Ask in her name, and accept at once where that was ticked and nothing is remarkable.

    Returns
    -------
    tuple[Flag, ...]
        Why it was not accepted at once although that was ticked.
    """
    who, form = actor(), request.form
    pickup = ask(
        session,
        now=now(),
        bank_id=who.bank_id,
        donor_id=donor_id,
        asked_by=who.reference,
        asked=asked,
        once=form.get("once") or None,
    )
    if not form.get("accept") or pickup.state is not PickupState.ASKED:
        return ()
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
    """Return what is remarkable about a request on any of its days."""
    bank_id = pickup.bank_id
    policies, zones = policies_of(session, bank_id), zones_of(session, bank_id)
    hers = of_donor(session, bank_id, pickup.donor_id)
    found = {
        flag
        for day in {window.day for window in pickup.windows}
        for flag in flags(pickup, on=day, policies=policies, zones=zones, others=hers)
    }
    return tuple(flag for flag in Flag if flag in found)


def _judged(session: Session, asked: Ask, donor_id: int) -> tuple[Ask, dict[str, str]]:
    """Complete what the visit is for from her file, and say what is wrong, field by field."""
    bank = get_bank(session, actor().bank_id)
    donor = get_donor(session, bank.id, donor_id)
    purposes = purposes_for(
        donor,
        days={window[0] for window in asked.windows},
        policies=policies_of(session, bank.id),
        kept=[purpose.value for purpose in asked.purposes],
    )
    asked = Ask(
        **{name: getattr(asked, name) for name in Ask.__dataclass_fields__ if name != "purposes"},
        purposes=purposes,
    )
    mistakes = mistakes_in(asked, now=now(), zone=bank.zone, days_ahead=STAFF_DAYS_AHEAD)
    return asked, {
        mistake.field: sentence(Refused(mistake.code, **mistake.figures)) for mistake in mistakes
    }


def _form(given: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    bank_id, wanted = actor().bank_id, given.get("q", "").strip()
    with reading() as session:
        donor = None
        if given.get("donor"):
            donor = get_donor(session, bank_id, whole_number(given["donor"]))
        found = found_by(donors_of(session, bank_id), wanted) if wanted and not donor else []
        return page(
            session,
            "board/inbox/request.html",
            donor=donor,
            q=wanted,
            found=found[:MOST_FOUND],
            more=max(0, len(found) - MOST_FOUND),
            given=given,
            wrong=wrong,
            once=given.get("once") or secrets.token_urlsafe(16),
            questions=QUESTIONS,
            besides=BESIDES,
            windows=range(WINDOWS),
            today=today(),
            first_day=given.get("day") or "",
            collection=Purpose.COLLECTION,
        )
