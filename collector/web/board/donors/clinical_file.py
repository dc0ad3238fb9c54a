"""A professional's page of a donor: her answers, her timeline, and what only she may decide."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.actions import (
    change_state,
    record_consent,
    sign_interview,
    why_not_eligible,
)
from collector.donors.models import DonorState, Screening, WhySuspended
from collector.donors.queries import get_donor, steps_of
from collector.donors.questions import read
from collector.donors.screening import answers_in, outcome_of, screening_of
from collector.donors.states import TRANSITIONS
from collector.errors import NotFound, Refused
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.pickups.actions import clear_hold
from collector.pickups.queries import of_donor
from collector.web.board.donors.candidates import read_day, read_past_day
from collector.web.board.page_context import page, today
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("clinical_file", __name__, url_prefix="/donors/<int:donor_id>/clinical-file")
guard(blueprint, Role.PROFESSIONAL, within="board")

OURS = (DonorState.ELIGIBLE, DonorState.SUSPENDED, DonorState.ENDED, DonorState.EXCLUDED)
"""What is decided here; the other steps follow from an interview or a blood sample."""

LONGEST_NOTE = 1000


@blueprint.get("")
def home(donor_id: int, wrong: str = "") -> str:
    """Show what a professional needs to decide; each look at health answers is her own act."""
    bank_id = actor().bank_id
    with reading() as session:
        donor = get_donor(session, bank_id, donor_id)
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
            missing=sorted(why_not_eligible(session, donor, now=now())),
            possible=[state for state in OURS if state in TRANSITIONS[donor.state]],
            reasons=list(WhySuspended),
            pickups=[each for each in of_donor(session, bank_id, donor_id) if each.holds],
            today=today(),
            wrong=wrong,
        )


@blueprint.post("/interview")
def interview(donor_id: int) -> Response | tuple[str, int]:
    """Sign the interview, in the name of who is signed in, with the consent given at it."""
    who = actor()
    try:
        with transaction() as session:
            get_donor(session, who.bank_id, donor_id)
            said: dict[str, Any] = {"now": now(), "bank_id": who.bank_id, "donor_id": donor_id}
            on = read_past_day(request.form.get("on", ""))
            sign_interview(
                session, **said, actor=who.reference, person_id=who.person_id or 0, on=on
            )
            if version := request.form.get("consent", "").strip()[:60]:
                record_consent(session, **said, actor=who.reference, version=version, on=on)
    except Refused as refused:
        return home(donor_id, wrong=sentence(refused)), 422
    flash(gettext("The interview is signed, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


@blueprint.post("/decisions")
def decide(donor_id: int) -> Response | tuple[str, int]:
    """Open, suspend, end or exclude, with a reason that stays in her file."""
    who = actor()
    try:
        with transaction() as session:
            get_donor(session, who.bank_id, donor_id)
            until = request.form.get("until", "")
            because = request.form.get("because", "")
            change_state(
                session,
                now=now(),
                bank_id=who.bank_id,
                donor_id=donor_id,
                actor=who.reference,
                to=_decided(request.form.get("to", "")),
                until=read_day(until) if until else None,
                because=WhySuspended(because) if because in set(WhySuspended) else None,
                note=request.form.get("note", "")[:LONGEST_NOTE],
            )
    except Refused as refused:
        return home(donor_id, wrong=sentence(refused)), 422
    flash(gettext("Decided, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


@blueprint.post("/holds/<int:hold_id>")
def clear(donor_id: int, hold_id: int) -> Response:
    """Let the milk of a held visit be fetched, with a note of what was said."""
    who = actor()
    with transaction() as session:
        pickup = next(
            (
                each
                for each in of_donor(session, who.bank_id, donor_id)
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
        hold.note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    flash(gettext("Noted: called and cleared, by you."), "ok")
    return redirect(url_for("board.clinical_file.home", donor_id=donor_id), code=303)


def _decided(text: str) -> DonorState:
    """Return what a form decides; the other steps are nobody's decision."""
    if text not in set(OURS):
        raise Refused("state_missing")
    return DonorState(text)


def _answers(screening: Screening | None) -> list[tuple[str, str, date | None, str]]:
    """Return each question with what she said, when, and how long it counts."""
    if screening is None:
        return []
    given, language = answers_in(screening), str(get_locale())
    return [
        (
            question.text.get(language, ""),
            given[question.key].said.value if question.key in given else "",
            given[question.key].on if question.key in given else None,
            question.kind.value,
        )
        for question in read(screening.questionnaire.questions)
    ]


def _people(session: Session) -> dict[str, str]:
    """Return the names of the staff as the timeline knows them."""
    return {f"person:{each.id}": each.name for each in staff_of(session, actor().bank_id)}
