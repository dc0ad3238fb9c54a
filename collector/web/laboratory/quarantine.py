"""Quarantine: accepted milk by donor and line, its blocks, and the scan that begins a thaw."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import MilkroundError
from collector.field_parsers import parse_whole_number
from collector.laboratory.pooling.actions import begin_thaw
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.reception.quarantine import quarantine_of, quarantine_page
from collector.people.models import Role
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.page_context import civil_today
from collector.web.laboratory.scans import ScanForm, container_label, refused_scan

blueprint = Blueprint("quarantine", __name__, url_prefix="/quarantine")
guard(blueprint, Role.LABORATORY, Role.QUALITY, within="laboratory")
thawing = Blueprint("thawing", __name__, url_prefix="/thaws")
guard(thawing, Role.LABORATORY, within="laboratory.quarantine")


class PageForm(Form):
    """The page of the list, counted from one."""

    page = ParsedField(parse_whole_number, blank=1)


@blueprint.get("")
def home() -> str:
    """Show the milk in quarantine, the oldest first."""
    return _page()


@thawing.post("")
def thaw() -> Response | tuple[str, int]:
    """Begin the thaw of a scanned bottle."""
    label = ScanForm.sent().label.data
    try:
        with transaction() as session:
            intake = begin_thaw(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                number=container_label(label),
            )
            number = intake.container.number
    except MilkroundError as refused:
        return _page(label=label, wrong=refused_scan(ScanTask.THAW, label, refused)), 422
    flash(gettext("Bottle %(number)s thaws from now on.", number=number), "ok")
    return redirect(url_for("laboratory.quarantine.home"), code=303)


def _page(*, label: str = "", wrong: str = "") -> str:
    form = PageForm.queried()
    number = form.page.data if form.validate() else 1
    with reading() as session:
        donors = quarantine_of(session, bank_id=actor().bank_id, today=civil_today())
        found = quarantine_page(donors, page=number)
        return render_template("laboratory/quarantine.html", found=found, label=label, wrong=wrong)


blueprint.register_blueprint(thawing)
