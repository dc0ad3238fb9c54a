"""The board's list of the bank's rules, each with its source and whether anybody verified it."""

from flask import Blueprint

from collector.banks.queries import policy_rows
from collector.db import reading
from collector.web.board_pages import page
from collector.web.guards import actor

blueprint = Blueprint("policies", __name__)


@blueprint.get("/policies")
def home() -> str:
    """Show the bank's rules."""
    with reading() as session:
        rows = policy_rows(session, actor().bank_id)
        return page(session, "board/policies.html", rows=rows)
