"""Units of storage: their places and labels, their probes, readings from files."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import FileField

from collector.banks.queries import sites_of
from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_celsius, parse_whole_number
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.labels.layouts import LAYOUTS, SHEET_HEIGHT, SHEET_WIDTH
from collector.laboratory.labels.sheets import LabelContent, sheets_of
from collector.laboratory.probes.readings import import_readings, probes_of_unit
from collector.laboratory.storage.equipment import (
    LONGEST_NAME,
    import_places,
    retire_probe,
    write_place,
    write_probe,
    write_unit,
)
from collector.laboratory.storage.queries import (
    days_of,
    places_of,
    unit_fill,
    unit_of,
    units_of,
)
from collector.laboratory.units.models import StorageZone, UnitKind
from collector.people.models import Role
from collector.web.framework.forms import (
    ChoiceField,
    FlagField,
    Form,
    KeyField,
    ParsedField,
    TextField,
)
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.wording import sentence

blueprint = Blueprint("units", __name__, url_prefix="/units")
guard(blueprint, Role.QUALITY, Role.LABORATORY, within="laboratory.storage")

DAYS_SHOWN = timedelta(days=14)
LABEL_LAYOUT = "a4_24"


class UnitForm(Form):
    """A unit; one of the same name is changed."""

    name = TextField(longest=LONGEST_NAME, required="name_missing")
    kind = ChoiceField(UnitKind, blank=UnitKind.FREEZER)
    zone = ChoiceField(StorageZone, blank=StorageZone.RAW)
    site = KeyField()
    warmest = ParsedField["int | None"](parse_celsius, blank=None)


class StoragePlaceForm(Form):
    """A place; one of the same shelf and name is changed."""

    shelf = TextField(longest=LONGEST_NAME, required="name_missing")
    name = TextField(longest=LONGEST_NAME, required="name_missing")
    capacity_bottles = ParsedField(parse_whole_number, blank=0, required="number_missing")


class ProbeForm(Form):
    """A probe, and whether its logger posts readings."""

    probe = TextField(longest=LONGEST_NAME, required="name_missing")
    posts = FlagField()


class ReadingsForm(Form):
    """The file of a logger, and its form."""

    file = FileField()
    profile = ChoiceField(CurveProfileName, blank=CurveProfileName.LONG_UTC)


class PlacesFileForm(Form):
    """A file of places."""

    file = FileField()


@blueprint.get("")
def home() -> str:
    """Show the units of the bank."""
    return _home(UnitForm())


@blueprint.post("")
def write() -> Response | tuple[str, int]:
    """Add a unit, or change one."""
    form = UnitForm.sent()
    if not form.validate():
        return _home(form), 422
    try:
        with transaction() as session:
            unit = write_unit(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                name=form.name.data,
                kind=form.kind.data,
                zone=form.zone.data,
                site_id=form.site.data,
                warmest_celsius=form.warmest.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _home(form), 422
    flash(gettext("The unit is written down."), "ok")
    return _to(unit.id)


@blueprint.get("/<int:unit_id>")
def page(unit_id: int) -> str:
    """Show a unit with its places, probes and temperatures."""
    return _page(unit_id)


@blueprint.post("/<int:unit_id>/places")
def add_place(unit_id: int) -> Response | tuple[str, int]:
    """Add a place, or change one."""
    form = StoragePlaceForm.sent()
    if not form.validate():
        return _page(unit_id, place=form), 422
    try:
        with transaction() as session:
            write_place(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                unit_id=unit_id,
                **form.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(unit_id, place=form), 422
    flash(gettext("The place is written down: print its label."), "ok")
    return _to(unit_id)


@blueprint.post("/<int:unit_id>/places-file")
def add_places(unit_id: int) -> Response | tuple[str, int]:
    """Write the places of a file, all of them or none."""
    content = _content(PlacesFileForm.sent())
    try:
        with transaction() as session:
            found = import_places(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                unit_id=unit_id,
                content=content,
            )
    except Refused as refused:
        return _page(unit_id, wrong_places=sentence(refused)), 422
    flash(gettext("%(count)s places are written down.", count=len(found)), "ok")
    return _to(unit_id)


@blueprint.post("/<int:unit_id>/probes")
def add_probe(unit_id: int) -> Response | str | tuple[str, int]:
    """Add a probe; the key of its logger is shown once."""
    form = ProbeForm.sent()
    if not form.validate():
        return _page(unit_id, probe=form), 422
    try:
        with transaction() as session:
            probe, key = write_probe(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                unit_id=unit_id,
                name=form.probe.data,
                posts=form.posts.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(unit_id, probe=form), 422
    if key:
        return _page(unit_id, key=key, key_of=probe.name)
    flash(gettext("The probe is in service."), "ok")
    return _to(unit_id)


@blueprint.post("/probes/<int:probe_id>/retirement")
def retire(probe_id: int) -> Response:
    """Take a probe out of service."""
    with transaction() as session:
        probe = retire_probe(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            probe_id=probe_id,
        )
    flash(gettext("The probe is out of service; its readings are kept."), "ok")
    return _to(probe.unit_id)


@blueprint.post("/<int:unit_id>/readings")
def add_readings(unit_id: int) -> Response | tuple[str, int]:
    """Import the readings of a logger's file."""
    form = ReadingsForm.sent()
    form.validate()
    try:
        with transaction() as session:
            found = import_readings(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                unit_id=unit_id,
                profile=form.profile.data,
                content=_content(form),
            )
    except Refused as refused:
        return _page(unit_id, wrong_readings=sentence(refused)), 422
    flash(gettext("%(count)s new readings are kept.", count=found.readings), "ok")
    return _to(unit_id)


