"""The loss of a donor's child: reported by telephone, and taken back."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.donor_contact.loss import report_loss, take_back_loss
from collector.donors.queries import get_donor
from collector.web.framework.guards import actor, now

blueprint = Blueprint("losses", __name__, url_prefix="/donors/<int:donor_id>/loss")


@blueprint.post("")
def report(donor_id: int) -> Response:
    """Record a loss that the donor reported by telephone."""
    who = actor()
    with transaction() as session:
        get_donor(session, who.bank_id, donor_id)
        report_loss(session, now=now(), bank_id=who.bank_id, donor_id=donor_id, actor=who.reference)
    flash(gettext("Her visits are cancelled, and no message leaves to her."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


@blueprint.post("/removal")
def take_back(donor_id: int) -> Response:
    """Take a report back."""
    who = actor()
    with transaction() as session:
        get_donor(session, who.bank_id, donor_id)
        take_back_loss(
            session, now=now(), bank_id=who.bank_id, donor_id=donor_id, actor=who.reference
        )
    flash(gettext("Taken back. The requests that it cancelled wait for an answer again."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)
