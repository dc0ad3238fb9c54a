"""A candidate's first steps: the questions, page by page, the call-back, the next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_call_back
from collector.donors.call_backs import (
    HalfDay,
    offered,
    open_call_back,
    parse_half_day,
    request_call_back,
)
from collector.donors.eligibility import EligibilityVerdict
from collector.donors.models import CallBack, Donor, DonorState, Screening
from collector.donors.queries import get_donor
from collector.donors.questions import (
    Answered,
    AnswerValue,
    Question,
    Section,
    YesDuration,
    questions_of,
)
from collector.donors.screening import answers_in, begin, outcome_of, save, screening_of, submit
from collector.errors import Refused
from collector.field_parsers import choice_parser, past_date_parser
from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.web.framework.forms import FlagField, Form, ParsedField
from collector.web.framework.guards import actor, donor_id, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("screening", __name__, url_prefix="/donor/screening")
guard(blueprint, Role.DONOR)

SECTIONS = list(Section)
NO_HALF_DAY = HalfDay(day=date.min, half="")
CHOOSE = lazy_gettext("Choose one of the three answers; “I am not sure” is one.")


class AnswersForm(Form):
    """The answers to one part of the questions; its fields are made of them (`asking`)."""

    questions: ClassVar[Sequence[Question]] = ()

    later = FlagField()
    """The button that keeps the answers and stops here."""

    @classmethod
    def asking(cls, questions: Sequence[Question], *, today: date) -> type[Self]:
        """Return the form of these questions: an answer each, and the last day of a yes."""
        fields: dict[str, object] = {"questions": questions}
        for index, question in enumerate(questions):
            fields[f"answer_{index}"] = ParsedField(
                choice_parser(AnswerValue, ""),
                blank=None,
                required="answer_missing",
                message=CHOOSE,
                name=question.key,
            )
            fields[f"on_{index}"] = ParsedField(
                past_date_parser(today), blank=None, name=f"{question.key}-on"
            )
        return type("PartForm", (cls,), fields)

    def questions_of(self) -> dict[str, Answered]:
        """Validate the form and return the answers without a mistake, by the question's key.

        A day counts only for a yes to a question about the past.
        """
        answers = {}
        for index, question in enumerate(self.questions):
            answer, day = self[f"answer_{index}"].data, self[f"on_{index}"].data
            dated = question.kind is YesDuration.TEMPORARY and answer is AnswerValue.YES
            if not dated:
                self.leave_out([f"on_{index}"])
            if answer is not None:
                answers[question.key] = Answered(value=answer, on=day if dated else None)
        self.validate()
        return answers

    @classmethod
    def filled_in(cls, given: Mapping[str, Answered]) -> Self:
        """Return the form with the answers that were kept."""
        kept: dict[str, object] = {}
        for index, question in enumerate(cls.questions):
            if (answered := given.get(question.key)) is not None:
                kept |= {f"answer_{index}": answered.value, f"on_{index}": answered.on}
        return cls(data=kept)


class HalfDayForm(Form):
    """The choice of a half-day for a call."""

    half_day = ParsedField(parse_half_day, blank=NO_HALF_DAY, required="half_day_full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of a candidate: done, under way, to come."""

    donor: Donor
    bank: Bank
    screening: Screening | None
    call: CallBack | None
    verdict: EligibilityVerdict | None
    """The verdict computed from the answers that were sent; the page words it kindly."""

    @property
    def sent(self) -> bool:
        """Whether the answers are with the bank."""
        return self.screening is not None and self.screening.submitted_at is not None

    @property
    def waits(self) -> bool:
        """Whether the interview is still to come."""
        return self.donor.state in {DonorState.CANDIDATE, DonorState.PRESCREENED}


@blueprint.get("/")
def home() -> str:
    """Show the steps that are done and the next one."""
    with reading() as session:
        return render_template("screening/home.html", page=_steps(session))


@blueprint.get("/questions/<int:part>")
def questions(part: int) -> str:
    """Show one part of the questions, with the answers that were kept."""
    with transaction() as session:
        screening = begin(session, now=now(), bank_id=actor().bank_id, donor_id=donor_id())
        form = AnswersForm.asking(_part(screening, part), today=_today(session))
        return _questions_page(session, part, form.filled_in(answers_in(screening)))


@blueprint.post("/questions/<int:part>")
def answer(part: int) -> Response | tuple[str, int]:
    """Keep the answers to one part; the donor may stop at any point and continue later."""
    who = actor()
    with transaction() as session:
        screening = begin(session, now=now(), bank_id=who.bank_id, donor_id=donor_id())
        form = AnswersForm.asking(_part(screening, part), today=_today(session)).sent()
        answers = form.questions_of()
        if screening.submitted_at is None:
            save(session, now=now(), bank_id=who.bank_id, donor_id=donor_id(), answers=answers)
        if form.wrong and not form.later.data:
            return _questions_page(session, part, form), 422
    if form.later.data:
        flash(_("Your answers are kept. Go on whenever you like."), "ok")
        return redirect(url_for("screening.home"), code=303)
    return _after(part)


@blueprint.get("/call-back")
def call_back() -> str:
    """Offer half-days for a call."""
    with reading() as session:
        return _call_page(session)


@blueprint.post("/call-back")
def choose_call_back() -> Response | tuple[str, int]:
    """Promise a call in a half-day."""
    form = HalfDayForm.sent()
    try:
        if form.validate():
            with transaction() as session:
                call = request_call_back(
                    session,
                    now=now(),
                    bank_id=actor().bank_id,
                    donor_id=donor_id(),
                    half_day=form.half_day.data,
                )
                session.flush()
                donor = get_donor(session, actor().bank_id, donor_id())
                confirm_call_back(session, donor, call, now=now())
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        with reading() as session:
            return _call_page(session, wrong=form.first_wrong), 422
    return redirect(url_for("screening.home"), code=303)


def _after(part: int) -> Response:
    """Redirect to the next part; after the last one, send the answers."""
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
    asked = questions_of(screening.questionnaire.questions)
    return [question for question in asked if question.section is section]


def _questions_page(session: Session, part: int, form: AnswersForm) -> str:
    language = str(get_locale())
    return render_template(
        "screening/questions.html",
        page=_steps(session),
        part=part,
        parts=len(SECTIONS),
        section=SECTIONS[part - 1],
        asked=[(question, question.text.get(language, "")) for question in form.questions],
        typed=form.typed,
        wrong=form.wrong,
        today=_today(session),
    )


def _call_page(session: Session, wrong: str = "") -> str:
    half_days = offered(session, now=now(), bank_id=actor().bank_id)
    days = {half.day: [each for each in half_days if each.day == half.day] for half in half_days}
    return render_template("screening/call_back.html", page=_steps(session), days=days, wrong=wrong)


def _today(session: Session) -> date:
    return ServiceDay.of(now(), get_bank(session, actor().bank_id).zone).day
