"""Wards and identities of a recall: the notices leave, quality opens who is behind numbers."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Role
from collector.recall.identities import open_identities
from collector.recall.notifying import notify_wards
from collector.recall.queries import recall_picture
from collector.web.framework.forms import Form, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard
from collector.web.recall.acts import recall_context
from collector.web.recall.picture import recall_page
from collector.web.wording import sentence

blueprint = Blueprint("wards", __name__)
guard(blueprint, Role.QUALITY, within="recalls")


class IdentityReasonForm(Form):
    """The reason for which the identities are opened."""

    reason = TextField(longest=500)


@blueprint.post("/<int:recall_id>/notices")
@grave
def notify(recall_id: int) -> Response | tuple[str, int]:
    """Tell the wards that received milk of the scope."""
    try:
        with transaction() as session:
            notify_wards(session, **recall_context(), recall_id=recall_id)
    except Refused as refused:
        return recall_page(recall_id, wrong=sentence(refused)), 422
    flash(gettext("The wards are told."), "ok")
    return redirect(url_for("recalls.picture.page", recall_id=recall_id), code=303)


@blueprint.post("/<int:recall_id>/identities")
@grave
def identities(recall_id: int) -> str | tuple[str, int]:
    """Show the children and donors of a recall; the opening is kept with its reason."""
    try:
        with transaction() as session:
            found = open_identities(
                session,
                **recall_context(),
                recall_id=recall_id,
                reason=IdentityReasonForm.sent().reason.data,
            )
    except Refused as refused:
        return recall_page(recall_id, wrong=sentence(refused)), 422
    with reading() as session:
        picture = recall_picture(session, bank_id=actor().bank_id, recall_id=recall_id)
    return render_template("recall/identities.html", recall=picture.recall, found=found)
