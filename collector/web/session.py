"""Sign-in by link and sign-out, for donors and staff."""

from functools import partial
from urllib.parse import urlsplit

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
from collector.people.actions import count_attempt, end_session, use_link
from collector.people.models import Person, Role
from collector.people.queries import Actor, actor_of, link_is_good, person_by_email
from collector.web.framework.discretion import remember
from collector.web.framework.forms import Form, NextForm, TextField
from collector.web.framework.guards import DOOR_OF_ROLE, Surface, anyone, guard_of, now, settings

blueprint = Blueprint("session", __name__)

THIRTY_DAYS = 30 * 24 * 3600
LONGEST_ADDRESS = 254
MOST_FROM_A_PLACE = 60
"""Most links per network address and hour; a hospital shares one address."""

HOMES_OF_DOOR = {
    Surface.DONOR: ("donor.home",),
    Surface.PHONE: ("phone.home",),
    Surface.DESK: (
        "board.home",
        "board.candidates.home",
        "laboratory.reception.home",
        "board.blood_tests.home",
        "board.directory.home",
    ),
}
"""Candidate start pages by surface; the first permitted one opens."""


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
            key = use_link(session, token, now=now())
            actor = actor_of(session, key, now=now())
            donor_id = actor.donor_id if actor else None
            discreet = donor_id is not None and session.get_one(Donor, donor_id).discreet
    except Refused:
        return _no_longer_valid()
    doors = _doors(actor)
    answer = redirect_to(_next() or url_for(_home(doors[0], actor)), code=303)
    for door in doors:
        answer.set_cookie(
            door,
            key,
            max_age=THIRTY_DAYS,
            httponly=True,
            secure=settings().secure_cookies,
            samesite="Lax",
        )
    if donor_id is not None:
        remember(answer, discreet=discreet, secure=settings().secure_cookies)
    return answer


@blueprint.post("/sign-out/<door>")
@anyone
def leave(door: str) -> Response:
    """Revoke the session of one surface."""
    answer = redirect_to(url_for("session.ask"), code=303)
    if door in set(Surface):
        token = request.cookies.get(door)
        if token:
            with transaction() as session:
                end_session(session, token, now=now())
        answer.delete_cookie(door)
    return answer


def _no_longer_valid() -> tuple[str, int]:
    """Answer an invalid link; a signed-in browser gets a link to its start page."""
    with reading() as session:
        actors = {
            door: actor_of(session, request.cookies.get(door, ""), now=now()) for door in Surface
        }
    homes = {door: url_for(_home(door, actor)) for door, actor in actors.items() if actor}
    return render_template("session/link_not_valid.html", homes=homes), 410


def _owe_links(address: str) -> None:
    """Enqueue a link to the owner of an address, unless the limit is reached."""
    with transaction() as session:
        place = f"sign-in {request.remote_addr}"
        if not count_attempt(session, place, now=now(), most=MOST_FROM_A_PLACE):
            return
        if not count_attempt(session, phone_digits(address) or address, now=now()):
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
        wanted=_next() or "",
    )


def _doors(actor: Actor | None) -> list[Surface]:
    """Return the surfaces of an actor's roles, the desk first."""
    roles = actor.roles if actor else frozenset[Role]()
    doors = {DOOR_OF_ROLE[role] for role in roles}
    return sorted(doors, key=[Surface.DESK, Surface.PHONE, Surface.DONOR].index)


def _home(door: Surface, actor: Actor | None) -> str:
    """Return the start page of a surface that the actor may open."""
    roles = actor.roles if actor else frozenset[Role]()
    for page in HOMES_OF_DOOR[door]:
        found = guard_of(page)
        if found is None or found.roles & roles:
            return page
    return HOMES_OF_DOOR[door][0]


def _next() -> str | None:
    """Return the page requested before sign-in, if it is an address of this application."""
    wanted = NextForm.queried().next.data
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and not parts.netloc else None
