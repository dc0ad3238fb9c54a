"""Moves of visits: targets, their prices, and the move itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import compute_then_write, reading
from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.editing.commit import write_edit
from collector.planning.editing.moves import (
    MOST_VISITS,
    TRAY,
    PricedTarget,
    TargetPosition,
    compute_move,
    price_move,
    price_targets,
)
from collector.planning.editing.other_days import (
    OtherDay,
    compute_day_move,
    move_to_day,
    price_other_days,
)
from collector.planning.editing.what_if import DayChange, WhatIf
from collector.planning.problem.build import load_facts
from collector.rounds.models import NOT_STARTED, DayPlan
from collector.rounds.publication import promises_in
from collector.rounds.queries import day_plan
from collector.web.board.day.forms import EditForm
from collector.web.board.day.page import day_page, load_day_view
from collector.web.board.day.price_wording import RANK, PriceVerdict, PriceView
from collector.web.board.day.price_wording import describe_price as priced
from collector.web.board.day.view_model import DayView, RoundView, StopView
from collector.web.board.page_context import (
    civil_day,
    edit_context,
    is_fragment,
    today,
)
from collector.web.board.page_context import page as board_page
from collector.web.framework.forms import Form, KeysField, TextField
from collector.web.framework.guards import actor
from collector.web.wording import sentence

blueprint = Blueprint("moves", __name__, url_prefix="/days/<day>/moves")

ANOTHER_DAY = "day:"


class TargetForm(Form):
    """The visits, one by one or by round, and the target that is looked at."""

    pickup = KeysField()
    round = KeysField()
    place = TextField()


class MoveForm(EditForm):
    """A move of visits to a target, or to another day (`day:2026-11-24`)."""

    place = TextField()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """A target of a move on the page.

    Attributes
    ----------
    seen
        The round; None if the target is not one round.
    after
        The stop before the inserted visit, if one visit goes into a round.
    left
        Number of the visits in no round afterwards.
    """

    place: TargetPosition
    price: PriceView | None
    refusal: str
    seen: RoundView | None
    after: StopView | None
    is_first: bool
    left: int
    is_here: bool

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """The sort key: the present place first, then the best target."""
        verdict, cents = self.price.rank if self.price else (RANK[PriceVerdict.REFUSED], 0)
        return not self.is_here, verdict, self.place.kind == TRAY or bool(self.left), cents

    @property
    def is_way_out(self) -> bool:
        """Whether the target is another round without a medical obstacle: it is shown first."""
        can = self.price is not None and self.price.verdict is not PriceVerdict.REFUSED
        return can and not self.is_here and not self.left and self.place.kind != TRAY


@blueprint.get("")
def page(day: str) -> str:
    """Show the targets of a move, their prices and the selected one."""
    on_day, form = civil_day(day), TargetForm.queried()
    chosen = form.place.data
    with reading() as session:
        plan, view = _day(session, on_day)
        pickups = _pickups(view, form)
        what_if = WhatIf(load_facts(session, plan), [pickup.id for pickup in pickups])
        offered = _offered(what_if, view, pickups)
        looked_at = _selected(session, plan, view, pickups, chosen, offered)
        return board_page(
            session,
            "board/day/_move.html" if is_fragment() else "board/day/move.html",
            day=on_day,
            seen=view,
            pickups=pickups,
            offered=offered,
            exact=_exact(view, pickups),
            chosen=chosen or looked_at[0],
            price=looked_at[1],
            wrong=looked_at[2],
            is_placed=bool(what_if.assignment.placed & what_if.movable),
            alone=not is_fragment(),
            promised=promises_in(plan.rounds).get(pickups[0].id) if len(pickups) == 1 else None,
        )


@blueprint.get("/price")
def show_price(day: str) -> str:
    """Show the price of one target, for stops that are being dragged."""
    on_day, form = civil_day(day), TargetForm.queried()
    with reading() as session:
        plan, view = _day(session, on_day)
        keys = form.pickup.data[:MOST_VISITS]
        price = _price(session, plan, view, keys, TargetPosition.parse(form.place.data))
    return render_template("board/day/_price.html", price=price)


@blueprint.get("/days")
def show_days(day: str) -> str:
    """Show the price of the visits on other days."""
    on_day = civil_day(day)
    with reading() as session:
        _, view = _day(session, on_day)
        pickups = _pickups(view, TargetForm.queried())
        keys = [pickup.id for pickup in pickups]
        found = price_other_days(
            session, bank_id=actor().bank_id, day=on_day, pickups=keys, today=today()
        )
        return board_page(
            session,
            "board/day/_days.html" if is_fragment() else "board/day/days.html",
            alone=not is_fragment(),
            day=on_day,
            seen=view,
            pickups=pickups,
            days=[(each, _price_of_day(each, view)) for each in found],
        )


@blueprint.post("")
def make(day: str) -> Response:
    """Move visits; the rounds they leave and join are timed anew."""
    on_day, form, bank_id = civil_day(day), MoveForm.sent(), actor().bank_id
    place, keys = form.place.data, form.pickup.data
    if place.startswith(ANOTHER_DAY):
        return _to_another_day(on_day, civil_day(place.removeprefix(ANOTHER_DAY)), form)
    compute_then_write(
        lambda session: compute_move(
            session,
            bank_id=bank_id,
            day=on_day,
            version=form.version.data,
            pickups=keys[:MOST_VISITS],
            place=TargetPosition.parse(place),
        ),
        lambda session, edit: write_edit(
            session, edit, context=edit_context(form.reason.data), bank_id=bank_id
        ),
    )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day, _anchor=f"stop-{keys[0]}"), code=303)


def _to_another_day(day: date, to: date, form: MoveForm) -> Response:
    keys, bank_id = form.pickup.data, actor().bank_id
    compute_then_write(
        lambda session: compute_day_move(
            session,
            bank_id=bank_id,
            day=day,
            version=form.version.data,
            pickups=keys[:MOST_VISITS],
            to=to,
        ),
        lambda session, computed: move_to_day(
            session, computed, context=edit_context(form.reason.data), bank_id=bank_id
        ),
    )
    if is_fragment():
        return make_response(day_page(day))
    flash(
        ngettext(
            "%(num)s visit is on the other day.", "%(num)s visits are on the other day.", len(keys)
        ),
        "ok",
    )
    return redirect(url_for("board.days.page", day=day), code=303)


def _day(session: Session, day: date) -> tuple[DayPlan, DayView]:
    plan = day_plan(session, bank_id=actor().bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    return plan, load_day_view(session, plan, day)


def _pickups(view: DayView, form: TargetForm) -> list[Pickup]:
    """Return the visits of the form, one by one or by round, in their order."""
    rounds = set(form.round.data)
    on_day = set(form.pickup.data[:MOST_VISITS]) | {
        stop.pickup.id
        for found in view.rounds
        if found.round.id in rounds
        for stop in found.stops
        if stop.movable
    }
    known = [stop.pickup for found in view.rounds for stop in found.stops]
    known += [left.pickup for left in view.tray]
    chosen = [pickup for pickup in known if pickup.id in on_day]
    if not chosen or on_day - {pickup.id for pickup in chosen}:
        raise NotFound("not_found", kind="pickups")
    return chosen[:MOST_VISITS]


def _offered(what_if: WhatIf, view: DayView, pickups: Sequence[Pickup]) -> list[TargetView]:
    keys = [pickup.id for pickup in pickups]
    found = [_target_view(what_if, view, keys, each) for each in price_targets(what_if, keys)]
    return sorted(found, key=lambda each: each.rank)


def _target_view(
    what_if: WhatIf, view: DayView, keys: Sequence[int], found: PricedTarget
) -> TargetView:
    rounds = {each.round.id: each for each in view.rounds}
    after, is_first = None, False
    if found.change and found.place.round_id is not None and len(keys) == 1:
        after, is_first = _after(view, found.change, found.place.round_id, keys[0])
    holders = {what_if.assignment.round_of(key) for key in keys}
    is_here = found.place.round_id is not None and holders == {found.place.round_id}
    left = 0 if found.place.kind == TRAY or found.refusal else len(keys) - found.placed
    return TargetView(
        place=found.place,
        price=priced(found.preview, view.names, left=left) if found.preview else None,
        refusal=sentence(found.refusal) if found.refusal else "",
        seen=rounds.get(found.place.round_id or 0),
        after=after,
        is_first=is_first,
        left=left,
        is_here=is_here,
    )


def _after(
    view: DayView, change: DayChange, round_id: int, key: int
) -> tuple[StopView | None, bool]:
    order = change.assignment_after.orders.get(round_id, ())
    if key not in order:
        return None, False
    at = order.index(key)
    stops = {stop.pickup.id: stop for found in view.rounds for stop in found.stops}
    return (stops.get(order[at - 1]), False) if at else (None, True)


def _selected(
    session: Session,
    plan: DayPlan,
    view: DayView,
    pickups: Sequence[Pickup],
    chosen: str,
    offered: Sequence[TargetView],
) -> tuple[str, PriceView | None, str]:
    """Return the selected target, its price, or the refusal."""
    if not chosen:
        best = next((each for each in offered if each.is_way_out), None)
        return (str(best.place), best.price, "") if best else ("", None, "")
    try:
        keys = [pickup.id for pickup in pickups]
        price = _price(session, plan, view, keys, TargetPosition.parse(chosen))
    except Refused as refused:
        return chosen, None, sentence(refused)
    return chosen, price, ""


def _price(
    session: Session, plan: DayPlan, view: DayView, keys: Sequence[int], place: TargetPosition
) -> PriceView:
    change, found = price_move(session, plan, pickups=keys, place=place)
    left = 0 if place.kind == TRAY else len(set(keys) - change.assignment_after.placed)
    return priced(found, view.names, left=left)


def _exact(
    view: DayView, pickups: Sequence[Pickup]
) -> list[tuple[RoundView, list[tuple[TargetPosition, StopView | None]]]]:
    """Return the positions in each round, each by the stop before it, without the moved visits."""
    moved = {pickup.id for pickup in pickups}
    return [
        (
            found,
            [
                (TargetPosition(round_id=found.round.id, position=position), after)
                for position, after in enumerate(
                    [None, *(stop for stop in found.stops if stop.pickup.id not in moved)]
                )
            ],
        )
        for found in view.rounds
        if found.round.state in NOT_STARTED
    ]


def _price_of_day(found: OtherDay, view: DayView) -> PriceView | None:
    return priced(found.preview, view.names) if found.preview else None
