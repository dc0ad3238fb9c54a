"""The coordinator's board: its door, and the parts behind it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from collector.db import reading
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.rounds.queries import revision_of
from collector.web.board.asked import imports, inbox, requests
from collector.web.board.bank import containers, directory, policies, reports, seals
from collector.web.board.care import blood, calls, decisions, donors, joining, questions
from collector.web.board.day import (
    background,
    compare,
    edits,
    exports,
    morning,
    moves,
    pins,
    plans,
    publications,
    why,
)
from collector.web.board.day import page as day_page
from collector.web.board.day.page import answer_over_day
from collector.web.board.live import close, disruptions, road
from collector.web.board.live import page as live_page
from collector.web.board.pages import civil_day, today
from collector.web.board.parts import add_parts
from collector.web.board.weeks import due
from collector.web.board.weeks import page as weeks_page
from collector.web.board.wording import add_words
from collector.web.guards import actor, guard

blueprint = Blueprint("board", __name__, url_prefix="/board")
guard(blueprint, Role.COORDINATOR)
add_words(blueprint)
add_parts(blueprint)
blueprint.register_error_handler(Conflict, answer_over_day)
blueprint.register_error_handler(Refused, answer_over_day)

PARTS = (
    day_page,
    plans,
    moves,
    pins,
    edits,
    why,
    compare,
    publications,
    road,
    live_page,
    disruptions,
    close,
    reports,
    morning,
    weeks_page,
    background,
    inbox,
    requests,
    imports,
    donors,
    due,
    exports,
    containers,
    policies,
    questions,
    calls,
    decisions,
    joining,
    blood,
    directory,
    seals,
)
guard(
    donors.blueprint,
    Role.COORDINATOR,
    Role.PROFESSIONAL,
    Role.QUALITY,
    within=blueprint.name,
)
for part in PARTS:
    # A nested blueprint's endpoints begin with `board.`: the one guard above holds for them all.
    blueprint.register_blueprint(part.blueprint)


@blueprint.get("/")
def home() -> Response:
    """Open what waits this morning, until today is published; from then on, today."""
    day = today()
    with reading() as session:
        published = revision_of(session, bank_id=actor().bank_id, day=day)
    if published:
        return redirect(url_for("board.days.page", day=day))
    return redirect(url_for("board.morning.home"))


@blueprint.get("/days")
def choose_day() -> Response:
    """Open the day that was picked, or else today."""
    given = request.args.get("day", "")
    return redirect(url_for("board.days.page", day=civil_day(given) if given else today()))


@blueprint.get("/live")
def today_live() -> Response:
    """Open today as it goes."""
    return redirect(url_for("board.live.home", day=today()))
