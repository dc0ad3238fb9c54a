"""The merge of two files of one donor, shown side by side."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.duplicates import duplicates_of
from collector.donors.models import Donor
from collector.donors.queries import donors_matching, get_donor
from collector.errors import Refused
from collector.people.models import Role
from collector.pickups.queries import requests_of_donor
from collector.privacy.actions import has_given
from collector.privacy.merge import join_files
from collector.web.board.page_context import page
from collector.web.framework.forms import Form, KeyField, TextField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("merge", __name__, url_prefix="/donors/<int:donor_id>/merge")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, within="board")


MOST_FILES = 8


class OtherFileForm(Form):
    """The number of the other file, or words of it."""

    number = TextField()


class MergeForm(Form):
    """The key of the file that is merged into the other one."""

    gone = KeyField()


@blueprint.get("")
def home(donor_id: int) -> str:
    """Show the likely duplicates of a file, or the file with the number that was typed."""
    return _show(donor_id, OtherFileForm.queried())


@blueprint.post("")
def join(donor_id: int) -> Response | tuple[str, int]:
    """Merge two files into one."""
    who, form = actor(), MergeForm.sent()
    try:
        with transaction() as session:
            join_files(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                kept_id=donor_id,
                gone_id=form.gone.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _show(donor_id, OtherFileForm.queried(), form.first_wrong), 422
    flash(gettext("The two files are one."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


def _show(donor_id: int, search: OtherFileForm, wrong: str = "") -> str:
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        found = _typed(session, donor, search.number.data) or duplicates_of(session, donor)
        files = [donor, *found]
        return page(
            session,
            "board/donors/merge.html",
            donor=donor,
            found=found,
            visits={
                each.id: len(requests_of_donor(session, each.bank_id, each.id)) for each in files
            },
            given={each.id: has_given(session, each) for each in files},
            number=search.number.data,
            wrong=wrong,
        )


def _typed(session: Session, donor: Donor, text: str) -> list[Donor]:
    """Return the other files that a search finds, if there are any."""
    if not text:
        return []
    found = donors_matching(session, donor.bank_id, text)
    return [other for other in found if other.id != donor.id][:MOST_FILES]
