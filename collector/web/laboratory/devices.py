"""Pasteurisers: serial number, form of the logger's files, qualification and calibration."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.laboratory.heating.actions import write_device
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.heating.queries import devices_of
from collector.people.models import Role
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.page_context import civil_today

blueprint = Blueprint("devices", __name__, url_prefix="/devices")
guard(blueprint, Role.QUALITY, within="laboratory")

LONGEST_NAME = 80


class DeviceForm(Form):
    """A pasteuriser; one of the same serial number is changed."""

    name = TextField(longest=LONGEST_NAME, required="name_missing")
    serial = TextField(longest=LONGEST_NAME, required="serial_missing")
    profile = ChoiceField(CurveProfileName, blank=CurveProfileName.LONG_UTC)
    qualified_until = ParsedField(parse_date, blank=date.min, required="date_not_read")
    calibrated_until = ParsedField(parse_date, blank=date.min, required="date_not_read")


@blueprint.get("")
def home() -> str:
    """Show the pasteurisers of the bank."""
    return _page(DeviceForm())


@blueprint.post("")
def write() -> Response | tuple[str, int]:
    """Add a pasteuriser, or change one."""
    form = DeviceForm.sent()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction() as session:
            write_device(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                **form.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    flash(gettext("The device is written down."), "ok")
    return redirect(url_for("laboratory.devices.home"), code=303)


def _page(form: DeviceForm) -> str:
    with reading() as session:
        return render_template(
            "laboratory/devices.html",
            devices=devices_of(session, actor().bank_id),
            form=form,
            profiles=list(CurveProfileName),
            today=civil_today(),
        )
