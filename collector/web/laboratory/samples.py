"""Samples: the work list of the bench, one sample with its results, their second reader."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_volume_ml, parse_whole_number
from collector.laboratory.pooling.models import Lot, MilkPool
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.sampling.actions import lose_sample, send_sample, take_sample
from collector.laboratory.sampling.models import Analyte, ResultComparator, ResultUnit, SampleStage
from collector.laboratory.sampling.queries import (
    SamplePage,
    bench_list,
    is_sample_number,
    sample_page,
    scanned_lot,
    scanned_sample,
)
from collector.laboratory.sampling.results import (
    ResultDraft,
    enter_results,
    supersede_result,
    verify_results,
)
from collector.laboratory.sampling.spellings import WrittenFigure, parse_result
from collector.people.models import Role
from collector.web.framework.forms import (
    ChoiceField,
    Form,
    KeysField,
    ParsedField,
    TextField,
    texts_form,
)
from collector.web.framework.guards import actor, guard, person_id
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.scans import ScanForm, refused_scan
from collector.web.wording import sentence

blueprint = Blueprint("samples", __name__, url_prefix="/samples")
guard(blueprint, Role.LABORATORY, within="laboratory")

LONGEST_TEXT = 200


class SampleForm(Form):
    """A sample that is taken: its step, its volume, the laboratory if it is another one."""

    stage = ChoiceField(SampleStage)
    volume_ml = ParsedField(parse_volume_ml, blank=0, required="number_missing")
    laboratory = TextField(longest=LONGEST_TEXT)


class ReadingForm(Form):
    """The unit, the volume on each plate and the method of typed results."""

    unit = ChoiceField(ResultUnit, blank=ResultUnit.CFU_ML)
    plated_ul = ParsedField(parse_whole_number, blank=0, required="number_missing")
    method = TextField(longest=LONGEST_TEXT)


class VerifiedForm(Form):
    """The results that a second person verifies."""

    results = KeysField()


NO_FIGURE = WrittenFigure(ResultComparator.EQUAL, 0)
"""The value of a field without a figure, which is refused."""


class SuccessorForm(Form):
    """The result that takes the place of another one, and the reason."""

    figure = ParsedField(parse_result, blank=NO_FIGURE, required="result_not_read")
    reason = TextField(longest=LONGEST_TEXT)


class DispatchForm(Form):
    """The laboratory that gets a sample."""

    laboratory = TextField(longest=LONGEST_TEXT)


class LossForm(Form):
    """The reason for which a sample is lost."""

    reason = TextField(longest=LONGEST_TEXT)


@blueprint.get("")
def home() -> str:
    """Show the samples to take, to read and to verify."""
    return _home()


@blueprint.post("/scans")
def scan() -> Response | tuple[str, int]:
    """Open the sample of a scanned label, or the lot of a scanned bottle."""
    label = ScanForm.sent().label.data
    try:
        with reading() as session:
            if is_sample_number(label):
                sample = scanned_sample(session, bank_id=actor().bank_id, text=label)
                return _to(sample.id)
            lot = scanned_lot(session, bank_id=actor().bank_id, text=label)
            place = url_for("laboratory.samples.lot", lot_id=lot.id)
    except MilkroundError as refused:
        return _home(label=label, wrong=refused_scan(ScanTask.SAMPLE, label, refused)), 422
    return redirect(place, code=303)


@blueprint.get("/lots/<int:lot_id>")
def lot(lot_id: int) -> str:
    """Offer to take a sample of a lot."""
    return _lot(lot_id, SampleForm())


@blueprint.post("/lots/<int:lot_id>")
def take(lot_id: int) -> Response | tuple[str, int]:
    """Take a sample of a lot."""
    form = SampleForm.sent()
    if not form.validate():
        return _lot(lot_id, form), 422
    try:
        with transaction() as session:
            sample = take_sample(session, **act_context(), lot_id=lot_id, **form.data)
            number = sample.number
    except Refused as refused:
        form.refuse(refused)
        return _lot(lot_id, form), 422
    flash(gettext("Sample %(number)s is taken: write its number on the tube.", number=number), "ok")
    return _to(sample.id)


@blueprint.get("/<int:sample_id>")
def page(sample_id: int) -> str:
    """Show a sample."""
    return _page(sample_id)


@blueprint.post("/<int:sample_id>/results")
def enter(sample_id: int) -> Response | tuple[str, int]:
    """Enter the typed results of a sample; empty fields are left out."""
    form = ReadingForm.sent()
    with reading() as session:
        found = sample_page(session, bank_id=actor().bank_id, sample_id=sample_id)
    typed, drafts, wrong = _drafts(found, form)
    if not form.validate() or wrong:
        return _page(sample_id, form=form, typed=typed, wrong=wrong), 422
    try:
        with transaction() as session:
            enter_results(session, **act_context(), sample_id=sample_id, drafts=drafts)
    except (Refused, Conflict) as refused:
        form.refuse(refused)
        return _page(sample_id, form=form, typed=typed), 422
    flash(gettext("Kept: a second person verifies what was typed."), "ok")
    return _to(sample_id)


@blueprint.post("/<int:sample_id>/verification")
def verify(sample_id: int) -> Response | tuple[str, int]:
    """Verify results that another person typed."""
    try:
        with transaction() as session:
            verify_results(session, **act_context(), results=VerifiedForm.sent().results.data)
    except (Refused, Conflict) as refused:
        form = ReadingForm()
        form.refuse(refused)
        return _page(sample_id, form=form), 422
    flash(gettext("Verified."), "ok")
    return _to(sample_id)


@blueprint.post("/<int:sample_id>/results/<int:result_id>/successor")
def supersede(sample_id: int, result_id: int) -> Response | tuple[str, int]:
    """Put a result in the place of another one."""
    form = SuccessorForm.sent()
    if form.validate():
        try:
            with transaction() as session:
                supersede_result(
                    session,
                    **act_context(),
                    result_id=result_id,
                    figure=form.figure.data,
                    reason=form.reason.data,
                )
        except (Refused, Conflict) as refused:
            form.refuse(refused)
        else:
            flash(gettext("Both results stay; the new one counts."), "ok")
            return _to(sample_id)
    return _page(sample_id, successor=(result_id, form)), 422


@blueprint.post("/<int:sample_id>/dispatch")
def send(sample_id: int) -> Response | tuple[str, int]:
    """Send a sample to another laboratory."""
    form = DispatchForm.sent()
    try:
        with transaction() as session:
            send_sample(session, **act_context(), sample_id=sample_id, **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _page(sample_id, dispatch=form), 422
    flash(gettext("The sample is sent."), "ok")
    return _to(sample_id)


@blueprint.post("/<int:sample_id>/loss")
def lose(sample_id: int) -> Response | tuple[str, int]:
    """Write a sample off, and offer to take another one."""
    form = LossForm.sent()
    try:
        with transaction() as session:
            sample = lose_sample(session, **act_context(), sample_id=sample_id, **form.data)
            lot_id = sample.lot_id
    except Refused as refused:
        form.refuse(refused)
        return _page(sample_id, loss=form), 422
    flash(gettext("The sample is lost: take another one."), "ok")
    return redirect(url_for("laboratory.samples.lot", lot_id=lot_id), code=303)


def _drafts(
    found: SamplePage, form: ReadingForm
) -> tuple[dict[str, str], list[ResultDraft], dict[str, str]]:
    """Return the typed figures, their drafts, and the mistakes of their fields."""
    names = {field_name(plate, each): (plate, each) for plate, each in found.missing}
    sent = texts_form(names).sent()
    typed: dict[str, str] = {name: sent.data[name] for name in names}
    drafts, wrong = [], {}
    for name, text in typed.items():
        if not text:
            continue
        plate, analyte = names[name]
        try:
            figure = parse_result(text)
        except Refused as refused:
            wrong[name] = sentence(refused)
            continue
        unit = ResultUnit.DORNIC if analyte is Analyte.ACIDITY else form.unit.data
        drafts.append(
            ResultDraft(
                plate=plate,
                analyte=analyte,
                figure=figure,
                unit=unit,
                plated_ul=form.plated_ul.data,
                method=form.method.data,
            )
        )
    return typed, drafts, wrong


def field_name(plate: int, analyte: Analyte) -> str:
    """Return the name of a result's field."""
    return f"{analyte.value}-{plate}"


