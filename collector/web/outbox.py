"""What was sent and is still owed, for those who answer for it."""

from flask import Blueprint, render_template

from collector.db import reading
from collector.notices.queries import latest
from collector.people.models import Role
from collector.web.guards import actor, guard

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
guard(blueprint, Role.COORDINATOR, Role.ADMIN)


@blueprint.get("/")
def home() -> str:
    """Show the latest messages; a sign-in link is a key, and shown to administrators only."""
    with reading() as session:
        return render_template(
            "outbox/home.html",
            notices=latest(session, bank_id=actor().bank_id),
            shows_keys=Role.ADMIN in actor().roles,
        )
