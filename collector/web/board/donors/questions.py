"""The questions before a first gift: the version in use, older ones, and a new one."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.question_versions import edition, editions_of, latest_questionnaire, revise
from collector.donors.questions import Question, Section, preset, questions_of
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.web.board.page_context import page, today
from collector.web.framework.guards import actor, guard, now
from collector.web.question_form import CHOICES, QuestionsForm, form_of

blueprint = Blueprint("questions", __name__, url_prefix="/donors/questions")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, within="board")


@blueprint.get("")
def home() -> str:
    """Show the version in use."""
    return _show(None)


@blueprint.get("/<int:number>")
def older(number: int) -> str:
    """Show one version."""
    return _show(number)


@blueprint.get("/new")
def form() -> str:
    """Show the form of a new version."""
    with reading() as session:
        latest = latest_questionnaire(session, actor().bank_id)
        questions = questions_of(latest.questions) if latest else _presets(session)
        seen = latest.edition if latest else 1
    return _form(form_of(questions, seen=seen))


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Make a new version; an answer keeps the version that it answers."""
    sent = QuestionsForm.sent()
    number = 0
    try:
        if sent.validate():
            number = _revise(sent)
    except Refused as refused:
        sent.refuse(refused)
    except Conflict as first:
        sent.refuse(first)
        return _form(sent, seen=_latest_edition()), 409
    if sent.wrong:
        return _form(sent), 422
    flash(gettext("Version %(number)s is asked from now on.", number=number), "ok")
    return redirect(url_for("board.questions.home"), code=303)


def _revise(sent: QuestionsForm) -> int:
    """Make the version and return its number."""
    who = actor()
    with transaction() as session:
        latest = latest_questionnaire(session, who.bank_id)
        before = questions_of(latest.questions) if latest else _presets(session)
        return revise(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            based_on=sent.seen.data,
            questions=sent.questions(before=before, today=today()),
        ).edition


def _show(number: int | None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        versions = editions_of(session, bank_id)
        asked = edition(session, bank_id=bank_id, number=number) if number else None
        latest = asked or (versions[0] if versions else None)
        questions = questions_of(latest.questions) if latest else _presets(session)
        return page(
            session,
            "board/donors/questions.html",
            asked=latest,
            parts=_by_section(questions),
            versions=versions,
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
        )


def _form(sent: QuestionsForm, *, seen: int | None = None) -> str:
    """Show the form; after a conflict it goes on from the version that was made meanwhile."""
    with reading() as session:
        return page(
            session,
            "board/donors/questions_form.html",
            lines=[line.typed for line in sent.lines.rows],
            seen=seen or sent.seen.data,
            wrong=sent.first_wrong,
            choices=CHOICES,
        )


def _latest_edition() -> int:
    with reading() as session:
        latest = latest_questionnaire(session, actor().bank_id)
        return latest.edition if latest else 1


def _by_section(questions: list[Question]) -> list[tuple[Section, list[Question]]]:
    return [
        (section, [question for question in questions if question.section is section])
        for section in Section
    ]


def _presets(session: Session) -> list[Question]:
    """Return the questions of the bank's jurisdiction, in use until the first version is made."""
    return preset(get_bank(session, actor().bank_id).jurisdiction)
