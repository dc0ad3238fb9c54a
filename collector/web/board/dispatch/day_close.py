"""The close of a day, reconciled on one page, with its printed sheet."""

from datetime import date

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.db import reading
from collector.reports.day_close import Closing, closing
from collector.web.board.page_context import civil_day, page
from collector.web.framework.guards import actor, now
from collector.web.run_sheet import printed

blueprint = Blueprint("day_close", __name__, url_prefix="/days/<day>/dispatch/close")


@blueprint.get("")
def home(day: str) -> str:
    """Show declared, collected and received milk, and the differences."""
    on_day = civil_day(day)
    with reading() as session:
        found = closing(session, bank_id=actor().bank_id, day=on_day)
        return page(session, "board/dispatch/day_close.html", day=on_day, found=found, now=now())


@blueprint.get("/sheet")
def sheet(day: str) -> str:
    """Show the close as one printed page, without names."""
    on_day = civil_day(day)
    with reading() as session:
        found = closing(session, bank_id=actor().bank_id, day=on_day)
        return _sheet(session, on_day, found, for_pdf=False)


@blueprint.get("/sheet.pdf")
def pdf(day: str) -> Response:
    """Return the sheet as a PDF."""
    on_day = civil_day(day)
    with reading() as session:
        found = closing(session, bank_id=actor().bank_id, day=on_day)
        text = _sheet(session, on_day, found, for_pdf=True)
    answer = make_response(printed(text))
    answer.headers["Content-Type"] = "application/pdf"
    return answer


def _sheet(session: Session, day: date, found: Closing, *, for_pdf: bool) -> str:
    bank = get_bank(session, actor().bank_id)
    return render_template(
        "board/dispatch/day_close_sheet.html",
        day=day,
        found=found,
        bank=bank,
        now=now(),
        for_pdf=for_pdf,
    )
