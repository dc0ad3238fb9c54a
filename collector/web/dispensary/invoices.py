"""Invoice lines of a period, as a page and as a file."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, make_response, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.banks.policies import PolicyKey
from collector.banks.queries import policy_rows
from collector.csv_rows import write_rows
from collector.db import reading
from collector.dispensary.lists.invoices import InvoiceLine, invoice_lines
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.web.dispensary.acts import civil_today
from collector.web.dispensary_wording import KINDS
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard

blueprint = Blueprint("invoices", __name__, url_prefix="/invoices")
guard(blueprint, Role.DISPENSER, Role.QUALITY, within="dispensary")

DAYS_SHOWN = timedelta(days=30)
LONGEST_PERIOD = timedelta(days=400)


class InvoiceDaysForm(Form):
    """The first and the last day."""

    first = ParsedField[date | None](parse_date, blank=None)
    last = ParsedField[date | None](parse_date, blank=None)


@blueprint.get("")
def home() -> str | tuple[str, int]:
    """Show the invoice lines of a period; the last 31 days unless given."""
    form = InvoiceDaysForm.queried()
    valid = form.validate()
    first, last = _days(form)
    with reading() as session:
        lines = invoice_lines(session, bank_id=actor().bank_id, first=first, last=last)
        rows = {row.key: row for row in policy_rows(session, actor().bank_id)}
    page = render_template(
        "dispensary/invoices.html",
        lines=lines,
        first=first,
        last=last,
        form=form,
        price=rows[PolicyKey.PRICE_EUR_PER_LITRE],
        litres_ml=sum(line.volume_ml for line in lines),
        total=sum(line.amount_eur for line in lines if line.amount_eur is not None),
    )
    return page if valid else (page, 422)


@blueprint.get("/file")
def file() -> Response:
    """Return the invoice lines of a period as CSV."""
    form = InvoiceDaysForm.queried()
    form.validate()
    first, last = _days(form)
    with reading() as session:
        lines = invoice_lines(session, bank_id=actor().bank_id, first=first, last=last)
    answer = make_response(_file(lines))
    name = f"dispensary-{first}-{last}.csv"
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _file(lines: Sequence[InvoiceLine]) -> bytes:
    headings = {
        "day": gettext("Day"),
        "establishment": gettext("Establishment"),
        "ward": gettext("Ward"),
        "recipient": gettext("Recipient"),
        "kind": gettext("Kind"),
        "bottles": gettext("Bottles"),
        "ml": "ml",
        "eur": "EUR",
    }
    rows = [
        {
            "day": line.day.isoformat(),
            "establishment": line.establishment,
            "ward": line.ward,
            "recipient": line.pseudonym,
            "kind": KINDS[line.kind],
            "bottles": line.bottles,
            "ml": line.volume_ml,
            "eur": line.amount_eur if line.amount_eur is not None else "",
        }
        for line in lines
    ]
    return write_rows(tuple(headings), rows, headings=tuple(headings.values()))


def _days(form: InvoiceDaysForm) -> tuple[date, date]:
    """Return the days of a form; odd ones are replaced by the last 31 days."""
    last = form.last.data or civil_today()
    first = form.first.data or last - DAYS_SHOWN
    if not first <= last <= first + LONGEST_PERIOD:
        return civil_today() - DAYS_SHOWN, civil_today()
    return first, last
