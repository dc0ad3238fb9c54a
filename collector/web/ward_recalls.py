"""Recalls on a ward: the notice is acknowledged, and each bottle gets its fate."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import NotFound, Refused
from collector.people.models import Role
from collector.recall.models import RecallFate
from collector.recall.notifying import (
    OF_WARDS,
    acknowledge,
    bottles_of_ward,
    note_fates_of_ward,
    notice_of,
    notices_of_ward,
)
from collector.recipients.queries import recipient_by_pseudonym, ward_of_person
from collector.web.framework.forms import ChoiceField, Form, KeysField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.wording import sentence

blueprint = Blueprint("ward_recalls", __name__, url_prefix="/ward/recalls")
guard(blueprint, Role.WARD)


class WardFateForm(Form):
    """The chosen bottles and their fate."""

    lines = KeysField()
    fate = ChoiceField(RecallFate)
    recipient = TextField(longest=20)


@blueprint.get("")
def home() -> str:
    """Show the notices to the ward of the person."""
    with reading() as session:
        return render_template(
            "ward_recalls/recalls.html",
            notices=notices_of_ward(session, ward_id=_ward(session)),
        )


@blueprint.get("/<int:recall_id>")
def page(recall_id: int) -> str:
    """Show the bottles of a recall that the ward received."""
    return _page(recall_id)


@blueprint.post("/<int:recall_id>/acknowledgement")
def agree(recall_id: int) -> Response:
    """Acknowledge the notice."""
    with transaction() as session:
        acknowledge(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            ward_id=_ward(session),
            recall_id=recall_id,
        )
    flash(gettext("Acknowledged. Give none of these bottles."), "ok")
    return redirect(url_for("ward_recalls.page", recall_id=recall_id), code=303)


@blueprint.post("/<int:recall_id>/fates")
def note(recall_id: int) -> Response | tuple[str, int]:
    """Note one fate for the chosen bottles."""
    form = WardFateForm.sent()
    chosen = form.lines.data or []
    if not chosen:
        return _page(recall_id, wrong=sentence(Refused("lines_missing"))), 422
    try:
        with transaction() as session:
            count = note_fates_of_ward(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                ward_id=_ward(session),
                recall_id=recall_id,
                items=chosen,
                fate=form.fate.data,
                recipient_id=_child(session, form.recipient.data),
            )
    except (NotFound, Refused) as refused:
        if refused.code == "not_found":
            raise
        return _page(recall_id, wrong=sentence(refused)), 422
    flash(gettext("Noted for %(count)s bottles.", count=count), "ok")
    return redirect(url_for("ward_recalls.page", recall_id=recall_id), code=303)


def _child(session: Session, code: str) -> int | None:
    """Return the child of a code that was typed for distributed bottles."""
    if not code.strip():
        return None
    return recipient_by_pseudonym(
        session, bank_id=actor().bank_id, text=code, ward_id=_ward(session)
    ).id


def _ward(session: Session) -> int:
    ward = ward_of_person(session, bank_id=actor().bank_id, person_id=person_id())
    if ward is None:
        raise NotFound("not_found", kind="wards")
    return ward.id


def _page(recall_id: int, *, wrong: str = "") -> str:
    with reading() as session:
        ward_id = _ward(session)
        notice = notice_of(session, bank_id=actor().bank_id, ward_id=ward_id, recall_id=recall_id)
        return render_template(
            "ward_recalls/recall.html",
            notice=notice,
            lines=bottles_of_ward(session, ward_id=ward_id, recall_id=recall_id),
            fates=OF_WARDS,
            wrong=wrong,
        )
