"""Sign-in of the staff by the hospital's OpenID Connect provider."""

from datetime import datetime

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from collector.db import transaction
from collector.errors import Refused
from collector.people.actions import LinkHolder
from collector.people.factors import record_proof
from collector.people.models import Surface
from collector.people.provider_accounts import ProvedAccount, account_of, person_of
from collector.people.sessions import STAFF_SESSION_LIVES
from collector.web.framework.context import now
from collector.web.framework.entry import begin, lead_in, sign_in_page, start_page, wanted_page
from collector.web.framework.errors import RETRY_SECONDS
from collector.web.framework.grave_acts import PROOF_HOLDS
from collector.web.framework.guards import anyone, signed_in
from collector.web.framework.oidc_client import (
    ProviderTrouble,
    come_back,
    depart,
    provider,
    way_out,
)
from collector.web.framework.refusals import log_refusal
from collector.web.framework.session_cookies import renew_token, token_of
from collector.web.wording import sentence

blueprint = Blueprint("oidc", __name__, url_prefix="/sign-in/oidc")

AWAY = 503
STATUS = {"provider_away": AWAY, "provider_too_late": 410}


@blueprint.get("")
@anyone
def start() -> Response:
    """Lead to the provider."""
    try:
        return depart(wanted=wanted_page() or "", is_proof=False)
    except ProviderTrouble as trouble:
        return _trouble(trouble.code)


@blueprint.get("/proof")
@anyone
def prove() -> Response:
    """Lead to the provider for a proof of the signed-in person, which it asks for anew."""
    if signed_in(Surface.DESK, token_of(Surface.DESK)) is None:
        return redirect(url_for("session.ask", next=wanted_page()))
    try:
        return depart(wanted=wanted_page() or "", is_proof=True)
    except ProviderTrouble as trouble:
        return _trouble(trouble.code)


@blueprint.get("/return")
@anyone
def finish() -> Response:
    """Sign in the person of the provider's account, or prove the person who is signed in."""
    provider()
    try:
        returned = come_back()
        if returned.is_proof:
            return _record_proof(returned.account, returned.wanted)
        return _enter(returned.account, returned.wanted)
    except (ProviderTrouble, Refused) as trouble:
        return _trouble(trouble.code)


@blueprint.get("/signed-out")
@anyone
def signed_out() -> str:
    """Say that the provider's own session goes on, and offer to end it."""
    return render_template("session/provider_open.html", provider=provider().name)


@blueprint.get("/end")
@anyone
def end() -> Response:
    """Lead to the provider's own sign-out."""
    try:
        found = way_out()
    except ProviderTrouble as trouble:
        return _trouble(trouble.code)
    return redirect(found) if found else _trouble("provider_has_no_way_out")


def _enter(account: ProvedAccount, wanted: str) -> Response:
    with transaction() as session:
        proved_at = _proved_at(account)
        person = person_of(session, account, now=now(), proved_at=proved_at)
        holder = LinkHolder(
            bank_id=person.bank_id, person_id=person.id, donor_id=None, sent_by="oidc"
        )
        entry = begin(session, holder, proved_at=proved_at)
    return lead_in(entry, wanted)


def _proved_at(account: ProvedAccount) -> datetime | None:
    """Return the instant of the provider's two factors; None if it did not ask for them lately."""
    at = account.authenticated_at
    if not account.is_strong or at is None or at + STAFF_SESSION_LIVES < now():
        return None
    return min(at, now())


def _record_proof(account: ProvedAccount, wanted: str) -> Response:
    who = signed_in(Surface.DESK, token_of(Surface.DESK))
    at = _proved_at(account)
    if who is None:
        raise Refused("http_401")
    if at is None or at + PROOF_HOLDS < now():
        raise Refused("provider_proves_one_factor")
    with transaction() as session:
        if account_of(session, account) != who.person_id:
            raise Refused("provider_other_account")
        token = record_proof(session, now=now(), session_id=who.session_id)
    renew_token(Surface.DESK, token)
    return redirect(wanted or url_for(start_page(Surface.DESK, who.roles)), code=303)


def _trouble(code: str) -> Response:
    """Show the sign-in page with the trouble: a link by e-mail is always possible."""
    log_refusal(code)
    status = STATUS.get(code, 403)
    is_away = status == AWAY
    page = sign_in_page(trouble=sentence(Refused(code)), provider_away=is_away)
    answer = make_response(page, status)
    if is_away:
        answer.headers["Retry-After"] = RETRY_SECONDS
    return answer
