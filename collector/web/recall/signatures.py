"""Signatures on recalls: two people confirm a scope, quality and a releaser close a recall."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.errors import Refused
from collector.people.models import Role
from collector.recall.actions import ask_confirmation, confirm
from collector.recall.closing import ask_to_close, close
from collector.recall.models import Recall
from collector.web.framework.forms import Form, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import guard
from collector.web.recall.acts import recall_context
from collector.web.recall.picture import recall_page
from collector.web.wording import sentence

blueprint = Blueprint("signatures", __name__)
guard(blueprint, Role.LABORATORY, Role.QUALITY, Role.RELEASER, within="recalls")
closing = Blueprint("closing", __name__)
guard(closing, Role.QUALITY, Role.RELEASER, within="recalls.signatures")


class RecallEndForm(Form):
    """The result of a recall in words."""

    note = TextField(longest=500)
    unanswered_because = TextField(longest=500)


@blueprint.post("/<int:recall_id>/confirmation-request")
@grave
def ask(recall_id: int) -> Response | tuple[str, int]:
    """Sign first that the scope is the right one."""
    return _signed(recall_id, ask_confirmation, gettext("Signed. A second person confirms."))


@blueprint.post("/<int:recall_id>/confirmation")
@grave
def agree(recall_id: int) -> Response | tuple[str, int]:
    """Sign second that the scope is the right one."""
    return _signed(recall_id, confirm, gettext("The scope is confirmed."))


@closing.post("/<int:recall_id>/closing-request")
@grave
def ask_end(recall_id: int) -> Response | tuple[str, int]:
    """Sign first that a recall is over."""
    form = RecallEndForm.sent()
    note = form.note.data
    try:
        with transaction() as session:
            ask_to_close(
                session,
                **recall_context(),
                recall_id=recall_id,
                note=note,
                unanswered_because=form.unanswered_because.data,
            )
    except Refused as refused:
        return recall_page(recall_id, wrong=sentence(refused), note=note), 422
    return _back(recall_id, gettext("Signed. A second person closes the recall."))


@closing.post("/<int:recall_id>/closing")
@grave
def end(recall_id: int) -> Response | tuple[str, int]:
    """Sign second that a recall is over."""
    return _signed(recall_id, close, gettext("The recall is closed."))


def _signed(recall_id: int, sign: Callable[..., Recall], told: str) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            sign(session, **recall_context(), recall_id=recall_id)
    except Refused as refused:
        return recall_page(recall_id, wrong=sentence(refused)), 422
    return _back(recall_id, told)


def _back(recall_id: int, told: str) -> Response:
    flash(told, "ok")
    return redirect(url_for("recalls.picture.page", recall_id=recall_id), code=303)


blueprint.register_blueprint(closing)
