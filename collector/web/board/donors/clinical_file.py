"""A donor's clinical file: her answers, her timeline, and a professional's decisions."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.actions import (
    change_state,
    missing_papers,
    record_consent,
    sign_interview,
)
from collector.donors.models import DonorState, Screening, WhySuspended
from collector.donors.queries import get_donor, steps_of
from collector.donors.questions import questions_of
from collector.donors.screening import answers_in, outcome_of, screening_of
from collector.donors.states import TRANSITIONS
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.pickups.actions import clear_hold
from collector.pickups.queries import requests_of_donor
from collector.web.board.page_context import page, parse_past_date, today
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("clinical_file", __name__, url_prefix="/donors/<int:donor_id>/clinical-file")
guard(blueprint, Role.PROFESSIONAL, within="board")

OURS = (DonorState.ELIGIBLE, DonorState.SUSPENDED, DonorState.ENDED, DonorState.EXCLUDED)
"""The states decided here; the others follow from an interview or a blood sample."""

LONGEST_NOTE = 1000
LONGEST_VERSION = 60


def parse_decision(text: str) -> DonorState:
    """Return a state that is decided on this page; the others follow from other acts."""
    if text not in set(OURS):
        raise Refused("state_missing")
    return DonorState(text)


def parse_reason(text: str) -> WhySuspended | None:
    """Return the reason of a suspension; None if the form names none of ours."""
    return WhySuspended(text) if text in set(WhySuspended) else None


class InterviewForm(Form):
    """The day of the interview, and the version of the consent signed at it."""

    on = ParsedField(parse_past_date, blank=date.min, required="date_not_read")
    consent = TextField(longest=LONGEST_VERSION)


class DecisionForm(Form):
    """A decision about a file, with its reason."""

    to = ParsedField(parse_decision, blank=DonorState.ENDED, required="state_missing")
    until = ParsedField[date | None](parse_date, blank=None)
    because = ParsedField(parse_reason, blank=None)
    note = TextField(longest=LONGEST_NOTE)


class ClearanceForm(Form):
    """The note of a call about a held visit."""

    note = TextField(longest=LONGEST_NOTE)


@blueprint.get("")
def home(donor_id: int) -> str:
    """Show a donor's clinical file; each reading of health answers is an act of the reader."""
    return _show(donor_id)


@blueprint.post("/interview")
def interview(donor_id: int) -> Response | tuple[str, int]:
    """Sign the interview in the name of the reader, with the consent given at it."""
    who, form = actor(), InterviewForm.sent()
    try:
        with transaction() as session:
            about = _about(session, donor_id)
            if form.validate():
                on = form.on.data
                sign_interview(session, **about, person_id=who.person_id or 0, on=on)
                if form.consent.data:
                    record_consent(session, **about, version=form.consent.data, on=on)
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _show(donor_id, form), 422
    flash(gettext("The interview is signed, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


@blueprint.post("/decisions")
def decide(donor_id: int) -> Response | tuple[str, int]:
    """Open, suspend, end or exclude, with a reason that stays in the file."""
    form = DecisionForm.sent()
    try:
        with transaction() as session:
            about = _about(session, donor_id)
            if form.validate():
                change_state(session, **about, **form.data)
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _show(donor_id, form), 422
    flash(gettext("Decided, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


@blueprint.post("/holds/<int:hold_id>")
def clear(donor_id: int, hold_id: int) -> Response:
    """Clear the hold of a visit, with a note of the call."""
    who, form = actor(), ClearanceForm.sent()
    with transaction() as session:
        pickup = next(
            (
                each
                for each in requests_of_donor(session, who.bank_id, donor_id)
                if any(hold.id == hold_id for hold in each.holds)
            ),
            None,
        )
        if pickup is None:
            raise NotFound("not_found")
        hold = clear_hold(
            session,
            now=now(),
            bank_id=who.bank_id,
            pickup_id=pickup.id,
            hold_id=hold_id,
            person_id=who.person_id or 0,
        )
        hold.note = form.note.data
    flash(gettext("Noted: called and cleared, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


def _about(session: Session, donor_id: int) -> dict[str, Any]:
    """Return the arguments that every action on this file takes, once the file is found."""
    donor = get_donor(session, actor().bank_id, donor_id)
    return {
        "now": now(),
        "bank_id": donor.bank_id,
        "donor_id": donor.id,
        "actor": actor().reference,
    }


def _show(donor_id: int, sent: InterviewForm | DecisionForm | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        donor = get_donor(session, bank_id, donor_id)
        signature = InterviewForm(data={"on": today(), "consent": donor.consent_version})
        decision = DecisionForm(data={"because": WhySuspended.OTHER})
        screening = screening_of(session, donor)
        return page(
            session,
            "board/donors/clinical_file.html",
            donor=donor,
            answers=_answers(screening),
            outcome=outcome_of(screening, on=today()) if screening else None,
            screening=screening,
            timeline=steps_of(session, donor),
            people=_people(session),
            missing=sorted(missing_papers(session, donor, now=now())),
            possible=[state for state in OURS if state in TRANSITIONS[donor.state]],
            reasons=list(WhySuspended),
            pickups=[each for each in requests_of_donor(session, bank_id, donor_id) if each.holds],
            today=today(),
            interview=(sent if isinstance(sent, InterviewForm) else signature).typed,
            decision=(sent if isinstance(sent, DecisionForm) else decision).typed,
            wrong=sent.first_wrong if sent else "",
        )


def _answers(screening: Screening | None) -> list[tuple[str, str, date | None, str]]:
    """Return each question with its answer, the day of a yes, and how long a yes counts."""
    if screening is None:
        return []
    given, language = answers_in(screening), str(get_locale())
    return [
        (
            question.text.get(language, ""),
            given[question.key].value.value if question.key in given else "",
            given[question.key].on if question.key in given else None,
            question.kind.value,
        )
        for question in questions_of(screening.questionnaire.questions)
    ]


def _people(session: Session) -> dict[str, str]:
    """Return the names of the staff by the actor that the timeline names."""
    return {f"person:{each.id}": each.name for each in staff_of(session, actor().bank_id)}
