"""Changed details of published stops: the question whether the collector is told."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.rounds.stop_details import leave_untold, tell_collector
from collector.web.board.page_context import civil_day
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor, now

blueprint = Blueprint("untold", __name__, url_prefix="/inbox/untold")


class TellingForm(Form):
    """A visit whose present details go to its collector, or do not."""

    pickup = KeyField()
    day = TextField()
    donor = KeyField()
    """The donor whose file shows the question; 0 in the inbox."""


@blueprint.post("")
def tell() -> Response:
    """Publish the present details of a visit as the next revision of its round."""
    form, who = TellingForm.sent(), actor()
    with transaction() as session:
        round_ = tell_collector(session, **_of_stop(form), now=now(), actor=who.reference)
        said = gettext(
            "Round %(letter)s has revision %(revision)s; its phone asks the collector to confirm.",
            letter=round_.letter,
            revision=round_.revision,
        )
    return _back(form, said)


@blueprint.post("/omissions")
def leave() -> Response:
    """Keep the changed details of a visit from its collector."""
    form, who = TellingForm.sent(), actor()
    with transaction() as session:
        leave_untold(session, **_of_stop(form), now=now(), actor=who.reference)
    return _back(form, gettext("The collector keeps the details as they were published."))


def _of_stop(form: TellingForm) -> dict[str, Any]:
    day = civil_day(form.day.data)
    return {"bank_id": actor().bank_id, "day": day, "pickup_id": form.pickup.data}


def _back(form: TellingForm, said: str) -> Response:
    flash(said, "ok")
    if form.donor.data:
        return redirect(url_for("board.donors.file", donor_id=form.donor.data), code=303)
    return redirect(url_for("board.inbox.home"), code=303)
