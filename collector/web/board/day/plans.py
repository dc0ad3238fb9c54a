"""Requests for a plan of a day, their progress, cancellation and repetition."""

from datetime import date

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from collector.db import reading, transaction
from collector.errors import NotFound
from collector.jobs.actions import ask_cancel
from collector.jobs.models import Job
from collector.jobs.queries import get_job
from collector.planning.optimise.actions import PLAN_DAY, plan_again, request_plan
from collector.planning.problem.objectives import Objectives, Weight
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from collector.web.board.day.forms import SeenForm
from collector.web.board.day.page import day_page
from collector.web.board.day.plan_progress import job_view
from collector.web.board.page_context import civil_day, is_fragment
from collector.web.board.wording import SECONDS_TO_THINK
from collector.web.framework.forms import (
    ChoiceField,
    FlagField,
    Form,
    KeysField,
    ParsedField,
    TextField,
)
from collector.web.framework.guards import actor, now, settings

blueprint = Blueprint("plans", __name__, url_prefix="/days/<day>/plans")


def _offered_seconds(text: str) -> int:
    """Return one of the offered times to think; 0 for another one."""
    return next((seconds for seconds in SECONDS_TO_THINK if str(seconds) == text), 0)


class PlanForm(Form):
    """The rounds, time and weights of a plan; what is not offered counts as not chosen."""

    round = KeysField()
    scope = TextField()
    kilometres = ChoiceField(Weight, blank=Weight.AS_IT_IS)
    fairness = ChoiceField(Weight, blank=Weight.AS_IT_IS)
    promises = TextField()
    full_freezers = FlagField()
    replans = FlagField()
    seconds = ParsedField(_offered_seconds, blank=0)


@blueprint.post("")
def make(day: str) -> AnyResponse:
    """Request a plan of the day."""
    on_day, who, form = civil_day(day), actor(), PlanForm.sent()
    with transaction() as session:
        plan = day_plan(session, bank_id=who.bank_id, day=on_day)
        request_plan(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=on_day,
            asked_by=who.reference,
            seconds=form.seconds.data or settings().planning_seconds,
            objectives=_objectives(plan, form),
            levels=True,
        )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day), code=303)


@blueprint.get("/<int:job_id>")
def progress(day: str, job_id: int) -> Response:
    """Show the progress of a job, or 204 if the reader has the same; after its end, the day."""
    on_day = civil_day(day)
    with reading() as session:
        job = _of_day(get_job(session, bank_id=actor().bank_id, job_id=job_id), on_day)
        view = job_view(job, now=now())
    if not view.running or not is_fragment():
        answer = make_response(day_page(on_day))
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#day-pane", "outerHTML"
        return answer
    if SeenForm.queried().seen.data == view.stamp:
        return Response(status=204)
    return make_response(render_template("board/day/_progress.html", job=view, day=on_day))


@blueprint.post("/<int:job_id>/cancellation")
def stop(day: str, job_id: int) -> AnyResponse:
    """Cancel a job; its best plan so far is kept."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with transaction() as session:
        job = _of_day(get_job(session, bank_id=bank_id, job_id=job_id), on_day)
        ask_cancel(session, now=now(), bank_id=bank_id, job_id=job.id)
    if is_fragment():
        return progress(day, job_id)
    return redirect(url_for("board.days.page", day=on_day), code=303)


@blueprint.post("/<int:job_id>/attempts")
def run_again(day: str, job_id: int) -> AnyResponse:
    """Queue a failed or dead job once more."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        job = _of_day(get_job(session, bank_id=who.bank_id, job_id=job_id), on_day)
        plan_again(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=on_day,
            job_id=job.id,
            asked_by=who.reference,
        )
    if is_fragment():
        return make_response(day_page(on_day))
    return redirect(url_for("board.days.page", day=on_day), code=303)


def _objectives(plan: DayPlan | None, form: PlanForm) -> Objectives:
    """Return the objectives of the form; the first plan of a day becomes the draft at once."""
    rounds = plan.rounds if plan else []
    is_first = not any(round_.stops for round_ in rounds)
    chosen = set(form.round.data)
    return Objectives(
        rounds=tuple(sorted(chosen)) if len(chosen) < len(rounds) else (),
        insert_only=form.scope.data == "insert",
        kilometres=form.kilometres.data,
        fairness=form.fairness.data,
        keep_promises=form.promises.data in {"", "keep"} and not form.replans.data,
        full_freezers_first=form.full_freezers.data,
        at_once=is_first and not form.replans.data,
        replans=form.replans.data,
    )


def _of_day(job: Job, day: date) -> Job:
    """Return the job, if it is a planner's job of this day."""
    if job.kind != PLAN_DAY or job.payload.get("day") != day.isoformat():
        raise NotFound("not_found", kind="jobs")
    return job
