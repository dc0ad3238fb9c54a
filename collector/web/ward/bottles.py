"""Bottles on a ward: scanned in, given, thrown away; the undo of a report."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.dispensary.fates.actions import (
    UNDO_WITHIN,
    FateDraft,
    receive_bottle,
    record_fate,
    undo_fate,
    ward_bottle,
)
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.dispensary.fates.queries import bottles_out, latest_fates
from collector.errors import Conflict, MilkroundError, NotFound, Refused
from collector.field_parsers import parse_time, parse_whole_number
from collector.laboratory.reception.actions import keep_refused_scan
from collector.laboratory.reception.models import ScanTask
from collector.recall.ward_fates import follow_fate, follow_undo
from collector.recipients.queries import (
    pseudonyms_of,
    recipient_by_pseudonym,
    recipients_of_ward,
    ward_of_person,
)
from collector.service_day import ServiceDay
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, now, person_id
from collector.web.ward.acts import civil_today, own_ward, ward_context
from collector.web.wording import sentence

blueprint = Blueprint("bottles", __name__, url_prefix="/bottles")

LONGEST_LABEL = 80
LONGEST_NOTE = 500


class WardScanForm(Form):
    """The text of the scanner, or of the keyboard."""

    label = TextField(longest=LONGEST_LABEL)


class FateForm(Form):
    """Fate of a bottle; the key of the form lets it count once."""

    label = TextField(longest=LONGEST_LABEL, required="label_missing")
    fate = ChoiceField(MilkFate, blank=MilkFate.GIVEN)
    volume_ml = ParsedField[int | None](parse_whole_number, blank=None)
    recipient = TextField(longest=20)
    thawed = ParsedField[time | None](parse_time, blank=None)
    note = TextField(longest=LONGEST_NOTE)
    client_id = TextField(longest=36)


@blueprint.get("")
def home() -> str:
    """Show the bottles that were sent to the ward, and the ones without a fate."""
    return _home()


@blueprint.post("/arrivals")
def arrive() -> str | tuple[str, int]:
    """Scan a bottle in."""
    label = WardScanForm.sent().label.data
    try:
        with transaction() as session:
            found = receive_bottle(
                session, **ward_context(), ward_id=own_ward(session).id, text=label
            )
    except MilkroundError as refused:
        _keep_refused(label, refused)
        return _home(label=label, wrong=sentence(refused)), 422
    return _home(said=gettext("%(number)s has arrived.", number=found.bottle.number))


@blueprint.get("/fate")
def fate_page() -> str:
    """Show the scan of a bottle that is given or thrown away."""
    return _fate_page(FateForm())


@blueprint.post("/fate/scans")
def look() -> str | tuple[str, int]:
    """Open the form of a scanned bottle."""
    label = WardScanForm.sent().label.data
    form = FateForm(label=label.strip().upper(), client_id=str(uuid4()))
    try:
        with transaction() as session:
            found = ward_bottle(
                session, bank_id=actor().bank_id, ward_id=own_ward(session).id, text=label
            )
            if found.open_ml <= 0:
                raise Refused("bottle_settled", number=found.bottle.number)
    except MilkroundError as refused:
        _keep_refused(label, refused)
        return _fate_page(FateForm(), label=label, wrong=sentence(refused)), 422
    form.volume_ml.process_data(found.open_ml)
    return _fate_page(form)


@blueprint.post("/fate")
def report() -> Response | tuple[str, int]:
    """Keep the fate of a bottle."""
    form = FateForm.sent()
    if not form.validate():
        return _fate_page(form), 422
    try:
        with transaction() as session:
            kept = record_fate(
                session,
                **ward_context(),
                ward_id=own_ward(session).id,
                text=form.label.data,
                draft=_draft(session, form),
                today=civil_today(),
            )
            follow_fate(session, now=now(), person_id=person_id(), fate=kept)
    except MilkroundError as refused:
        _keep_refused(form.label.data, refused)
        form.refuse(refused)
        return _fate_page(form), 409 if isinstance(refused, Conflict) else 422
    flash(gettext("Kept: %(ml)s ml.", ml=kept.volume_ml), "ok")
    return redirect(url_for("ward.bottles.fate_page"), code=303)


@blueprint.post("/fates/<int:fate_id>/withdrawal")
def undo(fate_id: int) -> Response | tuple[str, int]:
    """Withdraw a report within ten minutes."""
    try:
        with transaction() as session:
            told = ward_context()
            fate = owned(session, BottleFate, told["bank_id"], fate_id)
            undo_fate(session, **told, ward_id=own_ward(session).id, fate_id=fate_id)
            follow_undo(session, now=now(), person_id=person_id(), fate=fate)
    except Refused as refused:
        return _fate_page(FateForm(), wrong=sentence(refused)), 422
    flash(gettext("Undone."), "ok")
    return redirect(url_for("ward.bottles.fate_page"), code=303)


def _draft(session: Session, form: FateForm) -> FateDraft:
    recipient_id = None
    if form.recipient.data:
        recipient_id = recipient_by_pseudonym(
            session,
            bank_id=actor().bank_id,
            text=form.recipient.data,
            ward_id=own_ward(session).id,
        ).id
    return FateDraft(
        fate=form.fate.data,
        volume_ml=form.volume_ml.data,
        recipient_id=recipient_id,
        thawed_at=_latest_instant(form.thawed.data) if form.thawed.data else None,
        note=form.note.data,
        client_id=form.client_id.data or None,
    )


def _latest_instant(wall: time) -> datetime:
    """Return the latest instant before now at which the wall clock showed a time."""
    day = ServiceDay.of(now(), ZoneInfo(actor().time_zone))
    found = day.instant(wall)
    day_before = ServiceDay(day.day - timedelta(days=1), day.zone)
    return found if found <= now() else day_before.instant(wall)


def _keep_refused(label: str, refused: MilkroundError) -> None:
    with transaction() as session:
        keep_refused_scan(
            session, **ward_context(), task=ScanTask.WARD, text=label, code=refused.code
        )


def _home(*, label: str = "", wrong: str = "", said: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        ward = ward_of_person(session, bank_id=bank_id, person_id=person_id())
        if ward is None:
            return render_template("ward/no_ward.html")
        out = bottles_out(session, bank_id=bank_id, ward_id=ward.id)
        people = {each.dispensing.recipient_id or 0 for each in out}
        return render_template(
            "ward/bottles.html",
            ward=ward,
            awaited=[each for each in out if each.row.arrived_at is None],
            here=[each for each in out if each.row.arrived_at is not None],
            codes=pseudonyms_of(session, people),
            today=civil_today(),
            label=label,
            wrong=wrong,
            said=said,
        )


def _fate_page(form: FateForm, *, label: str = "", wrong: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        ward = ward_of_person(session, bank_id=bank_id, person_id=person_id())
        if ward is None:
            return render_template("ward/no_ward.html")
        found = None
        if form.typed["label"]:
            try:
                found = ward_bottle(
                    session, bank_id=bank_id, ward_id=ward.id, text=form.typed["label"]
                )
            except (NotFound, Refused):
                found = None
        recipient_id = found.dispensing.recipient_id if found else None
        return render_template(
            "ward/fate.html",
            ward=ward,
            found=found,
            code=pseudonyms_of(session, [recipient_id or 0]).get(recipient_id or 0, ""),
            recipients=recipients_of_ward(session, ward.id)[:200],
            latest=latest_fates(session, ward_id=ward.id, since=now() - UNDO_WITHIN),
            fates=[MilkFate.GIVEN, MilkFate.WASTED, MilkFate.NOT_FOUND],
            form=form,
            label=label,
            wrong=wrong,
        )
