"""Pages of one's own sessions and devices, on each surface: the list, and the end of one or all."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.errors import NotFound
from collector.people.actions import expire_links
from collector.people.devices import devices_of, revoke_device
from collector.people.models import Device, Surface
from collector.people.sessions import end_one_session, end_sessions, sessions_of
from collector.web.framework.guards import DOOR_OF_ROLE, actor, guard, now, person_id
from collector.web.framework.session_cookies import forget_token

PLACES = {
    Surface.DESK: ("my_sessions", "/account/sessions"),
    Surface.PHONE: ("my_phone_sessions", "/account/phone/sessions"),
    Surface.DONOR: ("my_donor_sessions", "/donor/sessions"),
    Surface.WARD: ("my_ward_sessions", "/ward/sessions"),
}
"""The blueprint and the address of the page, by surface."""
TEMPLATES = {
    Surface.DESK: "account/sessions_desk.html",
    Surface.PHONE: "account/sessions_phone.html",
    Surface.DONOR: "account/sessions_donor.html",
    Surface.WARD: "account/sessions_ward.html",
}


def _pages(surface: Surface) -> Blueprint:
    """Return the pages of one surface."""
    name, prefix = PLACES[surface]
    pages = Blueprint(name, __name__, url_prefix=prefix)
    guard(pages, *(role for role, door in DOOR_OF_ROLE.items() if door is surface))

    @pages.get("")
    def home() -> str:
        """Show the open sessions and the phones of the signed-in person."""
        return _show(surface)

    @pages.post("/<int:session_id>/end")
    def end(session_id: int) -> Response:
        """Revoke one session; the present one leads to the sign-in page."""
        with transaction() as session:
            end_one_session(session, now=now(), session_id=session_id, **_holder())
        if session_id == actor().session_id:
            return _signed_out(surface)
        flash(_("That session has ended."), "ok")
        return redirect(url_for(f"{name}.home"), code=303)

    @pages.post("/end")
    def end_all() -> Response:
        """Revoke every session and every unused link of the signed-in person."""
        with transaction() as session:
            end_sessions(session, now=now(), **_holder())
            expire_links(session, now=now(), **_holder())
        return _signed_out(surface)

    if surface in {Surface.DESK, Surface.PHONE}:

        @pages.post("/phones/<int:device_id>/revocation")
        def revoke(device_id: int) -> Response:
            """Revoke one's own phone; it wipes its rounds at its next contact."""
            with transaction() as session:
                _revoke(session, device_id)
            flash(_("That phone is revoked."), "ok")
            return redirect(url_for(f"{name}.home"), code=303)

    return pages


def _show(surface: Surface) -> str:
    who = actor()
    with reading() as session:
        return render_template(
            TEMPLATES[surface],
            here=PLACES[surface][0],
            sessions=sessions_of(session, now=now(), **_holder()),
            phones=_phones(session),
            surfaces=Surface,
            page=_donor_page(session) if who.donor_id is not None else {},
        )


def _revoke(session: Session, device_id: int) -> None:
    if device_id not in {phone.id for phone in _phones(session)}:
        raise NotFound("not_found")
    revoke_device(
        session,
        now=now(),
        bank_id=actor().bank_id,
        device_id=device_id,
        person_id=person_id(),
    )


def _signed_out(surface: Surface) -> Response:
    """Return the way to the sign-in page, which tells the end; a donor's one stays discreet."""
    flash(_("You are signed out."), "ok")
    wanted = url_for("donor.home") if surface is Surface.DONOR else None
    answer = redirect(url_for("session.ask", next=wanted), code=303)
    forget_token(answer, surface)
    return answer


def _holder() -> dict[str, int | None]:
    return {"person_id": actor().person_id, "donor_id": actor().donor_id}


def _phones(session: Session) -> list[Device]:
    who = actor()
    if who.person_id is None:
        return []
    return devices_of(session, bank_id=who.bank_id, people=[who.person_id])


def _donor_page(session: Session) -> dict[str, object]:
    donor = get_donor(session, actor().bank_id, actor().donor_id or 0)
    return {"donor": donor, "bank": get_bank(session, donor.bank_id)}


EVERY_SURFACE = tuple(_pages(surface) for surface in PLACES)
"""The pages of each surface."""
