"""Sign-in of a person or a donor: one session for each surface of the roles."""

import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading
from collector.donors.models import Donor
from collector.errors import Refused
from collector.people.actions import LinkHolder, begin_session
from collector.people.badges import resting_session
from collector.people.models import Role, Surface
from collector.people.queries import roles_of
from collector.web.framework.browser_name import browser_name
from collector.web.framework.context import now, pseudonym, relying_party, settings
from collector.web.framework.discretion import remember
from collector.web.framework.forms import NextForm
from collector.web.framework.guards import DOOR_OF_ROLE, guard_of
from collector.web.framework.session_cookies import send_token, token_of

log = logging.getLogger(__name__)

HOMES_OF_DOOR = {
    Surface.DONOR: ("donor.home",),
    Surface.PHONE: ("phone.home",),
    Surface.WARD: ("ward.home",),
    Surface.DESK: (
        "board.home",
        "board.candidates.home",
        "laboratory.reception.home",
        "board.blood_tests.home",
        "laboratory.release.home",
        "dispensary.orders.home",
        "board.directory.home",
    ),
}
"""Candidate start pages by surface; the first permitted one opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSessions:
    """The begun sessions of a sign-in: a token by surface, the desk first."""

    tokens: dict[Surface, str]
    roles: frozenset[Role]
    discreet: bool | None
    """Whether the donor is discreet; None for the staff."""


def begin(
    session: Session, holder: LinkHolder, *, proved_at: datetime | None = None
) -> NewSessions:
    """Begin the sessions of a person or a donor.

    Raises
    ------
    Refused
        The person was deactivated or has no role: `link_not_valid`.
    """
    roles, discreet = frozenset({Role.DONOR}), None
    if holder.person_id is not None:
        roles = roles_of(session, holder.person_id)
    elif holder.donor_id is not None:
        discreet = session.get_one(Donor, holder.donor_id).discreet
    doors = {DOOR_OF_ROLE[role] for role in roles}
    if not doors:
        raise Refused("link_not_valid")
    log.info(
        "signed in: %s by %s from=%s",
        f"person:{holder.person_id}" if holder.person_id else f"donor:{holder.donor_id}",
        holder.sent_by,
        pseudonym(f"address {request.remote_addr}"),
    )
    order = [Surface.DESK, Surface.PHONE, Surface.WARD, Surface.DONOR]
    tokens = {
        door: begin_session(
            session,
            now=now(),
            bank_id=holder.bank_id,
            surface=door,
            person_id=holder.person_id,
            donor_id=holder.donor_id,
            sent_by=holder.sent_by,
            browser=browser_name(),
            proved_at=proved_at,
        )
        for door in sorted(doors, key=order.index)
    }
    return NewSessions(tokens=tokens, roles=roles, discreet=discreet)


def open_doors(entry: NewSessions, answer: Response) -> Response:
    """Send the tokens of a sign-in to the browser."""
    for door, token in entry.tokens.items():
        send_token(answer, door, token)
    if entry.discreet is not None:
        remember(answer, discreet=entry.discreet, secure=settings().secure_cookies)
    return answer


def sign_in_page(*, trouble: str = "", wrong_badge: str = "", provider_away: bool = False) -> str:
    """Return the page with every way to sign in, and with the trouble of the last one."""
    token, resting = token_of(Surface.DESK), None
    if token:
        with reading() as session:
            resting = resting_session(session, token, now=now())
    return render_template(
        "session/ask.html",
        offers_passkeys=relying_party() is not None,
        provider=None if provider_away else settings().oidc,
        resting=resting,
        wanted=wanted_page(),
        trouble=trouble or ("" if resting else wrong_badge),
        wrong_badge=wrong_badge,
    )


def lead_in(entry: NewSessions, wanted: str | None = None) -> Response:
    """Return the way to the page that was wanted, with the tokens of a sign-in."""
    onward = wanted or wanted_page() or first_page(entry)
    return open_doors(entry, redirect(onward, code=303))


def first_page(entry: NewSessions) -> str:
    """Return the start page of a sign-in."""
    return url_for(start_page(next(iter(entry.tokens)), entry.roles))


def start_page(door: Surface, roles: frozenset[Role]) -> str:
    """Return the endpoint of a surface's start page that the roles may open."""
    for page in HOMES_OF_DOOR[door]:
        found = guard_of(page)
        if found is None or found.roles & roles:
            return page
    return HOMES_OF_DOOR[door][0]


def wanted_page() -> str | None:
    """Return the page requested before sign-in, if it is an address of this application."""
    wanted = NextForm.queried().next.data
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and not parts.netloc else None
