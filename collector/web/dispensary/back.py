"""What comes back: returns, destructions before a witness, links that are still open."""

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.csv_rows import write_rows
from collector.db import reading, transaction
from collector.dispensary.fates.queries import OpenLink, bottles_out, open_links
from collector.dispensary.lists.back import DestroyedBottle, destructions_of, returns_of
from collector.dispensary.returns.actions import (
    ReturnDraft,
    ask_to_destroy,
    propose_restock,
    sign_destruction,
    sign_restock,
    take_back,
    take_destruction_back,
)
from collector.errors import Conflict, MilkroundError
from collector.laboratory.destroying.actions import LONGEST_NOTE as LONGEST_REASON
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.people.models import Role
from collector.people.queries import names_of
from collector.recipients.queries import wards_of
from collector.web.dispensary.acts import counter_context
from collector.web.formats import moment
from collector.web.framework.forms import ChoiceField, FlagField, Form, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory_wording import DESTRUCTION_METHODS, DESTRUCTION_REASONS
from collector.web.wording import sentence

blueprint = Blueprint("back", __name__, url_prefix="/back")
guard(blueprint, Role.DISPENSER, Role.QUALITY, within="dispensary")

LONGEST_NOTE = 500


class ReturnForm(Form):
    """A bottle that came back, and its state."""

    label = TextField(longest=80, required="label_missing")
    sealed = FlagField()
    never_thawed = FlagField()
    logged = FlagField()
    note = TextField(longest=LONGEST_NOTE)


class BottleDestructionForm(Form):
    """A bottle that is destroyed, the reason and the way."""

    label = TextField(longest=80, required="label_missing")
    reason = ChoiceField(DestructionReason, blank=DestructionReason.DAMAGED)
    method = ChoiceField(DestructionMethod, blank=DestructionMethod.CARE_WASTE)
    note = TextField(longest=LONGEST_REASON)


@blueprint.get("")
def home() -> str:
    """Show returns, destructions, bottles outside and open links."""
    return _home()


@blueprint.post("/returns")
def take() -> Response | tuple[str, int]:
    """Take a scanned bottle back."""
    form = ReturnForm.sent()
    if not form.validate():
        return _home(returning=form), 422
    draft = ReturnDraft(
        sealed=form.sealed.data,
        never_thawed=form.never_thawed.data,
        logged=form.logged.data,
        note=form.note.data,
    )

    def act(session: Session) -> None:
        take_back(session, **counter_context(), text=form.label.data, draft=draft)

    return _after(act, gettext("Taken back."), returning=form)


@blueprint.post("/returns/<int:return_id>/proposal")
@grave
def propose(return_id: int) -> Response | tuple[str, int]:
    """Sign first that a returned bottle goes into stock again."""

    def act(session: Session) -> None:
        propose_restock(session, **counter_context(), return_id=return_id)

    return _after(act, gettext("Signed. A second person signs from her own session."))


@blueprint.post("/returns/<int:return_id>/restock")
@grave
def restock(return_id: int) -> Response | tuple[str, int]:
    """Sign second that a returned bottle goes into stock again."""

    def act(session: Session) -> None:
        sign_restock(session, **counter_context(), return_id=return_id)

    return _after(act, gettext("The bottle is in stock again: put it away."))


@blueprint.post("/destructions")
def destroy() -> Response | tuple[str, int]:
    """Sign first that a bottle is destroyed."""
    form = BottleDestructionForm.sent()
    if not form.validate():
        return _home(destroying=form), 422

    def act(session: Session) -> None:
        ask_to_destroy(
            session,
            **counter_context(),
            text=form.label.data,
            reason=form.reason.data,
            method=form.method.data,
            note=form.note.data,
        )

    return _after(act, gettext("Signed. The witness signs from her own session."), destroying=form)


@blueprint.post("/destructions/<int:destruction_id>/witness")
@grave
def witness(destruction_id: int) -> Response | tuple[str, int]:
    """Sign as the witness of the destruction of one bottle."""

    def act(session: Session) -> None:
        sign_destruction(session, **counter_context(), destruction_id=destruction_id, seen=1)

    return _after(act, gettext("The bottle is destroyed."))


