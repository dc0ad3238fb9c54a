"""The channel of a donor's messages, and the code that proves her identity."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.contact import text_number
from collector.donors.file_history import keeping_history
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.notices.actions import choose_channel, enqueue, subscribe, unsubscribe
from collector.notices.models import Channel
from collector.notices.push_key import public_key
from collector.notices.queries import chosen_channel, has_push_subscription
from collector.people.second_factor import prove, refuse_too_many
from collector.web.donor.pages import form_page
from collector.web.framework.discretion import remember
from collector.web.framework.forms import FlagField, Form, TextField
from collector.web.framework.guards import actor, donor_id, now, settings

blueprint = Blueprint("contact_preferences", __name__)

LONGEST_PUSH_KEY = 200


class ChannelForm(Form):
    """The channel, and whether messages name neither the service nor its purpose."""

    channel = TextField()
    discreet = FlagField()


class BrowserForm(Form):
    """The subscription of a browser to push messages, as the script sends it."""

    endpoint = TextField()
    p256dh = TextField(longest=LONGEST_PUSH_KEY)
    auth = TextField(longest=LONGEST_PUSH_KEY)


class CodeForm(Form):
    """The six digits of a code."""

    code = TextField()


@blueprint.get("/contact-preferences")
def home() -> str:
    """Show the channel of the donor's messages."""
    with reading() as session:
        return _page(session, "donor/contact_preferences.html")


@blueprint.post("/contact-preferences")
def choose() -> Response:
    """Keep the channel, and whether messages are discreet."""
    form = ChannelForm.sent()
    with transaction() as session:
        donor = get_donor(session, actor().bank_id, donor_id())
        if form.channel.data in {Channel.EMAIL, Channel.SMS}:
            channel = Channel(form.channel.data)
            choose_channel(
                session, bank_id=donor.bank_id, recipient=actor().reference, channel=channel
            )
        with keeping_history(session, donor, now=now(), actor=actor().reference):
            donor.discreet = form.discreet.data
    flash(_("We have noted it. Thank you for telling us."), "ok")
    answer = redirect(url_for("donor.contact_preferences.home"), code=303)
    remember(answer, discreet=form.discreet.data, secure=settings().secure_cookies)
    return answer


@blueprint.post("/contact-preferences/browsers")
def add_browser() -> Response:
    """Subscribe a browser, if the operator trusts its push service."""
    form, push = BrowserForm.sent(), settings().push
    trusted = push is not None and _is_trusted(form.endpoint.data, push.hosts)
    if not trusted or not all(form.data.values()):
        raise Refused("push_not_here")
    with transaction() as session:
        subscribe(
            session,
            now=now(),
            bank_id=actor().bank_id,
            recipient=actor().reference,
            **form.data,
        )
    return redirect(url_for("donor.contact_preferences.home"), code=303)


@blueprint.post("/contact-preferences/browsers/removal")
def remove_browsers() -> Response:
    """Unsubscribe every browser of the donor."""
    with transaction() as session:
        unsubscribe(session, bank_id=actor().bank_id, recipient=actor().reference)
    return redirect(url_for("donor.contact_preferences.home"), code=303)


@blueprint.get("/proof")
def proof() -> str:
    """Ask for the code, or offer to send one."""
    with reading() as session:
        return _page(session, "donor/proof.html")


@blueprint.post("/proof/codes")
def send_code() -> Response:
    """Send a code by another channel than her link."""
    with transaction() as session:
        donor = get_donor(session, actor().bank_id, donor_id())
        channel, to = _other_way(session, donor)
        if to is None:
            raise Refused("no_other_way")
        refuse_too_many(session, now=now(), session_id=actor().session_id)
        enqueue(
            session,
            now=now(),
            bank_id=donor.bank_id,
            once=f"code session:{actor().session_id} {now():%FT%R}",
            recipient=actor().reference,
            to=to,
            template="code",
            language=donor.language,
            channel=channel,
            web_session=actor().session_id,
        )
    flash(_("A code is on its way."), "ok")
    return redirect(url_for("donor.contact_preferences.proof"), code=303)


@blueprint.post("/proof")
def try_code() -> Response | tuple[str, int]:
    """Check a code; every try is counted."""
    with transaction() as session:
        right = prove(session, CodeForm.sent().code.data, now=now(), session_id=actor().session_id)
    if right:
        return redirect(url_for("donor.home"), code=303)
    with reading() as session:
        return _page(session, "donor/proof.html", wrong=True), 422


def _page(session: Session, template: str, *, wrong: bool = False) -> str:
    page = form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())
    return render_template(
        template,
        page=page,
        chosen=chosen_channel(session, bank_id=actor().bank_id, recipient=actor().reference),
        has_browser=has_push_subscription(
            session, bank_id=actor().bank_id, recipient=actor().reference
        ),
        other_way=_other_way(session, page.donor),
        push_key=public_key(push) if (push := settings().push) else "",
        wrong=wrong,
    )


def _other_way(session: Session, donor: Donor) -> tuple[Channel, str | None]:
    """Return the channel by which her link did not come, and its address if it is known."""
    if actor().sent_by == Channel.SMS:
        return Channel.EMAIL, donor.email
    return Channel.SMS, text_number(session, donor)


def _is_trusted(endpoint: str, hosts: tuple[str, ...]) -> bool:
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    named = any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)
    return parts.scheme == "https" and named
