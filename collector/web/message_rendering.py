"""Rendering of a notice in its recipient's language, for its channel.

An e-mail's subject is the first line of its template. A text message and a push message share one
short template. Messages to a discreet recipient name neither the service nor its purpose, and have
no signature.
"""

import re
from datetime import date, datetime
from urllib.parse import urlencode

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.config import Settings
from collector.donor_contact.loss import is_silenced
from collector.donor_contact.message_texts import MESSAGES, TextKey, message_key, message_text
from collector.donors.models import Donor
from collector.notices.delivery import RenderedNotice, Withheld
from collector.notices.gsm import to_gsm
from collector.notices.models import Channel, Notice, PushSubscription, TextForm
from collector.people.actions import make_link
from collector.people.links import hashed, new_code
from collector.people.second_factor import make_code
from collector.people.sign_in_codes import permits_code
from collector.pickups.visit_links import make_visit_link
from collector.web.audit_wording import action_words
from collector.web.formats import hour
from collector.web.message_wording import Wording, composed, placeholder_values

SIGN_IN = "sign_in"
PROOF = "code"
OF_A_VISIT = frozenset(
    {
        "visit_promised",
        "visit_proposed",
        "visit_tomorrow",
        "visit_near",
        "visit_agreed",
        "visit_changed",
    }
)
"""Messages with a link that shows one visit without sign-in."""
PAGES = {
    "receipt": "donor/visits/{pickup}/receipt",
    "visit_cancelled": "donor/request/",
    "call_booked": "donor/screening/call-back",
    "contact_received": "donor/screening/",
    "device_due": "donor/",
    "device_overdue": "donor/",
    "contact_changed": "board/donors/{donor}",
    "proofs_changed": "account/proofs",
}
"""The page of a message, which asks for a sign-in if there is none."""
TIMES = frozenset({"opens", "closes", "opens_before", "closes_before"})


def render_notice(session: Session, notice: Notice, *, now: datetime) -> RenderedNotice:
    """Return the rendered message of a notice.

    The token of a link is created here, at dispatch, so that no token waits in the outbox. Other
    messages lead to the sign-in page.

    Raises
    ------
    Withheld
        The recipient lost her child: nothing is sent but the links that she asks for.
    """
    if is_silenced(session, notice):
        raise Withheld
    bank, settings = get_bank(session, notice.bank_id), _settings()
    discreet = _is_discreet(session, notice)
    signature = "" if discreet else bank.name
    code = _code(session, notice, now=now)
    link = f"{settings.public_url}/{_path(session, notice, now=now, code=code)}"
    with (
        current_app.test_request_context(base_url=settings.public_url),
        force_locale(notice.language),
    ):
        text = _own_text(session, notice, bank, link=link, discreet=discreet) or render_template(
            f"{_form_of(notice).value}/{notice.template}.txt",
            bank=bank,
            signature=signature,
            link=link,
            discreet=discreet,
            code=code,
            **_readable(notice.figures),
        )
        subject, body = _parts(text, notice.channel, bank, discreet=discreet)
    return RenderedNotice(
        to=notice.to,
        subject=subject,
        body=body,
        channel=notice.channel,
        signature=signature,
        reference=hashed(f"{notice.bank_id} {notice.once}")[:32],
        link=link,
        keys=_keys(session, notice),
    )


def _form_of(notice: Notice) -> TextForm:
    return TextForm.EMAIL if notice.channel is Channel.EMAIL else TextForm.SMS


def _own_text(
    session: Session, notice: Notice, bank: Bank, *, link: str, discreet: bool
) -> str | None:
    """Return the message in the bank's own words; None while Milkround's text counts.

    A bank's plain text never replaces a missing discreet one.
    """
    key = message_key(notice.template, notice.figures)
    if key not in MESSAGES:
        return None
    of = TextKey(key=key, form=_form_of(notice), language=notice.language, discreet=discreet)
    own = message_text(session, bank_id=bank.id, of=of)
    if own is None:
        return None
    values = placeholder_values(_readable(notice.figures), link=link, phone=bank.phone)
    wording = Wording(own.subject, own.text)
    return composed(of.form, wording, values, "" if discreet else bank.name)


def _settings() -> Settings:
    found: Settings = current_app.extensions["milkround_settings"]
    return found


def _parts(text: str, channel: Channel, bank: Bank, *, discreet: bool) -> tuple[str, str]:
    """Return subject and body; a text message has one line and no subject."""
    if channel is Channel.EMAIL:
        subject, _rest, body = text.strip().partition("\n")
        return subject, body.strip()
    line = re.sub(r"[ \n]+", " ", text).strip()
    if channel is Channel.SMS:
        line = to_gsm(line)
    return (_("Your appointment") if discreet else bank.name), line


def _path(session: Session, notice: Notice, *, now: datetime, code: str) -> str:
    if notice.template == SIGN_IN:
        return _single_use(session, notice, now=now, code=code)
    if notice.template in OF_A_VISIT and "pickup" in notice.figures:
        token = make_visit_link(
            session,
            now=now,
            bank_id=notice.bank_id,
            pickup_id=int(notice.figures["pickup"]),
            day=date.fromisoformat(str(notice.figures["day"])),
        )
        return f"v/{token}"
    page = PAGES.get(notice.template, "sign-in")
    if "{pickup}" in page and "pickup" not in notice.figures:
        return "sign-in"
    return page.format(**notice.figures)


def _single_use(session: Session, notice: Notice, *, now: datetime, code: str) -> str:
    holder = _holder(notice)
    token = make_link(
        session,
        now=now,
        bank_id=notice.bank_id,
        person_id=holder["person_id"],
        donor_id=holder["donor_id"],
        sent_by=notice.channel.value,
        asked_by=str(notice.figures.get("asked_by", "")),
        code=code,
    )
    wanted = str(notice.figures.get("wanted", ""))
    return f"link/{token}" + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _holder(notice: Notice) -> dict[str, int | None]:
    kind, _colon, key = notice.recipient.partition(":")
    return {
        "person_id": int(key) if kind == "person" else None,
        "donor_id": int(key) if kind == "donor" else None,
    }


def _code(session: Session, notice: Notice, *, now: datetime) -> str:
    """Return the six digits of a sign-in or a second factor, created at dispatch."""
    if notice.template == SIGN_IN and notice.figures.get("asked_by"):
        return new_code() if permits_code(session, now=now, **_holder(notice)) else ""
    if notice.template != PROOF:
        return ""
    key = int(notice.figures["web_session"])
    return make_code(session, now=now, bank_id=notice.bank_id, session_id=key)


def _is_discreet(session: Session, notice: Notice) -> bool:
    """Return whether the recipient asked for discretion."""
    kind, _colon, key = notice.recipient.partition(":")
    return kind == "donor" and session.get_one(Donor, int(key)).discreet


def _keys(session: Session, notice: Notice) -> dict[str, str]:
    """Return the keys of a push service; empty for a browser unsubscribed since."""
    if notice.channel is not Channel.PUSH:
        return {}
    browser = session.get(PushSubscription, int(notice.to))
    if browser is None or browser.recipient != notice.recipient:
        return {}
    return {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}


def _readable(figures: dict[str, object]) -> dict[str, object]:
    """Return the figures with `day` as a date again (JSON has none), and times in words."""
    day = figures.get("day")
    days = {"day": date.fromisoformat(day)} if isinstance(day, str) else {}
    times = {name: hour(str(figures[name])) for name in TIMES & figures.keys()}
    change = figures.get("change")
    changes = {"change": action_words(change)} if isinstance(change, str) else {}
    return {**figures, **days, **times, **changes}
