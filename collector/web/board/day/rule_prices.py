"""What each rule costs on a day: asked, followed while it is searched, and shown with its moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import NotFound
from collector.jobs.actions import AT_WORK
from collector.jobs.models import Job, JobState
from collector.planning.optimise.rule_prices import (
    MINIMUM,
    PROMISE_OF,
    latest_rule_prices,
    request_rule_prices,
)
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.web.board.day.page import load_day_view
from collector.web.board.day.view_model import DayView
from collector.web.board.page_context import civil_day, is_fragment
from collector.web.board.page_context import page as board_page
from collector.web.formats import clock
from collector.web.framework.forms import Form, KeyField
from collector.web.framework.guards import actor, now

blueprint = Blueprint("rule_prices", __name__, url_prefix="/days/<day>/rule-prices")

_ = lazy_gettext

RULES: Mapping[str, LazyString] = {
    "ride_time": _("How long milk and blood may ride"),
    "breaks": _("Breaks of the collectors"),
    "load": _("What a vehicle carries"),
    "limits": _("Limits of the rounds"),
    "skills": _("Only some may draw blood"),
    "collectors": _("The collector whom a donor knows"),
    "pins": _("Pins"),
    MINIMUM: _("The minimum volume"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """A visit in another round without the rule."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A rule, and how the day would differ without it."""

    key: str
    name: str
    cents: int
    metres: int
    visits: int
    moves: tuple[MoveView, ...]


class PricingForm(Form):
    """The visit whose promised time is priced as well; none if 0."""

    promise = KeyField()


@blueprint.get("")
def page(day: str) -> str:
    """Show the latest prices of the rules of a day."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        view = load_day_view(session, plan, on_day)
        job = latest_rule_prices(session, bank_id=bank_id, day=on_day)
        found = _shown(session, view, job, on_day)
        if is_fragment():
            return render_template("board/day/_rule_prices.html", day=on_day, **found)
        placed = sorted(plan.placed, key=lambda key: view.names.get(key, ""))
        return board_page(
            session, "board/day/rule_prices.html", day=on_day, seen=view, placed=placed, **found
        )


@blueprint.post("")
def ask(day: str) -> Response:
    """Queue the searches for the prices."""
    on_day, who, form = civil_day(day), actor(), PricingForm.sent()
    with transaction() as session:
        request_rule_prices(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=on_day,
            asked_by=who.reference,
            promise=form.promise.data or None,
        )
    return redirect(url_for("board.rule_prices.page", day=on_day), code=303)


def _shown(session: Session, view: DayView, job: Job | None, day: date) -> dict[str, Any]:
    """Return what the template shows of a job: its rows so far, and how far it is."""
    if job is None:
        return {"job": None, "rows": [], "searches": 0, "running": False, "outdated": False}
    result = job.result or {}
    found = result.get("rows", [step for step in job.progress if "name" in step])
    service_day = ServiceDay(day, get_bank(session, job.bank_id).zone)
    rows = [_row(view, each, service_day) for each in found]
    return {
        "job": job,
        "rows": sorted(rows, key=lambda row: (-row.visits, row.cents)),
        "searches": next((step["searches"] for step in job.progress if "searches" in step), 0),
        "running": job.state in AT_WORK,
        "failed": job.state in {JobState.FAILED, JobState.DEAD},
        "outdated": "version" in result and result["version"] != view.version,
    }


def _row(view: DayView, found: Mapping[str, Any], service_day: ServiceDay) -> PriceRow:
    letters = {str(each.round.shift_id): each.letter for each in view.rounds}

    def seat(place: list[int] | None) -> str:
        if place is None:
            return str(gettext("in no round"))
        shift, begin = place
        return f"{letters.get(str(shift), '?')} · {clock(service_day.at(begin))}"

    return PriceRow(
        key=found["name"],
        name=_name(view, found["name"]),
        cents=found["cents"],
        metres=found["metres"],
        visits=found["visits"],
        moves=tuple(
            MoveView(name=view.names.get(visit, "?"), before=seat(before), after=seat(after))
            for visit, before, after in found["moves"]
        ),
    )


def _name(view: DayView, name: str) -> str:
    if name.startswith(PROMISE_OF):
        visit = int(name.removeprefix(PROMISE_OF))
        return str(gettext("The time of %(name)s", name=view.names.get(visit, "?")))
    return str(RULES.get(name, name))
