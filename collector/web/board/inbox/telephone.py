"""Donors to be told something by telephone: the record that it was said."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.donor_contact.telephone import record_call
from collector.web.framework.forms import Form, KeyField
from collector.web.framework.guards import actor, now, person_id

blueprint = Blueprint("telephone", __name__, url_prefix="/inbox/telephone")


class ToldForm(Form):
    """The last message that the page showed."""

    last = KeyField()


@blueprint.post("/<int:donor_id>")
def told(donor_id: int) -> Response:
    """Record that a donor was told the messages of the page by telephone."""
    form, who = ToldForm.sent(), actor()
    with transaction() as session:
        record_call(
            session,
            now=now(),
            bank_id=who.bank_id,
            donor_id=donor_id,
            last=form.last.data,
            person_id=person_id(),
        )
    flash(gettext("Noted: she was told. Under “Messages” it can be put back."), "ok")
    return redirect(url_for("board.inbox.home"), code=303)
