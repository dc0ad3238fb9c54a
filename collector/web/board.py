"""The coordinator's board: the door to the inbox, the day and what surrounds them."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.web.guards import actor, guard, now

blueprint = Blueprint("board", __name__, url_prefix="/board")
guard(blueprint, Role.COORDINATOR)


@blueprint.get("/")
def home() -> Response:
    """Open today, as the bank's calendar has it."""
    from zoneinfo import ZoneInfo

    today = ServiceDay.of(now(), ZoneInfo(actor().time_zone)).day
    return redirect(url_for("board.day", day=today))


@blueprint.get("/days/<day>")
def day(day: str) -> str:
    """Show a day."""
    return day
