"""Temperature excursions: assessment by one person, decision by another."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.custody.queries import Cause, causes_of, excursions_of
from collector.db import reading, transaction
from collector.people.models import Role
from collector.web.board.page_context import page, people_by_id
from collector.web.framework.forms import ChoiceField, Form, TextField
from collector.web.framework.guards import actor, guard, now, person_id

blueprint = Blueprint("excursions", __name__, url_prefix="/bank/excursions")
guard(blueprint, Role.COORDINATOR, Role.QUALITY, within="board")


class AssessmentForm(Form):
    """The assessment of an excursion."""

    assessment = TextField()


class ExcursionDecisionForm(Form):
    """The decision on an excursion: keep or discard, with a note."""

    decision = ChoiceField(ExcursionDecision)
    note = TextField()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcursionView:
    """An excursion with its cause."""

    excursion: Excursion
    cause: Cause


@blueprint.get("")
def home() -> str:
    """Show the excursions, open ones first."""
    bank_id = actor().bank_id
    with reading() as session:
        found = excursions_of(session, bank_id=bank_id)
        causes = causes_of(session, found)
        seen = [ExcursionView(excursion=each, cause=causes[each.id]) for each in found]
        figures = {
            "seen": seen,
            "people": people_by_id(session, Role.COORDINATOR, Role.QUALITY),
            "me": actor().person_id,
            "decisions": list(ExcursionDecision),
        }
        if Role.COORDINATOR in actor().roles:
            return page(session, "board/bank/excursions.html", **figures)
        return render_template("board/bank/excursions.html", **figures)


@blueprint.post("/<int:excursion_id>/assessment")
def write(excursion_id: int) -> Response:
    """Record the assessment."""
    with transaction() as session:
        assess(
            session,
            now=now(),
            bank_id=actor().bank_id,
            excursion_id=excursion_id,
            person_id=person_id(),
            assessment=AssessmentForm.sent().assessment.data,
        )
    return redirect(url_for("board.excursions.home"), code=303)


@blueprint.post("/<int:excursion_id>/decision")
def settle(excursion_id: int) -> Response:
    """Record the decision: keep or discard."""
    form = ExcursionDecisionForm.sent()
    with transaction() as session:
        decide(
            session,
            now=now(),
            bank_id=actor().bank_id,
            excursion_id=excursion_id,
            person_id=person_id(),
            decision=form.decision.data,
            note=form.note.data,
        )
    return redirect(url_for("board.excursions.home"), code=303)
