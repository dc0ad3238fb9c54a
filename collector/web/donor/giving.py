"""The weeks ahead: pauses, the last gift, and the page for a bereaved mother."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.numbers import format_number
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.notices.actions import enqueue
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.pickups.giving import giving_of, plan_giving, record_loss
from collector.planning.horizon.forecast import load_forecast
from collector.web.donor.pages import form_page
from collector.web.framework.forms import FlagField, Form, ParsedField
from collector.web.framework.guards import actor, donor_id, now

blueprint = Blueprint("giving", __name__)


class GivingForm(Form):
    """A pause, and whether the donor gives less or for the last time."""

    paused_from = ParsedField[date | None](parse_date, blank=None)
    paused_until = ParsedField[date | None](parse_date, blank=None)
    tapering = FlagField()
    last_gift = FlagField()


@blueprint.get("/giving")
def home() -> str:
    """Show the donor's plans for the weeks ahead, and the day her freezer will be full."""
    return _show()


@blueprint.post("/giving")
def plan() -> Response | tuple[str, int]:
    """Keep the donor's plans."""
    form = GivingForm.sent()
    if not form.validate():
        return _show(form), 422
    try:
        with transaction() as session:
            plan_giving(
                session,
                now=now(),
                bank_id=actor().bank_id,
                donor_id=donor_id(),
                actor=actor().reference,
                **form.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _show(form), 422
    flash(_("We have noted it. Thank you for telling us."), "ok")
    return redirect(url_for("donor.giving.home"), code=303)


@blueprint.get("/loss")
def loss() -> str:
    """Show the page for a bereaved mother: the bank calls her first."""
    with reading() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template("donor/loss.html", page=page, giving=giving_of(session, donor_id()))


@blueprint.post("/loss")
def say() -> Response:
    """Record the loss of her child, and notify the coordinators that she waits for a call."""
    with transaction() as session:
        record_loss(
            session,
            now=now(),
            bank_id=actor().bank_id,
            donor_id=donor_id(),
            actor=actor().reference,
        )
        donor = get_donor(session, actor().bank_id, donor_id())
        for person in people_with_role(session, bank_id=actor().bank_id, role=Role.COORDINATOR):
            enqueue(
                session,
                now=now(),
                bank_id=donor.bank_id,
                once=f"call_wanted donor:{donor.id} person:{person.id}",
                recipient=f"person:{person.id}",
                to=person.email,
                template="call_wanted",
                language=person.language,
                number=format_number(donor.number),
            )
    return redirect(url_for("donor.giving.loss"), code=303)


def _show(form: GivingForm | None = None) -> str:
    with reading() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        form = form or GivingForm(obj=giving_of(session, donor_id()))
        return render_template(
            "donor/giving.html",
            page=page,
            forecast=load_forecast(session, page.donor, now=now()),
            typed=form.typed,
            wrong=form.first_wrong,
        )
