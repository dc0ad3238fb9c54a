"""Writing the letter of a notice in its reader's language: subject on the first line, then text."""

from datetime import date, datetime
from urllib.parse import urlencode

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.config import Settings
from collector.donors.models import Donor
from collector.notices.delivery import Letter
from collector.notices.models import Notice
from collector.people.actions import make_link

SIGN_IN = "sign_in"


def write(session: Session, notice: Notice, *, now: datetime) -> Letter:
    """Return the letter of a notice.

    A sign-in link gets its token here, when it leaves, so that no token waits in the outbox;
    every other letter leads to the sign-in page.
    """
    bank = get_bank(session, notice.bank_id)
    settings: Settings = current_app.extensions["milkround_settings"]
    path = _single_use(session, notice, now=now) if notice.template == SIGN_IN else "sign-in"
    with current_app.test_request_context(), force_locale(notice.language):
        text = render_template(
            f"email/{notice.template}.txt",
            bank=bank,
            signature="" if _is_discreet(session, notice) else bank.name,
            link=f"{settings.public_url}/{path}",
            **_readable(notice.figures),
        )
    subject, _, body = text.strip().partition("\n")
    return Letter(to=notice.to, subject=subject, body=body.strip())


def _single_use(session: Session, notice: Notice, *, now: datetime) -> str:
    kind, _, key = notice.recipient.partition(":")
    token = make_link(
        session,
        now=now,
        bank_id=notice.bank_id,
        person_id=int(key) if kind == "person" else None,
        donor_id=int(key) if kind == "donor" else None,
    )
    wanted = str(notice.figures.get("wanted", ""))
    return f"link/{token}" + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _is_discreet(session: Session, notice: Notice) -> bool:
    """Whether the reader asked that messages name neither the service nor its purpose."""
    kind, _, key = notice.recipient.partition(":")
    return kind == "donor" and session.get_one(Donor, int(key)).discreet


def _readable(figures: dict[str, object]) -> dict[str, object]:
    """Return the figures with `day` as a date again (JSON has none)."""
    day = figures.get("day")
    return {**figures, "day": date.fromisoformat(day)} if isinstance(day, str) else figures
