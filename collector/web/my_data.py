"""Rights of a donor: a copy of her data, and its erasure."""

import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.people.models import Role, Surface
from collector.privacy.actions import ask_erasure, has_given
from collector.privacy.queries import copy_of
from collector.web.data_copy_wording import label, shown
from collector.web.framework.guards import actor, anyone, donor_id, guard, now
from collector.web.framework.session_cookies import forget_token

blueprint = Blueprint("my_data", __name__, url_prefix="/donor/my-data")
guard(blueprint, Role.DONOR)


@blueprint.get("/")
def home() -> str:
    """Show the kinds of stored data and their retention, with the copy and the erasure."""
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id())
        return render_template(
            "donor/my_data.html",
            page={"donor": donor, "bank": get_bank(session, donor.bank_id)},
            given=has_given(session, donor),
        )


@blueprint.get("/copy")
def copy() -> Response:
    """Return the copy of the donor's data, as JSON."""
    with reading() as session:
        found = copy_of(session, bank_id=actor().bank_id, donor_id=donor_id())
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@blueprint.get("/readable-copy")
def readable_copy() -> str:
    """Show the copy of the donor's data as a page."""
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id())
        found = copy_of(session, bank_id=donor.bank_id, donor_id=donor.id)
        bank = get_bank(session, donor.bank_id)
    answers = found["answers"]
    if answers:
        found["answers"] = _answers(answers)
    return render_template(
        "donor/data_copy.html",
        page={"donor": donor, "bank": bank},
        copy=found,
        now=now(),
        label=label,
        shown=shown,
    )


def _answers(kept: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with the text of each question, in the language of the page."""
    language = str(get_locale())
    lines = [
        {"question": question["text"].get(language, question["text"]["en"])}
        | kept["answers"].get(question["key"], {"said": None})
        for question in kept["questions"]
    ]
    return {"edition": kept["edition"], "sent_at": kept["sent_at"], "answers": lines}


@blueprint.post("/erasure")
def erasure() -> Answer:
    """Erase the donor if no milk was ever collected; otherwise record her request for the bank."""
    with transaction() as session:
        donor = ask_erasure(session, now=now(), bank_id=actor().bank_id, donor_id=donor_id())
        gone = donor.erased_at is not None
    if not gone:
        flash(
            _("We have noted it. The bank erases your file and tells you if anything is open."),
            "ok",
        )
        return redirect(url_for("my_data.home"), code=303)
    answer = redirect(url_for("my_data.erased"), code=303)
    forget_token(answer, Surface.DONOR)
    return answer


@blueprint.get("/erased")
@anyone
def erased() -> str:
    """Show a quiet page after an erasure: no brand, no thanks, no way to sign in."""
    return render_template("donor/erased.html")
