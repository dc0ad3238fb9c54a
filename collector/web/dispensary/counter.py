"""The counter: one person picks by scan, another checks by scan, and the box is handed over."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.dispensary.dispensing.checking import (
    HandOver,
    check_bottle,
    check_label,
    hand_over,
)
from collector.dispensary.dispensing.picking import (
    begin_dispensing,
    cancel_dispensing,
    lay_back,
    pick_bottle,
)
from collector.dispensary.dispensing.under_way import bottles_of
from collector.dispensary.dispensings.models import Dispensing
from collector.dispensary.lists.orders import order_line
from collector.dispensary.orders.codes import order_code, read_order_code
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_decimal
from collector.laboratory.labels.numbers import is_bottle_number
from collector.laboratory.reception.actions import keep_refused_scan
from collector.laboratory.reception.models import ScanTask
from collector.people.models import Role
from collector.people.queries import names_of
from collector.recipients.numbers import is_pseudonym
from collector.web.dispensary.acts import civil_today, counter_context
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.wording import sentence

blueprint = Blueprint("counter", __name__, url_prefix="/dispensings")
guard(blueprint, Role.DISPENSER, within="dispensary")

LONGEST_LABEL = 80


class CounterScanForm(Form):
    """The text of the scanner, or of the keyboard."""

    label = TextField(longest=LONGEST_LABEL)


class HandOverForm(Form):
    """The box, its temperature and its carrier."""

    box = TextField(longest=LONGEST_LABEL, required="box_missing")
    celsius = ParsedField[float | None](parse_decimal, blank=None, required="celsius_missing")
    carrier = TextField(longest=LONGEST_LABEL, required="carrier_missing")


@blueprint.post("/of-order/<int:order_id>")
def begin(order_id: int) -> Response:
    """Begin to pick an order, or open the dispensing that is under way."""
    try:
        with transaction() as session:
            found = begin_dispensing(
                session, **counter_context(), order_id=order_id, today=civil_today()
            )
    except Refused as refused:
        flash(sentence(refused), "danger")
        return redirect(url_for("dispensary.orders.page", order_id=order_id), code=303)
    return _to(found.id)


@blueprint.get("/<int:dispensing_id>")
def page(dispensing_id: int) -> str:
    """Show a dispensing: to its picker the picking, to anybody else the check."""
    return _page(dispensing_id)


@blueprint.post("/<int:dispensing_id>/scans")
def scan(dispensing_id: int) -> str | tuple[str, int]:
    """Judge a scan at once: the picker's picks the bottle, a second person's checks it."""
    label = CounterScanForm.sent().label.data
    try:
        with transaction() as session:
            said = _scan(session, dispensing_id, label)
    except MilkroundError as refused:
        _keep_refused(label, refused)
        status = 409 if isinstance(refused, Conflict) else 422
        return _page(dispensing_id, label=label, wrong=sentence(refused)), status
    return _page(dispensing_id, said=said)


@blueprint.post("/<int:dispensing_id>/laid-back")
def withdraw(dispensing_id: int) -> Response:
    """Lay a picked bottle back."""
    label = CounterScanForm.sent().label.data
    with transaction() as session:
        lay_back(session, **counter_context(), dispensing_id=dispensing_id, text=label)
    flash(gettext("Laid back."), "ok")
    return _to(dispensing_id)


@blueprint.post("/<int:dispensing_id>/hand-over")
def give(dispensing_id: int) -> Response | tuple[str, int]:
    """Hand the checked bottles over in a box."""
    form = HandOverForm.sent()
    if not form.validate():
        return _page(dispensing_id, form=form), 422
    given = HandOver(box=form.box.data, celsius=form.celsius.data, carrier=form.carrier.data)
    try:
        with transaction() as session:
            hand_over(
                session,
                **counter_context(),
                dispensing_id=dispensing_id,
                given=given,
                today=civil_today(),
            )
    except (Refused, Conflict) as refused:
        form.refuse(refused)
        return _page(dispensing_id, form=form), 409 if isinstance(refused, Conflict) else 422
    flash(gettext("Handed over."), "ok")
    return _to(dispensing_id)


@blueprint.post("/<int:dispensing_id>/cancellation")
def cancel(dispensing_id: int) -> Response:
    """Give a dispensing up; its bottles are free again."""
    with transaction() as session:
        cancel_dispensing(session, **counter_context(), dispensing_id=dispensing_id)
        order_id = owned(session, Dispensing, actor().bank_id, dispensing_id).order_id
    flash(gettext("Given up. The bottles are free again."), "ok")
    return redirect(url_for("dispensary.orders.page", order_id=order_id), code=303)


def _scan(session: Session, dispensing_id: int, label: str) -> str:
    """Do the act of a scan by this person, and return its sentence."""
    told = counter_context()
    dispensing = owned(session, Dispensing, told["bank_id"], dispensing_id)
    if dispensing.picked_by_id == person_id() and is_bottle_number(label):
        pick_bottle(session, **told, dispensing_id=dispensing_id, text=label, today=civil_today())
        return str(gettext("Right: %(number)s is picked.", number=label.strip().upper()))
    if is_bottle_number(label):
        check_bottle(session, **told, dispensing_id=dispensing_id, text=label, today=civil_today())
        return str(gettext("Right: %(number)s is checked.", number=label.strip().upper()))
    code = label if is_pseudonym(label) else read_order_code(label)
    check_label(session, **told, dispensing_id=dispensing_id, text=code)
    return str(gettext("Right: the label fits the order. Now scan each bottle."))


def _keep_refused(label: str, refused: MilkroundError) -> None:
    with transaction() as session:
        keep_refused_scan(
            session, **counter_context(), task=ScanTask.DISPENSE, text=label, code=refused.code
        )


def _to(dispensing_id: int) -> Response:
    return redirect(url_for("dispensary.counter.page", dispensing_id=dispensing_id), code=303)


def _page(
    dispensing_id: int,
    *,
    label: str = "",
    wrong: str = "",
    said: str = "",
    form: HandOverForm | None = None,
) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        dispensing = owned(session, Dispensing, bank_id, dispensing_id)
        rows = bottles_of(session, dispensing_id)
        people = [dispensing.picked_by_id, dispensing.checked_by_id or 0]
        return render_template(
            "dispensary/dispensing.html",
            dispensing=dispensing,
            line=order_line(session, bank_id=bank_id, order_id=dispensing.order_id, now=now()),
            rows=rows,
            is_checked=bool(rows) and all(row.checked_at for row, _ in rows),
            is_picker=dispensing.picked_by_id == person_id(),
            names=names_of(session, people),
            code=order_code(dispensing.order_id),
            label=label,
            wrong=wrong,
            said=said,
            form=form or HandOverForm(),
        )
