"""Sampling plans: the edition of each step with its sources, and new editions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_whole_number
from collector.laboratory.sampling.models import SampleStage
from collector.laboratory.sampling.plans import adopt_plan, change_limit, plan_histories
from collector.laboratory.sampling.presets import PLANS
from collector.people.models import Role
from collector.web.framework.forms import ChoiceField, Form, KeyField, ParsedField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.acts import act_context

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
guard(blueprint, Role.QUALITY, within="laboratory")

LONGEST_SOURCE = 200


class AdoptionForm(Form):
    """The plan that becomes the next edition; `after` is the edition that the page showed."""

    name = TextField()
    after = KeyField()


class LimitForm(Form):
    """A limit that is changed by a new edition."""

    stage = ChoiceField(SampleStage)
    position = KeyField()
    most = ParsedField(parse_whole_number, blank=0, required="number_missing")
    source = TextField(longest=LONGEST_SOURCE)
    after = KeyField()


@blueprint.get("")
def home() -> str:
    """Show the plan of each step."""
    return _page()


@blueprint.post("")
def adopt() -> Response | tuple[str, int]:
    """Take over a plan as the next edition of its step."""
    form = AdoptionForm.sent()
    try:
        with transaction() as session:
            adopt_plan(session, **act_context(), name=form.name.data, after=form.after.data)
    except Conflict as conflict:
        form.refuse(conflict)
        return _page(form), 409
    return _written()


@blueprint.post("/limits")
def limit() -> Response | tuple[str, int]:
    """Change one limit by a new edition."""
    form = LimitForm.sent()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction() as session:
            change_limit(session, **act_context(), **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    except Conflict as conflict:
        form.refuse(conflict)
        return _page(form), 409
    return _written()


def _written() -> Response:
    flash(gettext("A new edition holds for samples taken from now on."), "ok")
    return redirect(url_for("laboratory.plans.home"), code=303)


def _page(form: Form | None = None) -> str:
    with reading() as session:
        return render_template(
            "laboratory/plans.html",
            histories=plan_histories(session, actor().bank_id),
            presets=PLANS,
            form=form or LimitForm(),
        )
