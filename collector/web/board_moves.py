"""The board's moves: where a visit may go, what that costs, and doing it."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.moves import move
from collector.planning.preview import Preview, preview
from collector.rounds.models import RoundState
from collector.rounds.publication import promises_in
from collector.rounds.queries import day_plan
from collector.web.board_days import day_page, seen_day
from collector.web.board_pages import civil_day, is_fragment, whole_number
from collector.web.board_pages import page as board_page
from collector.web.board_picture import Picture, RoundSeen, StopSeen
from collector.web.board_price import Price
from collector.web.board_price import price as priced
from collector.web.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("moves", __name__, url_prefix="/days/<day>/moves")

TRAY = "tray"
NOT_GONE = frozenset({RoundState.DRAFT, RoundState.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A round and a position in it, the first being 0; or the tray."""

    round_id: int | None
    position: int

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read `12:3` or `tray`, as the page writes them."""
        if text == TRAY:
            return cls(round_id=None, position=0)
        round_id, _, position = text.partition(":")
        return cls(round_id=whole_number(round_id), position=whole_number(position))

    def __str__(self) -> str:
        return TRAY if self.round_id is None else f"{self.round_id}:{self.position}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A place that a visit may go to, and the stop it would come after."""

    place: Place
    after: StopSeen | None


@blueprint.get("/<int:pickup_id>")
def page(day: str, pickup_id: int) -> str:
    """Show where a visit may go, and what the chosen place costs."""
    wanted, chosen = civil_day(day), request.args.get("place", "")
    template = "board/day/_move.html" if is_fragment() else "board/day/move.html"
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=wanted)
        seen = seen_day(session, plan, wanted)
        pickup = _visit(seen, pickup_id)
        price, wrong = None, ""
        try:
            price = _price(session, seen, wanted, pickup_id, chosen) if chosen else None
        except Refused as refused:
            wrong = sentence(refused)
        return board_page(
            session,
            template,
            day=wanted,
            seen=seen,
            pickup=pickup,
            here=_present_place(seen, pickup_id),
            rounds=[(found, _choices(found, pickup_id)) for found in seen.rounds if _open(found)],
            chosen=chosen,
            price=price,
            wrong=wrong,
            alone=not is_fragment(),
            promised=promises_in(plan.rounds).get(pickup_id) if plan else None,
        )


@blueprint.get("/<int:pickup_id>/price")
def show_price(day: str, pickup_id: int) -> str:
    """Say what one place would cost, for a stop that is being dragged."""
    wanted = civil_day(day)
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=wanted)
        seen, place = seen_day(session, plan, wanted), request.args.get("place", "")
        found = _price(session, seen, wanted, pickup_id, place)
    return render_template("board/day/_price.html", price=found)


@blueprint.post("")
def make(day: str) -> Response:
    """Move a visit; both rounds are timed anew."""
    wanted, who = civil_day(day), actor()
    place = Place.read(request.form.get("place", ""))
    pickup_id = whole_number(request.form.get("pickup", ""))
    with transaction() as session:
        move(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=wanted,
            version=whole_number(request.form.get("version", "")),
            pickup_id=pickup_id,
            to_round_id=place.round_id,
            position=place.position,
            actor=who.reference,
            reason=request.form.get("reason", "").strip(),
        )
    if is_fragment():
        return make_response(day_page(wanted))
    answer = url_for("board.days.page", day=wanted, _anchor=f"stop-{pickup_id}")
    return redirect(answer, code=303)


def _price(session: Session, seen: Picture, day: date, pickup_id: int, chosen: str) -> Price:
    place = Place.read(chosen)
    found: Preview = preview(
        session,
        bank_id=actor().bank_id,
        day=day,
        pickup_id=pickup_id,
        to_round_id=place.round_id,
        position=place.position,
    )
    return priced(found, seen.names)


def _visit(seen: Picture, pickup_id: int) -> Pickup:
    for found in seen.rounds:
        for stop in found.stops:
            if stop.pickup.id == pickup_id:
                return stop.pickup
    for left in seen.tray:
        if left.pickup.id == pickup_id:
            return left.pickup
    raise NotFound("not_found", kind="pickups")


def _present_place(seen: Picture, pickup_id: int) -> str:
    for found in seen.rounds:
        for stop in found.stops:
            if stop.pickup.id == pickup_id:
                return str(Place(round_id=found.round.id, position=stop.number - 1))
    return TRAY


def _choices(found: RoundSeen, pickup_id: int) -> list[Choice]:
    """Return the places in a round, each by the stop before it, the visit itself left out."""
    others = [stop for stop in found.stops if stop.pickup.id != pickup_id]
    return [
        Choice(place=Place(round_id=found.round.id, position=position), after=after)
        for position, after in enumerate([None, *others])
    ]


def _open(found: RoundSeen) -> bool:
    return found.round.state in NOT_GONE
