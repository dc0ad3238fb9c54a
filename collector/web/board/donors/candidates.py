"""The board's candidates: whom to call when, what was computed of their answers, their contact."""

from datetime import date
from typing import NamedTuple

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.call_backs import call_backs_of, settle_call_back
from collector.donors.contact import ContactCorrection, correct_contact
from collector.donors.eligibility import EligibilityVerdict
from collector.donors.models import CallBack, CallBackState, Donor, DonorState
from collector.donors.queries import get_donor, whole_file
from collector.donors.screening import outcome_of, screening_of
from collector.errors import Refused
from collector.people.models import Role
from collector.web.board.page_context import page, today
from collector.web.framework.form_fields import as_day
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("candidates", __name__, url_prefix="/donors/candidates")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, within="board")

TEXTS = ("first_name", "family_name", "phone", "email", "line", "postcode", "town", "access_notes")
LONGEST = 500


class CandidateCall(NamedTuple):
    """Somebody who is to be called, with what was computed of the answers she sent."""

    donor: Donor
    call: CallBack | None
    verdict: EligibilityVerdict | None

    @property
    def order(self) -> tuple[date, str, int]:
        """Whoever chose a half-day comes first, by it."""
        waits = self.call is not None and self.call.state is CallBackState.ASKED
        day, half = (self.call.day, self.call.half) if self.call and waits else (date.max, "")
        return day, "0" if half == "morning" else "1", self.donor.id


@blueprint.get("")
def home() -> str:
    """Show whom to call, by the half-day she chose."""
    with reading() as session:
        found = sorted(_candidates(session), key=lambda candidate: candidate.order)
        return page(session, "board/donors/candidates.html", candidates=found, today=today())


@blueprint.post("/calls/<int:call_back_id>")
def settle(call_back_id: int) -> Response:
    """Note whether she was reached."""
    who = actor()
    with transaction() as session:
        settle_call_back(
            session,
            now=now(),
            bank_id=who.bank_id,
            call_back_id=call_back_id,
            person_id=who.person_id or 0,
            reached=request.form.get("reached") == "yes",
        )
    flash(gettext("Noted."), "ok")
    return redirect(url_for("board.candidates.home"), code=303)


@blueprint.get("/<int:donor_id>/contact")
def contact(donor_id: int, wrong: str = "") -> str:
    """Show a donor's contact, to be corrected."""
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        return page(
            session, "board/donors/contact.html", donor=donor, typed=_shown(donor), wrong=wrong
        )


@blueprint.post("/<int:donor_id>/contact")
def correct(donor_id: int) -> Response | tuple[str, int]:
    """Write a donor's contact down."""
    who = actor()
    try:
        with transaction() as session:
            correct_contact(
                session,
                now=now(),
                bank_id=who.bank_id,
                donor_id=donor_id,
                actor=who.reference,
                said=_said(),
            )
    except Refused as refused:
        return contact(donor_id, wrong=sentence(refused)), 422
    flash(gettext("Her contact is written down."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


def _candidates(session: Session) -> list[CandidateCall]:
    bank_id = actor().bank_id
    calls = call_backs_of(session, bank_id)
    donors = session.scalars(
        select(Donor)
        .options(*whole_file())
        .where(
            Donor.bank_id == bank_id,
            Donor.state.in_((DonorState.CANDIDATE, DonorState.PRESCREENED)),
        )
        .order_by(Donor.id)
    )
    found = []
    for donor in donors:
        screening = screening_of(session, donor)
        sent = screening if screening and screening.submitted_at else None
        verdict = outcome_of(sent, on=today()).verdict if sent else None
        found.append(CandidateCall(donor, calls.get(donor.id), verdict))
    return found


def _shown(donor: Donor) -> dict[str, object]:
    if request.method == "POST":
        return {**request.form}
    return {
        **{name: getattr(donor, name) or "" for name in TEXTS[:4]},
        **{name: getattr(donor.address, name) for name in TEXTS[4:]},
        "baby_born_on": donor.baby_born_on.isoformat() if donor.baby_born_on else "",
        "discreet": donor.discreet,
    }


def _said() -> ContactCorrection:
    texts = {name: request.form.get(name, "").strip()[:LONGEST] for name in TEXTS}
    born_on = request.form.get("baby_born_on", "")
    return ContactCorrection(
        **texts,
        baby_born_on=read_day(born_on) if born_on else None,
        discreet=bool(request.form.get("discreet")),
    )


def read_day(text: str) -> date:
    """Return the day a form gives.

    Raises
    ------
    Refused
        `date_not_read`.
    """
    day = as_day(text)
    if day is None:
        raise Refused("date_not_read")
    return day


def read_past_day(text: str) -> date:
    """Return the day a form gives for something that has happened.

    Raises
    ------
    Refused
        `date_not_read`, `day_in_future`.
    """
    day = read_day(text)
    if day > today():
        raise Refused("day_in_future")
    return day
