"""Temperature excursions: assessment by one person, decision by another."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.custody.queries import Cause, causes_of, excursions_of
from collector.db import reading, transaction
from collector.laboratory.probes.excursions import refuse_while_warm
from collector.laboratory.storage.queries import unit_excursions_of
from collector.laboratory.units.models import UnitExcursion
from collector.laboratory.units.warm_milk import exposed_milk
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
    unit: UnitExcursion | None
    """The excursion of a unit of the laboratory, if that is the cause."""
    number_of_bottles: int
    """The containers and bottles that stood in the unit."""


@blueprint.get("")
def home() -> str:
    """Show the excursions, open ones first."""
    bank_id = actor().bank_id
    with reading() as session:
        found = excursions_of(session, bank_id=bank_id)
        causes = causes_of(session, found)
        units = unit_excursions_of(session, bank_id=bank_id, excursions=[each.id for each in found])
        seen = [_seen(session, each, causes[each.id], units.get(each.id)) for each in found]
        figures = {
            "seen": seen,
            "people": people_by_id(session, Role.COORDINATOR, Role.QUALITY),
            "me": actor().person_id,
            "decisions": list(ExcursionDecision),
        }
        if Role.COORDINATOR in actor().roles:
            return page(session, "board/bank/excursions.html", **figures)
        return render_template("board/bank/excursions.html", **figures)


def _seen(
    session: Session, excursion: Excursion, cause: Cause, unit: UnitExcursion | None
) -> ExcursionView:
    exposed = exposed_milk(session, unit) if unit else None
    return ExcursionView(
        excursion=excursion,
        cause=cause,
        unit=unit,
        number_of_bottles=len(exposed.intakes) + len(exposed.bottles) if exposed else 0,
    )


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
        refuse_while_warm(session, bank_id=actor().bank_id, excursion_id=excursion_id)
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
