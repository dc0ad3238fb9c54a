"""Pins of visits to their rounds."""

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.errors import NotFound
from collector.planning.editing.pins import pin
from collector.web.board.day.page import day_page
from collector.web.board.page_context import civil_day, edit_context, is_fragment, whole_number
from collector.web.framework.guards import actor

blueprint = Blueprint("pins", __name__, url_prefix="/days/<day>/pins")

LET_GO = "-"
"""Prefix of a visit that is to be unpinned."""


@blueprint.post("")
def make(day: str) -> Response:
    """Pin visits to their rounds, or unpin them.

    A button names one visit (`pin=12`, `pin=-12`); selected visits come as `pickup` with `pinned`.
    """
    on_day, one = civil_day(day), request.form.get("pin", "")
    keys = [one.removeprefix(LET_GO)] if one else request.form.getlist("pickup")
    if not any(keys):
        raise NotFound("not_found", kind="pickups")
    pinned = not one.startswith(LET_GO) if one else request.form.get("pinned") == "yes"
    with transaction() as session:
        pin(
            session,
            context=edit_context(),
            bank_id=actor().bank_id,
            day=on_day,
            version=whole_number(request.form.get("version", "")),
            pickups=[whole_number(key) for key in keys],
            pinned=pinned,
        )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day), code=303)
