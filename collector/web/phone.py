"""The collector's phone: the shell that works offline, rounds to read, events to take."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.rounds.events import Outcome, accept
from collector.rounds.followed import followed_round, followed_rounds, said_of
from collector.rounds.models import Round, RoundEvent
from collector.service_day import ServiceDay
from collector.web.assets import asset, dist_folder
from collector.web.guards import actor, anyone, guard, now
from collector.web.phone_texts import build, texts
from collector.web.wording import sentence

blueprint = Blueprint("phone", __name__, url_prefix="/phone")
guard(blueprint, Role.COLLECTOR)

MOST_EVENTS = 500
TRIES = 3


@blueprint.get("/")
def home() -> str:
    """Show the shell; the round itself comes as JSON and is kept on the phone."""
    return render_template("phone/home.html", texts=texts())


@blueprint.get("/service-worker.js")
@anyone
def service_worker() -> Response:
    """Send the program that keeps the shell readable offline.

    Its address never changes, so it is never cached; a line that names this build makes the
    browser install it again when a file or a text of the shell has changed.
    """
    program = (dist_folder() / "service-worker.js").read_text(encoding="utf-8")
    answer = make_response(f'self.SHELL_BUILD="{build()}";\n{program}')
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Service-Worker-Allowed"] = "/phone/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/app.webmanifest")
@anyone
def web_manifest() -> Response:
    """Say how a phone installs the round: a browser asks for this without any cookie."""
    words = texts()
    answer = jsonify(
        id="/phone/",
        name=words["app_name"],
        short_name=words["app_short_name"],
        start_url=url_for("phone.home"),
        scope=url_for("phone.home"),
        display="standalone",
        background_color="#fbf9f5",
        theme_color="#0b6472",
        icons=[
            _icon("icons/phone-192.png", 192, "any"),
            _icon("icons/phone-512.png", 512, "any"),
            _icon("icons/phone-maskable-512.png", 512, "maskable"),
        ],
    )
    answer.headers["Content-Type"] = "application/manifest+json"
    return answer


@blueprint.get("/session")
def who() -> Response:
    """Say who is signed in, with a fresh token for what the phone is about to send."""
    return jsonify(csrf_token=generate_csrf(), person=_person(), now=now().isoformat())


@blueprint.get("/rounds")
def rounds() -> Response:
    """List the collector's rounds of today and tomorrow, and yesterday's if it is under way."""
    today = ServiceDay.of(now(), ZoneInfo(actor().time_zone)).day
    with reading() as session:
        found = followed_rounds(
            session, bank_id=actor().bank_id, person_id=_person_id(), today=today
        )
        listed = [_listed(session, each) for each in found]
    return jsonify(rounds=listed, person=_person(), now=now().isoformat())


@blueprint.get("/rounds/<int:round_id>")
def promised(round_id: int) -> Response:
    """Send a round as it was published; its revision is its ETag."""
    with reading() as session:
        found = _own(session, round_id)
        answer = jsonify(found.published)
        answer.set_etag(str(found.revision))
    answer.make_conditional(request)
    return answer


@blueprint.get("/rounds/<int:round_id>/events")
def said(round_id: int) -> Response:
    """Send what was taken already, for a phone that was replaced or is the second one."""
    with reading() as session:
        _own(session, round_id)
        rows = said_of(session, bank_id=actor().bank_id, round_id=round_id)
        return jsonify(events=[_as_said(row) for row in rows])


@blueprint.post("/rounds/<int:round_id>/events")
def take(round_id: int) -> Response:
    """Take events one by one, each in a transaction of its own, and answer for each."""
    events = request.get_json()
    if not isinstance(events, list):
        raise Refused("events_not_a_list")
    if len(events) > MOST_EVENTS:
        raise Refused("too_many_events", most=MOST_EVENTS)
    with reading() as session:
        _own(session, round_id)
    return jsonify(outcomes=[_answer(_taken(round_id, event)) for event in events])


def _taken(round_id: int, event: Mapping[str, Any]) -> Outcome:
    """Take one event; what happened on the road is tried again when the office moves meanwhile."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction() as session:
                return accept(
                    session,
                    now=now(),
                    bank_id=actor().bank_id,
                    person_id=_person_id(),
                    round_id=round_id,
                    said=event,
                )
        except Conflict:
            if attempt == TRIES:
                raise
    raise AssertionError("the last attempt answers or raises")


def _answer(outcome: Outcome) -> dict[str, object]:
    message = None
    if outcome.code is not None:
        message = sentence(Refused(outcome.code, **outcome.figures))
    return {
        "client_id": outcome.client_id,
        "status": outcome.status.value,
        "code": outcome.code,
        "message": message,
    }


def _own(session: Session, round_id: int) -> Round:
    return followed_round(
        session, bank_id=actor().bank_id, person_id=_person_id(), round_id=round_id
    )


def _listed(session: Session, round_: Round) -> dict[str, object]:
    events = said_of(session, bank_id=round_.bank_id, round_id=round_.id)
    published = round_.published or {}
    return {
        "round": round_.id,
        "revision": round_.revision,
        "day": published.get("day"),
        "letter": round_.letter,
        "state": round_.state.value,
        "events": len(events),
    }


def _as_said(row: RoundEvent) -> dict[str, object]:
    return {
        "client_id": row.client_id,
        "kind": row.kind.value,
        "pickup": row.pickup_id,
        "sequence": row.sequence,
        "device_at": row.device_at.isoformat(),
        "payload": row.payload,
    }


def _person() -> dict[str, object]:
    return {"id": _person_id(), "name": actor().name}


def _person_id() -> int:
    person_id = actor().person_id
    if person_id is None:
        raise AssertionError("the guard lets collectors through, and they are people")
    return person_id


def _icon(source: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": asset(source),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
