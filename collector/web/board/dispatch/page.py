"""The dispatch of a day: expected arrivals, clocks, contacts and disruptions."""

import hashlib
from datetime import date

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from collector.banks.queries import sites_of
from collector.db import reading
from collector.planning.dispatch.queries import (
    answered_disruptions,
    dispatch_fingerprint,
    insertable_requests,
    open_disruptions,
)
from collector.planning.models import DisruptionKind
from collector.planning.problem.build import site_place
from collector.rounds.queries import day_plan
from collector.shifts.queries import absences_on
from collector.web.board.dispatch.map import dispatch_map
from collector.web.board.dispatch.stream import stream
from collector.web.board.dispatch.timeline import build_timeline
from collector.web.board.dispatch.view_model import load_dispatch_view
from collector.web.board.page_context import civil_day, page, today
from collector.web.framework.guards import actor, now, unattended

ANSWERS_TO_ALERTS = frozenset({DisruptionKind.REGRETTED, DisruptionKind.AT_RISK})
"""Kinds that a button of an alert or of an answer reports, and no form."""

blueprint = Blueprint("dispatch", __name__, url_prefix="/days/<day>/dispatch")


@blueprint.get("")
def home(day: str) -> str:
    """Show the dispatch of a day."""
    return _page("board/dispatch/page.html", civil_day(day))


@blueprint.get("/pane")
def pane(day: str) -> Response:
    """Show the pane of the dispatch, or 304 if the reader has the same."""
    on_day = civil_day(day)
    with reading() as session:
        mark = pane_mark(session, actor().bank_id, on_day)
    if request.if_none_match.contains(mark):
        answer = Response(status=304)
    else:
        answer = make_response(_page("board/dispatch/_pane.html", on_day))
    answer.set_etag(mark)
    return answer


@blueprint.get("/stream")
@unattended
def news(day: str) -> Response:
    """Stream the mark of the pane whenever it changes."""
    on_day, bank_id = civil_day(day), actor().bank_id

    def look() -> str:
        with reading() as session:
            return pane_mark(session, bank_id, on_day)

    return stream(look)


def pane_mark(session: Session, bank_id: int, day: date) -> str:
    """Return a mark that changes with the pane: by an event, an edit, or a minute."""
    fingerprint = dispatch_fingerprint(session, bank_id=bank_id, day=day)
    return hashlib.sha256(f"{fingerprint} {now():%F %R}".encode()).hexdigest()[:16]


def _page(template: str, day: date) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=day)
        view = load_dispatch_view(session, plan, bank_id=bank_id, day=day, now=now())
        return page(
            session,
            template,
            day=day,
            seen=view,
            chart=build_timeline(view),
            map=dispatch_map(view),
            disruptions=open_disruptions(session, bank_id=bank_id, day=day),
            idle=[
                each
                for each in absences_on(session, bank_id=bank_id, day=day)
                if each.disruption_id is None
            ],
            answered=answered_disruptions(session, bank_id=bank_id, day=day),
            kinds=[kind for kind in DisruptionKind if kind not in ANSWERS_TO_ALERTS],
            sites={site_place(site): site for site in sites_of(session, bank_id)},
            freezers=[site for site in sites_of(session, bank_id) if site.receives],
            to_squeeze=insertable_requests(session, bank_id=bank_id, day=day, plan=plan)
            if plan
            else [],
            mark=pane_mark(session, bank_id, day),
            is_today=day == today(),
        )
