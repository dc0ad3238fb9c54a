"""The review of an uploaded file: its columns, likely duplicates, mistakes, and the import."""

from collections.abc import Iterable

from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from collector.csv_rows import CsvFile, read_rows
from collector.db import owned, reading, transaction
from collector.donors.queries import donors_of
from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.import_reports import (
    ImportChoices,
    ImportReport,
    RowOutcome,
    RowReport,
    rejected_file,
)
from collector.imports.actions import discard, remember_columns, settle
from collector.imports.models import ImportFile
from collector.imports.queries import remembered_columns
from collector.web.board.inbox.import_kinds import column_word, kind_named
from collector.web.board.page_context import page
from collector.web.framework.forms import FlagField, Form, parse_key, texts_form
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("import_review", __name__, url_prefix="/inbox/imports/<int:file_id>")

MOST_SHOWN = 50
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEW, LEAVE_OUT = "new", ""


class ImportRowsForm(Form):
    """The choice about known donors; those about likely duplicates are named by their line."""

    update_known = FlagField()


@blueprint.get("")
def home(file_id: int) -> str:
    """Show what the import of the file would do."""
    with reading() as session:
        return _page(session, file_id)


@blueprint.post("/columns")
def choose_columns(file_id: int) -> AnyResponse:
    """Remember the column of each heading for this file and the next ones."""
    with transaction() as session:
        file = owned(session, ImportFile, actor().bank_id, file_id)
        kind = kind_named(file.kind)
        known = {*kind.columns.required, *kind.columns.optional}
        headings = _read(session, file).headings
        names = {heading: f"column-{index}" for index, heading in enumerate(headings)}
        sent = texts_form(names.values()).sent().data
        chosen = {
            heading: sent[name] if sent[name] in known else "" for heading, name in names.items()
        }
        remember_columns(session, bank_id=file.bank_id, kind=file.kind, columns=chosen)
    flash(gettext("The columns are noted, for the next file too."), "ok")
    return redirect(url_for("board.import_review.home", file_id=file_id), code=303)


@blueprint.post("/rows")
def bring_in(file_id: int) -> AnyResponse | tuple[str, int]:
    """Import the good rows; the others stay to be downloaded and corrected."""
    who, form = actor(), ImportRowsForm.sent()
    with transaction() as session:
        file = owned(session, ImportFile, who.bank_id, file_id)
        kind, read = kind_named(file.kind), _read(session, file)
        judged = kind.judge(session, read, now=now(), bank_id=who.bank_id)
        if judged.report.file_mistakes:
            return _page(session, file_id), 422
        report = kind.keep(
            session,
            judged,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            choices=_choices(judged.report.rows, update_known=form.update_known.data),
        )
        name, imported = file.kind, report.count(RowOutcome.NEW, RowOutcome.UPDATED)
        rejected = _rejected(read, report) if report.rejected else None
        settle(session, bank_id=who.bank_id, file_id=file_id, imported=imported, rejected=rejected)
    _tell(report)
    if rejected:
        return redirect(url_for("board.import_review.home", file_id=file_id), code=303)
    return redirect(
        url_for("board.donors.home" if name == "donors" else "board.inbox.home"), code=303
    )


@blueprint.get("/rejected")
@grave
def rejected(file_id: int) -> Response:
    """Return the rows to correct as a file of the kind that was sent, with the reasons."""
    with reading() as session:
        file = owned(session, ImportFile, actor().bank_id, file_id)
        read = _read(session, file)
        judged = kind_named(file.kind).judge(session, read, now=now(), bank_id=file.bank_id)
        answer = make_response(_rejected(read, judged.report))
        suffix, content_type = ("xlsx", XLSX) if read.is_workbook else ("csv", CSV)
        name = f"{file.kind}-{gettext('to-correct')}.{suffix}"
    answer.headers["Content-Type"] = content_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/removal")
def remove(file_id: int) -> AnyResponse:
    """Delete the file from this server; what was imported stays."""
    with transaction() as session:
        discard(session, bank_id=actor().bank_id, file_id=file_id)
    flash(gettext("The file is deleted here."), "ok")
    return redirect(url_for("board.imports.home"), code=303)


def _read(session: Session, file: ImportFile) -> CsvFile:
    remembered = remembered_columns(session, bank_id=file.bank_id, kind=file.kind)
    return read_rows(file.content, kind_named(file.kind).columns, remembered=remembered)


def _choices(rows: Iterable[RowReport], *, update_known: bool) -> ImportChoices:
    """Return the choices that were sent for the lines with likely duplicates."""
    names = {row.line: f"line-{row.line}" for row in rows if row.likely}
    typed = texts_form(names.values()).sent().data
    sent = {line: typed[name] or LEAVE_OUT for line, name in names.items()}
    return ImportChoices(
        update_known=update_known,
        new_lines=frozenset(line for line, choice in sent.items() if choice == NEW),
        updates={
            line: parse_key(choice)
            for line, choice in sent.items()
            if choice not in {NEW, LEAVE_OUT}
        },
    )


def _rejected(file: CsvFile, report: ImportReport) -> bytes:
    return rejected_file(file, report, reasons=gettext("to correct"), sentence=_sentence)


def _sentence(mistake: FieldMistake) -> str:
    return sentence(Refused(mistake.code, **mistake.figures))


def _tell(report: ImportReport) -> None:
    made, updated = report.count(RowOutcome.NEW), report.count(RowOutcome.UPDATED)
    left_out = report.count(RowOutcome.LEFT_OUT)
    flash(ngettext("%(num)s row was imported.", "%(num)s rows were imported.", made), "ok")
    if updated:
        flash(ngettext("%(num)s file was updated.", "%(num)s files were updated.", updated), "ok")
    if left_out:
        flash(ngettext("%(num)s row was left out.", "%(num)s rows were left out.", left_out), "ok")


def _page(session: Session, file_id: int) -> str:
    file = owned(session, ImportFile, actor().bank_id, file_id)
    kind, read = kind_named(file.kind), _read(session, file)
    report: ImportReport = kind.judge(session, read, now=now(), bank_id=file.bank_id).report
    wrong = [
        (row.line, column_word(mistake.field), _sentence(mistake))
        for row in report.rejected
        for mistake in row.mistakes
    ]
    headings = dict(zip(read.columns, read.headings, strict=True))
    repairs = [
        (row.line, headings.get(each.column, each.column), each)
        for row in report.rows
        for each in row.repairs
    ]
    return page(
        session,
        "board/inbox/import_review.html",
        file=file,
        read=read,
        report=report,
        good=report.count(RowOutcome.NEW),
        missing=[
            column_word(each.field) for each in read.mistakes if each.code == "column_missing"
        ],
        twice=[column_word(each.field) for each in read.mistakes if each.code == "column_twice"],
        columns=(*kind.columns.required, *kind.columns.optional),
        column_word=column_word,
        known=[row for row in report.rows if row.known_id and not row.mistakes],
        likely=[row for row in report.rows if row.likely],
        cells={row.line: row.cells for row in read.rows},
        donors={donor.id: donor for donor in donors_of(session, file.bank_id)},
        repairs=repairs[:MOST_SHOWN],
        more_repairs=max(0, len(repairs) - MOST_SHOWN),
        wrong=wrong[:MOST_SHOWN],
        more=max(0, len(wrong) - MOST_SHOWN),
    )
