"""Discrepancies between phones and bench; quality closes them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.custody.discrepancies import close_discrepancy
from collector.custody.queries import discrepancies_of
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Role
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.wording import sentence

blueprint = Blueprint("discrepancies", __name__, url_prefix="/discrepancies")
guard(blueprint, Role.QUALITY, within="laboratory")


class DiscrepancyClosingForm(Form):
    """The explanation with which a discrepancy is closed."""

    note = TextField()


@blueprint.get("")
def home() -> str:
    """Show the open discrepancies and the ones closed last."""
    return _page()


@blueprint.post("/<int:discrepancy_id>/closing")
def close(discrepancy_id: int) -> Response | tuple[str, int]:
    """Close a discrepancy with its explanation."""
    sent = DiscrepancyClosingForm.sent()
    try:
        with transaction() as session:
            close_discrepancy(
                session,
                now=now(),
                bank_id=actor().bank_id,
                discrepancy_id=discrepancy_id,
                person_id=person_id(),
                note=sent.note.data,
            )
    except Refused as refused:
        return _page(wrong={discrepancy_id: sentence(refused)}), 422
    flash(gettext("Closed; the explanation is kept."), "ok")
    return redirect(url_for("laboratory.discrepancies.home"), code=303)


def _page(wrong: dict[int, str] | None = None) -> str:
    with reading() as session:
        return render_template(
            "laboratory/discrepancies.html",
            seen=discrepancies_of(session, bank_id=actor().bank_id),
            wrong=wrong or {},
        )
