"""The donor's side: her file in kind words, asking for a visit, changing it, calling it off."""

from flask import Blueprint, render_template

from collector.db import reading
from collector.donors.queries import get_donor
from collector.people.models import Role
from collector.web.guards import actor, guard

blueprint = Blueprint("donor", __name__, url_prefix="/donor")
guard(blueprint, Role.DONOR)


@blueprint.get("/")
def home() -> str:
    """Show what is asked for, what is promised, and how her file stands."""
    who = actor()
    with reading() as session:
        donor = get_donor(session, who.bank_id, who.donor_id or 0)
        return render_template("donor/home.html", donor=donor)