def _to(sample_id: int) -> Response:
    return redirect(url_for("laboratory.samples.page", sample_id=sample_id), code=303)


def _home(*, label: str = "", wrong: str = "") -> str:
    with reading() as session:
        return render_template(
            "laboratory/samples.html",
            work=bench_list(session, actor().bank_id),
            label=label,
            wrong=wrong,
        )


def _lot(lot_id: int, form: SampleForm) -> str:
    with reading() as session:
        found = owned(session, Lot, actor().bank_id, lot_id)
        return render_template(
            "laboratory/sample_form.html",
            lot=found,
            pool=session.get_one(MilkPool, found.pool_id),
            form=form,
            stages=list(SampleStage),
        )


def _page(
    sample_id: int,
    *,
    form: ReadingForm | None = None,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    successor: tuple[int, SuccessorForm] | None = None,
    dispatch: DispatchForm | None = None,
    loss: LossForm | None = None,
) -> str:
    with reading() as session:
        found = sample_page(session, bank_id=actor().bank_id, sample_id=sample_id)
        return render_template(
            "laboratory/sample.html",
            found=found,
            form=form or ReadingForm(plated_ul=found.sample.plan.plated_ul),
            typed=typed or {},
            wrong=wrong or {},
            units=[unit for unit in ResultUnit if unit is not ResultUnit.DORNIC],
            successor=successor,
            dispatch=dispatch or DispatchForm(),
            loss=loss or LossForm(),
            field_name=field_name,
            person_id=person_id(),
        )
