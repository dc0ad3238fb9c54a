"""A visit's receipt, its corrections and the donor's total; before the visit, the calendar."""

import icalendar
from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from collector.db import reading, transaction
from collector.donor_contact.receipts import correct, receipt_of
from collector.donor_contact.visit_times import VisitTimes
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.pickups.models import Pickup
from collector.pickups.queries import pickup_of_donor
from collector.planning.horizon.forecast import load_forecast
from collector.web.donor.pages import VisitPage, visit_page
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, donor_id, now, settings

blueprint = Blueprint("receipt", __name__, url_prefix="/visits/<int:pickup_id>")


class CorrectionForm(Form):
    """The donor's own figures for a visit."""

    bottles = ParsedField(parse_whole_number, blank=0, required="number_not_read")
    volume_ml = ParsedField(parse_whole_number, blank=0, required="number_not_read")
    words = TextField()


@blueprint.get("/receipt")
def receipt(pickup_id: int) -> str:
    """Show the receipt."""
    return _show(pickup_id, CorrectionForm())


@blueprint.post("/corrections")
def add_correction(pickup_id: int) -> AnyResponse | tuple[str, int]:
    """Keep the donor's correction of her receipt."""
    form = CorrectionForm.sent()
    if not form.validate():
        return _show(pickup_id, form), 422
    try:
        with transaction() as session:
            pickup = _own(session, pickup_id)
            correct(session, pickup, now=now(), actor=actor().reference, **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _show(pickup_id, form), 422
    flash(_("Thank you. The bank looks into it and answers you."), "ok")
    return redirect(url_for("donor.receipt.receipt", pickup_id=pickup_id), code=303)


@blueprint.get("/calendar.ics")
def calendar(pickup_id: int) -> Response:
    """Return the visit as a calendar entry, in neutral words."""
    with reading() as session:
        page = visit_page(session, pickup=_own(session, pickup_id), now=now())
    if page.times is None:
        raise NotFound("not_found", kind="calendar")
    answer = Response(_ics(page, page.times), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "attachment; filename=visit.ics"
    return answer


def _ics(page: VisitPage, times: VisitTimes) -> bytes:
    event = icalendar.Event()
    event.add("uid", f"visit-{page.pickup.id}-{page.bank.slug}@milkround.invalid")
    event.add("dtstamp", now())
    event.add("sequence", page.pickup.version)
    event.add("dtstart", times.opens)
    event.add("dtend", times.closes)
    event.add("summary", _("Appointment") if page.donor.discreet else page.bank.name)
    event.add("url", f"{settings().public_url}{url_for('session.ask')}")
    found = icalendar.Calendar()
    # A discreet calendar does not name this program either.
    found.add("prodid", "-//calendar//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add_component(event)
    return bytes(found.to_ical())


def _show(pickup_id: int, form: CorrectionForm) -> str:
    with reading() as session:
        pickup = _own(session, pickup_id)
        found = receipt_of(session, pickup)
        if found is None:
            raise NotFound("no_receipt")
        page = visit_page(session, pickup=pickup, now=now())
        return render_template(
            "donor/receipt.html",
            page=page,
            receipt=found,
            may_correct=now() <= found.correctable_until,
            forecast=load_forecast(session, page.donor, now=now()),
            typed=form.typed,
            wrong=form.first_wrong,
        )


def _own(session: Session, pickup_id: int) -> Pickup:
    return pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
