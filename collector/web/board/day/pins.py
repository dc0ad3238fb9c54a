"""Pins of visits to their rounds."""

from flask import Blueprint, make_response, redirect, url_for
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.errors import NotFound
from collector.planning.editing.pins import pin
from collector.web.board.day.forms import EditForm
from collector.web.board.day.page import day_page
from collector.web.board.page_context import civil_day, edit_context, is_fragment
from collector.web.framework.forms import TextField, parse_key
from collector.web.framework.guards import actor

blueprint = Blueprint("pins", __name__, url_prefix="/days/<day>/pins")

LET_GO = "-"
"""Prefix of a visit that is to be unpinned."""


class PinForm(EditForm):
    """One visit by its button (`pin=12`, `pin=-12`), or selected visits with `pinned`."""

    pin = TextField()
    pinned = TextField()

    @property
    def visits(self) -> list[int]:
        """The visits to pin or to unpin."""
        if self.pin.data:
            return [parse_key(self.pin.data.removeprefix(LET_GO))]
        return self.pickup.data

    @property
    def pins(self) -> bool:
        """Whether the visits are pinned."""
        if self.pin.data:
            return not self.pin.data.startswith(LET_GO)
        return self.pinned.data == "yes"


@blueprint.post("")
def make(day: str) -> Response:
    """Pin visits to their rounds, or unpin them."""
    on_day, form = civil_day(day), PinForm.sent()
    if not form.visits:
        raise NotFound("not_found", kind="pickups")
    with transaction() as session:
        pin(
            session,
            context=edit_context(),
            bank_id=actor().bank_id,
            day=on_day,
            version=form.version.data,
            pickups=form.visits,
            pinned=form.pins,
        )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day), code=303)
