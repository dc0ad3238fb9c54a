"""Sign-in by link and sign-out, for donors and staff."""

from functools import partial

from flask import (
    Blueprint,
    copy_current_request_context,
    make_response,
    render_template,
    request,
    url_for,
)
from flask import redirect as redirect_to
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.contact import text_number
from collector.donors.models import Donor
from collector.donors.queries import donors_by_email, donors_by_phone, phone_digits
from collector.errors import Refused
from collector.notices.actions import enqueue
from collector.notices.models import Channel
from collector.people.actions import count_attempt, use_link
from collector.people.models import Person, Surface
from collector.people.queries import link_is_good, person_by_email
from collector.people.sessions import end_session
from collector.web.framework.context import pseudonym
from collector.web.framework.entry import begin, lead_in, start_page, wanted_page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import anyone, now, signed_in
from collector.web.framework.session_cookies import forget_token, token_of

blueprint = Blueprint("session", __name__)

LONGEST_ADDRESS = 254
MOST_FROM_A_PLACE = 60
"""Most links per network address and hour; a hospital shares one address."""


class SignInForm(Form):
    """The e-mail address or telephone number of a person who asks for a link."""

    email = TextField(longest=LONGEST_ADDRESS)


@blueprint.get("/")
@anyone
def welcome() -> str:
    """Show the start page."""
    return render_template("session/welcome.html")


@blueprint.get("/sign-in")
@anyone
def ask() -> str:
    """Show the form for an e-mail address or telephone number."""
    return render_template("session/ask.html")


@blueprint.post("/sign-in")
@anyone
def send() -> Response:
    """Return the same answer for every address, and look the address up afterwards.

    The response time therefore reveals nothing.
    """
    address = SignInForm.sent().email.data
    answer = make_response(render_template("session/sent.html", address=address))
    answer.call_on_close(copy_current_request_context(partial(_owe_links, address)))
    return answer


@blueprint.get("/link/<token>")
@anyone
def look(token: str) -> tuple[str, int] | str:
    """Show one button; a mail scanner's GET does not use the link up."""
    with reading() as session:
        good = link_is_good(session, token, now=now())
    if not good:
        return _no_longer_valid()
    return render_template("session/confirm.html")


@blueprint.post("/link/<token>")
@anyone
def enter(token: str) -> Response | tuple[str, int]:
    """Use up the link, and sign in to the surfaces of its owner's roles."""
    try:
        with transaction() as session:
            entry = begin(session, use_link(session, token, now=now()))
    except Refused:
        return _no_longer_valid()
    return lead_in(entry)


@blueprint.get("/signed-in")
@anyone
def returned() -> str:
    """Lead back to the window of a form that waits to be sent again."""
    return render_template("session/returned.html")


@blueprint.post("/sign-out/<door>")
@anyone
def leave(door: str) -> Response:
    """Revoke the session of one surface, and remove what the browser keeps of it."""
    answer = redirect_to(url_for("session.ask"), code=303)
    if door in set(Surface):
        surface = Surface(door)
        token = token_of(surface)
        if token:
            with transaction() as session:
                end_session(session, token, now=now())
        forget_token(answer, surface)
    return answer


def _no_longer_valid() -> tuple[str, int]:
    """Answer an invalid link; a signed-in browser gets a link to its start page."""
    actors = {door: signed_in(door, token_of(door)) for door in Surface}
    homes = {
        door: url_for(start_page(door, actor.roles)) for door, actor in actors.items() if actor
    }
    return render_template("session/link_not_valid.html", homes=homes), 410


def _owe_links(address: str) -> None:
    """Enqueue a link to the owner of an address, unless the limit is reached."""
    with transaction() as session:
        place = pseudonym(f"sign-in {request.remote_addr}")
        if not count_attempt(session, place, now=now(), most=MOST_FROM_A_PLACE):
            return
        if not count_attempt(session, pseudonym(phone_digits(address) or address), now=now()):
            return
        person = person_by_email(session, address)
        if person is not None:
            _owe_link(session, person, to=person.email, recipient=f"person:{person.id}")
        for donor in donors_by_email(session, address):
            _owe_link(session, donor, to=address, recipient=f"donor:{donor.id}")
        for donor in donors_by_phone(session, address):
            if (number := text_number(session, donor)) is not None:
                _owe_link(
                    session,
                    donor,
                    to=number,
                    recipient=f"donor:{donor.id}",
                    channel=Channel.SMS,
                )


def _owe_link(
    session: Session,
    holder: Person | Donor,
    *,
    to: str,
    recipient: str,
    channel: Channel = Channel.EMAIL,
) -> None:
    """Enqueue the message; its token is created at dispatch and is stored nowhere."""
    moment = now()
    enqueue(
        session,
        now=moment,
        bank_id=holder.bank_id,
        once=f"sign_in {recipient} {moment.isoformat()}",
        recipient=recipient,
        to=to,
        template="sign_in",
        language=holder.language,
        channel=channel,
        wanted=wanted_page() or "",
    )
