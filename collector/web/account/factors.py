"""Second factors of a person: an authenticator app, passkeys, recovery codes."""

import segno
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.account_changes import record_change
from collector.people.badges import badge_of
from collector.people.factors import (
    DrawnCodes,
    draw_recovery_codes,
    factor_state,
    refuse_last_factor,
    replace_recovery_codes,
)
from collector.people.models import Person, Role
from collector.people.passkeys import enrol, enrolment_options, remove_passkey
from collector.people.sessions import end_other_desk_sessions
from collector.people.totp import begin_totp, confirm_totp, remove_totp, totp_address
from collector.web.account.proof import (
    DESK_ROLES,
    ProofForm,
    after_proof,
    prove_session,
)
from collector.web.framework.browser_name import browser_name
from collector.web.framework.context import relying_party, settings, vault
from collector.web.framework.entry import wanted_page
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, is_proved, now, person_id
from collector.web.framework.passkey_requests import required_party, sent_credential
from collector.web.wording import sentence

blueprint = Blueprint("factors", __name__, url_prefix="/account/proofs")
guard(blueprint, *DESK_ROLES, unproved=True)


def ask_known_factor_first() -> Answer | None:
    """Let a link alone set up the first factor, and nothing else."""
    with reading() as session:
        if is_proved() or not factor_state(session, person_id()).is_set_up:
            return None
    return redirect(url_for("proof.ask", next=url_for("factors.home")), code=303)


blueprint.before_request(ask_known_factor_first)


@blueprint.get("")
def home() -> str:
    """Show the second factors, and the ways to add one."""
    with reading() as session:
        return render_template(
            "account/factors.html",
            state=factor_state(session, person_id()),
            offers_passkeys=relying_party() is not None,
            demonstration=settings().demonstration,
            uses_badge=Role.LABORATORY in actor().roles,
            badge=badge_of(session, person_id()),
            wanted=wanted_page(),
        )


@blueprint.get("/app")
def app(wrong: str = "") -> str:
    """Show the secret of a new authenticator app as a QR code and as text."""
    with transaction() as session:
        person = session.get_one(Person, person_id())
        secret = begin_totp(
            session, now=now(), bank_id=person.bank_id, person_id=person.id, vault=vault()
        )
        address = totp_address(secret, person.email)
    picture = segno.make(address, error="m").svg_data_uri(
        scale=5, border=3, light="white", xmldecl=False
    )
    return render_template(
        "account/factor_app.html",
        picture=picture,
        address=address,
        secret=" ".join(secret[begin : begin + 4] for begin in range(0, len(secret), 4)),
        wrong=wrong,
        wanted=wanted_page(),
    )


@blueprint.post("/app")
@grave
def confirm_app() -> str | tuple[str, int]:
    """Accept the app with its first code, and show recovery codes."""
    code = "".join(ProofForm.sent().code.data.split())
    with reading() as session:
        has_codes = factor_state(session, person_id()).recovery_codes > 0
    drawn = None if has_codes else draw_recovery_codes()
    with transaction() as session:
        right = confirm_totp(session, code, now=now(), person_id=person_id(), vault=vault())
        codes = _added(session, "authenticator app added", drawn) if right else []
    if not right:
        return app(sentence(Refused("code_not_right"))), 422
    return _show_codes(codes)


@blueprint.post("/app/removal")
@grave
def remove_app() -> Answer:
    """Remove the app, unless it is the only factor."""
    with transaction() as session:
        refuse_last_factor(session, person_id=person_id())
        remove_totp(session, person_id=person_id())
        _note(session, "authenticator app removed")
    return _home_again(_("The app is removed."))


@blueprint.post("/passkeys/options")
def passkey_options() -> Response:
    """Return the options of a new passkey."""
    with transaction() as session:
        person = session.get_one(Person, person_id())
        text = enrolment_options(session, now=now(), person=person, party=required_party())
    return Response(text, mimetype="application/json")


@blueprint.post("/passkeys")
@grave
def add_passkey() -> Response:
    """Store a new passkey; the page then goes on to the recovery codes or the list."""
    with transaction() as session:
        enrol(
            session,
            sent_credential(),
            now=now(),
            person=session.get_one(Person, person_id()),
            party=required_party(),
            name=browser_name(),
        )
        _note(session, "passkey added")
        prove_session(session)
    flash(_("The passkey is stored."), "ok")
    return jsonify(next=url_for("factors.home", next=wanted_page()))


@blueprint.post("/passkeys/<int:passkey_id>/removal")
@grave
def remove_key(passkey_id: int) -> Answer:
    """Remove a passkey, unless it is the only factor."""
    with transaction() as session:
        refuse_last_factor(session, person_id=person_id())
        remove_passkey(session, person_id=person_id(), passkey_id=passkey_id)
        _note(session, "passkey removed")
    return _home_again(_("The passkey is removed."))


@blueprint.post("/recovery-codes")
@grave
def new_codes() -> str:
    """Replace the recovery codes, and show the new ones once."""
    drawn = draw_recovery_codes()
    with transaction() as session:
        codes = _replace_codes(session, drawn)
        _note(session, "recovery codes made")
    return _show_codes(codes)


def _added(session: Session, change: str, drawn: DrawnCodes | None) -> list[str]:
    """Record a new factor, and return recovery codes if the person has none."""
    _note(session, change)
    prove_session(session)
    if drawn is None or factor_state(session, person_id()).recovery_codes:
        return []
    return _replace_codes(session, drawn)


def _replace_codes(session: Session, drawn: DrawnCodes) -> list[str]:
    return replace_recovery_codes(
        session, drawn, now=now(), bank_id=actor().bank_id, person_id=person_id()
    )


def _note(session: Session, change: str) -> None:
    """Record a change, and end the person's other sessions at a desk."""
    end_other_desk_sessions(
        session, now=now(), person_id=person_id(), session_id=actor().session_id
    )
    record_change(
        session,
        now=now(),
        bank_id=actor().bank_id,
        person_id=person_id(),
        actor=actor().reference,
        change=change,
    )


def _show_codes(codes: list[str]) -> str:
    return render_template("account/recovery_codes.html", codes=codes, onward=after_proof())


def _home_again(words: str) -> Answer:
    flash(words, "ok")
    return redirect(url_for("factors.home"), code=303)
