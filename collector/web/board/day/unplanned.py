"""The drawer of an unplanned visit: its reason, its remedies and their prices."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, make_response, redirect, url_for
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import compute_then_write, reading
from collector.pickups.models import Pickup
from collector.pickups.queries import get_pickup
from collector.planning.editing.remedies import (
    Explanation,
    PricedRemedy,
    apply_remedy,
    compute_remedy,
    explain_unplanned,
)
from collector.rounds.queries import day_plan
from collector.web.board.day.forms import EditForm
from collector.web.board.day.page import day_page, load_day_view
from collector.web.board.day.price_wording import PriceView
from collector.web.board.day.price_wording import describe_price as priced
from collector.web.board.day.remedy_wording import asks_donor, describe_remedy, donor_message
from collector.web.board.day.view_model import DayView
from collector.web.board.page_context import civil_day, edit_context, is_fragment
from collector.web.board.page_context import page as board_page
from collector.web.board.wording import reason
from collector.web.framework.forms import TextField
from collector.web.framework.guards import actor

blueprint = Blueprint("unplanned", __name__, url_prefix="/days/<day>/unplanned")


class RemedyForm(EditForm):
    """The remedy to apply, by its key."""

    fix = TextField()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyView:
    """A remedy on the page.

    Attributes
    ----------
    message
        The message to the donor, if she has to agree first.
    """

    key: str
    words: str
    price: PriceView | None
    message: str


@blueprint.get("/<int:pickup_id>")
def page(day: str, pickup_id: int) -> str:
    """Show the reason why a visit is in no round, and its remedies."""
    on_day = civil_day(day)
    with reading() as session:
        view = load_day_view(
            session, day_plan(session, bank_id=actor().bank_id, day=on_day), on_day
        )
        names = view.names
        pickup = get_pickup(session, actor().bank_id, pickup_id)
        bank = get_bank(session, actor().bank_id)
        found = explain_unplanned(session, bank_id=bank.id, day=on_day, pickup_id=pickup_id)
        fixes = [_seen(each, pickup, names, on_day, bank.name) for each in found.remedies]
        return board_page(
            session,
            "board/day/_unplanned.html" if is_fragment() else "board/day/unplanned.html",
            day=on_day,
            seen=view,
            pickup=pickup,
            sentence=reason_shown(view, pickup_id, found),
            fixes=fixes,
            alone=not is_fragment(),
        )


@blueprint.post("/<int:pickup_id>")
def make(day: str, pickup_id: int) -> Response:
    """Apply a remedy."""
    on_day, form, bank_id = civil_day(day), RemedyForm.sent(), actor().bank_id
    compute_then_write(
        lambda session: compute_remedy(
            session,
            bank_id=bank_id,
            day=on_day,
            version=form.version.data,
            pickup_id=pickup_id,
            key=form.fix.data,
        ),
        lambda session, computed: apply_remedy(
            session, computed, context=edit_context(form.reason.data), bank_id=bank_id
        ),
    )
    if is_fragment():
        return make_response(day_page(on_day))
    where = url_for("board.days.page", day=on_day, _anchor=f"stop-{pickup_id}")
    return redirect(where, code=303)


def reason_shown(view: DayView, pickup_id: int, found: Explanation) -> str:
    """Return the reason, in the words of the tray while it is the same reason."""
    same = (
        left.sentence
        for left in view.tray
        if left.pickup.id == pickup_id and left.code == found.code
    )
    return next(same, "") or reason(found.code, found.details)


def _seen(
    each: PricedRemedy, pickup: Pickup, names: dict[int, str], day: date, bank: str
) -> RemedyView:
    return RemedyView(
        key=each.key,
        words=describe_remedy(each, names),
        price=priced(each.preview, names) if each.preview else None,
        message=donor_message(each, pickup, day, bank) if asks_donor(each) else "",
    )
