"""The coordinator's board: its door, and the parts behind it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.web import (
    board_background,
    board_blood,
    board_calls,
    board_care,
    board_close,
    board_compare,
    board_containers,
    board_days,
    board_directory,
    board_disruptions,
    board_donors,
    board_due,
    board_edits,
    board_exports,
    board_imports,
    board_inbox,
    board_joining,
    board_live,
    board_morning,
    board_moves,
    board_pins,
    board_plans,
    board_policies,
    board_publications,
    board_questions,
    board_reports,
    board_requests,
    board_road,
    board_seals,
    board_weeks,
    board_why,
)
from collector.web.board_days import answer_over_day
from collector.web.board_pages import civil_day, today
from collector.web.board_parts import add_parts
from collector.web.board_wording import add_words
from collector.web.guards import guard

blueprint = Blueprint("board", __name__, url_prefix="/board")
guard(blueprint, Role.COORDINATOR)
add_words(blueprint)
add_parts(blueprint)
blueprint.register_error_handler(Conflict, answer_over_day)
blueprint.register_error_handler(Refused, answer_over_day)

PARTS = (
    board_days,
    board_plans,
    board_moves,
    board_pins,
    board_edits,
    board_why,
    board_compare,
    board_publications,
    board_road,
    board_live,
    board_disruptions,
    board_close,
    board_reports,
    board_morning,
    board_weeks,
    board_background,
    board_inbox,
    board_requests,
    board_imports,
    board_donors,
    board_due,
    board_exports,
    board_containers,
    board_policies,
    board_questions,
    board_calls,
    board_care,
    board_joining,
    board_blood,
    board_directory,
    board_seals,
)
guard(
    board_donors.blueprint,
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
    """Open today."""
    return redirect(url_for("board.days.page", day=today()))


@blueprint.get("/days")
def choose_day() -> Response:
    """Open the day that was picked."""
    return redirect(url_for("board.days.page", day=civil_day(request.args.get("day", ""))))


@blueprint.get("/live")
def today_live() -> Response:
    """Open today as it goes."""
    return redirect(url_for("board.live.home", day=today()))
