"""Undo, redo and the edit log of a day."""

from flask import Blueprint, make_response, redirect, url_for
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.planning.editing.queries import edits_of
from collector.planning.editing.undo import undo_or_redo
from collector.rounds.queries import day_plan
from collector.web.board.day.edit_log import describe_edits
from collector.web.board.day.page import day_page
from collector.web.board.page_context import civil_day, edit_context, is_fragment
from collector.web.board.page_context import page as board_page
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor

blueprint = Blueprint("edits", __name__, url_prefix="/days/<day>/edits")


class UndoForm(Form):
    """Undo, or `what=redo`, of a version of the day."""

    version = KeyField()
    what = TextField()


@blueprint.get("")
def page(day: str) -> str:
    """Show the edits of a day, the latest first."""
    on_day = civil_day(day)
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=on_day)
        lines = describe_edits(session, plan, edits_of(session, plan=plan))
        return board_page(
            session, "board/day/edits.html", day=on_day, told=list(reversed(lines)), plan=plan
        )


@blueprint.post("")
def make(day: str) -> Response:
    """Undo the coordinator's last edit, or redo the last one that she undid."""
    on_day, form = civil_day(day), UndoForm.sent()
    with transaction() as session:
        undo_or_redo(
            session,
            context=edit_context(),
            bank_id=actor().bank_id,
            day=on_day,
            version=form.version.data,
            redo=form.what.data == "redo",
        )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day), code=303)
