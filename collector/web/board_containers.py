"""The board's page of one container: its donor, its visit, and every holder since."""

from flask import Blueprint

from collector.custody.queries import chain_of
from collector.db import reading
from collector.web.board_pages import page
from collector.web.guards import actor

blueprint = Blueprint("containers", __name__)


@blueprint.get("/containers/<number>")
def chain(number: str) -> str:
    """Show the chain of a container."""
    with reading() as session:
        found = chain_of(session, bank_id=actor().bank_id, number=number)
        return page(session, "board/container.html", chain=found)
