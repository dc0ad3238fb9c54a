"""The second factor of the staff: asked for after the link, and again before grave acts."""

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.factors import FactorState, factor_state, prove_by_code, record_proof
from collector.people.passkeys import question_options, recognise
from collector.web.framework.context import relying_party, settings, vault
from collector.web.framework.entry import start_page, wanted_page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.grave_acts import typed_code
from collector.web.framework.guards import (
    DOOR_OF_ROLE,
    Surface,
    actor,
    guard,
    is_proved,
    now,
    person_id,
)
from collector.web.framework.passkey_requests import required_party, sent_credential
from collector.web.framework.refusals import log_refusal
from collector.web.framework.session_cookies import renew_token
from collector.web.wording import sentence

blueprint = Blueprint("proof", __name__, url_prefix="/account/proof")
DESK_ROLES = tuple(role for role, door in DOOR_OF_ROLE.items() if door is Surface.DESK)
guard(blueprint, *DESK_ROLES, unproved=True)

LONGEST_CODE = 40


class ProofForm(Form):
    """A code of the person's app, or a recovery code."""

    code = TextField(longest=LONGEST_CODE)


@blueprint.get("")
def ask() -> Answer | str:
    """Ask for the second factor; without any it is set up first."""
    with reading() as session:
        state = factor_state(session, person_id())
    if not state.is_set_up:
        return redirect(url_for("factors.home", next=wanted_page()))
    return _page(state)


@blueprint.post("")
def try_code() -> Answer | tuple[str, int]:
    """Check a code; every wrong one is counted."""
    code = typed_code(ProofForm.sent().code.data)
    wrong = Refused("code_not_right")
    try:
        with transaction() as session:
            right = prove_by_code(
                session,
                code,
                now=now(),
                session_id=actor().session_id,
                person_id=person_id(),
                vault=vault(),
            )
            if right:
                prove_session(session)
    except Refused as refused:
        right, wrong = False, refused
    if right:
        return redirect(after_proof(), code=303)
    log_refusal(wrong.code, actor().reference)
    with reading() as session:
        return _page(factor_state(session, person_id()), sentence(wrong)), 422


@blueprint.post("/passkey/options")
def passkey_options() -> Response:
    """Return the question to the person's passkey."""
    with transaction() as session:
        text = question_options(session, now=now(), party=required_party())
    return Response(text, mimetype="application/json")


@blueprint.post("/passkey")
def try_passkey() -> Response:
    """Check the answer of a passkey of this person."""
    with transaction() as session:
        found = recognise(session, sent_credential(), now=now(), party=required_party())
        if found.person_id != person_id():
            raise Refused("passkey_not_valid")
        prove_session(session)
    return jsonify(next=after_proof())


def prove_session(session: Session) -> None:
    """Record the second factor of the present session, which gets a new token."""
    renew_token(Surface.DESK, record_proof(session, now=now(), session_id=actor().session_id))


def after_proof() -> str:
    """Return the address of the page that was wanted, or of the start page."""
    return wanted_page() or url_for(start_page(Surface.DESK, actor().roles))


def _page(state: FactorState, wrong: str = "") -> str:
    return render_template(
        "account/proof.html",
        state=state,
        wrong=wrong,
        again=is_proved(),
        offers_passkeys=bool(state.passkeys) and relying_party() is not None,
        has_provider=settings().oidc is not None,
        wanted=wanted_page(),
    )
