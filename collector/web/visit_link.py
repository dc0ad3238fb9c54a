"""The page of a link in a message, without signing in: a date, two times, and four answers."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_cancellation
from collector.donor_contact.day_before import may_restore, restore_visit, store_answer
from collector.donor_contact.visit_times import VisitTimes, visit_times
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.pickups.models import DayBefore, Pickup, PickupState
from collector.pickups.visit_links import visit_by_token
from collector.rounds.promises import Promise
from collector.rounds.queries import promised_visit
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import anyone, now
from collector.web.wording import sentence

blueprint = Blueprint("visit_link", __name__, url_prefix="/v")


class AnswerForm(Form):
    """The four buttons, and the number of bottles that one of them needs."""

    answer = TextField()
    bottles = ParsedField[int | None](parse_whole_number, blank=None)


@blueprint.errorhandler(NotFound)
def answer_not_found(error: NotFound) -> tuple[str, int]:
    """Answer an expired link and one that never existed alike, with the way to sign in."""
    return render_template("donor/link_over.html", text=sentence(error)), 404


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """The part of a visit that a link alone shows."""

    bank: Bank
    pickup: Pickup
    times: VisitTimes | None
    is_late: bool
    """Whether the hours are over and no record settles the visit."""
    may_answer: bool
    may_restore: bool


@blueprint.get("/<token>")
@anyone
def look(token: str) -> str:
    """Show the date and the hours; opening the link changes nothing."""
    return _show(token)


@blueprint.post("/<token>")
@anyone
def say(token: str) -> Response | tuple[str, int]:
    """Keep the donor's answer."""
    form = AnswerForm.sent()
    try:
        with transaction() as session:
            pickup = visit_by_token(session, token, now=now())
            before = pickup.state
            store_answer(
                session,
                pickup,
                now=now(),
                actor=f"donor:{pickup.donor_id}",
                choice=_choice(form),
                promised=_promised(session, pickup),
                bottles=form.bottles.data,
            )
            if before is not pickup.state is PickupState.CANCELLED:
                confirm_cancellation(session, pickup, now=now())
    except Refused as refused:
        return _show(token, sentence(refused)), 422
    return redirect(url_for("visit_link.look", token=token), code=303)


@blueprint.post("/<token>/cancellation/removal")
@anyone
def restore(token: str) -> Response | tuple[str, int]:
    """Take the donor's cancellation back."""
    try:
        with transaction() as session:
            pickup = visit_by_token(session, token, now=now())
            restore_visit(session, pickup, now=now(), actor=f"donor:{pickup.donor_id}")
    except Refused as refused:
        return _show(token, sentence(refused)), 422
    return redirect(url_for("visit_link.look", token=token), code=303)


def _show(token: str, wrong: str = "") -> str:
    with reading() as session:
        pickup = visit_by_token(session, token, now=now())
        return render_template(
            "donor/link.html", page=_page(session, pickup), token=token, wrong=wrong
        )


def _page(session: Session, pickup: Pickup) -> LinkPage:
    times = visit_times(session, pickup)
    return LinkPage(
        bank=get_bank(session, pickup.bank_id),
        pickup=pickup,
        times=times,
        is_late=times is not None
        and times.is_over(now())
        and pickup.state is PickupState.PUBLISHED,
        may_answer=pickup.state is PickupState.PUBLISHED and times is not None,
        may_restore=may_restore(session, pickup, now=now()),
    )


def _promised(session: Session, pickup: Pickup) -> Promise | None:
    promise = promised_visit(session, pickup)
    if promise is None:
        return None
    return Promise(opens=promise.opens, closes=promise.closes)


def _choice(form: AnswerForm) -> DayBefore:
    try:
        return DayBefore(form.answer.data)
    except ValueError:
        raise NotFound("visit_link_not_valid") from None
