"""The collector's phone: the shell that works offline, who is signed in, and the parts behind."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, render_template, url_for
from flask_wtf.csrf import generate_csrf

from collector.db import reading, transaction
from collector.people.feeds import has_feed, make_feed, revoke_feeds
from collector.people.models import Role
from collector.web.framework.assets import asset, dist_folder
from collector.web.framework.guards import actor, anyone, guard, now, person_id
from collector.web.phone import rounds as phone_rounds
from collector.web.phone.device import revocation, turn_away_revoked
from collector.web.phone.texts import build, texts

blueprint = Blueprint("phone", __name__, url_prefix="/phone")
guard(blueprint, Role.COLLECTOR)
blueprint.before_request(turn_away_revoked)
blueprint.register_blueprint(phone_rounds.blueprint)


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


@blueprint.get("/devices/<uuid:key>")
@anyone
def device(key: UUID) -> Response:
    """Say whether a phone was shut out; its key is as long as a password."""
    return revocation(key)


@blueprint.get("/calendar")
def calendar() -> Response:
    """Say whether a secret address of the collector's shifts works."""
    with reading() as session:
        return jsonify(working=has_feed(session, person_id=person_id(), everybody=False))


@blueprint.post("/calendar")
def make_calendar() -> Response:
    """Make a secret address for the collector's own calendar; the one before ends."""
    with transaction() as session:
        token = make_feed(session, now=now(), person_id=person_id(), everybody=False)
    return jsonify(address=url_for("calendar.shifts", token=token, _external=True))


@blueprint.delete("/calendar")
def end_calendar() -> Response:
    """Let the secret address open nothing any more."""
    with transaction() as session:
        revoke_feeds(session, now=now(), person_id=person_id(), everybody=False)
    return jsonify(working=False)


def _person() -> dict[str, object]:
    return {"id": person_id(), "name": actor().name}


def _icon(source: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": asset(source),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
