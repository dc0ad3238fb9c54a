"""Destructions: a list of scanned bottles, the signature of the witness, the list as a PDF."""

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.dispensary.returns.actions import sign_destruction
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_whole_number
from collector.laboratory.destroying.actions import (
    LONGEST_NOTE,
    abandon_destruction,
    add_to_destruction,
    begin_destruction,
    take_off_destruction,
)
from collector.laboratory.destroying.queries import (
    contents_of,
    destruction_of,
    destructions_of,
)
from collector.laboratory.destructions.models import (
    Destruction,
    DestructionMethod,
    DestructionReason,
)
from collector.laboratory.reception.models import ScanTask
from collector.people.models import Role
from collector.people.queries import names_of
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.acts import act_context
from collector.web.laboratory.scans import ScanForm, refused_scan, thing_label
from collector.web.run_sheet import printed
from collector.web.wording import sentence

blueprint = Blueprint("destructions", __name__, url_prefix="/destructions")
guard(blueprint, Role.LABORATORY, Role.QUALITY, Role.RELEASER, within="laboratory")
listing = Blueprint("listing", __name__)
guard(listing, Role.LABORATORY, within="laboratory.destructions")


class DestructionForm(Form):
    """The reason and the way of a destruction."""

    reason = ChoiceField(DestructionReason, blank=DestructionReason.REJECTED)
    method = ChoiceField(DestructionMethod, blank=DestructionMethod.CARE_WASTE)
    note = TextField(longest=LONGEST_NOTE)


class WitnessForm(Form):
    """The number of bottles that the page of the witness showed."""

    seen = ParsedField(parse_whole_number, blank=0)


@blueprint.get("")
def home() -> str:
    """Show the lists that await their witness, and those signed last."""
    return _home(DestructionForm())


@listing.post("")
def begin() -> Response | tuple[str, int]:
    """Begin a list."""
    form = DestructionForm.sent()
    if not form.validate():
        return _home(form), 422
    try:
        with transaction() as session:
            found = begin_destruction(session, **act_context(), **form.data)
    except Refused as refused:
        form.refuse(refused)
        return _home(form), 422
    return _opened(found.id)


@blueprint.get("/<int:destruction_id>")
def page(destruction_id: int) -> str:
    """Show a list with its bottles."""
    return _page(destruction_id)


@listing.post("/<int:destruction_id>/scans")
def scan(destruction_id: int) -> Response | tuple[str, int]:
    """Put a scanned bottle on a list."""
    label = ScanForm.sent().label.data
    try:
        with transaction() as session:
            thing, is_new = add_to_destruction(
                session,
                now=now(),
                bank_id=actor().bank_id,
                destruction_id=destruction_id,
                label=thing_label(label),
            )
    except MilkroundError as refused:
        wrong = refused_scan(ScanTask.DESTROY, label, refused)
        return _page(destruction_id, label=label, wrong=wrong), 422
    words = gettext("%(number)s is on the list.", number=thing.number)
    flash(words if is_new else gettext("%(number)s was on the list already.", number=thing.number))
    return redirect(
        url_for("laboratory.destructions.page", destruction_id=destruction_id), code=303
    )


@listing.post("/<int:destruction_id>/items/<int:item_id>/withdrawal")
def take_off(destruction_id: int, item_id: int) -> Response | tuple[str, int]:
    """Take a bottle off a list."""

    def act(session: Session) -> None:
        take_off_destruction(
            session,
            now=now(),
            bank_id=actor().bank_id,
            destruction_id=destruction_id,
            item_id=item_id,
        )

    return _after(destruction_id, act, gettext("Taken off the list."))


@listing.post("/<int:destruction_id>/abandonment")
def abandon(destruction_id: int) -> Response | tuple[str, int]:
    """Give a list up."""

    def act(session: Session) -> None:
        abandon_destruction(session, **act_context(), destruction_id=destruction_id)

    return _after(destruction_id, act, gettext("The list is given up; nothing was destroyed."))


@blueprint.post("/<int:destruction_id>/witness")
@grave
def witness(destruction_id: int) -> Response | tuple[str, int]:
    """Sign as the witness."""
    form = WitnessForm.sent()
    seen = form.seen.data if form.validate() else 0

    def act(session: Session) -> None:
        sign_destruction(session, **act_context(), destruction_id=destruction_id, seen=seen)

    return _after(destruction_id, act, gettext("Signed: these bottles are destroyed."))


@blueprint.get("/<int:destruction_id>/document")
def document(destruction_id: int) -> Response:
    """Return a list as a PDF."""
    with reading() as session:
        figures = _figures(session, destruction_id)
        bank = get_bank(session, actor().bank_id)
        text = render_template("laboratory/destruction_sheet.html", **figures, bank=bank, now=now())
    answer = make_response(printed(text))
    answer.headers["Content-Type"] = "application/pdf"
    return answer


def _after(
    destruction_id: int, act: Callable[[Session], None], said: str
) -> Response | tuple[str, int]:
    """Do an act on a list, and show the list again."""
    try:
        with transaction() as session:
            act(session)
    except Refused as refused:
        return _page(destruction_id, wrong_act=sentence(refused)), 422
    except Conflict as conflict:
        return _page(destruction_id, wrong_act=sentence(conflict)), 409
    flash(said, "ok")
    return redirect(
        url_for("laboratory.destructions.page", destruction_id=destruction_id), code=303
    )


def _opened(destruction_id: int) -> Response:
    place = url_for("laboratory.destructions.page", destruction_id=destruction_id)
    return redirect(place, code=303)


def _home(form: DestructionForm) -> str:
    with reading() as session:
        lines = destructions_of(session, bank_id=actor().bank_id)
        names = names_of(session, {each.destruction.begun_by_id for each in lines})
        return render_template(
            "laboratory/destructions.html",
            lines=lines,
            names=names,
            form=form,
            reasons=list(DestructionReason),
            methods=list(DestructionMethod),
        )


def _page(destruction_id: int, *, label: str = "", wrong: str = "", wrong_act: str = "") -> str:
    with reading() as session:
        return render_template(
            "laboratory/destruction.html",
            **_figures(session, destruction_id),
            label=label,
            wrong=wrong,
            wrong_act=wrong_act,
            person_id=person_id(),
        )


def _figures(session: Session, destruction_id: int) -> dict[str, object]:
    found = destruction_of(session, bank_id=actor().bank_id, destruction_id=destruction_id)
    things = contents_of(session, found)
    return {
        "found": found,
        "things": things,
        "volume_ml": sum(each.volume_ml for each in things),
        "names": names_of(session, _people(found)),
    }


def _people(found: Destruction) -> set[int]:
    return {found.begun_by_id} | ({found.witness_id} if found.witness_id else set())


blueprint.register_blueprint(listing)
