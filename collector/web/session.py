"""Sign-in by link and sign-out, for donors and staff."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from flask import (
    Blueprint,
    copy_current_request_context,
    flash,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask import redirect as redirect_to
from flask import session as form_session
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import banks, get_bank
from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.donors.queries import donors_by_email, donors_by_phone, phone_digits
from collector.errors import Refused
from collector.field_parsers import takes_text_messages
from collector.notices.actions import enqueue, hold_back
from collector.notices.models import Channel
from collector.people.actions import LinkHolder, use_link
from collector.people.links import hashed, new_token
from collector.people.models import Person, Surface
from collector.people.passkeys import question_options, recognise
from collector.people.queries import link_is_good, people_by_phone, person_by_email
from collector.people.sessions import end_session
from collector.people.sign_in_codes import use_code
from collector.web.framework.context import settings
from collector.web.framework.entry import (
    begin,
    first_page,
    lead_in,
    open_doors,
    sign_in_page,
    start_page,
    wanted_page,
)
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import anyone, now, signed_in
from collector.web.framework.passkey_requests import required_party, sent_credential
from collector.web.framework.refusals import log_refusal
from collector.web.framework.session_cookies import forget_token, token_of
from collector.web.framework.throttles import is_slowed
from collector.web.wording import sentence

blueprint = Blueprint("session", __name__)

LONGEST_ADDRESS = 254
OIDC = "oidc"
"""The way of a session that a hospital's provider opened."""
SLOW_BY = timedelta(minutes=5)
"""Delay of a message beyond the limits of requests."""


class SignInCodeForm(Form):
    """The six figures of a message."""

    code = TextField(longest=20)


class SignInForm(Form):
    """The e-mail address or telephone number of a person who asks for a link."""

    email = TextField(longest=LONGEST_ADDRESS)


@blueprint.get("/")
@anyone
def welcome() -> str:
    """Show the start page; without a bank it leads to the opening of the first one."""
    with reading() as session:
        is_empty = not banks(session)
    return render_template("session/welcome.html", is_empty=is_empty)


@blueprint.get("/phone/sign-in")
@blueprint.get("/sign-in")
@anyone
def ask() -> str:
    """Show the form for an e-mail address or telephone number.

    The first address lies within the installed phone page, which keeps its own storage. Links are
    built to the second one, which Flask registers first.
    """
    return sign_in_page()


@blueprint.post("/sign-in")
@blueprint.post("/phone/sign-in")
@anyone
def send() -> Response:
    """Return the same answer for every address, and look the address up afterwards.

    The response time therefore reveals nothing. A request that cannot be counted, because the
    database is away or full, is answered so.
    """
    address = SignInForm.sent().email.data
    with transaction() as session:
        slowed = is_slowed(session, phone_digits(address) or address)
    answer = make_response(_sent_page(address, slowed=slowed))
    asked_by = hashed(form_session.setdefault("asked", new_token()))
    order = partial(_owe_links, address, asked_by=asked_by, slowed=slowed)
    answer.call_on_close(copy_current_request_context(order))
    return answer


@blueprint.post("/sign-in/code")
@blueprint.post("/phone/sign-in/code")
@anyone
def enter_by_code() -> Response | tuple[str, int]:
    """Sign in by the six figures of the message that this browser asked for."""
    asked_by = hashed(form_session["asked"]) if "asked" in form_session else ""
    with transaction() as session:
        holder = use_code(session, SignInCodeForm.sent().code.data, now=now(), asked_by=asked_by)
        entry = begin(session, holder) if holder is not None else None
    if entry is None:
        log_refusal("code_not_right")
        return _sent_page("", wrong=sentence(Refused("code_not_right"))), 422
    return lead_in(entry)


@blueprint.post("/sign-in/passkey/options")
@anyone
def passkey_options() -> Response:
    """Return the question to any passkey of this site."""
    with transaction() as session:
        text = question_options(session, now=now(), party=required_party())
    return Response(text, mimetype="application/json")


