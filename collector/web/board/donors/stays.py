"""Days on which a donor is met elsewhere: noted on the telephone, and ended."""

from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.donors.stays import add_stay, end_stay, places_of
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.web.board.donors.place_form import AddressForm, map_of
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.framework.forms import KeyField, ParsedField
from collector.web.framework.guards import actor, guard

blueprint = Blueprint("stays", __name__, url_prefix="/donors/<int:donor_id>/stays")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, within="board")


class StayForm(AddressForm):
    """The days, and a ward or practice or another address."""

    first_day = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    last_day = ParsedField[date | None](parse_date, blank=None)
    place = KeyField()


@blueprint.get("/new")
def new(donor_id: int) -> str:
    """Show the form of a stay from today on."""
    with reading() as session:
        form = StayForm.of(session, get_bank(session, actor().bank_id))
        return _show(session, donor_id, form(data={"first_day": today()}))


@blueprint.post("")
def make(donor_id: int) -> Response | tuple[str, int]:
    """Note a stay."""
    with reading() as session:
        get_donor(session, actor().bank_id, donor_id)
        bank = get_bank(session, actor().bank_id)
        form = StayForm.of(session, bank).sent()
    form.validate()
    if not form.place.data:
        form.locate(bank.jurisdiction.country)
    try:
        with transaction() as session:
            refuse_mistaken(form)
            add_stay(
                session,
                donor_id=donor_id,
                today=today(),
                first_day=form.first_day.data or today(),
                last_day=form.last_day.data,
                place_id=form.place.data or None,
                **author(),
                **form.address,
            )
    except Refused as refused:
        if not form.wrong:
            form.refuse(refused)
        with reading() as session:
            return _show(session, donor_id, form), 422
    flash(gettext("Noted: on these days she is met there."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


@blueprint.post("/<int:stay_id>/ending")
def end(donor_id: int, stay_id: int) -> Response:
    """Note that the donor is home again from today on."""
    with transaction() as session:
        end_stay(session, donor_id=donor_id, stay_id=stay_id, today=today(), **author())
    flash(gettext("Noted: she is met at home again."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


def _show(session: Session, donor_id: int, form: StayForm) -> str:
    places = places_of(session, actor().bank_id)
    return page(
        session,
        "board/donors/stay.html",
        donor=get_donor(session, actor().bank_id, donor_id),
        places=[each for each in places if not each.retired_on or each.retired_on > today()],
        typed=form.typed,
        wrong=form.wrong,
        map=map_of(session),
        today=today(),
    )
