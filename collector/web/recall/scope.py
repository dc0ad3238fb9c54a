"""Lines of a frozen scope: page by page, with the fates to note, and as a file."""

from collections.abc import Iterator

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.csv_rows import write_rows
from collector.db import reading, transaction
from collector.errors import Refused
from collector.recall.fates import note_fates
from collector.recall.freezing import is_unchanged
from collector.recall.models import RecallFate, RecallItem, RecallState, Whereabouts
from collector.recall.queries import every_line, recall_picture, scope_page
from collector.web.framework.forms import ChoiceField, FlagField, Form, KeysField, ParsedField
from collector.web.framework.forms import parse_key as parse_row_key
from collector.web.framework.guards import actor
from collector.web.recall.acts import recall_context
from collector.web.recall.wording import FATES, FORMS, PLACES
from collector.web.wording import sentence

blueprint = Blueprint("scope", __name__)

BY_ITSELF = frozenset({RecallFate.USED_UP, RecallFate.TRACED})
NOTED = tuple(fate for fate in RecallFate if fate not in BY_ITSELF)
"""The fates that a person notes."""


class ScopeForm(Form):
    """The lines to show: of one kind of place, without a fate, after a line."""

    place = ParsedField[Whereabouts | None](Whereabouts, blank=None)
    open = FlagField()
    after = ParsedField(parse_row_key, blank=0)


class RecallFateForm(Form):
    """The chosen lines and their fate."""

    lines = KeysField()
    fate = ChoiceField(RecallFate)


@blueprint.get("/<int:recall_id>/lines")
def lines(recall_id: int) -> str:
    """Show lines of a scope."""
    return _lines(recall_id, ScopeForm.queried())


@blueprint.post("/<int:recall_id>/fates")
def note(recall_id: int) -> Response | tuple[str, int]:
    """Note one fate for the chosen lines."""
    form, shown = RecallFateForm.sent(), ScopeForm.queried()
    chosen = form.lines.data or []
    if not chosen:
        return _lines(recall_id, shown, wrong=sentence(Refused("lines_missing"))), 422
    try:
        with transaction() as session:
            count = note_fates(
                session,
                **recall_context(),
                recall_id=recall_id,
                items=chosen,
                fate=form.fate.data,
            )
    except Refused as refused:
        return _lines(recall_id, shown, wrong=sentence(refused)), 422
    flash(gettext("Noted for %(count)s lines.", count=count), "ok")
    return redirect(url_for("recalls.picture.page", recall_id=recall_id), code=303)


@blueprint.get("/<int:recall_id>/lines.csv")
def file(recall_id: int) -> Response:
    """Return the whole scope as CSV."""
    with reading() as session:
        picture = recall_picture(session, bank_id=actor().bank_id, recall_id=recall_id)
        rows = [_row(each) for each in every_line(session, recall_id=picture.recall.id)]
    names = ("form", "number", "volume_ml", "declared", "whereabouts", "place", "fate", "fate_at")
    answer = make_response(write_rows(names, rows, headings=tuple(_headings())))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename=recall-{recall_id}.csv"
    return answer


def _lines(recall_id: int, form: ScopeForm, *, wrong: str = "") -> str:
    form.validate()
    with reading() as session:
        picture = recall_picture(session, bank_id=actor().bank_id, recall_id=recall_id)
        return render_template(
            "recall/lines.html",
            picture=picture,
            recall=picture.recall,
            shown=scope_page(
                session,
                recall_id=recall_id,
                whereabouts=form.place.data,
                open_only=form.open.data,
                after=form.after.data,
            ),
            unchanged=is_unchanged(session, picture.recall),
            places=list(Whereabouts),
            fates=NOTED,
            form=form,
            is_over=picture.recall.state is RecallState.CLOSED,
            wrong=wrong,
        )


def _headings() -> Iterator[str]:
    yield gettext("Form")
    yield gettext("Number")
    yield gettext("ml")
    yield gettext("Declared, not measured")
    yield gettext("Was")
    yield gettext("Place")
    yield gettext("Fate")
    yield gettext("Noted at")


def _row(item: RecallItem) -> dict[str, str]:
    return {
        "form": str(FORMS[item.form]),
        "number": item.number,
        "volume_ml": "" if item.volume_ml is None else str(item.volume_ml),
        "declared": gettext("yes") if item.declared else "",
        "whereabouts": str(PLACES[item.whereabouts]),
        "place": item.place,
        "fate": str(FATES[item.fate]) if item.fate else "",
        "fate_at": item.fate_at.isoformat() if item.fate_at else "",
    }
