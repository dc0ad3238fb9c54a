"""Proof again before grave acts: seals, erasure, exports, roles, second factors, release.

A proof holds for five minutes. A later form is shown again with a field for the code, and its text
travels with it. The demonstration asks for no proof.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.factors import (
    TypedCode,
    factor_state,
    hash_typed,
    prove_by_code,
    record_proof,
    recovery_salts,
)
from collector.people.models import Surface
from collector.web.framework.context import now, relying_party, settings, vault
from collector.web.framework.forms import Form, TextField, sent_texts
from collector.web.framework.guards import actor, person_id
from collector.web.framework.refusals import log_refusal
from collector.web.framework.session_cookies import renew_token
from collector.web.wording import sentence

View = TypeVar("View", bound=Callable[..., object])

PROOF_HOLDS: Final = timedelta(minutes=5)
FIELD: Final = "proof_code"
NOT_SENT_AGAIN: Final = {FIELD, "csrf_token"}


class AgainForm(Form):
    """The code that goes with a grave act."""

    proof_code = TextField(longest=40)


def init_app(app: Flask) -> None:
    """Ask before every view marked as grave, after the guard has named the actor."""
    app.before_request(ask_again)


def grave(view: View) -> View:
    """Mark a view of the desk that needs a proof of the last five minutes."""
    view.is_grave = True  # type: ignore[attr-defined]
    return view


def proved_lately() -> bool:
    """Return whether the second factor of the session is at most five minutes old."""
    proved_at = actor().proved_at
    return settings().demonstration or (proved_at is not None and proved_at + PROOF_HOLDS >= now())


def ask_again() -> Response | None:
    """Ask for the second factor before a grave act, unless it was given lately."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "is_grave", False) or g.get("actor") is None or proved_lately():
        return None
    if not actor().proved:
        # The guard let an unproved session in: it sets up its first factor.
        return None
    if request.method == "GET":
        wanted = urlencode({"next": request.full_path.rstrip("?")})
        return redirect(f"{url_for('proof.ask')}?{wanted}")
    code = AgainForm.sent().proof_code.data
    if not code:
        return _page("")
    wrong = _try(code)
    return _page(wrong) if wrong else None


def typed_code(code: str) -> TypedCode:
    """Return a code that the actor typed, hashed between a reading and the transaction."""
    with reading() as session:
        salts = recovery_salts(session, person_id())
    return hash_typed(code, person_id=person_id(), salts=salts)


def _try(code: str) -> str:
    """Check a code, and return the sentence of a wrong one."""
    refused, typed = Refused("code_not_right"), typed_code(code)
    try:
        with transaction() as session:
            if prove_by_code(
                session,
                typed,
                now=now(),
                session_id=actor().session_id,
                person_id=person_id(),
                vault=vault(),
            ):
                token = record_proof(session, now=now(), session_id=actor().session_id)
                renew_token(Surface.DESK, token)
                return ""
    except Refused as too_many:
        refused = too_many
    log_refusal(refused.code, actor().reference)
    return sentence(refused)


def _page(wrong: str) -> Response:
    with reading() as session:
        known = factor_state(session, person_id())
    return make_response(
        render_template(
            "session/prove_again.html",
            texts=[each for each in sent_texts() if each[0] not in NOT_SENT_AGAIN],
            address=request.full_path.rstrip("?"),
            offers_passkeys=bool(known.passkeys) and relying_party() is not None,
            offers_account=known.account and settings().oidc is not None,
            wrong=wrong,
        ),
        403,
    )
