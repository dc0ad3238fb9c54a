"""The outbox: waiting, sent and failed messages."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.notices.actions import send_again
from collector.notices.models import Channel, NoticeState
from collector.notices.queries import latest_notices
from collector.people.models import Role
from collector.web.framework.guards import actor, guard, settings
from collector.web.message_kinds import KINDS

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
guard(blueprint, Role.COORDINATOR, Role.ADMIN)

CHANNELS = {
    Channel.EMAIL: lazy_gettext("e-mail"),
    Channel.SMS: lazy_gettext("text message"),
    Channel.PUSH: lazy_gettext("push message"),
    Channel.CALL: lazy_gettext("telephone call"),
}
STATES = {
    NoticeState.OWED: lazy_gettext("waiting"),
    NoticeState.SENT: lazy_gettext("sent"),
    NoticeState.FAILED: lazy_gettext("failed"),
    NoticeState.WITHHELD: lazy_gettext("withheld: a person calls first"),
}
CALL_STATES = {
    NoticeState.OWED: lazy_gettext("to be called"),
    NoticeState.SENT: lazy_gettext("told"),
}

TROUBLES = {
    "away": lazy_gettext("The server that carries it did not answer."),
    "broken": lazy_gettext("It could not be written; the server's log says why."),
    "gone": lazy_gettext("The browser it was for does not exist any more."),
    "keys": lazy_gettext("The browser it was for gave keys that do not work."),
    "not_set_up": lazy_gettext("This installation has no carrier for such messages."),
}


@blueprint.get("/")
def home() -> str:
    """Show the latest messages; sign-in links are shown to administrators only."""
    with reading() as session:
        return render_template(
            "outbox/home.html",
            notices=latest_notices(session, bank_id=actor().bank_id),
            shows_keys=Role.ADMIN in actor().roles,
            is_carried=settings().mail is not None or settings().sms is not None,
            channels=CHANNELS,
            kinds=KINDS,
            states=STATES,
            call_states=CALL_STATES,
            troubles=TROUBLES,
        )


@blueprint.post("/<int:notice_id>/attempts")
def send_once_more(notice_id: int) -> Response:
    """Enqueue a failed message again."""
    with transaction() as session:
        send_again(session, bank_id=actor().bank_id, notice_id=notice_id)
    return redirect(url_for("outbox.home"), code=303)
