"""Directory of lactariums, corrected by administrators."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.banks.directory import (
    DirectorySource,
    LactariumEntry,
    directory,
    lactarium_for,
    read_sources,
    typed_sources,
    write_line,
)
from collector.banks.models import Known, Lactarium, LactariumKind, SourceKind
from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import choice_parser, parse_date, parse_decimal, parse_whole_number
from collector.people.models import Role
from collector.web.board.page_context import page
from collector.web.framework.forms import FlagField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now
from collector.web.public_map import is_drawn
from collector.web.public_words import ANONYMOUS, HOME_COLLECTION, KINDS, SOURCE_NAMES, evidence

blueprint = Blueprint("directory", __name__, url_prefix="/bank/directory")
guard(blueprint, Role.ADMIN, within="board")

LONGEST_TEXT = 300
LONGEST_SOURCES = 5000
NAN = float("nan")


def _postcodes(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


class LactariumForm(Form):
    """An entry of the directory; a coordinate that is missing is refused with the entry."""

    name = TextField(longest=LONGEST_TEXT)
    town = TextField(longest=LONGEST_TEXT)
    postcode = TextField(longest=LONGEST_TEXT)
    latitude = ParsedField(parse_decimal, blank=NAN)
    longitude = ParsedField(parse_decimal, blank=NAN)
    kind = ParsedField(
        choice_parser(LactariumKind, "state_missing"),
        blank=LactariumKind.INTERNAL,
        required="state_missing",
    )
    takes_anonymous = ParsedField(
        choice_parser(Known, "state_missing"), blank=Known.UNKNOWN, required="state_missing"
    )
    phone = TextField(longest=LONGEST_TEXT)
    phone_source = ParsedField(choice_parser(SourceKind, "state_missing"), blank=SourceKind.UNKNOWN)
    email = TextField(longest=LONGEST_TEXT)
    website = TextField(longest=LONGEST_TEXT)
    home_collection = ParsedField(choice_parser(Known, "state_missing"), blank=Known.UNKNOWN)
    area = TextField(longest=LONGEST_TEXT)
    postcodes = ParsedField[tuple[str, ...]](_postcodes, blank=())
    radius_km = ParsedField[int | None](parse_whole_number, blank=None)
    sources = ParsedField[tuple[DirectorySource, ...]](
        read_sources, blank=(), longest=LONGEST_SOURCES
    )
    evidence = TextField(longest=LONGEST_TEXT)
    checked_on = ParsedField[date | None](parse_date, blank=None)
    checked_by = TextField(longest=LONGEST_TEXT)
    listed = FlagField()
    ours = FlagField()

    @classmethod
    def of(cls, known: Lactarium) -> "LactariumForm":
        """Return the form of an entry."""
        form = cls(obj=known)
        form.postcodes.text = " ".join(known.postcodes)
        form.sources.text = typed_sources(known.sources)
        form.ours.process_data(known.bank_id is not None)
        return form

    def entry(self, bank_name: str) -> LactariumEntry:
        """Return the entry; an administrator's bank checked it if the check has no name.

        A person's name is not printed.
        """
        checked_by = self.checked_by.data or (bank_name if self.checked_on.data else "")
        return LactariumEntry(**self.data | {"checked_by": checked_by})


@blueprint.get("")
def home() -> str:
    """Show every entry, unlisted ones too."""
    with reading() as session:
        lines = directory(session, all_lines=True)
        return page(
            session,
            "board/bank/directory.html",
            lines=lines,
            map=_map(lines),
            ours=actor().bank_id,
            KINDS=KINDS,
            ANONYMOUS=ANONYMOUS,
            evidence=evidence,
        )


def _map(lines: Sequence[Lactarium]) -> dict[str, Any]:
    """Return the map of the entries as values for JSON."""
    ours = actor().bank_id
    marks: list[dict[str, Any]] = [
        {
            "at": (line.latitude, line.longitude),
            "name": f"{line.name} · {line.town}",
            "kind": "ours" if line.bank_id == ours else "hollow",
        }
        for line in lines
    ]
    home = [each["at"] for each in marks if is_drawn(*each["at"])]
    return {"marks": marks} | ({"focus": home} if home else {})


@blueprint.get("/new")
def new() -> str:
    """Show an empty form."""
    return _form(None, LactariumForm(data={"listed": True}))


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Add an entry."""
    return _write(None)


@blueprint.get("/<int:lactarium_id>")
def line(lactarium_id: int) -> str:
    """Show the form of an entry."""
    with reading() as session:
        known = lactarium_for(session, bank_id=actor().bank_id, lactarium_id=lactarium_id)
    return _form(lactarium_id, LactariumForm.of(known))


@blueprint.post("/<int:lactarium_id>")
def correct(lactarium_id: int) -> Response | tuple[str, int]:
    """Correct an entry."""
    return _write(lactarium_id)


def _write(lactarium_id: int | None) -> Response | tuple[str, int]:
    who, form = actor(), LactariumForm.sent()
    try:
        if form.validate():
            with transaction() as session:
                if lactarium_id is not None:
                    lactarium_for(session, bank_id=who.bank_id, lactarium_id=lactarium_id)
                write_line(
                    session,
                    now=now(),
                    bank_id=who.bank_id,
                    actor=who.reference,
                    said=form.entry(get_bank(session, who.bank_id).name),
                    lactarium_id=lactarium_id,
                )
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _form(lactarium_id, form), 422
    flash(gettext("The directory is corrected."), "ok")
    return redirect(url_for("board.directory.home"), code=303)


def _form(lactarium_id: int | None, form: LactariumForm) -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/directory_line.html",
            typed=form.typed,
            wrong=form.first_wrong,
            is_new=lactarium_id is None,
            kinds=KINDS,
            anonymous=ANONYMOUS,
            home_collection=HOME_COLLECTION,
            source_names=SOURCE_NAMES,
            bank_name=get_bank(session, actor().bank_id).name,
        )