@blueprint.get("/<int:unit_id>/labels")
def labels(unit_id: int) -> str:
    """Show the labels of a unit's places as they leave the printer."""
    with reading() as session:
        unit = unit_of(session, bank_id=actor().bank_id, unit_id=unit_id)
        contents = [
            LabelContent(
                number=each.code, lines=(unit.name, f"{each.shelf} / {each.name}", each.code)
            )
            for each in places_of(session, unit)
        ]
        return render_template(
            "laboratory/place_labels.html",
            unit=unit,
            pages=sheets_of(contents, LAYOUTS[LABEL_LAYOUT], first=1) if contents else [],
            sheet=(SHEET_WIDTH, SHEET_HEIGHT),
        )


def _content(form: PlacesFileForm | ReadingsForm) -> bytes:
    sent = form.file.data
    return bytes(sent.read()) if sent else b""


def _to(unit_id: int) -> Response:
    return redirect(url_for("laboratory.storage.units.page", unit_id=unit_id), code=303)


def _home(form: UnitForm) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "laboratory/storage_units.html",
            units=units_of(session, bank_id=bank_id),
            sites=sites_of(session, bank_id),
            kinds=list(UnitKind),
            zones=list(StorageZone),
            form=form,
        )


def _page(
    unit_id: int,
    *,
    place: StoragePlaceForm | None = None,
    probe: ProbeForm | None = None,
    wrong_places: str = "",
    wrong_readings: str = "",
    key: str = "",
    key_of: str = "",
) -> str:
    with reading() as session:
        unit = unit_of(session, bank_id=actor().bank_id, unit_id=unit_id)
        return render_template(
            "laboratory/storage_unit.html",
            fill=unit_fill(session, unit),
            probes=probes_of_unit(session, unit),
            days=days_of(session, unit, first=(now() - DAYS_SHOWN).date()),
            profiles=list(CurveProfileName),
            place=place or StoragePlaceForm(),
            probe=probe or ProbeForm(),
            wrong_places=wrong_places,
            wrong_readings=wrong_readings,
            key=key,
            key_of=key_of,
        )
