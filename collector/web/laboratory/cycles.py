"""Cycles: lots loaded into a pasteuriser, start and stop, and the curve seen before it is kept."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import FileField

from collector.banks.queries import policies_of
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.laboratory.heating.actions import (
    abandon_cycle,
    begin_cycle,
    end_cycle,
    judge_file,
    keep_curve,
    load_cycle,
    stored_checks,
)
from collector.laboratory.heating.judgement import (
    CurveCheck,
    HeatLimits,
    judge,
    longest_plateau,
)
from collector.laboratory.heating.queries import (
    CycleContents,
    cycle_contents,
    cycles_of,
    devices_of,
    kept_file,
    lots_to_heat,
)
from collector.people.models import Role
from collector.web.framework.forms import Form, KeyField, KeysField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.carried_files import packed_file, unpacked_file
from collector.web.laboratory.curve_picture import CurvePicture, picture_of
from collector.web.laboratory.page_context import civil_today
from collector.web.wording import sentence

blueprint = Blueprint("cycles", __name__, url_prefix="/cycles")
guard(blueprint, Role.LABORATORY, within="laboratory")


class LoadingForm(Form):
    """The pasteuriser and the lots that are loaded into it."""

    device = KeyField()
    lots = KeysField()


class CurveFileForm(Form):
    """The file of a logger."""

    file = FileField()


class KeptCurveForm(Form):
    """The file that was seen, as the page carries it."""

    content = TextField()


@blueprint.get("")
def home() -> str:
    """Show the lots that wait for heating and the newest cycles."""
    return _home()


@blueprint.post("")
def load() -> Response | tuple[str, int]:
    """Load lots into a pasteuriser."""
    form = LoadingForm.sent()
    try:
        with transaction() as session:
            cycle = load_cycle(
                session,
                **act_context(),
                device_id=form.device.data,
                lots=form.lots.data,
            )
    except Refused as refused:
        return _home(wrong=sentence(refused)), 422
    return _to(cycle.id)


@blueprint.get("/<int:cycle_id>")
def page(cycle_id: int) -> str:
    """Show a cycle with its curve."""
    return _page(cycle_id)


@blueprint.post("/<int:cycle_id>/start")
def begin(cycle_id: int) -> Response | tuple[str, int]:
    """Start the cycle."""
    try:
        with transaction() as session:
            begin_cycle(session, **act_context(), cycle_id=cycle_id)
    except Refused as refused:
        return _page(cycle_id, wrong=sentence(refused)), 422
    return _to(cycle_id)


@blueprint.post("/<int:cycle_id>/stop")
def end(cycle_id: int) -> Response | tuple[str, int]:
    """Stop the cycle."""
    try:
        with transaction() as session:
            end_cycle(session, **act_context(), cycle_id=cycle_id)
    except Refused as refused:
        return _page(cycle_id, wrong=sentence(refused)), 422
    return _to(cycle_id)


@blueprint.post("/<int:cycle_id>/unloading")
def unload(cycle_id: int) -> Response | tuple[str, int]:
    """Unload a cycle that was not started."""
    try:
        with transaction() as session:
            abandon_cycle(session, **act_context(), cycle_id=cycle_id)
    except Refused as refused:
        return _page(cycle_id, wrong=sentence(refused)), 422
    flash(gettext("Unloaded: the lots wait for heating again."), "ok")
    return redirect(url_for("laboratory.cycles.home"), code=303)


@blueprint.post("/<int:cycle_id>/preview")
def preview(cycle_id: int) -> str | tuple[str, int]:
    """Show the curve of a file with its checks; nothing is kept."""
    sent = CurveFileForm.sent().file.data
    content = sent.read() if sent else b""
    try:
        with reading() as session:
            curve, situation = judge_file(
                session, bank_id=actor().bank_id, cycle_id=cycle_id, content=content
            )
            return render_template(
                "laboratory/curve.html",
                found=cycle_contents(session, bank_id=actor().bank_id, cycle_id=cycle_id),
                picture=picture_of(curve, situation.limits, situation.plateau),
                checks=judge(situation),
                content=packed_file(content),
            )
    except Refused as refused:
        return _page(cycle_id, wrong=sentence(refused)), 422


@blueprint.post("/<int:cycle_id>/curve")
def keep(cycle_id: int) -> Response | tuple[str, int]:
    """Keep the curve that was seen."""
    try:
        with transaction() as session:
            keep_curve(
                session,
                **act_context(),
                cycle_id=cycle_id,
                content=unpacked_file(KeptCurveForm.sent().content.data),
            )
    except (Refused, Conflict) as refused:
        return _page(cycle_id, wrong=sentence(refused)), 422
    flash(gettext("The curve is kept."), "ok")
    return _to(cycle_id)


def _to(cycle_id: int) -> Response:
    return redirect(url_for("laboratory.cycles.page", cycle_id=cycle_id), code=303)


def _home(*, wrong: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "laboratory/cycles.html",
            lots=lots_to_heat(session, bank_id),
            devices=devices_of(session, bank_id),
            cycles=cycles_of(session, bank_id),
            today=civil_today(),
            wrong=wrong,
        )


def _page(cycle_id: int, *, wrong: str = "") -> str:
    with reading() as session:
        found = cycle_contents(session, bank_id=actor().bank_id, cycle_id=cycle_id)
        picture, checks = _kept(session, found)
        return render_template(
            "laboratory/cycle.html", found=found, picture=picture, checks=checks, wrong=wrong
        )


def _kept(session: Session, found: CycleContents) -> tuple[CurvePicture | None, list[CurveCheck]]:
    """Return the picture and the checks of a curve that was kept."""
    if found.curve is None:
        return None, []
    curve = kept_file(session, found.curve)
    limits = HeatLimits.of(policies_of(session, actor().bank_id))
    picture = picture_of(curve, limits, longest_plateau(curve, limits))
    return picture, stored_checks(found.curve)
