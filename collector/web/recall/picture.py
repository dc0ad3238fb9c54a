"""One recall: its stopwatch, its sums, the milk to find, its second ring."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import MilkroundError
from collector.recall.fates import note_found
from collector.recall.models import RecallState
from collector.recall.notifying import notices_of_recall
from collector.recall.queries import MOST_LINES, recall_picture, scope_page, second_ring
from collector.web.framework.guards import actor
from collector.web.recall.acts import recall_context
from collector.web.recall.opening import NumberForm
from collector.web.wording import sentence

blueprint = Blueprint("picture", __name__)


@blueprint.get("/<int:recall_id>")
def page(recall_id: int) -> str:
    """Show a recall with everything that is left to do."""
    return recall_page(recall_id)


@blueprint.post("/<int:recall_id>/finds")
def find(recall_id: int) -> Response | tuple[str, int]:
    """Note by a scan that a bottle or a container is here."""
    label = NumberForm.sent().label.data
    try:
        with transaction() as session:
            number = note_found(
                session, **recall_context(), recall_id=recall_id, label=label
            ).number
    except MilkroundError as refused:
        return recall_page(recall_id, label=label, wrong_scan=sentence(refused)), 422
    flash(gettext("%(number)s is here: set it apart.", number=number), "ok")
    return redirect(url_for("recalls.picture.page", recall_id=recall_id), code=303)


@blueprint.get("/<int:recall_id>/second-ring")
def ring(recall_id: int) -> str:
    """Show the other milk of the same donors."""
    with reading() as session:
        picture = recall_picture(session, bank_id=actor().bank_id, recall_id=recall_id)
        return render_template(
            "recall/second_ring.html",
            picture=picture,
            ring=second_ring(session, picture.recall),
        )


def recall_page(
    recall_id: int, *, label: str = "", wrong_scan: str = "", wrong: str = "", note: str = ""
) -> str:
    """Return the page of a recall.

    Parameters
    ----------
    wrong
        The sentence of a refused signature.
    note
        The text that was typed for the end of the recall.
    """
    with reading() as session:
        picture = recall_picture(session, bank_id=actor().bank_id, recall_id=recall_id)
        notices = notices_of_recall(session, recall_id)
        return render_template(
            "recall/recall.html",
            picture=picture,
            recall=picture.recall,
            notices=notices,
            silent=[each.ward for each in notices if each.notice.acknowledged_at is None],
            left=scope_page(session, recall_id=recall_id, open_only=True, most=MOST_LINES),
            is_over=picture.recall.state is RecallState.CLOSED,
            label=label,
            wrong_scan=wrong_scan,
            wrong=wrong,
            note=note,
        )
