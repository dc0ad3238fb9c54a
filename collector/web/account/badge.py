"""Badge and PIN of a person of the laboratory: set, replaced, removed."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.badges import badge_of, is_locked, new_badge, remove_badge, set_badge
from collector.people.models import Person, Role
from collector.web.framework.context import vault
from collector.web.framework.forms import Form, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.wording import sentence

blueprint = Blueprint("badge", __name__, url_prefix="/account/badge")
guard(blueprint, Role.LABORATORY)

FIELD_OF = {"badge_too_short": "badge", "badge_taken": "badge"}
"""The field of a refusal; others are the PIN's."""


class BadgeForm(Form):
    """The code of a badge, and a PIN typed twice."""

    badge = TextField(longest=80)
    pin = TextField(longest=20)
    pin_again = TextField(longest=20)


@blueprint.get("")
def home() -> str:
    """Show the form of the badge."""
    return _page({})


@blueprint.post("")
@grave
def write() -> Response | tuple[str, int]:
    """Store the badge and the PIN."""
    form = BadgeForm.sent()
    if form.pin.data != form.pin_again.data:
        return _page({"pin_again": sentence(Refused("pins_differ"))}), 422
    try:
        badge = new_badge(code=form.badge.data, pin=form.pin.data, vault=vault())
        with transaction() as session:
            person = session.get_one(Person, person_id())
            set_badge(session, badge, now=now(), person=person)
    except Refused as refused:
        return _page({FIELD_OF.get(refused.code, "pin"): sentence(refused)}), 422
    flash(_("The badge is stored. After a rest it opens your session again here."), "ok")
    return redirect(url_for("factors.home"), code=303)


@blueprint.post("/removal")
@grave
def remove() -> Response:
    """Remove the badge."""
    with transaction() as session:
        person = session.get_one(Person, person_id())
        remove_badge(session, now=now(), person=person, actor=actor().reference)
    flash(_("The badge is removed."), "ok")
    return redirect(url_for("factors.home"), code=303)


def _page(wrong: dict[str, str]) -> str:
    with reading() as session:
        badge = badge_of(session, person_id())
    return render_template(
        "account/badge.html",
        badge=badge,
        locked=badge is not None and is_locked(badge),
        wrong=wrong,
    )
