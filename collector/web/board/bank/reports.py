"""Reports: a period in figures, charts and files."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

from flask import Blueprint, Response, make_response
from flask_babel import gettext

from collector.csv_rows import escaped, write_rows
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.feeds import has_feed, make_feed, revoke_feeds
from collector.reports.figures import MOST_DAYS, DayFigures, PeriodReport, report
from collector.web.board.bank.charts import paired, shares
from collector.web.board.export_columns import figure, headings
from collector.web.board.page_context import civil_day, page, today
from collector.web.board.wording import FAILURES, word
from collector.web.framework.context import public_address
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, now, person_id

blueprint = Blueprint("reports", __name__, url_prefix="/bank/reports")

FOUR_WEEKS = timedelta(days=27)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    "day",
    "rounds",
    "visits",
    "done",
    "failed",
    "declared_bottles",
    "bottles",
    "declared_ml",
    "volume_ml",
    "own_child_ml",
    "planned_km",
    "driven_km",
    "planned_minutes",
    "worked_minutes",
    "cost_eur",
)


class PeriodForm(Form):
    """The first and the last day of a report; by default the last four weeks."""

    first = ParsedField[date | None](civil_day, blank=None)
    last = ParsedField[date | None](civil_day, blank=None)


class FeedForm(Form):
    """Creation of a calendar feed, or its end (`what=end`)."""

    what = TextField()


@blueprint.get("")
def home(address: str = "") -> str:
    """Show the figures of a period.

    Parameters
    ----------
    address
        The address of a calendar feed created just now.
    """
    first, last = period()
    with reading() as session:
        found = report(session, bank_id=actor().bank_id, first=first, last=last)
        return page(
            session,
            "board/bank/reports.html",
            found=found,
            address=address,
            has_calendar=has_feed(session, person_id=person_id(), everybody=True),
            distances=paired(
                [(day.planned_metres / 1000, day.driven_metres / 1000) for day in found.days]
            ),
            volumes=paired([(day.volume_ml / 1000,) for day in found.days]),
            failures=list(
                zip(found.reasons, shares([count for _, count in found.reasons]), strict=True)
            ),
        )


@blueprint.post("/calendar")
def calendar() -> str:
    """Create the secret address of all shifts and show it once, or revoke it."""
    address = ""
    with transaction() as session:
        if FeedForm.sent().what.data == "end":
            revoke_feeds(session, now=now(), person_id=person_id(), everybody=True)
        else:
            token = make_feed(session, now=now(), person_id=person_id(), everybody=True)
            address = public_address("calendar.shifts", token=token)
    return home(address)


@blueprint.get("/days.csv")
@grave
def csv() -> Response:
    """Return the days as CSV, with cells safe from formula execution."""
    found = _found()
    rows = ({name: figure(value) for name, value in _row(day).items()} for day in found.days)
    content = write_rows(COLUMNS, rows, headings=headings(COLUMNS))
    return csv_file(f"milkround-{found.first}-{found.last}.csv", content)


@blueprint.get("/days.xlsx")
@grave
def xlsx() -> Response:
    """Return the days and the failures as a spreadsheet."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.3 s and 8 MB that few pages need
    from openpyxl.styles import Font  # noqa: PLC0415

    found = _found()
    book = Workbook()
    book.remove(book.worksheets[0])
    days = book.create_sheet(gettext("Days"))
    days.append(headings(COLUMNS))
    for day in found.days:
        days.append(list(_row(day).values()))
    reasons = book.create_sheet(gettext("Not done"))
    reasons.append(headings(["reason", "visits"]))
    for reason, count in found.reasons:
        reasons.append([escaped(word(FAILURES, reason)), count])
    for sheet in (days, reasons):
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column in sheet.columns:
            sheet.column_dimensions[column[0].column_letter].width = 18
    written = BytesIO()
    book.save(written)
    return _download(f"milkround-{found.first}-{found.last}.xlsx", written.getvalue(), SHEET)


def _found() -> PeriodReport:
    first, last = period()
    with reading() as session:
        return report(session, bank_id=actor().bank_id, first=first, last=last)


def period() -> tuple[date, date]:
    """Return the first and last day of the query; default the last four weeks.

    Raises
    ------
    Refused
        `stretch_backwards`, `stretch_too_long` (`most`).
    """
    form = PeriodForm.queried()
    last = form.last.data or today()
    first = form.first.data or last - FOUR_WEEKS
    if first > last:
        raise Refused("stretch_backwards")
    if (last - first).days >= MOST_DAYS:
        raise Refused("stretch_too_long", most=MOST_DAYS)
    return first, last


def _row(day: DayFigures) -> dict[str, object]:
    return dict(zip(COLUMNS, _cells(day), strict=True))


def _cells(day: DayFigures) -> Iterator[object]:
    yield day.day.isoformat()
    for name in COLUMNS[1:10]:
        yield getattr(day, name)
    yield round(day.planned_metres / 1000, 1)
    yield round(day.driven_metres / 1000, 1)
    yield day.planned_seconds // 60
    yield day.worked_seconds // 60
    yield round(day.cost_cents / 100, 2)


def csv_file(name: str, content: bytes) -> Response:
    """Return a CSV file to save."""
    return _download(name, content, "text/csv; charset=utf-8")


def _download(name: str, content: bytes, kind: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
