"""The board's candidates: calls to make, the verdicts of their answers, their contact."""

from datetime import date
from typing import NamedTuple

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_reached_otherwise
from collector.donors.call_backs import call_backs_of, close_call_back
from collector.donors.contact import ContactCorrection, correct_contact
from collector.donors.eligibility import EligibilityVerdict
from collector.donors.models import CallBack, CallBackState, Donor
from collector.donors.queries import candidates_of, get_donor
from collector.donors.screening import outcome_of, screening_of
from collector.errors import Refused
from collector.people.models import Role
from collector.web.board.donors.contact_form import ContactForm
from collector.web.board.page_context import page, today
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("candidates", __name__, url_prefix="/donors/candidates")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, within="board")


class CandidateCall(NamedTuple):
    """A candidate to call, with the verdict computed from the answers she sent."""

    donor: Donor
    call: CallBack | None
    verdict: EligibilityVerdict | None

    @property
    def order(self) -> tuple[date, str, int]:
        """The key to sort by: candidates with a half-day first, by its time."""
        waits = self.call is not None and self.call.state is CallBackState.ASKED
        day, half = (self.call.day, self.call.half) if self.call and waits else (date.max, "")
        return day, "0" if half == "morning" else "1", self.donor.id


class ReachedForm(Form):
    """The two buttons of a call."""

    reached = TextField()


@blueprint.get("")
def home() -> str:
    """Show the candidates to call, by the half-day each one chose."""
    with reading() as session:
        calls = sorted(_calls(session), key=lambda call: call.order)
        return page(session, "board/donors/candidates.html", candidates=calls, today=today())


@blueprint.post("/calls/<int:call_back_id>")
def settle(call_back_id: int) -> Response:
    """Note whether the candidate was reached."""
    who, form = actor(), ReachedForm.sent()
    with transaction() as session:
        close_call_back(
            session,
            now=now(),
            bank_id=who.bank_id,
            call_back_id=call_back_id,
            person_id=who.person_id or 0,
            reached=form.reached.data == "yes",
        )
    flash(gettext("Noted."), "ok")
    return redirect(url_for("board.candidates.home"), code=303)


@blueprint.get("/<int:donor_id>/contact")
def contact(donor_id: int) -> str:
    """Show a donor's contact, to be corrected."""
    return _contact_page(donor_id)


@blueprint.post("/<int:donor_id>/contact")
def correct(donor_id: int) -> Response | tuple[str, int]:
    """Correct a donor's contact."""
    who = actor()
    with reading() as session:
        form = ContactForm.of(session, get_bank(session, who.bank_id)).sent()
    if not form.validate():
        return _contact_page(donor_id, form), 422
    try:
        with transaction() as session:
            donor = get_donor(session, who.bank_id, donor_id)
            former = {"former_email": donor.email, "former_phone": donor.phone}
            correct_contact(
                session,
                now=now(),
                bank_id=who.bank_id,
                donor_id=donor_id,
                actor=who.reference,
                correction=ContactCorrection(**form.data),
            )
            confirm_reached_otherwise(session, donor, **former, now=now())
    except Refused as refused:
        form.refuse(refused)
        return _contact_page(donor_id, form), 422
    flash(gettext("Her contact is written down."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


def _calls(session: Session) -> list[CandidateCall]:
    bank_id = actor().bank_id
    calls = call_backs_of(session, bank_id)
    found = []
    for donor in candidates_of(session, bank_id):
        screening = screening_of(session, donor)
        sent = screening if screening and screening.submitted_at else None
        verdict = outcome_of(sent, on=today()).verdict if sent else None
        found.append(CandidateCall(donor, calls.get(donor.id), verdict))
    return found


def _contact_page(donor_id: int, form: ContactForm | None = None) -> str:
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        form = form or ContactForm.of(session, get_bank(session, donor.bank_id)).filled_in(donor)
        return page(
            session,
            "board/donors/contact.html",
            donor=donor,
            typed=form.typed,
            wrong=form.wrong,
        )
