"""The board's imports: a file of donors or requests, a report by row, nothing kept by half."""

from flask import Blueprint

from collector.db import reading
from collector.web.board_pages import page

blueprint = Blueprint("imports", __name__, url_prefix="/imports")


@blueprint.get("")
def home() -> str:
    """Show what can be imported."""
    with reading() as session:
        return page(session, "board/imports/home.html", report=None)
