"""The donor's side: her file in kind words, asking for a visit, changing it, calling it off."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Role
from collector.pickups import actions
from collector.pickups.enquiries import enquiry_of
from collector.pickups.models import Pickup
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import pickup_of_donor
from collector.pickups.windows import Ask
from collector.web.donor import contact_preferences as donor_reach
from collector.web.donor import giving as donor_giving
from collector.web.donor import receipt as donor_receipt
from collector.web.donor import request as donor_asking
from collector.web.donor import request_form as forms
from collector.web.donor.pages import form_page, home_page, last_of, visit_page
from collector.web.donor.promise import told
from collector.web.donor.wording import GAUGE, KITS, PURPOSES, headline
from collector.web.framework.assets import dist_folder, manifest
from collector.web.framework.guards import actor, anyone, donor_id, guard, now
from collector.web.health_questions import QUESTIONS
from collector.web.wording import sentence

blueprint = Blueprint("donor", __name__, url_prefix="/donor")
guard(blueprint, Role.DONOR)
for part in (donor_asking, donor_giving, donor_reach, donor_receipt):
    blueprint.register_blueprint(part.blueprint)


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give the donor's templates their words."""
    return {
        "headline": headline,
        "PURPOSES": PURPOSES,
        "QUESTIONS": QUESTIONS,
        "KITS": KITS,
        "GAUGE": GAUGE,
        # A page that turns somebody away is drawn for nobody.
        "proved": getattr(g.get("actor"), "proved", False),
    }


@blueprint.get("/")
def home() -> str:
    """Show what is promised, what was asked for, and how her file stands."""
    with reading() as session:
        page = home_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
        return render_template("donor/home.html", page=page)


@blueprint.get("/service-worker.js")
@anyone
def worker() -> Response:
    """Send the program beside her pages; it must live under their own address."""
    program = (dist_folder() / manifest()["js/donor-worker.js"]).read_text(encoding="utf-8")
    answer = Response(program, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/offline")
def offline() -> str:
    """Show what her browser keeps for where there is no network."""
    with reading() as session:
        return render_template("donor/offline.html", bank=get_bank(session, actor().bank_id))


@blueprint.get("/visits/new")
def new_visit() -> str:
    """Show the form, with what she asked for last time."""
    with reading() as session:
        last = last_of(session, bank_id=actor().bank_id, donor_id=donor_id())
        enquiry = enquiry_of(session, donor_id())
        return _show(session, forms.resumed(enquiry, last) if enquiry else forms.blank(last))


@blueprint.post("/visits")
def ask_for_visit() -> Response | tuple[str, int] | str:
    """Ask for a visit; the same form sent twice asks once."""
    return _send(None)


@blueprint.get("/visits/<int:pickup_id>")
def visit(pickup_id: int) -> str:
    """Show one visit: what was asked, what we answer, what she may do."""
    with reading() as session:
        page = visit_page(session, pickup=_hers(session, pickup_id), now=now())
        return render_template("donor/visit.html", page=page)


@blueprint.get("/visits/<int:pickup_id>/change")
def change_form(pickup_id: int) -> str:
    """Show the form as the request stands."""
    with reading() as session:
        pickup = _hers(session, pickup_id)
        return _show(session, forms.filled_in(pickup), pickup=pickup)


@blueprint.post("/visits/<int:pickup_id>")
def change_visit(pickup_id: int) -> Response | tuple[str, int] | str:
    """Change what she asked for."""
    return _send(pickup_id)


@blueprint.post("/visits/<int:pickup_id>/cancellation")
def cancel_visit(pickup_id: int) -> Response:
    """Call a visit off."""
    with transaction() as session:
        pickup = _hers(session, pickup_id)
        promise = told(session, pickup)
        actions.cancel(
            session,
            now=now(),
            bank_id=actor().bank_id,
            pickup_id=pickup_id,
            actor=actor().reference,
            promised_at=promise.opens if promise else None,
        )
    flash(_("Your visit is called off. Nobody will come."), "ok")
    return redirect(url_for("donor.home"), code=303)


def _send(pickup_id: int | None) -> Response | tuple[str, int] | str:
    """Read the form, act once, or show it again with what is wrong and all that was typed."""
    typed = forms.sent(request.form)
    if "more" in request.form:
        return _again(typed.with_one_more_row(), {}, pickup_id)
    try:
        with transaction() as session:
            asked, wrong = _understood(session, typed, pickup_id)
            key = None if wrong else _act(session, asked, pickup_id, once=typed.once)
    except Refused as refused:
        key, wrong = None, {"form": sentence(refused)}
    if key is None:
        return _again(typed, wrong, pickup_id), 422
    flash(_("We have it. You see below what happens next."), "ok")
    return redirect(url_for("donor.visit", pickup_id=key), code=303)


def _understood(
    session: Session, typed: forms.Typed, pickup_id: int | None
) -> tuple[Ask, dict[str, str]]:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    kept = () if pickup_id is None else _hers(session, pickup_id).purposes
    purposes = purposes_for(
        page.donor, days=typed.days or (page.today,), policies=page.policies, kept=kept
    )
    return forms.understood(typed, purposes=purposes, now=now(), zone=page.bank.zone)


def _act(session: Session, asked: Ask, pickup_id: int | None, *, once: str) -> int:
    """Ask or change, and return the request's key."""
    who = actor()
    if pickup_id is None:
        return actions.ask(
            session,
            now=now(),
            bank_id=who.bank_id,
            donor_id=donor_id(),
            asked_by=who.reference,
            asked=asked,
            once=f"{who.reference} {once}" if once else None,
        ).id
    promise = told(session, _hers(session, pickup_id))
    return actions.change(
        session,
        now=now(),
        bank_id=who.bank_id,
        pickup_id=pickup_id,
        actor=who.reference,
        asked=asked,
        promised_at=promise.opens if promise else None,
    ).id


def _again(typed: forms.Typed, wrong: dict[str, str], pickup_id: int | None) -> str:
    with reading() as session:
        pickup = None if pickup_id is None else _hers(session, pickup_id)
        return _show(session, typed, wrong=wrong, pickup=pickup)


def _show(
    session: Session,
    typed: forms.Typed,
    *,
    wrong: Mapping[str, str] = MappingProxyType({}),
    pickup: Pickup | None = None,
) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template(
        "donor/visit_form.html", page=page, typed=typed, wrong=wrong, pickup=pickup
    )


def _hers(session: Session, pickup_id: int) -> Pickup:
    return pickup_of_donor(session, actor().bank_id, donor_id(), pickup_id)