@blueprint.post("/destructions/<int:destruction_id>/withdrawal")
def withdraw(destruction_id: int) -> Response | tuple[str, int]:
    """Take the destruction of one bottle back before it has its witness."""

    def act(session: Session) -> None:
        take_destruction_back(session, **counter_context(), destruction_id=destruction_id)

    return _after(act, gettext("Taken back."))


@blueprint.get("/open-links/file")
def links_file() -> Response:
    """Return the open links as CSV."""
    with reading() as session:
        rows = [
            {
                "number": each.number,
                "ward": each.ward,
                "volume_ml": each.volume_ml,
                "open_ml": each.open_ml,
                "handed_over": moment(each.handed_over_at),
            }
            for each in _links(session)
        ]
    headings = {
        "number": gettext("Bottle"),
        "ward": gettext("Ward"),
        "volume_ml": "ml",
        "open_ml": gettext("ml without a recipient"),
        "handed_over": gettext("Handed over"),
    }
    return _csv(write_rows(tuple(headings), rows, headings=tuple(headings.values())), "open-links")


@blueprint.get("/destructions/file")
def destructions_file() -> Response:
    """Return the destructions as CSV."""
    with reading() as session:
        found = destructions_of(session, bank_id=actor().bank_id, most=20_000)
        names = names_of(session, _people(found))
        rows = [
            {
                "number": each.number,
                "ml": each.volume_ml,
                "reason": DESTRUCTION_REASONS[each.destruction.reason],
                "method": DESTRUCTION_METHODS[each.destruction.method],
                "note": each.destruction.note,
                "by": names[each.destruction.begun_by_id],
                "witness": names.get(each.destruction.witness_id or 0, ""),
                "at": moment(at) if (at := each.destruction.witnessed_at) else "",
            }
            for each in found
        ]
    headings = {
        "number": gettext("Bottle"),
        "ml": "ml",
        "reason": gettext("Reason"),
        "method": gettext("Way"),
        "note": gettext("Note"),
        "by": gettext("Destroyed by"),
        "witness": gettext("Witness"),
        "at": gettext("Destroyed"),
    }
    file = write_rows(tuple(headings), rows, headings=tuple(headings.values()))
    return _csv(file, "destructions")


def _csv(content: bytes, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return answer


def _after(
    act: Callable[[Session], None], said: str, **forms: ReturnForm | BottleDestructionForm
) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            act(session)
    except MilkroundError as refused:
        if refused.code == "not_found":
            raise
        for form in forms.values():
            form.refuse(refused)
        wrong = "" if forms else sentence(refused)
        status = 409 if isinstance(refused, Conflict) else 422
        return _home(wrong=wrong, **forms), status
    flash(said, "ok")
    return redirect(url_for("dispensary.back.home"), code=303)


def _people(found: list[DestroyedBottle]) -> set[int]:
    """Return the people who destroyed, and the witnesses; 0 for a witness who is awaited."""
    destructions = [each.destruction for each in found]
    return {key for each in destructions for key in (each.begun_by_id, each.witness_id or 0)}


def _links(session: Session) -> list[OpenLink]:
    bank_id = actor().bank_id
    days = policies_of(session, bank_id)[PolicyKey.OPEN_LINK_DAYS]
    return open_links(session, bank_id=bank_id, now=now(), days=days)


def _home(
    *,
    wrong: str = "",
    returning: ReturnForm | BottleDestructionForm | None = None,
    destroying: ReturnForm | BottleDestructionForm | None = None,
) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        destructions = destructions_of(session, bank_id=bank_id)
        returns = returns_of(session, bank_id=bank_id)
        people = _people(destructions) | {each.back.decided_by_id or 0 for each in returns}
        return render_template(
            "dispensary/back.html",
            returns=returns,
            destructions=destructions,
            links=_links(session),
            out=bottles_out(session, bank_id=bank_id, most=100),
            wards={ward.id: ward for ward in wards_of(session, bank_id)},
            reasons=list(DestructionReason),
            methods=list(DestructionMethod),
            names=names_of(session, people),
            person_id=person_id(),
            returning=returning or ReturnForm(),
            destroying=destroying or BottleDestructionForm(),
            wrong=wrong,
        )
