"""Webhooks of the bank: made, their log, pause, replay and end."""

from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from collector.applications.events import KINDS
from collector.applications.models import Webhook
from collector.applications.webhooks import (
    LONGEST_URL,
    end_webhook,
    latest_attempts,
    make_webhook,
    pause_webhook,
    resume_webhook,
    webhooks_of,
)
from collector.db import owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.people.models import Role
from collector.web.board.page_context import page, refuse_mistaken
from collector.web.framework.context import vault
from collector.web.framework.forms import Form, ParsedField, TextField, sent_texts
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id

blueprint = Blueprint("webhooks", __name__, url_prefix="/bank/webhooks")
guard(blueprint, Role.ADMIN, within="board")

_ = lazy_gettext

FAULTS: Final = {
    "refused": _("not taken"),
    "name_unknown": _("the name of the server is unknown"),
    "address_refused": _("a private address; the installation permits no such network"),
    "no_connection": _("no connection, or a wrong certificate"),
    "tls_needed": _("an address outside needs https"),
}
KIND_FIELD: Final = "kind"


class WebhookForm(Form):
    """The address of a new webhook; its kinds of events are checkboxes of one name."""

    url = TextField(longest=LONGEST_URL, required="webhook_address_unreadable")


class ReplayForm(Form):
    """The number of the event from which on events are posted again; empty goes on."""

    sequence = ParsedField[int | None](parse_whole_number, blank=None)


@blueprint.get("")
def home() -> str:
    """Show the webhooks, and the form of a new one."""
    return _page(WebhookForm(), KINDS)


@blueprint.post("")
@grave
def add() -> str | tuple[str, int]:
    """Make a webhook and show its secret once."""
    form = WebhookForm.sent()
    form.validate()
    kinds = [text for name, text in sent_texts() if name == KIND_FIELD]
    try:
        with transaction() as session:
            refuse_mistaken(form)
            _made, secret = make_webhook(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                url=form.url.data,
                kinds=kinds,
                vault=vault(),
            )
    except Refused as refused:
        if refused.code != "form_mistaken":
            form.refuse(refused)
        return _page(form, kinds), 422
    return _page(WebhookForm(), KINDS, secret=secret)


@blueprint.get("/<int:webhook_id>")
def log(webhook_id: int) -> str:
    """Show the latest attempts of a webhook."""
    with reading() as session:
        webhook = owned(session, Webhook, actor().bank_id, webhook_id)
        return page(
            session,
            "board/bank/webhook.html",
            webhook=webhook,
            attempts=latest_attempts(session, webhook),
            faults=FAULTS,
            now=now(),
        )


@blueprint.post("/<int:webhook_id>/pause")
def pause(webhook_id: int) -> Response:
    """Pause a webhook."""
    with transaction() as session:
        pause_webhook(session, now=now(), webhook_id=webhook_id, **_who())
    flash(gettext("Nothing is posted until you resume. The events wait."), "ok")
    return _to_log(webhook_id)


@blueprint.post("/<int:webhook_id>/resumption")
def resume(webhook_id: int) -> Response:
    """Post the waiting events, or all from a number on again."""
    form = ReplayForm.sent()
    if not form.validate():
        raise NotFound("not_found")
    first = form.sequence.data
    after = None if first is None else first - 1
    with transaction() as session:
        resume_webhook(session, now=now(), webhook_id=webhook_id, after=after, **_who())
    flash(gettext("The events are posted again, one after the other."), "ok")
    return _to_log(webhook_id)


@blueprint.post("/<int:webhook_id>/end")
def end(webhook_id: int) -> Response:
    """End a webhook for good."""
    with transaction() as session:
        end_webhook(session, now=now(), webhook_id=webhook_id, **_who())
    flash(gettext("The webhook has ended."), "ok")
    return redirect(url_for("board.webhooks.home"), code=303)


def _who() -> dict[str, int]:
    return {"bank_id": actor().bank_id, "person_id": person_id()}


def _to_log(webhook_id: int) -> Response:
    return redirect(url_for("board.webhooks.log", webhook_id=webhook_id), code=303)


def _page(form: WebhookForm, chosen: object, *, secret: str = "") -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/webhooks.html",
            webhooks=webhooks_of(session, actor().bank_id),
            kinds=KINDS,
            chosen=chosen,
            typed=form.typed,
            wrong=form.wrong,
            secret=secret,
        )
