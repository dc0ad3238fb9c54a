"""Files of results: seen row by row before anything is kept, the wrong rows to be corrected."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import FileField

from collector.csv_rows import read_rows
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake
from collector.import_reports import rejected_file
from collector.laboratory.sampling.importing import COLUMNS, judge_results, keep_results
from collector.people.models import Role
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.carried_files import packed_file, unpacked_file
from collector.web.wording import sentence

blueprint = Blueprint("result_files", __name__, url_prefix="/result-files")
guard(blueprint, Role.LABORATORY, within="laboratory")

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ResultFileForm(Form):
    """The file of a laboratory."""

    file = FileField()


class SeenFileForm(Form):
    """The file that was seen, as the page carries it."""

    content = TextField()


@blueprint.get("")
def home() -> str:
    """Ask for a file."""
    return render_template("laboratory/result_file.html", columns=COLUMNS, wrong="")


@blueprint.post("/preview")
def preview() -> str | tuple[str, int]:
    """Show the rows of a file; nothing is kept."""
    sent = ResultFileForm.sent().file.data
    return _preview(sent.read() if sent else b"")


@blueprint.post("/rows")
def keep() -> Response | str | tuple[str, int]:
    """Keep the results of the good rows."""
    content = b""
    try:
        content = unpacked_file(SeenFileForm.sent().content.data)
        with transaction() as session:
            file = keep_results(session, **act_context(), content=content)
            accepted, refused_rows = file.accepted, file.refused
    except (Refused, Conflict) as refused:
        return _asked(sentence(refused)), 422
    flash(ngettext("%(num)s result is kept.", "%(num)s results are kept.", accepted), "ok")
    if refused_rows:
        flash(gettext("%(count)s rows were not kept.", count=refused_rows), "warn")
    return redirect(url_for("laboratory.samples.home"), code=303)


@blueprint.post("/rejected")
def rejected() -> Response | tuple[str, int]:
    """Return the rows to correct as a file of the kind that was sent, with the reasons."""
    try:
        content = unpacked_file(SeenFileForm.sent().content.data)
    except Refused as refused:
        return _asked(sentence(refused)), 422
    with reading() as session:
        judged = judge_results(session, content, bank_id=actor().bank_id)
    file = read_rows(content, COLUMNS)
    data = rejected_file(file, judged.report, reasons=gettext("to correct"), sentence=_sentence)
    answer = make_response(data)
    suffix, content_type = ("xlsx", XLSX) if file.is_workbook else ("csv", CSV)
    name = f"results-{gettext('to-correct')}.{suffix}"
    answer.headers["Content-Type"] = content_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _preview(content: bytes) -> str | tuple[str, int]:
    with reading() as session:
        judged = judge_results(session, content, bank_id=actor().bank_id)
    if judged.report.file_mistakes:
        return _asked(_sentence(judged.report.file_mistakes[0])), 422
    return render_template(
        "laboratory/result_rows.html",
        file=read_rows(content, COLUMNS),
        wrong_rows={
            row.line: [_sentence(each) for each in row.mistakes] for row in judged.report.rejected
        },
        accepted=judged.accepted,
        content=packed_file(content),
    )


def _asked(wrong: str) -> str:
    return render_template("laboratory/result_file.html", columns=COLUMNS, wrong=wrong)


def _sentence(mistake: FieldMistake) -> str:
    return sentence(Refused(mistake.code, **mistake.figures))
