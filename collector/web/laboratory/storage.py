"""Freezers: the map of units, the alarms, and the scan that finds a thing or opens a place."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import MilkroundError, Refused
from collector.laboratory.probes.alarms import LONGEST_COMMENT, acknowledge, alarms_of
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.release.leaving import bottle_to_leave, released_stock
from collector.laboratory.storage.codes import is_place_code, read_place_code
from collector.laboratory.storage.first_out import misplaced_lots, next_bottles
from collector.laboratory.storage.queries import (
    latest_excursions,
    missing_things,
    place_labelled,
    storage_map,
    whereabouts,
)
from collector.laboratory.storage.things import ScannedThing, scanned_thing
from collector.laboratory.units.models import StorageStay
from collector.people.models import Role
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory import storage_places, storage_units
from collector.web.laboratory.page_context import civil_today
from collector.web.laboratory.scans import ScanForm, refused_scan, thing_label
from collector.web.wording import sentence

blueprint = Blueprint("storage", __name__, url_prefix="/storage")
guard(blueprint, Role.LABORATORY, Role.QUALITY, within="laboratory")

for part in (storage_places.blueprint, storage_places.counts, storage_units.blueprint):
    blueprint.register_blueprint(part)

EXCURSIONS_WITHIN = timedelta(days=30)


class AcknowledgementForm(Form):
    """The comment with which an alarm is acknowledged."""

    comment = TextField(longest=LONGEST_COMMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundThing:
    """A scanned thing with its latest stay."""

    thing: ScannedThing
    stay: StorageStay | None
    refused: str
    """The reason for which a bottle may not leave; empty if it may, or for a container."""


@blueprint.get("")
def home() -> str:
    """Show the map of the units with their alarms."""
    return _page()


@blueprint.get("/stock")
def stock() -> str:
    """Show the released stock, the bottles that go next, and those in a wrong zone."""
    bank_id, today = actor().bank_id, civil_today()
    with reading() as session:
        return render_template(
            "laboratory/stock.html",
            stock=released_stock(session, bank_id=bank_id, today=today),
            bottles=next_bottles(session, bank_id=bank_id, today=today),
            misplaced=misplaced_lots(session, bank_id=bank_id),
        )


@blueprint.post("/scans")
def scan() -> Response | str | tuple[str, int]:
    """Open the place of a code, or show where a thing stands."""
    label = ScanForm.sent().label.data
    try:
        with reading() as session:
            if is_place_code(label):
                code = read_place_code(label)
                place = place_labelled(session, bank_id=actor().bank_id, code=code)
                return redirect(
                    url_for("laboratory.storage.places.page", place_id=place.id), code=303
                )
            # The answer to a scan is the thing alone: the map of all units would take longer.
            return render_template(
                "laboratory/storage_found.html", found=_found(session, label), today=civil_today()
            )
    except MilkroundError as refused:
        return _page(label=label, wrong=refused_scan(ScanTask.STORE, label, refused)), 422


@blueprint.post("/alarms/<int:alarm_id>/acknowledgement")
def answer(alarm_id: int) -> Response | tuple[str, int]:
    """Acknowledge an alarm with a comment."""
    form = AcknowledgementForm.sent()
    try:
        with transaction() as session:
            acknowledge(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                alarm_id=alarm_id,
                comment=form.comment.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(answered={alarm_id: form}), 422
    flash(gettext("Acknowledged; the comment is kept."), "ok")
    return redirect(url_for("laboratory.storage.home"), code=303)


def _found(session: Session, label: str) -> FoundThing:
    thing = scanned_thing(session, bank_id=actor().bank_id, label=thing_label(label))
    refused = _refusal(session, thing) if thing.lot_id is not None else ""
    return FoundThing(thing=thing, stay=whereabouts(session, thing), refused=refused)


def _refusal(session: Session, thing: ScannedThing) -> str:
    """Return the reason for which a bottle may not leave today, or an empty text."""
    try:
        bottle_to_leave(session, bank_id=actor().bank_id, text=thing.number, today=civil_today())
    except Refused as refused:
        return sentence(refused)
    return ""


def _page(
    *,
    label: str = "",
    wrong: str = "",
    answered: dict[int, AcknowledgementForm] | None = None,
) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "laboratory/storage.html",
            units=storage_map(session, bank_id=bank_id),
            alarms=alarms_of(session, bank_id=bank_id, most=10),
            excursions=latest_excursions(session, bank_id=bank_id, since=now() - EXCURSIONS_WITHIN),
            missing=missing_things(session, bank_id=bank_id),
            label=label,
            wrong=wrong,
            answered=answered or {},
        )
