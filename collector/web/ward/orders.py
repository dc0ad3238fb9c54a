"""Orders of a ward: one for a recipient or the depot, yesterday's again, a cancellation."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.dispensary.allocation.actions import cancel_order
from collector.dispensary.lists.orders import orders_of
from collector.dispensary.orders.actions import OrderDraft, ask_for_milk, repeat_orders
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import MilkOrder
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_date, parse_whole_number
from collector.recipients.queries import (
    pseudonyms_of,
    recipient_by_pseudonym,
    recipients_of_ward,
    ward_of_person,
)
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, now, person_id
from collector.web.serving_days import serving_days
from collector.web.ward.acts import civil_today, own_ward, ward_context
from collector.web.wording import sentence

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

LONGEST_NOTE = 500
MOST_RECIPIENTS = 200


class WardDayForm(Form):
    """The day of need."""

    day = ParsedField[date | None](parse_date, blank=None)


class MilkOrderForm(Form):
    """A recipient's code, or none for the depot; the day and the millilitres."""

    recipient = TextField(longest=20)
    needed_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    volume_ml = ParsedField(parse_whole_number, blank=0, required="number_missing")


class RepetitionForm(Form):
    """The day whose orders are repeated, and the new day."""

    of = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    needed_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")


class OrderCancellationForm(Form):
    """The reason of a cancellation."""

    reason = TextField(longest=LONGEST_NOTE)


@blueprint.get("")
def home() -> str:
    """Show the ward's orders for a day; today unless given."""
    form = WardDayForm.queried()
    form.validate()
    day = form.day.data or civil_today()
    return _home(day, MilkOrderForm(needed_on=max(day, civil_today())))


@blueprint.post("")
def ask() -> Response | tuple[str, int]:
    """Order milk."""
    form = MilkOrderForm.sent()
    if not form.validate() or form.needed_on.data is None:
        return _home(civil_today(), form), 422
    try:
        with transaction() as session:
            ward = own_ward(session)
            recipient_id = None
            if form.recipient.data:
                recipient_id = recipient_by_pseudonym(
                    session, bank_id=ward.bank_id, text=form.recipient.data, ward_id=ward.id
                ).id
            draft = OrderDraft(
                recipient_id=recipient_id,
                needed_on=form.needed_on.data,
                volume_ml=form.volume_ml.data,
            )
            told = ward_context()
            ask_for_milk(session, **told, ward_id=ward.id, draft=draft, today=civil_today())
    except MilkroundError as refused:
        form.refuse(refused)
        status = 409 if isinstance(refused, Conflict) else 422
        return _home(form.needed_on.data, form), status
    flash(gettext("Ordered."), "ok")
    return _to(form.needed_on.data)


@blueprint.post("/repetition")
def repeat() -> Response | tuple[str, int]:
    """Repeat the orders of a day on another one."""
    form = RepetitionForm.sent()
    if not form.validate() or form.of.data is None or form.needed_on.data is None:
        return _home(civil_today(), MilkOrderForm(), wrong=form.first_wrong), 422
    try:
        with transaction() as session:
            found = repeat_orders(
                session,
                **ward_context(),
                ward_id=own_ward(session).id,
                of=form.of.data,
                needed_on=form.needed_on.data,
                today=civil_today(),
            )
            missing = sorted(pseudonyms_of(session, found.unprescribed).values())
    except Refused as refused:
        return _home(form.needed_on.data, MilkOrderForm(), wrong=sentence(refused)), 422
    made = len(found.orders)
    flash(ngettext("%(num)s order is repeated.", "%(num)s orders are repeated.", made), "ok")
    if missing:
        codes = ", ".join(missing)
        flash(gettext("No prescription is valid that day: %(codes)s.", codes=codes), "warn")
    return _to(form.needed_on.data)


@blueprint.post("/<int:order_id>/cancellation")
def cancel(order_id: int) -> Response | tuple[str, int]:
    """Cancel an order of the ward, with the reason."""
    reason = OrderCancellationForm.sent().reason.data
    try:
        with transaction() as session:
            owned(session, MilkOrder, actor().bank_id, order_id)
            order = cancel_order(
                session,
                **ward_context(),
                order_id=order_id,
                reason=reason,
                ward_id=own_ward(session).id,
            )
    except Refused as refused:
        return _home(civil_today(), MilkOrderForm(), wrong=sentence(refused)), 422
    flash(gettext("The order is cancelled."), "ok")
    return _to(order.needed_on)


def _to(day: date) -> Response:
    return redirect(url_for("ward.orders.home", day=day.isoformat()), code=303)


def _home(day: date, form: MilkOrderForm, *, wrong: str = "") -> str:
    with reading() as session:
        bank_id = actor().bank_id
        ward = ward_of_person(session, bank_id=bank_id, person_id=person_id())
        if ward is None:
            return render_template("ward/no_ward.html")
        lines = orders_of(session, bank_id=bank_id, day=day, now=now(), ward_id=ward.id)
        return render_template(
            "ward/orders.html",
            ward=ward,
            lines=lines,
            likely=serving_days(session, lines, bank_id=bank_id, now=now(), today=civil_today()),
            recipients=recipients_of_ward(session, ward.id)[:MOST_RECIPIENTS],
            day=day,
            today=civil_today(),
            step=timedelta(days=1),
            code_of=order_code,
            form=form,
            wrong=wrong,
        )
