"""Erasure requests, seals of numbers, and separation of merged files; for quality."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.numbers import compact_number
from collector.donors.queries import get_donor
from collector.errors import NotFound, Refused
from collector.people.models import Role
from collector.privacy.actions import erase, open_seal
from collector.privacy.queries import erasure_requests
from collector.privacy.separation import part_files
from collector.web.board.page_context import page
from collector.web.framework.forms import Form, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("erasures", __name__, url_prefix="/bank/erasures")
guard(blueprint, Role.QUALITY, within="board")

Found = TypeVar("Found")
LONGEST_REASON = 300


class SealForm(Form):
    """A donor's number, and the reason to open its seal or to part its file."""

    number = TextField()
    reason = TextField(longest=LONGEST_REASON)


@blueprint.get("")
def home(
    wrong: str = "", opened: dict[str, str] | None = None, form: SealForm | None = None
) -> str:
    """Show erasure requests, and the form to open a seal."""
    form = form or SealForm.queried()
    with reading() as session:
        return page(
            session,
            "board/bank/erasures.html",
            asked=erasure_requests(session, actor().bank_id),
            wrong=wrong,
            opened=opened,
            typed=form.typed,
        )


@blueprint.post("/donors/<int:donor_id>")
@grave
def erasure(donor_id: int) -> Response | tuple[str, int]:
    """Erase a donor; her number and the trace of her bottles stay."""
    who = actor()
    try:
        with transaction() as session:
            number = get_donor(session, who.bank_id, donor_id).number
            erase(session, now=now(), bank_id=who.bank_id, donor_id=donor_id, actor=who.reference)
    except Refused as refused:
        return home(wrong=sentence(refused)), 422
    flash(gettext("Number %(number)s is all that is left.", number=number), "ok")
    return redirect(url_for("board.erasures.home"), code=303)


@blueprint.post("/seal")
@grave
def seal() -> str | tuple[str, int]:
    """Show the identity behind a number, for a reason kept in the audit chain."""
    form = SealForm.sent()
    try:
        opened = _for_a_reason(open_seal, form)
    except (Refused, NotFound) as refused:
        return home(wrong=sentence(refused), form=form), 422
    return home(opened=opened, form=form)


@blueprint.post("/parting")
@grave
def part() -> Response | tuple[str, int]:
    """Separate a merged file, for a reason kept in the audit chain."""
    form = SealForm.sent()
    try:
        donor = _for_a_reason(part_files, form)
    except (Refused, NotFound) as refused:
        return home(wrong=sentence(refused), form=form), 422
    flash(gettext("They are two files again. Look at what each of them holds."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor.id), code=303)


def _for_a_reason(act: Callable[..., Found], form: SealForm) -> Found:
    """Run an action on the number of the form, with its reason."""
    who = actor()
    with transaction() as session:
        return act(
            session,
            now=now(),
            bank_id=who.bank_id,
            number=compact_number(form.number.data),
            actor=who.reference,
            reason=form.reason.data,
        )
