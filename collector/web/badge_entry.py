"""Resume of a rested session at a shared screen of the laboratory, by badge and PIN."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.badges import badge_salt, resting_session, resume, typed_badge
from collector.people.models import Surface
from collector.web.framework.context import now, vault
from collector.web.framework.entry import sign_in_page, wanted_page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import anyone
from collector.web.framework.refusals import log_refusal
from collector.web.framework.session_cookies import send_token, token_of
from collector.web.wording import sentence

blueprint = Blueprint("badge_entry", __name__)


class ResumeForm(Form):
    """The code of a badge, and its PIN."""

    badge = TextField(longest=80)
    pin = TextField(longest=20)


@blueprint.post("/sign-in/badge")
@anyone
def enter() -> Response | tuple[str, int]:
    """Resume the session of this browser; a wrong badge or PIN is counted."""
    form, token = ResumeForm.sent(), None
    with reading() as session:
        resting = resting_session(session, token_of(Surface.DESK), now=now())
        salt = badge_salt(session, resting.person_id) if resting else b""
    if resting is not None:
        code, pin = form.badge.data, form.pin.data
        typed = typed_badge(salt, code=code, pin=pin, vault=vault())
        with transaction() as session:
            resting = resting_session(session, token_of(Surface.DESK), now=now())
            if resting is not None:
                token = resume(session, resting, typed, now=now())
    if token is None:
        refused = Refused("badge_not_right" if resting else "no_session_rests")
        log_refusal(refused.code, f"person:{resting.person_id}" if resting else "")
        return sign_in_page(wrong_badge=sentence(refused)), 422
    answer = redirect(wanted_page() or url_for("laboratory.home"), code=303)
    send_token(answer, Surface.DESK, token)
    return answer
