"""The donor's side: her file, and her requests made, changed and cancelled."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask import request as http
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donor_contact import confirmations, day_before
from collector.errors import Refused
from collector.people.models import Role
from collector.pickups import actions
from collector.pickups.drafts import PickupDraft
from collector.pickups.enquiries import enquiry_of
from collector.pickups.giving import is_bereaved
from collector.pickups.models import Pickup
from collector.pickups.queries import pickup_of_donor
from collector.rounds.queries import promised_visit
from collector.web.donor import contact_details, contact_preferences, giving, receipt, request
from collector.web.donor import request_form as forms
from collector.web.donor.pages import form_page, home_page, last_request, visit_page
from collector.web.donor.wording import GAUGE, KITS, LINES, PURPOSES, headline
from collector.web.framework.assets import dist_folder, manifest
from collector.web.framework.guards import actor, anyone, donor_id, guard, now
from collector.web.health_questions import QUESTIONS

blueprint = Blueprint("donor", __name__, url_prefix="/donor")
guard(blueprint, Role.DONOR)
for part in (request, giving, contact_details, contact_preferences, receipt):
    blueprint.register_blueprint(part.blueprint)


@blueprint.context_processor
def words() -> dict[str, object]:
    """Return the words of the donor's templates."""
    return {
        "headline": headline,
        "now": now,
        "PURPOSES": PURPOSES,
        "QUESTIONS": QUESTIONS,
        "KITS": KITS,
        "LINES": LINES,
        "GAUGE": GAUGE,
        # An error page is rendered without an actor.
        "proved": getattr(g.get("actor"), "proved", False),
    }


OPEN_TO_GRIEF = frozenset(
    {"donor.home", "donor.worker", "donor.offline", "donor.giving.say", "donor.giving.take_back"}
)
"""The pages of a donor whose child has died; every other one leads to her quiet page."""


def lead_to_quiet_page() -> Response | None:
    """Lead a bereaved donor from every other page to her quiet one: no card, no request."""
    if g.actor is None or http.endpoint in OPEN_TO_GRIEF:
        return None
    with reading() as session:
        grieves = is_bereaved(session, donor_id())
    return redirect(url_for("donor.home"), code=303) if grieves else None


blueprint.before_request(lead_to_quiet_page)


@blueprint.get("/")
def home() -> str:
    """Show the donor's promised visits, her requests and the state of her file."""
    with reading() as session:
        page = home_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template("donor/quiet.html" if page.loss else "donor/home.html", page=page)


@blueprint.get("/service-worker.js")
@anyone
def worker() -> Response:
    """Return the service worker, which must have an address below `/donor/`."""
    program = (dist_folder() / manifest()["js/donor-worker.js"]).read_text(encoding="utf-8")
    answer = Response(program, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/offline")
def offline() -> str:
    """Show the page that the browser keeps for use without a network."""
    with reading() as session:
        return render_template("donor/offline.html", bank=get_bank(session, actor().bank_id))


@blueprint.get("/visits/new")
def new_visit() -> str:
    """Show the form of a request with the donor's own windows."""
    with reading() as session:
        last = last_request(session, bank_id=actor().bank_id, donor_id=donor_id())
        return _show(session, forms.blank_form(last, enquiry_of(session, donor_id())))


@blueprint.post("/visits")
def ask_for_visit() -> Response | tuple[str, int] | str:
    """Make a request; a form that is sent twice makes one."""
    return _send(None)


@blueprint.get("/visits/<int:pickup_id>")
def visit(pickup_id: int) -> str:
    """Show one visit: the request, the answer to it, and the possible changes."""
    with reading() as session:
        page = visit_page(session, pickup=_own(session, pickup_id), now=now())
        return render_template("donor/visit.html", page=page)


@blueprint.get("/visits/<int:pickup_id>/change")
def change_form(pickup_id: int) -> str:
    """Show the form as the request stands."""
    with reading() as session:
        pickup = _own(session, pickup_id)
        return _show(session, forms.change_form(pickup), pickup=pickup)


@blueprint.post("/visits/<int:pickup_id>")
def change_visit(pickup_id: int) -> Response | tuple[str, int] | str:
    """Change a request."""
    return _send(pickup_id)


@blueprint.post("/visits/<int:pickup_id>/cancellation")
def cancel_visit(pickup_id: int) -> Response:
    """Cancel a request."""
    with transaction() as session:
        promise = promised_visit(session, _own(session, pickup_id))
        actions.cancel(
            session,
            now=now(),
            bank_id=actor().bank_id,
            pickup_id=pickup_id,
            actor=actor().reference,
            promised_at=promise.opens if promise else None,
        )
        confirmations.confirm_cancellation(session, _own(session, pickup_id), now=now())
    flash(_("Your visit is called off. Nobody will come."), "ok")
    return redirect(url_for("donor.visit", pickup_id=pickup_id), code=303)


@blueprint.post("/visits/<int:pickup_id>/cancellation/removal")
def restore_visit(pickup_id: int) -> Response:
    """Take the donor's cancellation back."""
    with transaction() as session:
        day_before.restore_visit(
            session, _own(session, pickup_id), now=now(), actor=actor().reference
        )
    return redirect(url_for("donor.visit", pickup_id=pickup_id), code=303)


def _send(pickup_id: int | None) -> Response | tuple[str, int] | str:
    """Make or change the request, or show the form again with its mistakes."""
    form = forms.VisitForm.sent()
    if form.more.data:
        form.add_row()
        return _again(form, pickup_id)
    key = None
    try:
        with transaction() as session:
            draft = _draft(session, form, pickup_id)
            if not form.wrong:
                key = _act(session, draft, pickup_id, once=form.once.data)
    except Refused as refused:
        form.refuse(refused)
    if key is None:
        return _again(form, pickup_id), 422
    flash(_("We have it. You see below what happens next."), "ok")
    return redirect(url_for("donor.visit", pickup_id=key), code=303)


def _draft(session: Session, form: forms.VisitForm, pickup_id: int | None) -> PickupDraft:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    kept = () if pickup_id is None else _own(session, pickup_id).purposes
    return forms.read_draft(form, page=page, now=now(), kept=kept)


def _act(session: Session, draft: PickupDraft, pickup_id: int | None, *, once: str) -> int:
    """Make or change the request and return its key."""
    who = actor()
    if pickup_id is None:
        return actions.request_pickup(
            session,
            now=now(),
            bank_id=who.bank_id,
            donor_id=donor_id(),
            actor=who.reference,
            draft=draft,
            once=f"{who.reference} {once}" if once else None,
        ).id
    promise = promised_visit(session, _own(session, pickup_id))
    pickup = actions.change(
        session,
        now=now(),
        bank_id=who.bank_id,
        pickup_id=pickup_id,
        actor=who.reference,
        draft=draft,
        promised_at=promise.opens if promise else None,
    )
    confirmations.confirm_change(session, pickup, now=now())
    return pickup.id


def _again(form: forms.VisitForm, pickup_id: int | None) -> str:
    with reading() as session:
        return _show(session, form, pickup=_own(session, pickup_id) if pickup_id else None)


def _show(session: Session, form: forms.VisitForm, *, pickup: Pickup | None = None) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template(
        "donor/visit_form.html",
        page=page,
        typed=form.typed,
        wrong=form.wrong,
        rows=form.windows.rows,
        pickup=pickup,
    )


def _own(session: Session, pickup_id: int) -> Pickup:
    """Return a request of the signed-in donor."""
    return pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
