"""Orders of a day: cover and level, allocation, classes, overrides by two people."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.applications.models import Application
from collector.db import reading, transaction
from collector.dispensary.allocation.actions import allocate_orders, cancel_order, free_order
from collector.dispensary.allocation.overrides import agree_to_override, propose_override
from collector.dispensary.dispensing.sums import dispensed_by_day
from collector.dispensary.lists.orders import OrderLine, order_line, orders_of
from collector.dispensary.orders.actions import change_class
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.cover import cover_of
from collector.dispensary.orders.models import NeedClass
from collector.dispensary.orders.received import number_elsewhere
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.people.queries import names_of
from collector.pickups.models import MilkLine
from collector.recipients.sealing import OpenedIdentity, OpeningReason, open_identity
from collector.service_day import ServiceDay
from collector.web.dispensary.acts import civil_today, counter_context
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.serving_days import serving_days
from collector.web.wording import sentence

blueprint = Blueprint("orders", __name__, url_prefix="/orders")
guard(blueprint, Role.DISPENSER, Role.QUALITY, within="dispensary")
serving = Blueprint("serving", __name__)
guard(serving, Role.DISPENSER, within="dispensary.orders")

LONGEST_NOTE = 500
WEEK = timedelta(days=7)
ALLOCATED_DAYS = timedelta(days=3)
"""Days after today whose orders an allocation serves too."""


class OrderDayForm(Form):
    """The day of need."""

    day = ParsedField[date | None](parse_date, blank=None)


class NoteForm(Form):
    """The note of an override, or the reason of a cancellation."""

    note = TextField(longest=LONGEST_NOTE)


class NeedClassForm(Form):
    """Another class of an order, with the reason."""

    need_class = ChoiceField(NeedClass, blank=NeedClass.D)
    note = TextField(longest=LONGEST_NOTE)


@blueprint.get("")
def home() -> str:
    """Show the orders of a day; today unless given."""
    form = OrderDayForm.queried()
    form.validate()
    return _home(form.day.data or civil_today())


@serving.post("/allocations")
def allocate_all() -> Response:
    """Keep bottles for all open orders of today and the next days."""
    today = civil_today()
    with transaction() as session:
        plan = allocate_orders(
            session, **counter_context(), today=today, until=today + ALLOCATED_DAYS
        )
    flash(ngettext("%(num)s bottle is kept.", "%(num)s bottles are kept.", len(plan.choices)), "ok")
    return redirect(url_for("dispensary.orders.home"), code=303)


@blueprint.get("/<int:order_id>")
def page(order_id: int) -> str:
    """Show an order with its bottles and the reason of each."""
    return _page(order_id)


@serving.post("/<int:order_id>/allocation")
def allocate(order_id: int) -> Response | tuple[str, int]:
    """Keep bottles for one order."""

    def act(session: Session) -> str:
        today = civil_today()
        line = order_line(session, bank_id=actor().bank_id, order_id=order_id, now=now())
        plan = allocate_orders(
            session,
            **counter_context(),
            today=today,
            until=max(today, line.order.needed_on),
            orders=[order_id],
        )
        kept = len(plan.choices)
        return str(ngettext("%(num)s bottle is kept.", "%(num)s bottles are kept.", kept))

    return _after(order_id, act)


@serving.post("/<int:order_id>/release")
def free(order_id: int) -> Response | tuple[str, int]:
    """Free the bottles that are kept for an order."""

    def act(session: Session) -> str:
        free_order(session, **counter_context(), order_id=order_id)
        return str(gettext("The bottles are free again."))

    return _after(order_id, act)


@serving.post("/<int:order_id>/class")
def classify(order_id: int) -> Response | tuple[str, int]:
    """Change the class of an order, with a note."""
    form = NeedClassForm.sent()

    def act(session: Session) -> str:
        form.validate()
        change_class(
            session,
            **counter_context(),
            order_id=order_id,
            to=form.need_class.data,
            note=form.note.data,
        )
        return str(gettext("The class is changed."))

    return _after(order_id, act, typed=form.typed)


@serving.post("/<int:order_id>/cancellation")
def cancel(order_id: int) -> Response | tuple[str, int]:
    """Cancel an order, with the reason."""
    form = NoteForm.sent()

    def act(session: Session) -> str:
        form.validate()
        cancel_order(session, **counter_context(), order_id=order_id, reason=form.note.data)
        return str(gettext("The order is cancelled."))

    return _after(order_id, act, typed=form.typed)


@serving.post("/<int:order_id>/override-proposal")
@grave
def propose(order_id: int) -> Response | tuple[str, int]:
    """Sign first that an order be served in spite of the shortage."""
    form = NoteForm.sent()

    def act(session: Session) -> str:
        form.validate()
        propose_override(session, **counter_context(), order_id=order_id, note=form.note.data)
        return str(gettext("Signed. A second person signs from her own session."))

    return _after(order_id, act, typed=form.typed)


@blueprint.post("/<int:order_id>/override")
@grave
def agree(order_id: int) -> Response | tuple[str, int]:
    """Sign second, and keep bottles for the order."""

    def act(session: Session) -> str:
        plan = agree_to_override(
            session, **counter_context(), order_id=order_id, today=civil_today()
        )
        kept = len(plan.choices)
        return str(ngettext("%(num)s bottle is kept.", "%(num)s bottles are kept.", kept))

    return _after(order_id, act)


@serving.post("/<int:order_id>/identity")
def identify(order_id: int) -> str | tuple[str, int]:
    """Show the identity of the recipient of an open order; the opening is in the audit chain."""
    try:
        with transaction() as session:
            line = order_line(session, bank_id=actor().bank_id, order_id=order_id, now=now())
            if line.order.recipient_id is None or line.state in {"closed", "cancelled"}:
                raise Refused("identity_sealed")
            found = open_identity(
                session,
                **counter_context(),
                recipient_id=line.order.recipient_id,
                reason=OpeningReason.ORDER,
            )
    except MilkroundError as refused:
        return _page(order_id, wrong=sentence(refused)), 422
    return _page(order_id, identity=found)


def _after(
    order_id: int, act: Callable[[Session], str], *, typed: dict[str, str] | None = None
) -> Response | tuple[str, int]:
    """Do an act on an order, and show the order again."""
    try:
        with transaction() as session:
            said = act(session)
    except Refused as refused:
        return _page(order_id, wrong=sentence(refused), typed=typed), 422
    except Conflict as conflict:
        return _page(order_id, wrong=sentence(conflict), typed=typed), 409
    flash(said, "ok")
    return redirect(url_for("dispensary.orders.page", order_id=order_id), code=303)


def _home(day: date) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        lines = orders_of(session, bank_id=bank_id, day=day, now=now())
        return render_template(
            "dispensary/orders.html",
            lines=lines,
            likely=serving_days(session, lines, bank_id=bank_id, now=now(), today=civil_today()),
            cover=cover_of(session, bank_id=bank_id, today=civil_today()),
            week_ml=sum(_week(session).values()),
            classes=list(NeedClass),
            day=day,
            today=civil_today(),
            step=timedelta(days=1),
            code_of=order_code,
        )


def _week(session: Session) -> dict[tuple[date, MilkLine, NeedClass], int]:
    """Return the millilitres handed over in the last seven days."""
    zone = ZoneInfo(actor().time_zone)
    since = ServiceDay(civil_today() - WEEK, zone).epoch
    bank_id = actor().bank_id
    return dispensed_by_day(session, bank_id=bank_id, since=since, until=now(), zone=zone)


def _likely(session: Session, line: OrderLine) -> str:
    """Return the likely day of a waiting order in words; empty without one."""
    told = serving_days(session, [line], bank_id=actor().bank_id, now=now(), today=civil_today())
    return told.get(line.order.id, "")


def _sender(session: Session, order_id: int) -> str:
    """Return the system that sent an order, with the number there; empty if a person asked."""
    sent = number_elsewhere(session, order_id)
    if sent is None:
        return ""
    return f"{session.get_one(Application, sent.application_id).name}, {sent.value}"


def _page(
    order_id: int,
    *,
    wrong: str = "",
    typed: dict[str, str] | None = None,
    identity: OpenedIdentity | None = None,
) -> str:
    with reading() as session:
        line = order_line(session, bank_id=actor().bank_id, order_id=order_id, now=now())
        people = {line.order.asked_by_id or 0}
        people |= {each.picked_by_id for each in line.dispensings}
        people |= {each.checked_by_id for each in line.dispensings if each.checked_by_id}
        if line.override is not None:
            people |= {line.override.asked_by_id, line.override.agreed_by_id or 0}
        return render_template(
            "dispensary/order.html",
            line=line,
            names=names_of(session, people),
            classes=list(NeedClass),
            code=order_code(order_id),
            sender=_sender(session, order_id),
            likely=_likely(session, line),
            person_id=person_id(),
            identity=identity,
            wrong=wrong,
            typed=typed or {},
        )


blueprint.register_blueprint(serving)
