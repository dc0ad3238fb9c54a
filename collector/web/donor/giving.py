"""The weeks to come: pauses, the last gift, and the page for a mother whose child has died."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.numbers import shown
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.notices.actions import enqueue
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.pickups.giving import giving_of, plan_giving, say_loss
from collector.planning.horizon.forecast import load_forecast
from collector.web.donor.pages import form_page
from collector.web.framework.form_fields import as_day
from collector.web.framework.guards import actor, donor_id, now
from collector.web.wording import sentence

blueprint = Blueprint("giving", __name__)


@blueprint.get("/giving")
def home() -> str:
    """Show what she said of the weeks to come, and when her freezer will be full."""
    return _show()


@blueprint.post("/giving")
def plan() -> Response | tuple[str, int]:
    """Keep what she says."""
    try:
        with transaction() as session:
            plan_giving(
                session,
                now=now(),
                bank_id=actor().bank_id,
                donor_id=donor_id(),
                actor=actor().reference,
                paused_from=_day("paused_from"),
                paused_until=_day("paused_until"),
                tapering="tapering" in request.form,
                last_gift="last_gift" in request.form,
            )
    except Refused as refused:
        return _show(sentence(refused)), 422
    flash(_("We have noted it. Thank you for telling us."), "ok")
    return redirect(url_for("donor.giving.home"), code=303)


@blueprint.get("/loss")
def loss() -> str:
    """Show the page for a mother whose child has died: a person first."""
    with reading() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template("donor/loss.html", page=page, giving=giving_of(session, donor_id()))


@blueprint.post("/loss")
def say() -> Response:
    """Note that she wishes to be called, and tell those who call."""
    with transaction() as session:
        say_loss(
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
                number=shown(donor.number),
            )
    return redirect(url_for("donor.giving.loss"), code=303)


def _show(wrong: str = "") -> str:
    with reading() as session:
        page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template(
            "donor/giving.html",
            page=page,
            giving=giving_of(session, donor_id()),
            forecast=load_forecast(session, page.donor, now=now()),
            typed=request.form,
            wrong=wrong,
        )


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    day = as_day(text)
    if text and day is None:
        raise Refused("date_not_read")
    return day
