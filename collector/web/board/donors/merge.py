"""Joining two files of one donor: what each holds, side by side, and the step."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.duplicates import twins_of
from collector.donors.models import Donor
from collector.donors.numbers import plain
from collector.donors.queries import donor_by_number, get_donor
from collector.errors import Refused
from collector.people.models import Role
from collector.pickups.queries import of_donor
from collector.privacy.actions import has_given
from collector.privacy.merge import join_files
from collector.web.board.page_context import page, whole_number
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("merge", __name__, url_prefix="/donors/<int:donor_id>/merge")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, within="board")


@blueprint.get("")
def home(donor_id: int, wrong: str = "") -> str:
    """Show the files that may be hers too, or the one whose number was typed."""
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        found = _typed(session, donor) or twins_of(session, donor)
        files = [donor, *found]
        return page(
            session,
            "board/donors/merge.html",
            donor=donor,
            found=found,
            visits={each.id: len(of_donor(session, each.bank_id, each.id)) for each in files},
            given={each.id: has_given(session, each) for each in files},
            number=request.args.get("number", ""),
            wrong=wrong,
        )


@blueprint.post("")
def join(donor_id: int) -> Response | tuple[str, int]:
    """Make one file of two."""
    who = actor()
    try:
        with transaction() as session:
            join_files(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                kept_id=donor_id,
                gone_id=whole_number(request.form.get("gone", "")),
            )
    except Refused as refused:
        return home(donor_id, wrong=sentence(refused)), 422
    flash(gettext("The two files are one."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


def _typed(session: Session, donor: Donor) -> list[Donor]:
    """Return the other file whose number was typed, if there is one."""
    number = plain(request.args.get("number", ""))
    other = donor_by_number(session, donor.bank_id, number) if number else None
    if other is None or other.id == donor.id:
        return []
    return [get_donor(session, donor.bank_id, other.id)]
