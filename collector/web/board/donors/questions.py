"""The questions before a first gift: the version that is asked, older ones, and a new one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.question_versions import edition, editions_of, latest_questionnaire, revise
from collector.donors.questions import Question, Section, preset, read
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.web import question_form as forms
from collector.web.board.page_context import page, today, whole_number
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("questions", __name__, url_prefix="/donors/questions")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, within="board")


@blueprint.get("")
def home() -> str:
    """Show the questions as they are asked now."""
    return _show(None)


@blueprint.get("/<int:number>")
def older(number: int) -> str:
    """Show one version, as it was asked and answered."""
    return _show(number)


@blueprint.get("/new")
def form() -> str:
    """Show the questions to be written anew."""
    with reading() as session:
        latest = latest_questionnaire(session, actor().bank_id)
        questions = read(latest.questions) if latest else _presets(session)
        seen = latest.edition if latest else 1
    return _form(forms.shown(questions), seen)


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Make a new version; what was answered keeps the one it answers."""
    who, lines = actor(), forms.sent(request.form)
    seen = whole_number(request.form.get("seen", ""))
    try:
        with transaction() as session:
            latest = latest_questionnaire(session, who.bank_id)
            before = read(latest.questions) if latest else _presets(session)
            made = revise(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                seen=seen,
                questions=forms.understood(lines, before=before, today=today()),
            )
            number = made.edition
    except Refused as refused:
        return _form(lines, seen, sentence(refused)), 422
    except Conflict as first:
        return _form(lines, _latest_edition(), sentence(first)), 409
    flash(gettext("Version %(number)s is asked from now on.", number=number), "ok")
    return redirect(url_for("board.questions.home"), code=303)


def _show(number: int | None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        versions = editions_of(session, bank_id)
        asked = edition(session, bank_id=bank_id, number=number) if number else None
        latest = asked or (versions[0] if versions else None)
        questions = read(latest.questions) if latest else _presets(session)
        return page(
            session,
            "board/donors/questions.html",
            asked=latest,
            parts=_by_section(questions),
            versions=versions,
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
        )


def _form(lines: list[forms.Line], seen: int, wrong: str = "") -> str:
    with reading() as session:
        return page(
            session,
            "board/donors/questions_form.html",
            lines=lines,
            seen=seen,
            wrong=wrong,
            choices=forms.CHOICES,
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
    """Return what the bank asks until somebody was asked, or somebody writes anew."""
    return preset(get_bank(session, actor().bank_id).jurisdiction)
