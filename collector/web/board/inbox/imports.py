"""The board's imports: a file of donors or requests, kept whole or not at all, with a report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import wtforms
from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from collector.csv_rows import ImportReport, write_rows
from collector.db import reading, transaction
from collector.donors import importing as donors
from collector.errors import NotFound, Refused
from collector.pickups import importing as requests
from collector.web.board.page_context import page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("imports", __name__, url_prefix="/inbox/imports")

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of file: its columns, an example row, and the function that imports it."""

    bring_in: Callable[..., ImportReport]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    example: Mapping[str, str]


KINDS: Mapping[str, ImportKind] = {
    "donors": ImportKind(
        bring_in=donors.import_donors,
        required=donors.REQUIRED,
        optional=donors.OPTIONAL,
        example={
            "first_name": "Dora",
            "family_name": "Martin",
            "line": "1 rue du Port",
            "postcode": "33000",
            "town": "Bordeaux",
            "email": "dora@example.org",
            "language": "fr",
            "latitude": "44.84",
            "longitude": "-0.58",
        },
    ),
    "requests": ImportKind(
        bring_in=requests.import_requests,
        required=requests.REQUIRED,
        optional=requests.OPTIONAL,
        example={
            "email": "dora@example.org",
            "bottles": "8",
            "volume_ml": "1500",
            "oldest_on": "2026-11-01",
            "day": "2026-11-24",
            "opens": "08:00",
            "closes": "12:00",
        },
    ),
}


class ImportForm(Form):
    """A file and its kind."""

    kind = TextField()
    file = wtforms.FileField()


@blueprint.get("")
def home() -> str:
    """Show the kinds of files that can be imported."""
    return _page(report=None, kind="donors")


@blueprint.post("")
def make() -> AnyResponse | tuple[str, int]:
    """Import a file: every row of it, or none."""
    form, who = ImportForm.sent(), actor()
    kind, sent = form.kind.data, form.file.data
    found = _kind(kind)
    if not sent or not sent.filename:
        flash(gettext("Choose a file first."), "warn")
        return redirect(url_for("board.imports.home"), code=303)
    report = _import(found, sent.read(), bank_id=who.bank_id, reference=who.reference)
    if not report.is_accepted:
        return _page(report=report, kind=kind), 422
    flash(
        ngettext("%(num)s row was imported.", "%(num)s rows were imported.", len(report.rows)), "ok"
    )
    where = "board.donors.home" if kind == "donors" else "board.inbox.home"
    return redirect(url_for(where), code=303)


@blueprint.get("/<kind>.csv")
def template(kind: str) -> Response:
    """Return an example file with every column."""
    found = _kind(kind)
    columns = (*found.required, *found.optional)
    row = {column: found.example.get(column, "") for column in columns}
    answer = make_response(write_rows(columns, [row]))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


class _ImportRejected(Exception):  # noqa: N818 - it rolls back and is caught below
    """A row is wrong."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__(report)
        self.report = report


def _import(kind: ImportKind, data: bytes, *, bank_id: int, reference: str) -> ImportReport:
    """Import in one transaction, which is rolled back if any row is wrong."""
    try:
        with transaction() as session:
            report = kind.bring_in(session, data, now=now(), bank_id=bank_id, actor=reference)
            return _accepted(report)
    except _ImportRejected as nothing:
        return nothing.report


def _accepted(report: ImportReport) -> ImportReport:
    if not report.is_accepted:
        raise _ImportRejected(report)
    return report


def _page(*, report: ImportReport | None, kind: str) -> str:
    wrong = [
        (row.line, mistake.field, sentence(Refused(mistake.code, **mistake.figures)))
        for row in (report.rejected if report else [])
        for mistake in row.mistakes
    ]
    with reading() as session:
        return page(
            session,
            "board/inbox/imports.html",
            kinds=KINDS,
            kind=kind,
            report=report,
            wrong=wrong[:MOST_SHOWN],
            more=max(0, len(wrong) - MOST_SHOWN),
        )


def _kind(name: str) -> ImportKind:
    found = KINDS.get(name)
    if found is None:
        raise NotFound("http_404")
    return found
