"""The report of a recall or a drill, as a PDF."""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading
from collector.recall.drills import drill_before
from collector.recall.freezing import is_unchanged
from collector.recall.models import RecallFate
from collector.recall.notifying import notices_of_recall
from collector.recall.queries import recall_picture, second_ring
from collector.web.framework.guards import actor, now
from collector.web.run_sheet import printed

blueprint = Blueprint("report", __name__)


@blueprint.get("/<int:recall_id>/report.pdf")
def document(recall_id: int) -> Response:
    """Return the subject, the people, the times, and the milk by fate."""
    bank_id = actor().bank_id
    with reading() as session:
        picture = recall_picture(session, bank_id=bank_id, recall_id=recall_id)
        text = render_template(
            "recall/report.html",
            picture=picture,
            recall=picture.recall,
            before=drill_before(session, picture.recall) if picture.recall.mock else None,
            ring=second_ring(session, picture.recall),
            unchanged=is_unchanged(session, picture.recall),
            notices=notices_of_recall(session, recall_id),
            not_found=picture.of_fate(RecallFate.NOT_FOUND),
            bank=get_bank(session, bank_id),
            now=now(),
        )
    answer = make_response(printed(text))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f"inline; filename=recall-{recall_id}.pdf"
    return answer
