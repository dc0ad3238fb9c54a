"""Holds: what a scanned number may stop, the open holds, and the two who lift them."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import MilkroundError, Refused
from collector.field_parsers import parse_date
from collector.laboratory.holding.actions import ask_to_lift, lift_hold, open_hold
from collector.laboratory.holding.queries import holds_of, stoppable_by
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.labels.numbers import is_bottle_number
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.release.leaving import bottle_to_leave, released_stock
from collector.laboratory.release.queries import open_questions
from collector.people.models import Role
from collector.web.framework.forms import Form, ParsedField, TextField, parse_key
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.page_context import civil_today
from collector.web.laboratory.scans import ScanForm, refused_scan
from collector.web.wording import sentence

blueprint = Blueprint("holds", __name__, url_prefix="/holds")
guard(blueprint, Role.LABORATORY, Role.QUALITY, Role.RELEASER, within="laboratory")
lifting = Blueprint("lifting", __name__)
guard(lifting, Role.QUALITY, Role.RELEASER, within="laboratory.holds")

LONGEST_REASON = 500


class HoldForm(Form):
    """The thing to stop, as `lot-12`, since when, and the reason."""

    number = TextField(longest=80)
    subject = TextField(longest=40, required="subject_missing")
    since = ParsedField[date | None](parse_date, blank=None)
    until = ParsedField[date | None](parse_date, blank=None)
    reason = TextField(longest=LONGEST_REASON, required="reason_missing")


class LiftForm(Form):
    """The reason for which a hold shall end."""

    reason = TextField(longest=LONGEST_REASON)


@blueprint.get("")
def home() -> str:
    """Show the open holds, the stock that they leave, and what else stands open."""
    return _home()


@blueprint.post("/scans")
def scan() -> str | tuple[str, int]:
    """Show whether a scanned bottle may leave, and what its number may stop."""
    label = ScanForm.sent().label.data
    try:
        return _subjects(label, HoldForm())
    except MilkroundError as refused:
        return _home(label=label, wrong=refused_scan(ScanTask.HOLD, label, refused)), 422


@blueprint.post("")
def stop() -> Response | tuple[str, int]:
    """Stop a thing, at once and by one person."""
    form = HoldForm.sent()
    if not form.validate():
        return _subjects(form.number.data, form), 422
    kind, _, key = form.subject.data.partition("-")
    try:
        with transaction() as session:
            open_hold(
                session,
                **act_context(),
                subject=_kind(kind),
                subject_id=parse_key(key),
                reason=form.reason.data,
                since=form.since.data,
                until=form.until.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _subjects(form.number.data, form), 422
    flash(gettext("Held. Two people lift a hold."), "ok")
    return redirect(url_for("laboratory.holds.home"), code=303)


@lifting.post("/<int:hold_id>/lift-request")
@grave
def ask(hold_id: int) -> Response | tuple[str, int]:
    """Sign first that a hold shall end."""
    try:
        with transaction() as session:
            reason = LiftForm.sent().reason.data
            ask_to_lift(session, **act_context(), hold_id=hold_id, reason=reason)
    except Refused as refused:
        return _home(wrong_hold={hold_id: sentence(refused)}), 422
    flash(gettext("Signed. A second person signs from her own session."), "ok")
    return redirect(url_for("laboratory.holds.home"), code=303)


@lifting.post("/<int:hold_id>/lift")
@grave
def lift(hold_id: int) -> Response | tuple[str, int]:
    """End a hold by the second signature."""
    try:
        with transaction() as session:
            lift_hold(session, **act_context(), hold_id=hold_id)
    except Refused as refused:
        return _home(wrong_hold={hold_id: sentence(refused)}), 422
    flash(gettext("The hold is lifted."), "ok")
    return redirect(url_for("laboratory.holds.home"), code=303)


def _kind(text: str) -> HoldSubject:
    try:
        return HoldSubject(text)
    except ValueError:
        raise Refused("subject_missing") from None


def _subjects(label: str, form: HoldForm) -> str:
    leaves, stays = False, ""
    bank_id = actor().bank_id
    with reading() as session:
        found = stoppable_by(session, bank_id=bank_id, text=label)
        if is_bottle_number(label):
            try:
                bottle_to_leave(session, bank_id=bank_id, text=label, today=civil_today())
            except Refused as refused:
                stays = sentence(refused)
            else:
                leaves = True
    return render_template(
        "laboratory/hold_form.html",
        label=label.strip().upper(),
        found=found,
        form=form,
        leaves=leaves,
        stays=stays,
    )


def _home(*, label: str = "", wrong: str = "", wrong_hold: dict[int, str] | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "laboratory/holds.html",
            lines=holds_of(session, bank_id),
            stock=released_stock(session, bank_id=bank_id, today=civil_today()),
            questions=open_questions(session, bank_id),
            label=label,
            wrong=wrong,
            wrong_hold=wrong_hold or {},
        )


blueprint.register_blueprint(lifting)
