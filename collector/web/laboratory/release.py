"""Release: the board with one signature for all green lots, one lot with its checks, exceptions."""

from collections.abc import Callable

import wtforms
from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.laboratory.heating.judgement import Colour
from collector.laboratory.reception.queries import donor_numbers
from collector.laboratory.release.actions import (
    propose_exception,
    reject_lot,
    release_green,
    sign_exception,
    withdraw_lot,
)
from collector.laboratory.release.certificate import certificate_of
from collector.laboratory.release.checks import LotCheckKey
from collector.laboratory.release.queries import decided_lots, lot_page, release_board
from collector.people.models import Role
from collector.people.queries import names_of
from collector.web.framework.forms import Form, TextField, parse_key, texts_form
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.acts import act_context
from collector.web.run_sheet import printed
from collector.web.wording import sentence

blueprint = Blueprint("release", __name__, url_prefix="/release")
guard(blueprint, Role.RELEASER, Role.QUALITY, Role.LABORATORY, within="laboratory")
signing = Blueprint("signing", __name__)
guard(signing, Role.RELEASER, within="laboratory.release")
exceptions = Blueprint("exceptions", __name__)
guard(exceptions, Role.RELEASER, Role.QUALITY, within="laboratory.release")
rejections = Blueprint("rejections", __name__)
guard(rejections, Role.RELEASER, Role.LABORATORY, within="laboratory.release")
withdrawals = Blueprint("withdrawals", __name__)
guard(withdrawals, Role.QUALITY, within="laboratory.release")

LONGEST_REASON = 500
LONGEST_DIGEST = 40


class SeenLotsField(wtforms.Field):
    """Lots with the digests of the checks that the page showed, as `12-0a1b2c`."""

    data: dict[int, str]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lots; an odd key is not found (404)."""
        pairs = (text[:LONGEST_DIGEST].partition("-") for text in valuelist)
        self.data = {parse_key(key): digest for key, _, digest in pairs}


class SignatureForm(Form):
    """The lots that a signature releases."""

    lots = SeenLotsField()


class SeenChecksForm(Form):
    """The digest of the checks that the page of a lot showed."""

    seen = TextField(longest=LONGEST_DIGEST)


class VerdictForm(Form):
    """The reason of a rejection or of a withdrawal."""

    reason = TextField(longest=LONGEST_REASON)


@blueprint.get("")
def home() -> str:
    """Show the lots that wait for their release, green ones first."""
    return _home()


@signing.post("")
@grave
def sign() -> Response | tuple[str, int]:
    """Release all chosen green lots by one signature."""
    seen = SignatureForm.sent().lots.data or {}
    try:
        with transaction() as session:
            count = len(release_green(session, **act_context(), seen=seen))
    except Refused as refused:
        return _home(wrong=sentence(refused)), 422
    except Conflict as conflict:
        return _home(wrong=sentence(conflict)), 409
    flash(ngettext("%(num)s lot is released.", "%(num)s lots are released.", count), "ok")
    return redirect(url_for("laboratory.release.home"), code=303)


@blueprint.get("/<int:lot_id>")
def page(lot_id: int) -> str:
    """Show a lot with its checks and decisions."""
    return _page(lot_id)


@blueprint.get("/<int:lot_id>/certificate")
def certificate(lot_id: int) -> Response:
    """Return the certificate of a released lot as a PDF."""
    bank_id = actor().bank_id
    with reading() as session:
        text = render_template(
            "laboratory/release_certificate.html",
            found=certificate_of(session, bank_id=bank_id, lot_id=lot_id),
            bank=get_bank(session, bank_id),
            now=now(),
        )
    answer = make_response(printed(text))
    answer.headers["Content-Type"] = "application/pdf"
    return answer


@exceptions.post("/<int:lot_id>/proposal")
@grave
def propose(lot_id: int) -> Response | tuple[str, int]:
    """Sign first that an amber lot be released, with a reason for each amber check."""
    reasons = texts_form(f"reason-{key.value}" for key in LotCheckKey).sent().data
    given = {key.value: reasons[f"reason-{key.value}"] for key in LotCheckKey}

    def act(session: Session) -> None:
        seen = SeenChecksForm.sent().seen.data
        propose_exception(session, **act_context(), lot_id=lot_id, seen=seen, reasons=given)

    return _after(lot_id, act, gettext("Signed. A second person signs from her own session."))


@exceptions.post("/<int:lot_id>/exception")
@grave
def countersign(lot_id: int) -> Response | tuple[str, int]:
    """Release an amber lot by the second signature."""

    def act(session: Session) -> None:
        sign_exception(session, **act_context(), lot_id=lot_id)

    return _after(lot_id, act, gettext("The lot is released, with an exception."))


@rejections.post("/<int:lot_id>/rejection")
def reject(lot_id: int) -> Response | tuple[str, int]:
    """Reject a lot."""

    def act(session: Session) -> None:
        reason = VerdictForm.sent().reason.data
        reject_lot(session, **act_context(), lot_id=lot_id, reason=reason)

    return _after(lot_id, act, gettext("The lot is rejected."))


@withdrawals.post("/<int:lot_id>/withdrawal")
def withdraw(lot_id: int) -> Response | tuple[str, int]:
    """Withdraw a released lot; its bottles are held at once."""

    def act(session: Session) -> None:
        reason = VerdictForm.sent().reason.data
        withdraw_lot(session, **act_context(), lot_id=lot_id, reason=reason)

    return _after(lot_id, act, gettext("The lot is withdrawn, and its bottles are held."))


def _after(lot_id: int, act: Callable[[Session], None], said: str) -> Response | tuple[str, int]:
    """Do an act on a lot, and show the lot again."""
    try:
        with transaction() as session:
            act(session)
    except Refused as refused:
        return _page(lot_id, wrong=sentence(refused)), 422
    except Conflict as conflict:
        return _page(lot_id, wrong=sentence(conflict)), 409
    flash(said, "ok")
    return redirect(url_for("laboratory.release.page", lot_id=lot_id), code=303)


def _home(*, wrong: str = "") -> str:
    with reading() as session:
        board = release_board(session, now=now(), bank_id=actor().bank_id, person_id=person_id())
        return render_template(
            "laboratory/release.html",
            green=[lot for lot in board if lot.colour is Colour.GREEN],
            amber=[lot for lot in board if lot.colour is Colour.AMBER],
            waiting=[lot for lot in board if lot.awaits],
            failed=[lot for lot in board if lot.colour is Colour.RED and not lot.awaits],
            decided=decided_lots(session, actor().bank_id),
            wrong=wrong,
        )


def _page(lot_id: int, *, wrong: str = "") -> str:
    with reading() as session:
        found = lot_page(
            session, now=now(), bank_id=actor().bank_id, person_id=person_id(), lot_id=lot_id
        )
        people = {each.person_id for each in found.decisions}
        people |= {each.second_id for each in found.decisions if each.second_id}
        people |= {found.proposal.person_id} if found.proposal else set()
        people |= found.lot.facts.workers
        return render_template(
            "laboratory/lot.html",
            found=found,
            names=names_of(session, people),
            donors=donor_numbers(session, {each.donor_id for each in found.lot.facts.inputs}),
            person_id=person_id(),
            wrong=wrong,
        )


for part in (signing, exceptions, rejections, withdrawals):
    blueprint.register_blueprint(part)
