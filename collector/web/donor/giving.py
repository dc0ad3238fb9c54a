"""The weeks ahead: pauses, the last gift, and the page for a bereaved mother."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donor_contact.loss import report_loss, take_back_loss
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.pickups.giving import giving_of, plan_giving
from collector.planning.horizon.forecast import load_forecast
from collector.web.donor.pages import form_page, home_page
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
            plan_giving(session, now=now(), **_own(), **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _show(form), 422
    flash(_("We have noted it. Thank you for telling us."), "ok")
    return redirect(url_for("donor.giving.home"), code=303)


@blueprint.get("/loss")
def loss() -> str:
    """Show the page for a bereaved mother, with everything that one tap does."""
    with reading() as session:
        page = home_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template("donor/loss.html", page=page)


@blueprint.post("/loss")
def say() -> Response:
    """Record the loss of her child: visits are cancelled, and the coordinators are to call."""
    with transaction() as session:
        report_loss(session, now=now(), **_own())
    return redirect(url_for("donor.home"), code=303)


@blueprint.post("/loss/removal")
def take_back() -> Response:
    """Take the report back within ten minutes."""
    with transaction() as session:
        take_back_loss(session, now=now(), **_own())
    flash(_("Taken back. Your requests are with the bank again; it answers them anew."), "ok")
    return redirect(url_for("donor.home"), code=303)


def _own() -> dict[str, Any]:
    """Return the bank, the donor and the actor of the request."""
    return {"bank_id": actor().bank_id, "donor_id": donor_id(), "actor": actor().reference}


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
