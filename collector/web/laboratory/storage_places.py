"""A place of storage: things put away and taken out by scan, and its counts."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.errors import Conflict, MilkroundError, NotFound, Refused
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.storage.actions import LONGEST_NOTE, put_away, take_out
from collector.laboratory.storage.codes import is_place_code, read_place_code
from collector.laboratory.storage.counts import (
    begin_count,
    close_count,
    count_thing,
    counts_of,
    difference_of,
)
from collector.laboratory.storage.queries import (
    contents_of,
    place_fill,
    place_labelled,
    things_named,
)
from collector.laboratory.units.models import StorageCount
from collector.people.models import Role
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.page_context import civil_today
from collector.web.laboratory.scans import ScanForm, refused_scan, thing_label

blueprint = Blueprint("places", __name__, url_prefix="/places")
counts = Blueprint("counts", __name__, url_prefix="/counts")
guard(blueprint, Role.LABORATORY, within="laboratory.storage")
guard(counts, Role.LABORATORY, within="laboratory.storage")


class WithdrawalForm(Form):
    """A thing that leaves storage, and the reason."""

    label = TextField(longest=80)
    note = TextField(longest=LONGEST_NOTE)


class CountClosingForm(Form):
    """The number of missing things as the page showed it."""

    missing = KeyField()


@blueprint.get("/<int:place_id>")
def page(place_id: int) -> str:
    """Show a place with the things in it."""
    return _page(place_id)


@blueprint.post("/<int:place_id>/scans")
def scan(place_id: int) -> Response | tuple[str, int]:
    """Put a scanned thing into the place, or go to the place of a scanned code."""
    label = ScanForm.sent().label.data
    try:
        if is_place_code(label):
            with reading() as session:
                code = read_place_code(label)
                other = place_labelled(session, bank_id=actor().bank_id, code=code)
            return _to(other.id)
        with transaction() as session:
            moved = put_away(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                place_id=place_id,
                labels=[thing_label(label)],
            )
    except MilkroundError as refused:
        _refuse_unknown_place(place_id)
        return _page(place_id, label=label, wrong=refused_scan(ScanTask.STORE, label, refused)), 422
    number = label.strip().upper()
    if moved:
        flash(gettext("%(number)s stands here now.", number=number), "ok")
    else:
        flash(gettext("%(number)s stood here already.", number=number), "ok")
    return _to(place_id)


@blueprint.post("/<int:place_id>/withdrawals")
def withdraw(place_id: int) -> Response | tuple[str, int]:
    """Take a thing out of storage, with the reason."""
    form = WithdrawalForm.sent()
    try:
        with transaction() as session:
            found = take_out(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                label=thing_label(form.label.data),
                note=form.note.data,
            )
    except (Refused, NotFound) as refused:
        _refuse_unknown_place(place_id)
        form.refuse(refused)
        return _page(place_id, withdrawal=form), 422
    flash(gettext("%(number)s has left storage.", number=found.number), "ok")
    return _to(place_id)


@blueprint.post("/<int:place_id>/counts")
def count(place_id: int) -> Response:
    """Begin the count of the place, or go on with the one under way."""
    with transaction() as session:
        begun = begin_count(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            place_id=place_id,
        )
    return _to_count(begun.id)


@counts.get("/<int:count_id>")
def count_page(count_id: int) -> str:
    """Show a count with what was found and what is missing."""
    return _count_page(count_id)


@counts.post("/<int:count_id>/scans")
def count_scan(count_id: int) -> Response | tuple[str, int]:
    """Count a scanned thing."""
    label = ScanForm.sent().label.data
    try:
        with transaction() as session:
            found, is_first = count_thing(
                session,
                now=now(),
                bank_id=actor().bank_id,
                count_id=count_id,
                label=thing_label(label),
            )
    except MilkroundError as refused:
        with reading() as session:
            owned(session, StorageCount, actor().bank_id, count_id)
        wrong = refused_scan(ScanTask.COUNT, label, refused)
        return _count_page(count_id, label=label, wrong=wrong), 422
    if is_first:
        flash(gettext("%(number)s is counted.", number=found.number), "ok")
    else:
        flash(gettext("%(number)s was counted already.", number=found.number), "ok")
    return _to_count(count_id)


@counts.post("/<int:count_id>/closing")
def close(count_id: int) -> Response | tuple[str, int]:
    """Close the count with its differences."""
    form = CountClosingForm.sent()
    try:
        with transaction() as session:
            closed = close_count(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                count_id=count_id,
                missing_seen=form.missing.data,
            )
    except (Refused, Conflict) as refused:
        form.refuse(refused)
        return _count_page(count_id, wrong_closing=form.first_wrong), 422
    flash(
        ngettext("Counted: %(num)s is missing.", "Counted: %(num)s are missing.", closed.missing),
        "ok",
    )
    return _to(closed.place_id)


def _refuse_unknown_place(place_id: int) -> None:
    """Raise `NotFound` for a place of another bank, which no refused scan may hide."""
    with reading() as session:
        place_fill(session, bank_id=actor().bank_id, place_id=place_id)


def _to(place_id: int) -> Response:
    return redirect(url_for("laboratory.storage.places.page", place_id=place_id), code=303)


def _to_count(count_id: int) -> Response:
    return redirect(url_for("laboratory.storage.counts.count_page", count_id=count_id), code=303)


def _page(
    place_id: int,
    *,
    label: str = "",
    wrong: str = "",
    withdrawal: WithdrawalForm | None = None,
) -> str:
    with reading() as session:
        fill = place_fill(session, bank_id=actor().bank_id, place_id=place_id)
        return render_template(
            "laboratory/storage_place.html",
            fill=fill,
            contents=contents_of(session, place_id=place_id),
            counts=counts_of(session, fill.place),
            today=civil_today(),
            label=label,
            wrong=wrong,
            withdrawal=withdrawal or WithdrawalForm(),
        )


def _count_page(count_id: int, *, label: str = "", wrong: str = "", wrong_closing: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        found = owned(session, StorageCount, bank_id, count_id)
        difference = difference_of(session, found)
        return render_template(
            "laboratory/storage_count.html",
            count=found,
            fill=place_fill(session, bank_id=bank_id, place_id=found.place_id),
            difference=difference,
            missing=things_named(session, difference.missing),
            strangers=things_named(session, difference.strangers),
            label=label,
            wrong=wrong,
            wrong_closing=wrong_closing,
        )
