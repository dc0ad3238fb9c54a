"""Opening of recalls: the list, the subjects of a number or a day, the draw of a drill."""

import re
from collections.abc import Sequence
from datetime import date
from random import SystemRandom

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import MilkroundError, NotFound, Refused
from collector.field_parsers import parse_date
from collector.recall.actions import freeze_scope, open_recall
from collector.recall.drills import drill_state, open_drill
from collector.recall.models import RecallSubject
from collector.recall.origins import label_of_origin, origin_of_day, origins_named
from collector.recall.proposals import proposed_recalls
from collector.recall.queries import recalls_of
from collector.recall.walk import Origin
from collector.service_day import ServiceDay
from collector.web.formats import long_day
from collector.web.framework.forms import Form, ParsedField, TextField, parse_key
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, now
from collector.web.recall.acts import recall_context
from collector.web.recall.wording import SUBJECTS
from collector.web.wording import sentence

blueprint = Blueprint("opening", __name__)

LONGEST_REASON = 500
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TAKES_DAYS = frozenset(
    {
        RecallSubject.DONOR,
        RecallSubject.DEVICE,
        RecallSubject.UNIT,
        RecallSubject.MATERIAL,
    }
)
"""Subjects of which a recall may take some days alone."""


class NumberForm(Form):
    """A scanned or typed number."""

    label = TextField(longest=80)


class RecallDayForm(Form):
    """The service day of the rounds to recall."""

    day = ParsedField(parse_date, blank=date.min, required="date_not_read")


class RecallForm(Form):
    """The subject, as `lot-12`, the days in question, and the reason."""

    number = TextField(longest=80)
    subject = TextField(longest=120, required="recall_subject_missing")
    since = ParsedField[date | None](parse_date, blank=None)
    until = ParsedField[date | None](parse_date, blank=None)
    reason = TextField(longest=LONGEST_REASON, required="reason_missing")


class DrillForm(Form):
    """The occasion of a drill."""

    reason = TextField(longest=LONGEST_REASON, required="reason_missing")


@blueprint.get("")
def home() -> str:
    """Show the recalls, the day the next drill is due, and the field for a number."""
    return _home()


@blueprint.post("/scans")
def scan() -> str | tuple[str, int]:
    """Show the subjects to which a number leads."""
    label = NumberForm.sent().label.data
    try:
        return _subjects(label, RecallForm())
    except MilkroundError as refused:
        return _home(label=label, wrong=sentence(refused)), 422


@blueprint.post("/days")
def choose_day() -> str | tuple[str, int]:
    """Show the rounds of a day as a subject."""
    form = RecallDayForm.sent()
    if not form.validate():
        return _home(day_form=form), 422
    return _subjects(form.day.data.isoformat(), RecallForm())


@blueprint.post("")
@grave
def begin() -> Response | tuple[str, int]:
    """Open a recall: hold at once, then freeze the scope."""
    form = RecallForm.sent()
    if not form.validate():
        return _subjects(form.number.data, form), 422
    try:
        origin = _origin(form)
        with transaction() as session:
            recall_id = open_recall(
                session, **recall_context(), origin=origin, reason=form.reason.data
            ).id
    except Refused as refused:
        form.refuse(refused)
        return _subjects(form.number.data, form), 422
    return _freeze(recall_id)


@blueprint.post("/drills")
@grave
def drill() -> Response | tuple[str, int]:
    """Open a drill with a lot drawn at random, and freeze its scope."""
    form = DrillForm.sent()
    if not form.validate():
        return _home(drill_form=form), 422
    try:
        with transaction() as session:
            recall_id = open_drill(
                session, **recall_context(), reason=form.reason.data, draw=SystemRandom()
            ).id
    except Refused as refused:
        form.refuse(refused)
        return _home(drill_form=form), 422
    return _freeze(recall_id)


@blueprint.post("/<int:recall_id>/scope")
def find_scope(recall_id: int) -> Response:
    """Freeze the scope of an opened recall that has none."""
    return _freeze(recall_id)


def _freeze(recall_id: int) -> Response:
    # The holds are committed: a scope that fails leaves the milk held.
    with transaction() as session:
        freeze_scope(session, **recall_context(), recall_id=recall_id)
    flash(gettext("The milk is held, and the scope is frozen."), "ok")
    return redirect(url_for("recalls.picture.page", recall_id=recall_id), code=303)


def _origin(form: RecallForm) -> Origin:
    """Return the subject that the page wrote into the form; an odd one is not found."""
    kind, _, rest = form.subject.data.partition("-")
    try:
        subject = RecallSubject(kind)
    except ValueError:
        raise NotFound("not_found") from None
    if subject is RecallSubject.DAY:
        return origin_of_day(parse_date(rest))
    key, _, box = rest.partition("-")
    return Origin(
        subject=subject,
        subject_id=parse_key(key),
        box=box if subject is RecallSubject.BOX else "",
        since=form.since.data,
        until=form.until.data,
    )


def _value(origin: Origin) -> str:
    if origin.subject is RecallSubject.DAY:
        return f"day-{origin.since}"
    box = f"-{origin.box}" if origin.box else ""
    return f"{origin.subject.value}-{origin.subject_id}{box}"


def _subjects(label: str, form: RecallForm) -> str:
    with reading() as session:
        named = _named(session, label)
        found = [
            (_value(each), _words(each, label_of_origin(session, origin=each))) for each in named
        ]
    return render_template(
        "recall/subjects.html",
        label=label.strip(),
        found=found,
        form=form,
        takes_days=any(each.subject in TAKES_DAYS for each in named),
    )


def _named(session: Session, label: str) -> Sequence[Origin]:
    if DAY.fullmatch(label):
        return [origin_of_day(parse_date(label))]
    return origins_named(session, bank_id=actor().bank_id, text=label)


def _words(origin: Origin, label: str) -> str:
    if origin.subject is RecallSubject.DAY and origin.since:
        return str(gettext("Rounds of %(day)s", day=long_day(origin.since)))
    return f"{SUBJECTS[origin.subject]} {label}"


def _home(
    *,
    label: str = "",
    wrong: str = "",
    day_form: RecallDayForm | None = None,
    drill_form: DrillForm | None = None,
) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "recall/recalls.html",
            lines=recalls_of(session, bank_id),
            proposals=[
                (_words(each.origin, each.label), each)
                for each in proposed_recalls(session, bank_id)
            ],
            drills=drill_state(session, bank_id=bank_id),
            today=ServiceDay.of(now(), get_bank(session, bank_id).zone).day,
            label=label,
            wrong=wrong,
            day_form=day_form or RecallDayForm(),
            drill_form=drill_form or DrillForm(),
        )
