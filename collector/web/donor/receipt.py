"""After a visit: the receipt, its corrections, all she gave so far; before it, the calendar."""

from datetime import datetime

import icalendar
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from collector.db import reading, transaction
from collector.donor_contact.receipts import correct, receipt_of
from collector.errors import NotFound, Refused
from collector.pickups.giving import giving_of
from collector.pickups.models import Pickup
from collector.pickups.queries import pickup_of_donor
from collector.planning.horizon.forecast import load_forecast
from collector.service_day import ServiceDay
from collector.web.donor.pages import VisitPage, visit_page
from collector.web.framework.form_fields import as_number
from collector.web.framework.guards import actor, donor_id, now, settings
from collector.web.wording import sentence

blueprint = Blueprint("receipt", __name__, url_prefix="/visits/<int:pickup_id>")


@blueprint.get("/receipt")
def receipt(pickup_id: int) -> str:
    """Show what was fetched."""
    return _show(pickup_id)


@blueprint.post("/corrections")
def add_correction(pickup_id: int) -> AnyResponse | tuple[str, int]:
    """Keep what she says of her receipt."""
    try:
        with transaction() as session:
            correct(
                session,
                _hers(session, pickup_id),
                now=now(),
                actor=actor().reference,
                bottles=_number("bottles"),
                volume_ml=_number("volume_ml"),
                words=request.form.get("words", "").replace("\x00", ""),
            )
    except Refused as refused:
        return _show(pickup_id, sentence(refused)), 422
    flash(_("Thank you. Somebody of the bank looks into it and tells you."), "ok")
    return redirect(url_for("donor.receipt.receipt", pickup_id=pickup_id), code=303)


@blueprint.get("/calendar.ics")
def calendar(pickup_id: int) -> Response:
    """Give the visit to her calendar, in neutral words."""
    with reading() as session:
        page = visit_page(session, pickup=_hers(session, pickup_id), now=now())
        times = _times(page)
    if times is None:
        raise NotFound("not_found", kind="calendar")
    answer = Response(_ics(page, *times), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "attachment; filename=visit.ics"
    return answer


def _times(page: VisitPage) -> tuple[datetime, datetime] | None:
    """Return between which instants we come, once that is agreed."""
    if page.told is not None:
        return page.told.opens, page.told.closes
    if page.pickup.promised_at is None or not page.may_change:
        return None
    window = page.pickup.windows[0]
    day = ServiceDay(window.day, page.bank.zone)
    return day.instant(window.opens), day.instant(window.closes)


def _ics(page: VisitPage, opens: datetime, closes: datetime) -> bytes:
    event = icalendar.Event()
    event.add("uid", f"visit-{page.pickup.id}-{page.bank.slug}@milkround.invalid")
    event.add("dtstamp", now())
    event.add("sequence", page.pickup.version)
    event.add("dtstart", opens)
    event.add("dtend", closes)
    event.add("summary", _("Appointment") if page.donor.discreet else page.bank.name)
    event.add("url", f"{settings().public_url}{url_for('session.ask')}")
    found = icalendar.Calendar()
    # A discreet calendar names nobody's product either.
    found.add("prodid", "-//calendar//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add_component(event)
    return bytes(found.to_ical())


def _show(pickup_id: int, wrong: str = "") -> str:
    with reading() as session:
        pickup = _hers(session, pickup_id)
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
            giving=giving_of(session, page.donor.id),
            typed=request.form,
            wrong=wrong,
        )


def _number(name: str) -> int:
    found = as_number(request.form.get(name, ""))
    if found is None:
        raise Refused("number_not_read")
    return found


def _hers(session: Session, pickup_id: int) -> Pickup:
    return pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
