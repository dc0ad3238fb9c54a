"""Changed details of published stops: the question whether the collector is told."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.rounds.stop_details import tell_collector
from collector.web.board.page_context import civil_day
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor, now

blueprint = Blueprint("untold", __name__, url_prefix="/inbox/untold")


class TellingForm(Form):
    """A visit whose present details go to its collector."""

    pickup = KeyField()
    day = TextField()
    donor = KeyField()
    """The donor whose file shows the question; 0 in the inbox."""


@blueprint.post("")
def tell() -> Response:
    """Publish the present details of a visit as the next revision of its round."""
    form, who = TellingForm.sent(), actor()
    with transaction() as session:
        round_ = tell_collector(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=civil_day(form.day.data),
            pickup_id=form.pickup.data,
            actor=who.reference,
        )
        said = gettext(
            "Round %(letter)s has revision %(revision)s; its phone asks the collector to confirm.",
            letter=round_.letter,
            revision=round_.revision,
        )
    flash(said, "ok")
    if form.donor.data:
        return redirect(url_for("board.donors.file", donor_id=form.donor.data), code=303)
    return redirect(url_for("board.inbox.home"), code=303)
