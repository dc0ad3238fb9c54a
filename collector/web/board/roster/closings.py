"""Closing days of the bank, beside the public holidays of its country."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.calendar import close_on, closing_days, open_again, public_holidays
from collector.banks.queries import get_bank
from collector.db import reading
from collector.errors import Refused
from collector.people.models import Role
from collector.shifts.queries import shifts_on
from collector.web.board.page_context import page, today
from collector.web.board.roster.forms import ClosingForm, VisitsChoice
from collector.web.board.roster.visits import VisitsQuestion, question_about, write_with_visits
from collector.web.framework.forms import ChoiceField
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("closings", __name__, url_prefix="/roster/closing-days")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

SHOWN = timedelta(days=400)


class ClosingVisitsForm(ClosingForm):
    """A closing day, and the lot of the visits that are planned on it."""

    visits = ChoiceField(VisitsChoice, blank=VisitsChoice.UNDECIDED)


@blueprint.get("")
def home() -> str:
    """Show the closing days and public holidays ahead."""
    return _page(ClosingVisitsForm())


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Close the bank on a day; the visits planned on it wait in its tray."""
    form, who = ClosingVisitsForm.sent(), actor()
    day = form.day.data if form.validate() else None
    if day is None:
        return _page(form), 422
    with reading() as session:
        shifts = [shift.id for shift in shifts_on(session, bank_id=who.bank_id, day=day)]
        question = question_about(session, shifts)

    def write(session: Session) -> None:
        close_on(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            day=day,
            name=form.name.data,
        )

    if not question.answered(form.visits.data):
        return _page(form, question), 422
    try:
        write_with_visits(question, form.visits.data, write)
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    flash(gettext("The bank is closed on that day."), "ok")
    return redirect(url_for("board.closings.home"), code=303)


@blueprint.post("/<int:closing_id>/opening")
def remove(closing_id: int) -> Response | tuple[str, int]:
    """Remove a closing day: the shifts of its day are on duty again."""
    who = actor()

    def write(session: Session) -> None:
        open_again(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            closing_id=closing_id,
        )

    try:
        write_with_visits(VisitsQuestion(), VisitsChoice.KEEP, write)
    except Refused as refused:
        return _page(ClosingVisitsForm(), wrong=sentence(refused)), 422
    flash(gettext("The bank is open on that day again."), "ok")
    return redirect(url_for("board.closings.home"), code=303)


def _page(form: ClosingVisitsForm, question: VisitsQuestion | None = None, wrong: str = "") -> str:
    first = today()
    last = first + SHOWN
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        language = str(get_locale())
        return page(
            session,
            "board/roster/closings.html",
            typed=form.typed,
            wrong=form.wrong | ({"form": wrong} if wrong else {}),
            question=question,
            closings=closing_days(session, bank_id=bank.id, first=first, last=last),
            holidays=public_holidays(bank, first=first, last=last, language=language),
            today=first,
        )
