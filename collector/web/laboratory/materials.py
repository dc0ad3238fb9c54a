"""Materials: the makers' lots of bottles, caps, filters and labels in use."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.laboratory.pooling.materials import (
    LONGEST_LOT,
    close_material,
    materials_of,
    open_material,
)
from collector.laboratory.pooling.models import MaterialKind
from collector.people.models import Role
from collector.people.queries import names_of
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.page_context import civil_today
from collector.web.wording import sentence

blueprint = Blueprint("materials", __name__, url_prefix="/materials")
guard(blueprint, Role.LABORATORY, Role.QUALITY, within="laboratory")


class MaterialForm(Form):
    """A maker's lot that comes into use."""

    kind = ChoiceField(MaterialKind, blank=MaterialKind.BOTTLE)
    makers_lot = TextField(longest=LONGEST_LOT, required="makers_lot_missing")
    expires_on = ParsedField[date | None](parse_date, blank=None)


@blueprint.get("")
def home() -> str:
    """Show the materials in use, and those used before."""
    return _page(MaterialForm())


@blueprint.post("")
def begin() -> Response | tuple[str, int]:
    """Begin to use a maker's lot."""
    form = MaterialForm.sent()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction() as session:
            open_material(session, **act_context(), **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    flash(gettext("In use from now on."), "ok")
    return redirect(url_for("laboratory.materials.home"), code=303)


@blueprint.post("/<int:material_id>/closing")
def end(material_id: int) -> Response | tuple[str, int]:
    """End the use of a maker's lot."""
    try:
        with transaction() as session:
            close_material(session, **act_context(), material_id=material_id)
    except Refused as refused:
        return _page(MaterialForm(), wrong=sentence(refused)), 422
    flash(gettext("Not in use any more."), "ok")
    return redirect(url_for("laboratory.materials.home"), code=303)


def _page(form: MaterialForm, *, wrong: str = "") -> str:
    with reading() as session:
        materials = materials_of(session, actor().bank_id)
        return render_template(
            "laboratory/materials.html",
            materials=materials,
            names=names_of(session, {each.opened_by_id for each in materials}),
            kinds=list(MaterialKind),
            form=form,
            wrong=wrong,
            today=civil_today(),
        )
