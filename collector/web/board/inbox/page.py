"""The board's inbox: the requests with their flags, and the answers to them."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.audit.actions import record
from collector.banks.queries import policies_of, zones_of
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_cancellation
from collector.donor_contact.loss import losses_to_call
from collector.donor_contact.telephone import donors_to_call
from collector.donors.models import Donor
from collector.donors.queries import donor_words
from collector.pickups.actions import accept as accept_pickup
from collector.pickups.actions import cancel, clear_hold
from collector.pickups.flags import Flag, flags
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import get_pickup, inbox
from collector.rounds.incidents import decide_incident, open_remarks
from collector.rounds.models import Incident, IncidentDecision
from collector.rounds.stop_details import untold_changes
from collector.search_words import is_found
from collector.web.board.page_context import page, today
from collector.web.board.wording import CANCEL_REASONS, GRAVE_FLAGS
from collector.web.framework.forms import Form, KeyField, KeysField, TextField
from collector.web.framework.guards import actor, now

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A request and its flags on the first of its days that is not over."""

    pickup: Pickup
    flags: tuple[Flag, ...]

    @property
    def grave(self) -> bool:
        """Whether a coordinator should look at the request before accepting it."""
        return any(flag in GRAVE_FLAGS for flag in self.flags)


class AcceptanceForm(Form):
    """The chosen requests, or the single one with its own button."""

    only = KeyField()
    pickup = KeysField()


class InboxSearchForm(Form):
    """The search among the requests."""

    q = TextField()


class CancellationForm(Form):
    """The reason of a cancellation."""

    reason = TextField()


@blueprint.get("")
def home() -> str:
    """Show the requests that wait for an answer, or the matches of a search."""
    query = InboxSearchForm.queried().q.data
    with reading() as session:
        rows = _rows(session, actor().bank_id, on=today())
        found = [row for row in rows if is_found(query, donor_words(row.pickup.donor))]
        return page(
            session,
            "board/inbox/page.html",
            rows=found,
            q=query,
            total=len(rows),
            grave_flags=GRAVE_FLAGS,
            calls=losses_to_call(session, bank_id=actor().bank_id),
            untold=untold_changes(session, bank_id=actor().bank_id, today=today()),
            telephone=donors_to_call(session, bank_id=actor().bank_id, today=today()),
            remarks=_remarks(session, actor().bank_id),
        )


@blueprint.post("/remarks/<int:remark_id>/completion")
def settle_remark(remark_id: int) -> Response:
    """Settle a remark of a collector."""
    who = actor()
    with transaction() as session:
        decide_incident(
            session,
            now=now(),
            bank_id=who.bank_id,
            incident_id=remark_id,
            person_id=who.person_id or 0,
            decision=IncidentDecision.DONE,
        )
    flash(gettext("The remark is settled."), "ok")
    return redirect(url_for("board.inbox.home"), code=303)


@blueprint.post("/acceptances")
def accept() -> Response:
    """Accept one request, or every chosen one."""
    form = AcceptanceForm.sent()
    chosen = [form.only.data] if form.only.data else form.pickup.data
    who = actor()
    with transaction() as session:
        for pickup_id in chosen:
            accept_pickup(
                session,
                now=now(),
                bank_id=who.bank_id,
                pickup_id=pickup_id,
                actor=who.reference,
            )
    if chosen:
        flash(
            ngettext("%(num)s request accepted.", "%(num)s requests accepted.", len(chosen)), "ok"
        )
    else:
        flash(gettext("Choose at least one request first."), "warn")
    return redirect(url_for("board.inbox.home"), code=303)


@blueprint.post("/pickups/<int:pickup_id>/holds/<int:hold_id>/clearance")
def clear(pickup_id: int, hold_id: int) -> Response:
    """Clear a hold after a call to the donor."""
    who = actor()
    with transaction() as session:
        clear_hold(
            session,
            now=now(),
            bank_id=who.bank_id,
            pickup_id=pickup_id,
            hold_id=hold_id,
            person_id=who.person_id or 0,
        )
    flash(gettext("Noted: called and cleared, by you."), "ok")
    return redirect(url_for("board.inbox.home", _anchor=f"request-{pickup_id}"), code=303)


@blueprint.get("/pickups/<int:pickup_id>/cancellation")
def cancellation(pickup_id: int) -> str:
    """Show the reasons of a cancellation."""
    with reading() as session:
        pickup = get_pickup(session, actor().bank_id, pickup_id)
        return page(session, "board/inbox/cancellation.html", pickup=pickup, reasons=CANCEL_REASONS)


@blueprint.post("/pickups/<int:pickup_id>/cancellation")
def call_off(pickup_id: int) -> Response:
    """Cancel a request and record the reason."""
    who, reason = actor(), CancellationForm.sent().reason.data
    known = reason if reason in CANCEL_REASONS else "other"
    with transaction() as session:
        pickup = get_pickup(session, who.bank_id, pickup_id)
        was_open = pickup.state is not PickupState.CANCELLED
        cancel(session, now=now(), bank_id=who.bank_id, pickup_id=pickup_id, actor=who.reference)
        if was_open:
            confirm_cancellation(session, pickup, now=now())
        record(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            action="cancellation explained",
            subject=f"pickup:{pickup_id}",
            reason=known,
        )
    flash(gettext("The visit is cancelled."), "ok")
    return redirect(url_for("board.inbox.home"), code=303)


def _rows(session: Session, bank_id: int, *, on: date) -> list[InboxRow]:
    asked = inbox(session, bank_id)
    policies, zones = policies_of(session, bank_id, on=on), zones_of(session, bank_id)
    return [
        InboxRow(
            pickup=pickup,
            flags=flags(
                pickup, on=_first_day(pickup, on), policies=policies, zones=zones, others=asked
            ),
        )
        for pickup in asked
    ]


def _remarks(session: Session, bank_id: int) -> list[tuple[Incident, Donor | None]]:
    """Return the remarks of collectors that wait, each with its donor."""
    return [
        (
            remark,
            get_pickup(session, bank_id, remark.pickup_id).donor if remark.pickup_id else None,
        )
        for remark in open_remarks(session, bank_id)
    ]


def _first_day(pickup: Pickup, on: date) -> date:
    """Return the day on which the flags are judged: the first that is not over."""
    return min((window.day for window in pickup.windows if window.day >= on), default=on)
