"""The collector's phone: the shell that works offline, rounds to read, events to take."""

from flask import Blueprint, render_template

from collector.people.models import Role
from collector.web.guards import guard

blueprint = Blueprint("phone", __name__, url_prefix="/phone")
guard(blueprint, Role.COLLECTOR)


@blueprint.get("/")
def home() -> str:
    """Show the shell; the round itself comes as JSON and is kept on the phone."""
    return render_template("phone/home.html")