@blueprint.post("/sign-in/passkey")
@anyone
def enter_by_passkey() -> Response:
    """Sign a member of the staff in by a passkey, which is both factors in one."""
    with transaction() as session:
        found = recognise(session, sent_credential(), now=now(), party=required_party())
        holder = LinkHolder(
            bank_id=found.bank_id, person_id=found.person_id, donor_id=None, sent_by="passkey"
        )
        entry = begin(session, holder, proved_at=now())
    return open_doors(entry, jsonify(next=wanted_page() or first_page(entry)))


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
    except Refused as refused:
        log_refusal(refused.code)
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
    if door not in set(Surface):
        return redirect_to(url_for("session.ask"), code=303)
    surface = Surface(door)
    token = token_of(surface)
    who = signed_in(surface, token)
    by_provider = settings().oidc is not None and who is not None and who.sent_by == OIDC
    onward = "oidc.signed_out" if by_provider else "session.ask"
    answer = redirect_to(url_for(onward), code=303)
    if token:
        with transaction() as session:
            end_session(session, token, now=now())
        if not by_provider:
            flash(_("You are signed out."), "ok")
    forget_token(answer, surface)
    return answer


def _no_longer_valid() -> tuple[str, int]:
    """Answer an invalid link; a signed-in browser gets a link to its start page."""
    actors = {door: signed_in(door, token_of(door)) for door in Surface}
    homes = {
        door: url_for(start_page(door, actor.roles)) for door, actor in actors.items() if actor
    }
    return render_template("session/link_not_valid.html", homes=homes), 410


def _sent_page(address: str, *, slowed: bool = False, wrong: str = "") -> str:
    place = request.path.removesuffix("/code")
    return render_template(
        "session/sent.html",
        address=address,
        slowed=slowed,
        wrong=wrong,
        code_address=f"{place}/code?{urlencode({'next': wanted_page() or ''})}",
    )


def _owe_links(address: str, *, asked_by: str, slowed: bool) -> None:
    """Enqueue a link to each owner of an address."""
    with transaction() as session:
        owe = partial(_owe_link, session, asked_by=asked_by, slowed=slowed)
        person = person_by_email(session, address)
        if person is not None:
            owe(person, to=person.email)
        donors = donors_by_email(session, address)
        for donor in donors:
            owe(donor, to=address, shared=len(donors) > 1)
        holders: list[Person | Donor] = [
            *people_by_phone(session, phone_digits(address)),
            *donors_by_phone(session, address),
        ]
        for holder in holders:
            country = get_bank(session, holder.bank_id).jurisdiction.country
            if holder.phone and takes_text_messages(holder.phone, country):
                owe(holder, to=holder.phone, channel=Channel.SMS, shared=len(holders) > 1)


def _owe_link(
    session: Session,
    holder: Person | Donor,
    *,
    to: str,
    asked_by: str,
    slowed: bool,
    channel: Channel = Channel.EMAIL,
    shared: bool = False,
) -> None:
    """Enqueue the message; its token is created at dispatch and is stored nowhere.

    Parameters
    ----------
    shared
        Several files have the address, such as those of twins: the message names its donor.
    """
    kind = "person" if isinstance(holder, Person) else "donor"
    recipient, moment = f"{kind}:{holder.id}", now()
    # Slowed requests share one message in five minutes.
    mark = f"slow {int(moment.timestamp() // SLOW_BY.total_seconds())}" if slowed else moment
    notice = enqueue(
        session,
        now=moment,
        bank_id=holder.bank_id,
        once=f"sign_in {recipient} {mark}",
        recipient=recipient,
        to=to,
        template="sign_in",
        language=holder.language,
        channel=channel,
        wanted=wanted_page() or "",
        asked_by=asked_by,
        name=holder.first_name if shared and isinstance(holder, Donor) else "",
    )
    if slowed:
        hold_back(notice, until=moment + SLOW_BY)
