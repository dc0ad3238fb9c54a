"""The lists of the laboratory as files: CSV and spreadsheet, for a period of civil days."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template

from collector.db import reading
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.laboratory.lists.period import ListPeriod
from collector.laboratory.lists.queries import Cell, LaboratoryList, list_rows
from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.web.framework.forms import ChoiceField, Form, ParsedField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard
from collector.web.framework.tables import csv_table, xlsx_table
from collector.web.laboratory.list_wording import COLUMNS, LISTS
from collector.web.laboratory.page_context import civil_today

blueprint = Blueprint("lists", __name__, url_prefix="/lists")
guard(blueprint, Role.LABORATORY, Role.QUALITY, within="laboratory")

DAYS_LISTED = timedelta(days=29)
LONGEST_PERIOD = timedelta(days=400)


class ListForm(Form):
    """The first and the last day of a list; the last 30 days unless given."""

    first = ParsedField[date | None](parse_date, blank=None)
    last = ParsedField[date | None](parse_date, blank=None)


class ListFileForm(ListForm):
    """A list with its period."""

    which = ChoiceField(LaboratoryList)


@blueprint.get("")
def home() -> str | tuple[str, int]:
    """Show the lists with their files."""
    form = ListForm.queried()
    valid = form.validate()
    try:
        first, last = _days(form)
    except Refused as refused:
        form.refuse(refused)
        first, last, valid = civil_today() - DAYS_LISTED, civil_today(), False
    page = render_template("laboratory/lists.html", lists=LISTS, first=first, last=last, form=form)
    return page if valid else (page, 422)


@blueprint.get("/file.csv")
@grave
def csv() -> Response:
    """Return a list as CSV."""
    name, names, rows = _listed()
    return csv_table(name, [str(COLUMNS[each]) for each in names], rows)


@blueprint.get("/file.xlsx")
@grave
def xlsx() -> Response:
    """Return a list as a spreadsheet."""
    name, names, rows = _listed()
    return xlsx_table(name, [str(COLUMNS[each]) for each in names], rows)


def _listed() -> tuple[str, list[str], list[list[Cell]]]:
    form = ListFileForm.queried()
    first, last = _days(form)
    zone = ZoneInfo(actor().time_zone)
    period = ListPeriod(
        bank_id=actor().bank_id,
        begin=ServiceDay(first, zone).epoch,
        end=ServiceDay(last, zone).end,
    )
    with reading() as session:
        names, rows = list_rows(session, form.which.data, period, zone=zone)
    return f"{form.which.data}-{first}-{last}", names, rows


def _days(form: ListForm) -> tuple[date, date]:
    """Return the first and the last day of a form.

    Raises
    ------
    Refused
        `stretch_backwards`, `stretch_too_long` (`most`).
    """
    last = form.last.data or civil_today()
    first = form.first.data or last - DAYS_LISTED
    if first > last:
        raise Refused("stretch_backwards")
    if last - first >= LONGEST_PERIOD:
        raise Refused("stretch_too_long", most=LONGEST_PERIOD.days)
    return first, last
