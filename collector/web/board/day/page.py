"""The page of a day, its pane, and the pane as the response to a refusal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, policies_of
from collector.custody.models import DoorRecord
from collector.custody.queries import records_at
from collector.db import reading
from collector.errors import Conflict, MilkroundError
from collector.pickups.queries import count_unanswered, requests_for_day
from collector.planning.editing.queries import edits_of, undo_stacks
from collector.planning.optimise.proposals import (
    changes_nothing,
    is_beside_the_draft,
    open_proposal,
    was_overtaken,
)
from collector.planning.problem.day_travel import load_day_travel
from collector.planning.risk.judgement import judge_day
from collector.roads.travel import LAW_ONLY
from collector.rounds.actions import pending_changes
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_fingerprint, day_plan
from collector.shifts.queries import absences_on, shifts_on
from collector.web.board.day.broken_rules import broken_sentences
from collector.web.board.day.edit_log import EditLine, describe_edit, describe_edits
from collector.web.board.day.forms import SeenForm, VersionForm
from collector.web.board.day.map import day_map
from collector.web.board.day.plan_progress import latest_job_view
from collector.web.board.day.timeline import build_timeline
from collector.web.board.day.view_model import DayView, build_day_view
from collector.web.board.page_context import civil_day, is_fragment, today, zone
from collector.web.board.page_context import page as board_page
from collector.web.board.wording import SECONDS_TO_THINK
from collector.web.framework import errors
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("days", __name__, url_prefix="/days/<day>")

A_DAY = timedelta(days=1)
MOST_LISTED = 5


@dataclass(frozen=True, slots=True)
class PaneMessage:
    """A message about the last action, shown over the pane."""

    tone: str
    text: str
    since: tuple[EditLine, ...] = ()
    """Edits of colleagues since the page was loaded."""


@blueprint.get("")
def page(day: str) -> str:
    """Show a day."""
    return day_page(civil_day(day))


@blueprint.get("/pane")
def pane(day: str) -> Response:
    """Show the pane of a day, or 204 if the reader has the same."""
    on_day = civil_day(day)
    with reading() as session:
        if SeenForm.queried().seen.data == pane_stamp(session, actor().bank_id, on_day):
            return Response(status=204)
    return make_response(day_page(on_day))


def answer_over_day(error: MilkroundError) -> Response:
    """Respond to a refused action with its message over the day as it is now."""
    given = (request.view_args or {}).get("day")
    # A refused GET, such as the price of a target, is answered with the refusal alone.
    if given is None or request.method == "GET" or errors.wants_json():
        return errors.answer_refusal(error)
    tone = "warn" if isinstance(error, Conflict) else "danger"
    day = civil_day(given)
    shown = day_page(day, message=PaneMessage(tone, sentence(error), _since(error, day)))
    return make_response(shown, errors.STATUS[type(error)])


def _since(error: MilkroundError, day: date) -> tuple[EditLine, ...]:
    """Return the edits of a day since the version of the form."""
    version = VersionForm.sent().version.data
    if not isinstance(error, Conflict) or not version:
        return ()
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=day)
        edits = edits_of(session, plan=plan, since=version)
        return tuple(describe_edits(session, plan, edits[-MOST_LISTED:]))


def day_page(day: date, *, message: PaneMessage | None = None) -> str:
    """Render a day, or only its pane for an htmx request."""
    template = "board/day/_pane.html" if is_fragment() else "board/day/page.html"
    bank_id = actor().bank_id
    with reading() as session:
        plan, job = day_plan(session, bank_id=bank_id, day=day), latest_job_view(session, day)
        view = load_day_view(session, plan, day)
        offer = open_proposal(session, bank_id=bank_id, day=day)
        stops = [stop.pickup for shown in view.rounds for stop in shown.stops]
        roads = load_day_travel(session, plan, stops) if plan else LAW_ONLY
        judged = judge_day(session, plan)
        back = undo_stacks(session, plan=plan, actor=actor().reference)
        return board_page(
            session,
            template,
            day=day,
            before=day - A_DAY,
            after=day + A_DAY,
            seen=view,
            changed=_changed(session, plan),
            chart=build_timeline(view, now=now()),
            map=day_map(view, day, roads),
            chances=judged.chances,
            broken=broken_sentences(judged.broken, view) if day >= today() else [],
            doors=door_records(session, view),
            asked=count_unanswered(session, bank_id, day=day),
            job=job,
            busy=job is not None and job.running,
            message=message,
            stamp=pane_stamp(session, bank_id, day),
            seconds_to_think=SECONDS_TO_THINK,
            undo=describe_edit(session, plan, back.undo) if plan and back.undo else "",
            redo=describe_edit(session, plan, back.redo) if plan and back.redo else "",
            proposal=offer,
            found_nothing=offer is not None and changes_nothing(offer),
            overtaken=offer is not None and was_overtaken(offer),
            beside_draft=offer is not None and is_beside_the_draft(offer),
        )


def load_day_view(session: Session, plan: DayPlan | None, day: date) -> DayView:
    """Load the view of a day."""
    bank_id = actor().bank_id
    return build_day_view(
        plan,
        shifts=shifts_on(session, bank_id=bank_id, day=day),
        pickups=requests_for_day(session, bank_id, day),
        policies=policies_of(session, bank_id, on=day),
        absences=absences_on(session, bank_id=bank_id, day=day),
        zone=zone(),
    )


def pane_stamp(session: Session, bank_id: int, day: date) -> str:
    """Return a stamp that changes with the content of the pane."""
    job = latest_job_view(session, day)
    offer = open_proposal(session, bank_id=bank_id, day=day)
    absent = [each.id for each in absences_on(session, bank_id=bank_id, day=day)]
    content = repr(day_fingerprint(session, bank_id=bank_id, day=day)) + repr(
        (job and (job.id, job.title), offer and offer.id, absent)
    )
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def door_records(session: Session, view: DayView) -> Mapping[int, DoorRecord]:
    """Return the door records of the day's visits."""
    pickups = [stop.pickup.id for found in view.rounds for stop in found.stops]
    return records_at(session, bank_id=actor().bank_id, pickups=pickups)


def _changed(session: Session, plan: DayPlan | None) -> bool:
    """Return whether a publication would change anything."""
    if plan is None:
        return False
    return bool(pending_changes(session, plan, get_bank(session, plan.bank_id)))
