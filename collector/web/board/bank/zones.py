"""Zones of the bank: their outlines on the map, their postcodes and their weekdays."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Zone
from collector.banks.queries import get_bank, sites_of, zones_of
from collector.banks.zones import (
    Point,
    add_zone,
    change_zone,
    outline_of,
    parse_outline,
    parse_prefixes,
    remove_zone,
    zone_mistakes,
)
from collector.db import owned, reading, transaction
from collector.donors.queries import donors_of
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_whole_number
from collector.people.models import Role
from collector.pickups.flags import zone_at
from collector.places.validation import refuse_position
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.framework.forms import Form, KeysField, ParsedField, TextField
from collector.web.framework.guards import actor, guard, may_see
from collector.web.wording import sentence

blueprint = Blueprint("zones", __name__, url_prefix="/bank/zones")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

LONGEST_NAME, LONGEST_TEXT = 80, 8000
OUTSIDE = 0
"""The key of donors outside of all zones."""


class ZoneForm(Form):
    """A zone with its postcodes, outline and weekdays."""

    name = TextField(longest=LONGEST_NAME)
    postcodes = ParsedField[tuple[str, ...]](parse_prefixes, blank=(), longest=LONGEST_TEXT)
    outline = ParsedField[tuple[Point, ...]](parse_outline, blank=(), longest=LONGEST_TEXT)
    weekdays = KeysField(default=())
    seen = ParsedField(parse_whole_number, blank=0)

    @classmethod
    def of(cls, zone: Zone) -> "ZoneForm":
        """Return the form of a zone."""
        form = cls(obj=zone)
        form.postcodes.text = " ".join(zone.postcodes)
        form.outline.text = "\n".join(f"{lat}, {lon}" for lat, lon in outline_of(zone))
        form.weekdays.data = [int(day) for day in zone.weekdays]
        form.seen.process_data(zone.version)
        return form

    def facts(self) -> dict[str, Any]:
        """Return the columns of the zone."""
        return {
            "name": self.name.data,
            "postcodes": list(self.postcodes.data),
            "outline": [list(corner) for corner in self.outline.data],
            "weekdays": [str(day) for day in sorted(set(self.weekdays.data)) if 1 <= day <= 7],  # noqa: PLR2004
        }


class RemovalForm(Form):
    """A removal, and the version that the person saw."""

    seen = ParsedField(parse_whole_number, blank=0)


@blueprint.get("")
def home() -> str:
    """Show the zones with the donors in each."""
    return _list()


@blueprint.get("/new")
def new() -> str:
    """Show the form of a new zone."""
    return _form(ZoneForm(), None)


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Add a zone."""
    return _write(None)


@blueprint.get("/<int:zone_id>")
def zone(zone_id: int) -> str:
    """Show the form of a zone."""
    with reading() as session:
        found = owned(session, Zone, actor().bank_id, zone_id)
    return _form(ZoneForm.of(found), zone_id)


@blueprint.post("/<int:zone_id>")
def change(zone_id: int) -> Response | tuple[str, int]:
    """Change a zone."""
    return _write(zone_id)


@blueprint.post("/<int:zone_id>/removal")
def remove(zone_id: int) -> Response | tuple[str, int]:
    """Remove a zone."""
    form = RemovalForm.sent()
    form.validate()
    try:
        with transaction() as session:
            known = author()
            bank_id = actor().bank_id
            owned(session, Zone, bank_id, zone_id)
            gone = remove_zone(session, zone_id=zone_id, seen=form.seen.data, **known)
    except Conflict as first:
        return _list(sentence(first)), 409
    flash(gettext("Zone %(name)s is removed.", name=gone.name), "ok")
    return redirect(url_for("board.zones.home"), code=303)


def _write(zone_id: int | None) -> Response | tuple[str, int]:
    form = ZoneForm.sent()
    form.validate()
    try:
        with transaction() as session:
            _check(session, form, zone_id)
            refuse_mistaken(form)
            if zone_id is None:
                add_zone(session, facts=form.facts(), **author())
            else:
                seen = form.seen.data
                change_zone(session, zone_id=zone_id, facts=form.facts(), seen=seen, **author())
    except Refused:
        return _form(form, zone_id), 422
    except Conflict as first:
        form.refuse(first)
        return _form(form, zone_id), 409
    flash(gettext("The zone is noted."), "ok")
    return redirect(url_for("board.zones.home"), code=303)


def _check(session: Session, form: ZoneForm, zone_id: int | None) -> None:
    """Add the mistakes of the zone; an outline abroad is refused as a whole."""
    bank = get_bank(session, actor().bank_id)
    if not form.errors:
        form.add_mistakes(zone_mistakes(session, bank_id=bank.id, facts=form.facts(), but=zone_id))
    country = bank.jurisdiction.country
    try:
        for latitude, longitude in form.outline.data:
            refuse_position(latitude=latitude, longitude=longitude, country=country)
    except Refused as refused:
        form.refuse(refused)


def _list(wrong: str = "") -> str:
    with reading() as session:
        bank_id = actor().bank_id
        zones = zones_of(session, bank_id)
        donors = donors_of(session, bank_id)
        found = (zone_at(zones, donor.address_on(today())) for donor in donors)
        return page(
            session,
            "board/bank/zones.html",
            zones=zones,
            donors=Counter(each.id if each else OUTSIDE for each in found),
            outside=OUTSIDE,
            wrong=wrong,
        )


def _form(form: ZoneForm, zone_id: int | None) -> str:
    with reading() as session:
        bank_id = actor().bank_id
        others = [each for each in zones_of(session, bank_id) if each.id != zone_id]
        return page(
            session,
            "board/bank/zone.html",
            typed=form.typed,
            wrong=form.wrong,
            weekdays=form.weekdays.data,
            zone_id=zone_id,
            map={
                "sites": _sites(session, bank_id),
                "zones": [
                    {"name": each.name, "outline": outline_of(each)}
                    for each in others
                    if each.outline
                ],
                "known": _homes(session, bank_id) if may_see("board.donors.home") else [],
            },
        )


def _sites(session: Session, bank_id: int) -> list[dict[str, Any]]:
    known = [each for each in sites_of(session, bank_id) if each.retired_on is None]
    return [{"name": each.name, "at": [each.latitude, each.longitude]} for each in known]


def _homes(session: Session, bank_id: int) -> list[Point]:
    """Return the positions of the donors, without names, as the dots to draw around."""
    positions = [donor.address_on(today()).position for donor in donors_of(session, bank_id)]
    return [(each.latitude, each.longitude) for each in positions if each is not None]
