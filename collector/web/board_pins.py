"""The board's pins: a round keeps a visit, whatever the planner would rather do."""

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.errors import NotFound
from collector.rounds.actions import pin
from collector.rounds.queries import get_stop
from collector.web.board_days import day_page
from collector.web.board_pages import civil_day, is_fragment, whole_number
from collector.web.guards import actor, now

blueprint = Blueprint("pins", __name__, url_prefix="/days/<day>/pins")


@blueprint.post("")
def make(day: str) -> Response:
    """Pin a stop to its round, or let it go."""
    wanted, who = civil_day(day), actor()
    stop_id = whole_number(request.form.get("stop", ""))
    with transaction() as session:
        stop = get_stop(session, bank_id=who.bank_id, stop_id=stop_id)
        if stop.round.day_plan.day != wanted:
            raise NotFound("not_found", kind="stops")
        pin(
            session,
            now=now(),
            bank_id=who.bank_id,
            stop_id=stop_id,
            pinned=request.form.get("pinned") == "yes",
            version=whole_number(request.form.get("version", "")),
            actor=who.reference,
        )
    if is_fragment():
        return make_response(day_page(wanted))
    return redirect(url_for("board.days.page", day=wanted), code=303)
