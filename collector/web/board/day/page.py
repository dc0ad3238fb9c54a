"""The board's day: its page, its pane as it changes, and the pane as an answer to a refusal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, make_response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, policies_of
from collector.custody.models import DoorRecord
from collector.custody.queries import records_at
from collector.db import reading
from collector.errors import Conflict, MilkroundError
from collector.pickups.models import Pickup, PickupState, PickupWindow
from collector.pickups.queries import for_day
from collector.planning.editing.undo import edits_of, stacks
from collector.planning.optimise.proposals import is_empty, open_proposal, was_overtaken
from collector.rounds.actions import pending_changes
from collector.rounds.models import DayPlan, Round, RoundStop
from collector.rounds.queries import day_plan
from collector.shifts.queries import shifts_on
from collector.web.board.day.edit_log import EditLine, said, words_of
from collector.web.board.day.map import day_map
from collector.web.board.day.plan_progress import latest_of_day
from collector.web.board.day.timeline import timeline
from collector.web.board.day.view_model import DayView, picture
from collector.web.board.page_context import civil_day, is_fragment
from collector.web.board.page_context import page as board_page
from collector.web.board.wording import SECONDS_TO_THINK
from collector.web.framework import errors
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("days", __name__, url_prefix="/days/<day>")

A_DAY = timedelta(days=1)
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Message:
    """What the pane says about what was just tried."""

    tone: str
    text: str
    since: tuple[EditLine, ...] = ()
    """What colleagues did since the page was loaded."""


@blueprint.get("")
def page(day: str) -> str:
    """Show a day."""
    return day_page(civil_day(day))


@blueprint.get("/pane")
def pane(day: str) -> Response:
    """Show a day's pane again, or nothing where it is still what the reader sees."""
    wanted = civil_day(day)
    with reading() as session:
        if request.args.get("seen") == stamp(session, actor().bank_id, wanted):
            return Response(status=204)
    return make_response(day_page(wanted))


def answer_over_day(error: MilkroundError) -> Response:
    """Say what stood against an act on a day, over the day as it is now."""
    given = (request.view_args or {}).get("day")
    # A question that is refused (what would this place cost?) is answered with the refusal alone.
    if given is None or request.method == "GET" or errors.wants_json():
        return errors.answer_refusal(error)
    tone = "warn" if isinstance(error, Conflict) else "danger"
    day = civil_day(given)
    shown = day_page(day, message=Message(tone, sentence(error), _since(error, day)))
    return make_response(shown, errors.STATUS[type(error)])


def _since(error: MilkroundError, day: date) -> tuple[EditLine, ...]:
    """Return what was done to a day since the version that a form was made of."""
    seen = request.form.get("version", "")
    if not isinstance(error, Conflict) or not seen.isdigit():
        return ()
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=day)
        edits = edits_of(session, plan=plan, since=int(seen))
        return tuple(said(session, plan, edits[-MOST_TOLD:]))


def day_page(day: date, *, message: Message | None = None) -> str:
    """Render a day, or only its pane where htmx asks."""
    template = "board/day/_pane.html" if is_fragment() else "board/day/page.html"
    bank_id = actor().bank_id
    with reading() as session:
        plan, job = day_plan(session, bank_id=bank_id, day=day), latest_of_day(session, day)
        seen = seen_day(session, plan, day)
        offer = open_proposal(session, bank_id=bank_id, day=day)
        back = stacks(session, plan=plan, actor=actor().reference)
        return board_page(
            session,
            template,
            day=day,
            before=day - A_DAY,
            after=day + A_DAY,
            seen=seen,
            changed=_changed(session, plan),
            chart=timeline(seen, now=now()),
            map=day_map(seen),
            doors=door_records(session, seen),
            asked=_asked_for(session, bank_id, day),
            job=job,
            busy=job is not None and job.running,
            message=message,
            stamp=stamp(session, bank_id, day),
            seconds_to_think=SECONDS_TO_THINK,
            undo=words_of(session, plan, back.undo) if plan and back.undo else "",
            redo=words_of(session, plan, back.redo) if plan and back.redo else "",
            proposal=offer,
            found_nothing=offer is not None and is_empty(offer),
            overtaken=offer is not None and was_overtaken(offer),
        )


def seen_day(session: Session, plan: DayPlan | None, day: date) -> DayView:
    """Return what the board shows of a day."""
    bank_id = actor().bank_id
    return picture(
        plan,
        shifts=shifts_on(session, bank_id=bank_id, day=day),
        pickups=for_day(session, bank_id, day),
        policies=policies_of(session, bank_id),
    )


def stamp(session: Session, bank_id: int, day: date) -> str:
    """Return a mark that changes whenever what the pane shows changes."""
    plan = select(DayPlan.id, DayPlan.version).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    rounds = (
        select(Round.id, Round.state)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(DayPlan.bank_id == bank_id, DayPlan.day == day)
        .order_by(Round.id)
    )
    stops = select(RoundStop.pickup_id).join(Round).join(DayPlan).where(DayPlan.day == day)
    windows = select(PickupWindow.pickup_id).where(PickupWindow.day == day)
    pickups = (
        select(Pickup.id, Pickup.version)
        .where(Pickup.bank_id == bank_id, Pickup.id.in_(windows.union(stops)))
        .order_by(Pickup.id)
    )
    job = latest_of_day(session, day)
    offer = open_proposal(session, bank_id=bank_id, day=day)
    seen = [session.execute(question).all() for question in (plan, rounds, pickups)]
    told = repr([[tuple(row) for row in rows] for rows in seen]) + repr(
        (job and (job.id, job.title), offer and offer.id)
    )
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def door_records(session: Session, seen: DayView) -> Mapping[int, DoorRecord]:
    """Return what was recorded at each door of the day."""
    pickups = [stop.pickup.id for found in seen.rounds for stop in found.stops]
    return records_at(session, bank_id=actor().bank_id, pickups=pickups)


def _asked_for(session: Session, bank_id: int, day: date) -> int:
    """Return how many requests for this day nobody has answered yet."""
    asked = select(func.count()).where(
        Pickup.bank_id == bank_id,
        Pickup.state == PickupState.ASKED,
        Pickup.windows.any(PickupWindow.day == day),
    )
    return session.scalar(asked) or 0


def _changed(session: Session, plan: DayPlan | None) -> bool:
    """Whether a publication now would tell anybody anything."""
    if plan is None:
        return False
    return bool(pending_changes(session, plan, get_bank(session, plan.bank_id)))
