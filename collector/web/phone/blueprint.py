"""The collector's phone: the offline shell, its service worker, the session and the calendar."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, render_template, url_for
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from collector.db import reading, transaction
from collector.people.feeds import has_feed, make_feed, revoke_feeds
from collector.people.models import Role
from collector.web.framework.assets import asset, compressed_bytes, dist_folder
from collector.web.framework.context import public_address
from collector.web.framework.guards import actor, anyone, guard, now, person_id
from collector.web.phone import rounds as phone_rounds
from collector.web.phone import streets
from collector.web.phone.device import refuse_revoked, revocation
from collector.web.phone.texts import shell_hash, texts

blueprint = Blueprint("phone", __name__, url_prefix="/phone")
SHELL_FILES = ("js/phone.js", "css/site.css", "css/phone.css")
SCANNER_FILES = ("js/scanner.js", "wasm/zxing_reader.wasm")
"""The label reader for browsers without one: a program and its engine."""

guard(blueprint, Role.COLLECTOR)
blueprint.before_request(refuse_revoked)
blueprint.register_blueprint(phone_rounds.blueprint)
blueprint.register_blueprint(streets.blueprint)


@blueprint.get("/")
def home() -> str:
    """Show the shell; the round itself is sent as JSON and stored on the phone."""
    return render_template(
        "phone/home.html",
        texts=texts(),
        sizes={
            "app": sum(map(compressed_bytes, SHELL_FILES)),
            "scanner": sum(map(compressed_bytes, SCANNER_FILES)),
        },
    )


@blueprint.get("/service-worker.js")
@anyone
def service_worker() -> Response:
    """Send the service worker, which serves the shell offline.

    Its address never changes, so it is never cached. A line with the shell's hash makes the
    browser install it again when a file or a text of the shell has changed.
    """
    program = (dist_folder() / "service-worker.js").read_text(encoding="utf-8")
    answer = make_response(f'self.SHELL_BUILD="{shell_hash()}";\n{program}')
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Service-Worker-Allowed"] = "/phone/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/app.webmanifest")
@anyone
def web_manifest() -> Response:
    """Send the web manifest; a browser requests it without a cookie."""
    words = texts()
    answer = jsonify(
        id="/phone/",
        lang=str(get_locale()),
        dir="ltr",
        name=words["app_name"],
        description=words["app_description"],
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
        shortcuts=[
            {"name": words[name], "url": f"{url_for('phone.home')}#/{place}"}
            for name, place in (
                ("app_short_name", ""),
                ("incident", "incident"),
                ("account", "sync"),
            )
        ],
        screenshots=[
            {
                "src": asset(f"screenshots/phone-{place}-{get_locale()}.png"),
                "sizes": "390x844",
                "type": "image/png",
                "form_factor": "narrow",
                "label": words[label],
            }
            for place, label in (("round", "next_stop"), ("record", "record_title"))
        ],
    )
    answer.headers["Content-Type"] = "application/manifest+json"
    return answer


@blueprint.get("/session")
def session() -> Response:
    """Return the person of the session, with a fresh token for the next POST."""
    return jsonify(
        csrf_token=generate_csrf(),
        person=_person(),
        session=actor().session_id,
        now=now().isoformat(),
    )


@blueprint.get("/devices/<uuid:key>")
@anyone
def device(key: UUID) -> Response:
    """Return whether a phone is revoked; its key is as long as a password."""
    return revocation(key)


@blueprint.get("/calendar")
def calendar() -> Response:
    """Return whether the collector has a secret calendar address."""
    with reading() as db_session:
        return jsonify(working=has_feed(db_session, person_id=person_id(), everybody=False))


@blueprint.post("/calendar")
def make_calendar() -> Response:
    """Make a secret calendar address for the collector; the former one ends."""
    with transaction() as db_session:
        token = make_feed(db_session, now=now(), person_id=person_id(), everybody=False)
    return jsonify(address=public_address("calendar.shifts", token=token))


@blueprint.delete("/calendar")
def end_calendar() -> Response:
    """End the collector's secret calendar address."""
    with transaction() as db_session:
        revoke_feeds(db_session, now=now(), person_id=person_id(), everybody=False)
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
