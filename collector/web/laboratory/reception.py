"""Reception: the field of the scanner, the containers that wait, the intakes of the day."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.custody.models import Container
from collector.db import reading, transaction
from collector.errors import MilkroundError, Refused
from collector.laboratory.reception.actions import (
    miss_container,
    undo_intake,
)
from collector.laboratory.reception.models import ScanTask
from collector.laboratory.reception.queries import (
    container_labelled,
    expected_visits,
    intakes_of_day,
    latest_intakes,
    reception_site,
    refused_scans,
    visit_volume,
    waiting_elsewhere,
)
from collector.people.models import Role
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.page_context import today
from collector.web.laboratory.scans import LONGEST_LABEL, ScanForm, container_label, refused_scan
from collector.web.wording import sentence

blueprint = Blueprint("reception", __name__, url_prefix="/reception")
guard(blueprint, Role.LABORATORY, within="laboratory")


class ReceptionQuery(Form):
    """The box whose containers are shown, and the intake that was just made."""

    box = TextField(longest=LONGEST_LABEL)
    taken = TextField(longest=LONGEST_LABEL)


@blueprint.get("")
def home() -> str:
    """Show the reception."""
    return _page()


@blueprint.post("/scans")
def scan() -> Response | tuple[str, int]:
    """Open the container of a label, or the containers of a box."""
    label = ScanForm.sent().label.data
    try:
        with reading() as session:
            expected = expected_visits(session, bank_id=actor().bank_id, now=now())
            boxes = {visit.box for visit in expected if visit.box}
            if label.upper() in boxes:
                return redirect(url_for("laboratory.reception.home", box=label.upper()), code=303)
            container = _scanned(session, label)
    except MilkroundError as refused:
        return _page(label=label, wrong=refused_scan(ScanTask.RECEPTION, label, refused)), 422
    return redirect(url_for("laboratory.intake_forms.form", container_id=container.id), code=303)


@blueprint.post("/containers/<int:container_id>/absence")
def miss(container_id: int) -> Response:
    """Report that a container that was handed over is not on the bench."""
    with transaction() as session:
        miss_container(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            container_id=container_id,
        )
    flash(gettext("Noted as missing: quality sees it."), "warn")
    return redirect(url_for("laboratory.reception.home"), code=303)


@blueprint.post("/intakes/<int:intake_id>/withdrawal")
def undo(intake_id: int) -> Response | tuple[str, int]:
    """Undo an intake of one's own."""
    try:
        with transaction() as session:
            undo_intake(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                intake_id=intake_id,
            )
    except Refused as refused:
        return _page(wrong=sentence(refused)), 422
    flash(gettext("Undone: the bottle waits here again."), "ok")
    return redirect(url_for("laboratory.reception.home"), code=303)


def _scanned(session: Session, label: str) -> Container:
    """Return the container of a scan, which must wait at this reception.

    Raises
    ------
    NotFound, Refused
        The label is unknown or wrong, or the container is elsewhere.
    """
    number = container_label(label)
    container = container_labelled(session, bank_id=actor().bank_id, number=number)
    reception_site(session, container)
    return container


def _page(*, label: str = "", wrong: str = "") -> str:
    query, bank_id = ReceptionQuery.queried(), actor().bank_id
    with reading() as session:
        expected = expected_visits(session, bank_id=bank_id, now=now())
        shown = [visit for visit in expected if query.box.data in {"", visit.box}]
        latest = latest_intakes(session, bank_id=bank_id, day=today())
        taken = next((each for each in latest if str(each.id) == query.taken.data), None)
        return render_template(
            "laboratory/reception.html",
            expected=shown,
            waiting=sum(len(visit.containers) for visit in expected),
            elsewhere=waiting_elsewhere(session, bank_id=bank_id, now=now()),
            day=intakes_of_day(session, bank_id=bank_id, day=today()),
            latest=latest,
            taken=taken,
            volume=visit_volume(session, bank_id=bank_id, pickup_id=taken.container.pickup_id)
            if taken
            else None,
            scans=refused_scans(session, bank_id=bank_id, day=today()),
            box=query.box.data,
            label=label,
            wrong=wrong,
        )
