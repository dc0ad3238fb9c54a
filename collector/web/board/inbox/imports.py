"""The board's imports: upload of a file of donors or requests, and example files."""

import wtforms
from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from collector.csv_rows import read_rows, write_rows
from collector.db import reading, transaction
from collector.errors import Refused
from collector.imports.actions import upload
from collector.imports.queries import import_files
from collector.web.board.inbox.import_kinds import KINDS, column_word, kind_named
from collector.web.board.page_context import page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("imports", __name__, url_prefix="/inbox/imports")

COLUMN_CODES = frozenset({"column_missing", "column_twice"})
"""Mistakes of a file that its review mends."""

LONGEST_NAME = 200


class ImportForm(Form):
    """A file and its kind."""

    kind = TextField()
    file = wtforms.FileField()


@blueprint.get("")
def home() -> str:
    """Show the kinds of files that can be imported, and the files under review."""
    return _page(kind="donors")


@blueprint.post("")
def make() -> AnyResponse | tuple[str, int]:
    """Keep a file for its review; one without readable rows is refused at once."""
    form, who = ImportForm.sent(), actor()
    kind, sent = kind_named(form.kind.data), form.file.data
    if not sent or not sent.filename:
        flash(gettext("Choose a file first."), "warn")
        return redirect(url_for("board.imports.home"), code=303)
    content = sent.read()
    for mistake in read_rows(content, kind.columns).mistakes:
        if mistake.code not in COLUMN_CODES:
            wrong = sentence(Refused(mistake.code, **mistake.figures))
            return _page(kind=form.kind.data, wrong=wrong), 422
    with transaction() as session:
        file_id = upload(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            kind=form.kind.data,
            name=sent.filename[:LONGEST_NAME],
            content=content,
        ).id
    return redirect(url_for("board.import_review.home", file_id=file_id), code=303)


@blueprint.get("/<kind>.csv")
def template(kind: str) -> Response:
    """Return an example file with every column."""
    found = kind_named(kind)
    columns = (*found.columns.required, *found.columns.optional)
    row = {column: found.example.get(column, "") for column in columns}
    answer = make_response(write_rows(columns, [row]))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


def _page(*, kind: str, wrong: str = "") -> str:
    with reading() as session:
        return page(
            session,
            "board/inbox/imports.html",
            kinds=KINDS,
            kind=kind,
            wrong=wrong,
            files=import_files(session, actor().bank_id),
            column_word=column_word,
        )
