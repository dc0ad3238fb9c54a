"""A candidate's first steps: her questions, page by page, when to call her, what comes next."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.call_backs import HalfDay, ask_call_back, offered, open_call_back
from collector.donors.eligibility import EligibilityVerdict
from collector.donors.models import CallBack, Donor, DonorState, Screening
from collector.donors.queries import get_donor
from collector.donors.questions import Answered, AnswerValue, Question, Section, YesDuration, read
from collector.donors.screening import answers_in, begin, outcome_of, save, screening_of, submit
from collector.errors import Refused
from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.web.framework.form_fields import as_day
from collector.web.framework.guards import actor, donor_id, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("screening", __name__, url_prefix="/donor/screening")
guard(blueprint, Role.DONOR)

SECTIONS = list(Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How far she has come."""

    donor: Donor
    bank: Bank
    screening: Screening | None
    call: CallBack | None
    verdict: EligibilityVerdict | None
    """What was computed of the answers she sent; she is told in kinder words."""

    @property
    def sent(self) -> bool:
        """Whether her answers are with the bank."""
        return self.screening is not None and self.screening.submitted_at is not None

    @property
    def waits(self) -> bool:
        """Whether nobody has interviewed her yet."""
        return self.donor.state in {DonorState.CANDIDATE, DonorState.PRESCREENED}


@blueprint.get("/")
def home() -> str:
    """Show what is done and what comes next."""
    with reading() as session:
        return render_template("screening/home.html", page=_steps(session))


@blueprint.get("/questions/<int:part>")
def questions(part: int) -> str:
    """Show one part of the questions, with what she answered before."""
    with transaction() as session:
        screening = begin(session, now=now(), bank_id=actor().bank_id, donor_id=donor_id())
        asked = _part(screening, part)
        return _questions_page(session, part, asked, _shown(screening), {})


@blueprint.post("/questions/<int:part>")
def answer(part: int) -> Response | tuple[str, int]:
    """Keep what she answered in one part; she may stop at any point and go on later."""
    who = actor()
    with transaction() as session:
        screening = begin(session, now=now(), bank_id=who.bank_id, donor_id=donor_id())
        asked = _part(screening, part)
        typed = {name: request.form.get(name, "").strip() for name in _names(asked)}
        answers, wrong = _understood(asked, typed, today=_today(session))
        if screening.submitted_at is None:
            save(session, now=now(), bank_id=who.bank_id, donor_id=donor_id(), answers=answers)
        later = "later" in request.form
        if not later and (wrong := wrong | _unanswered(asked, typed)):
            return _questions_page(session, part, asked, typed, wrong), 422
    if later:
        flash(_("What you answered is kept. Go on whenever you like."), "ok")
        return redirect(url_for("screening.home"), code=303)
    return _after(part)


@blueprint.get("/call-back")
def call_back() -> str:
    """Offer half-days for a call."""
    with reading() as session:
        return _call_page(session)


@blueprint.post("/call-back")
def choose_call_back() -> Response | tuple[str, int]:
    """Promise a call."""
    who = actor()
    try:
        with transaction() as session:
            ask_call_back(
                session,
                now=now(),
                bank_id=who.bank_id,
                donor_id=donor_id(),
                wanted=_half_day(request.form.get("half_day", "")),
            )
    except Refused as refused:
        with reading() as session:
            return _call_page(session, wrong=sentence(refused)), 422
    return redirect(url_for("screening.home"), code=303)


def _after(part: int) -> Response:
    """Lead to the next part; after the last one the answers are sent."""
    if part < len(SECTIONS):
        return redirect(url_for("screening.questions", part=part + 1), code=303)
    try:
        with transaction() as session:
            submit(session, now=now(), bank_id=actor().bank_id, donor_id=donor_id())
    except Refused as refused:
        flash(sentence(refused), "warn")
        return redirect(url_for("screening.home"), code=303)
    return redirect(url_for("screening.call_back"), code=303)


def _steps(session: Session) -> Steps:
    donor = get_donor(session, actor().bank_id, donor_id())
    screening = screening_of(session, donor)
    sent = screening is not None and screening.submitted_at is not None
    return Steps(
        donor=donor,
        bank=get_bank(session, donor.bank_id),
        screening=screening,
        call=open_call_back(session, donor),
        verdict=outcome_of(screening, on=_today(session)).verdict if screening and sent else None,
    )


def _part(screening: Screening, part: int) -> list[Question]:
    if not 1 <= part <= len(SECTIONS):
        abort(404)
    section = SECTIONS[part - 1]
    asked = read(screening.questionnaire.questions)
    return [question for question in asked if question.section is section]


def _names(asked: list[Question]) -> list[str]:
    return [name for question in asked for name in (question.key, f"{question.key}-on")]


def _shown(screening: Screening) -> dict[str, str]:
    """Return kept answers as the form shows them."""
    shown = {}
    for key, answered in answers_in(screening).items():
        shown[key] = answered.said.value
        shown[f"{key}-on"] = answered.on.isoformat() if answered.on else ""
    return shown


def _understood(
    asked: list[Question], typed: dict[str, str], *, today: date
) -> tuple[dict[str, Answered], dict[str, str]]:
    """Return the answers that could be read, and a sentence for every date that could not."""
    answers, wrong = {}, {}
    for question in asked:
        said, text = typed[question.key], typed[f"{question.key}-on"]
        if said not in set(AnswerValue):
            continue
        dated = question.kind is YesDuration.TEMPORARY and said == AnswerValue.YES and text
        on = as_day(text) if dated else None
        if dated and on is None:
            wrong[question.key] = sentence(Refused("date_not_read"))
        elif on is not None and on > today:
            wrong[question.key], on = sentence(Refused("day_in_future")), None
        answers[question.key] = Answered(said=AnswerValue(said), on=on)
    return answers, wrong


def _unanswered(asked: list[Question], typed: dict[str, str]) -> dict[str, str]:
    told = _("Choose one of the three answers; “I am not sure” is one.")
    return {each.key: told for each in asked if typed[each.key] not in set(AnswerValue)}


def _questions_page(
    session: Session,
    part: int,
    asked: list[Question],
    typed: dict[str, str],
    wrong: dict[str, str],
) -> str:
    language = str(get_locale())
    return render_template(
        "screening/questions.html",
        page=_steps(session),
        part=part,
        parts=len(SECTIONS),
        section=SECTIONS[part - 1],
        asked=[(question, question.text.get(language, "")) for question in asked],
        typed=typed,
        wrong=wrong,
        today=_today(session),
    )


def _call_page(session: Session, wrong: str = "") -> str:
    half_days = offered(session, now=now(), bank_id=actor().bank_id)
    days = {half.day: [each for each in half_days if each.day == half.day] for half in half_days}
    return render_template("screening/call_back.html", page=_steps(session), days=days, wrong=wrong)


def _half_day(text: str) -> HalfDay:
    """Return the half-day a form names; nonsense names one that nobody offers."""
    day, _slash, half = text.partition("/")
    return HalfDay(day=as_day(day) or date.min, half=half)


def _today(session: Session) -> date:
    return ServiceDay.of(now(), get_bank(session, actor().bank_id).zone).day
