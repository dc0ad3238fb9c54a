"""Publication of a day: its changes for donors and collectors, and the act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import NotFound
from collector.notices.models import NoticeState
from collector.notices.queries import count_notices
from collector.pickups.models import Pickup
from collector.pickups.queries import get_pickup
from collector.planning.editing.what_if import WhatIf
from collector.planning.problem.build import load_facts, load_written_facts
from collector.planning.problem.lawfulness import broken_rules
from collector.planning.problem.write_back import plan_as_written
from collector.planning.risk.chances import (
    BestChance,
    RiskOfServing,
    RoundChance,
    chances_of,
    hopeless_visits,
    risks_of_serving,
    written_problem,
)
from collector.rounds.actions import LONGEST_WHY, pending_changes, publish
from collector.rounds.models import DayPlan
from collector.rounds.promises import Promise
from collector.rounds.publication import Changes, RoundChange
from collector.rounds.queries import day_plan
from collector.web.board.day.broken_rules import broken_sentences
from collector.web.board.day.page import load_day_view
from collector.web.board.day.view_model import DayView, RoundView
from collector.web.board.page_context import civil_day
from collector.web.board.page_context import page as board_page
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor, now, settings

FULL: Final = ("crowded", "too_dear")
"""Reasons of a visit that a collector could make alone."""

MOST_LEFT_OUT: Final = 8
"""Visits left out whose risk is told; each takes a tenth of a second."""

blueprint = Blueprint("publications", __name__, url_prefix="/days/<day>/publications")


class PublicationForm(Form):
    """A publication of a version of the day, with a reason for the collectors."""

    version = KeyField()
    why = TextField(longest=LONGEST_WHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationLine:
    """A donor and her promise; None if her visit is withdrawn."""

    pickup: Pickup
    promise: Promise | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChange:
    """A change of one stop on a phone: `added`, `removed` or `retimed`."""

    kind: str
    name: str
    before: datetime | None
    after: datetime | None


@blueprint.get("")
def page(day: str) -> str:
    """Show the changes that a publication makes."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        found = pending_changes(session, plan, get_bank(session, bank_id))
        view = load_day_view(session, plan, on_day)
        rules = broken_rules(session, bank_id=bank_id, day=on_day)
        facts = load_written_facts(session, plan)
        problem = written_problem(facts)
        chances = chances_of(facts, problem, plan_as_written(facts, problem))
        unsafe = [each for each in view.rounds if _is_below(chances.get(each.round.id))]
        return board_page(
            session,
            "board/day/publication.html",
            day=on_day,
            plan=plan,
            seen=view,
            found=found,
            told=_publication_lines(session, bank_id, found, view),
            is_carried=settings().mail is not None or settings().sms is not None,
            owed=count_notices(session, bank_id=bank_id, state=NoticeState.OWED),
            failed=count_notices(session, bank_id=bank_id, state=NoticeState.FAILED),
            broken=broken_sentences(rules, view),
            chances=chances,
            unsafe=unsafe,
            hopeless=[
                *hopeless_visits(facts, problem, _visits_of(unsafe)),
                *_hopeless_in_tray(session, plan),
            ],
            left_out=_left_out(session, plan),
            letters={each.round.id: each.letter for each in view.rounds},
            close=[each for each in view.rounds if each.tone],
            diffs={change.round.id: _diff(change, view) for change in found.rounds},
            told_before=[each for each in view.rounds if each.round.published],
        )


@blueprint.post("")
def make(day: str) -> Response:
    """Publish the day as its next revision."""
    on_day, who, form = civil_day(day), actor(), PublicationForm.sent()
    with transaction() as session:
        published = publish(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=on_day,
            version=form.version.data,
            person_id=who.person_id or 0,
            why=form.why.data,
        )
        revision = published.revision
    flash(gettext("Revision %(revision)s is published.", revision=revision), "ok")
    return redirect(url_for("board.days.page", day=on_day), code=303)


def _is_below(chance: RoundChance | None) -> bool:
    return chance is not None and chance.is_below


def _hopeless_in_tray(session: Session, plan: DayPlan) -> list[BestChance]:
    """Return the visits left out for their risk that no plan keeps at the level."""
    risky = [left.pickup_id for left in plan.unplanned if left.details.get("risk_cents")]
    if not risky:
        return []
    facts = load_facts(session, plan)
    return hopeless_visits(facts, WhatIf(facts, risky).problem, risky)


def _left_out(session: Session, plan: DayPlan) -> list[RiskOfServing]:
    """Return the first visits left out for lack of room, with the risk of serving them."""
    crowded = [left.pickup_id for left in plan.unplanned if left.reason in FULL][:MOST_LEFT_OUT]
    if not crowded:
        return []
    facts = load_facts(session, plan)
    what_if = WhatIf(facts, crowded)
    return risks_of_serving(facts, what_if.problem, what_if.plan, crowded)


def _visits_of(rounds: Iterable[RoundView]) -> list[int]:
    return [stop.pickup.id for each in rounds for stop in each.stops]


def _diff(change: RoundChange, view: DayView) -> list[StopChange]:
    """Return the stops that are new, gone or at another time, in the order of the day."""
    then, now = _begins(change.round.published or {}), _begins(change.snapshot)
    names = {
        int(stop["pickup"]): f"{stop['first_name']} {stop['family_name']}"
        for snapshot in (change.round.published or {}, change.snapshot)
        for stop in snapshot.get("stops", [])
    } | view.names
    kinds = {"added": change.added, "removed": change.removed, "retimed": change.retimed}
    found = [
        StopChange(kind=kind, name=names.get(key, "?"), before=then.get(key), after=now.get(key))
        for kind, keys in kinds.items()
        for key in keys
    ]
    return sorted(found, key=lambda each: str(each.after or each.before))


def _begins(snapshot: Mapping[str, Any]) -> dict[int, datetime]:
    return {
        int(stop["pickup"]): datetime.fromisoformat(stop["begins_at"])
        for stop in snapshot.get("stops", [])
    }


def _publication_lines(
    session: Session, bank_id: int, found: Changes, view: DayView
) -> list[PublicationLine]:
    before = {
        int(stop["pickup"])
        for each in view.rounds
        for stop in (each.round.published or {}).get("stops", [])
    }
    promised = [
        PublicationLine(
            pickup=get_pickup(session, bank_id, key), promise=given, is_new=key not in before
        )
        for key, given in sorted(found.promised.items(), key=lambda pair: pair[1].opens)
    ]
    withdrawn = [
        PublicationLine(pickup=get_pickup(session, bank_id, key), promise=None, is_new=False)
        for key in found.withdrawn
    ]
    return [*withdrawn, *promised]
