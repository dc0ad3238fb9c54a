"""Quarantine: accepted milk by donor and line, with the reasons that block it."""

from flask import Blueprint, render_template

from collector.db import reading
from collector.laboratory.reception.quarantine import quarantine_of
from collector.web.framework.guards import actor
from collector.web.laboratory.page_context import civil_today

blueprint = Blueprint("quarantine", __name__, url_prefix="/quarantine")


@blueprint.get("")
def home() -> str:
    """Show the milk in quarantine, the oldest first."""
    with reading() as session:
        donors = quarantine_of(session, bank_id=actor().bank_id, today=civil_today())
        return render_template("laboratory/quarantine.html", donors=donors)
