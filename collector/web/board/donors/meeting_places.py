"""Wards and midwives' practices at which several mothers are met."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.donors.stays import donors_at, get_place, places_of, retire_place, write_place
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_whole_number, phone_parser
from collector.people.models import Role
from collector.web.board.donors.place_form import LONGEST, AddressForm, map_of
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.framework.forms import ParsedField, TextField
from collector.web.framework.guards import actor, guard

blueprint = Blueprint("meeting_places", __name__, url_prefix="/donors/places")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, within="board")

Answer = Response | tuple[str, int]


class PlaceForm(AddressForm):
    """A ward or practice, and the version that the person saw."""

    name = TextField(required="place_name_missing", longest=LONGEST)
    phone = TextField(longest=LONGEST)
    seen = ParsedField(parse_whole_number, blank=0)


@blueprint.get("")
def home() -> str:
    """Show the wards and practices with the donors who are there today."""
    with reading() as session:
        return page(
            session,
            "board/donors/meeting_places.html",
            places=places_of(session, actor().bank_id),
            donors=donors_at(session, actor().bank_id, on=today()),
        )


@blueprint.get("/new")
def new() -> str:
    """Show the form of a new ward or practice."""
    with reading() as session:
        return _show(session, _form(session)(), None)


@blueprint.get("/<int:place_id>")
def place(place_id: int) -> str:
    """Show the form of a ward or practice."""
    with reading() as session:
        found = get_place(session, actor().bank_id, place_id)
        position = found.address.position
        at = {
            "latitude": position.latitude if position else None,
            "longitude": position.longitude if position else None,
        }
        known = {
            name: getattr(found.address, name)
            for name in ("line", "postcode", "town", "access_notes")
        }
        return _show(
            session, _form(session)(obj=found, seen=found.version, **known, **at), found.id
        )


@blueprint.post("")
def add() -> Answer:
    """Add a ward or practice."""
    return _write(None)


@blueprint.post("/<int:place_id>")
def change(place_id: int) -> Answer:
    """Change a ward or practice."""
    return _write(place_id)


@blueprint.post("/<int:place_id>/retirement")
def retire(place_id: int) -> Response:
    """Retire a ward or practice, or take its retirement back."""
    with transaction() as session:
        found = get_place(session, actor().bank_id, place_id)
        on = today() if found.retired_on is None else None
        retire_place(session, place_id=place_id, on=on, **author())
    flash(gettext("It is retired.") if on else gettext("It is in use again."), "ok")
    return redirect(url_for("board.meeting_places.home"), code=303)


def _write(place_id: int | None) -> Answer:
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        if place_id is not None:
            get_place(session, bank.id, place_id)
        form = _form(session).sent()
    form.validate()
    form.locate(bank.jurisdiction.country)
    try:
        with transaction() as session:
            refuse_mistaken(form)
            write_place(
                session,
                name=form.name.data,
                phone=form.phone.data,
                place_id=place_id,
                seen=form.seen.data,
                **author(),
                **form.address,
            )
    except (Refused, Conflict) as refused:
        if not form.wrong:
            form.refuse(refused)
        with reading() as session:
            status = 409 if isinstance(refused, Conflict) else 422
            return _show(session, form, place_id), status
    flash(gettext("It is noted."), "ok")
    return redirect(url_for("board.meeting_places.home"), code=303)


def _form(session: Session) -> type[PlaceForm]:
    bank = get_bank(session, actor().bank_id)
    phone = ParsedField(phone_parser(bank.jurisdiction.country), blank="", longest=LONGEST)
    return type("PlaceOfBankForm", (PlaceForm.of(session, bank),), {"phone": phone})


def _show(session: Session, form: PlaceForm, place_id: int | None) -> str:
    return page(
        session,
        "board/donors/meeting_place.html",
        typed=form.typed,
        wrong=form.wrong,
        place_id=place_id,
        map=map_of(session),
    )
