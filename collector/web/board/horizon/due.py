"""Due donors of four weeks: calls to make, corrected receipts, due dates."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donor_contact.loss import losses_to_call
from collector.donor_contact.receipts import open_corrections, settle_correction
from collector.donors.queries import get_donor
from collector.pickups.giving import record_call
from collector.planning.horizon.forecast import due_donors
from collector.web.framework.guards import actor, now

blueprint = Blueprint("due", __name__, url_prefix="/horizon/due")

DAYS = 28


@blueprint.get("")
def home() -> str:
    """Show the calls to make, the corrected receipts and the due donors."""
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "board/horizon/due.html",
            calls=losses_to_call(session, bank_id=bank_id),
            corrections=[
                (made, get_donor(session, bank_id, pickup.donor_id))
                for made, pickup in open_corrections(session, bank_id)
            ],
            dues=due_donors(session, bank_id=bank_id, now=now(), days=DAYS),
            days=DAYS,
        )


@blueprint.post("/calls/<int:donor_id>")
def called(donor_id: int) -> Response:
    """Note a call with a donor."""
    with transaction() as session:
        get_donor(session, actor().bank_id, donor_id)
        record_call(
            session,
            now=now(),
            bank_id=actor().bank_id,
            donor_id=donor_id,
            person_id=actor().person_id or 0,
        )
    return redirect(url_for("board.due.home"), code=303)


@blueprint.post("/corrections/<int:correction_id>")
def settled(correction_id: int) -> Response:
    """Note that a corrected receipt is settled."""
    with transaction() as session:
        settle_correction(
            session,
            now=now(),
            bank_id=actor().bank_id,
            correction_id=correction_id,
            person_id=actor().person_id or 0,
        )
    return redirect(url_for("board.due.home"), code=303)
