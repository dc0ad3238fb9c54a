"""Sites of the bank: where rounds begin and end, with opening hours and a place on the map."""

from datetime import date, time
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.actions import add_site
from collector.banks.models import Site, SiteKind
from collector.banks.queries import get_bank, sites_of
from collector.banks.sites import change_site, retire_site, site_mistakes
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake, parse_decimal, parse_time, parse_whole_number
from collector.people.models import Role
from collector.places.postcodes import locate_town
from collector.places.validation import refuse_position
from collector.shifts.fleet_changes import days_at_site
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.framework.forms import (
    ChoiceField,
    FlagField,
    Form,
    KeysField,
    ParsedField,
    TextField,
)
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("sites", __name__, url_prefix="/bank/sites")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

LONGEST_NAME = 80
PLACE = ("latitude", "longitude")
CENTRE = "centre"
"""The button that takes the centre of the commune."""


class SiteForm(Form):
    """A site with its kind, place, freezer and opening hours."""

    kind = ChoiceField(SiteKind, blank=SiteKind.BANK)
    name = TextField(longest=LONGEST_NAME)
    town = TextField(longest=LONGEST_NAME)
    latitude = ParsedField[float | None](parse_decimal, blank=None, required="decimal_not_read")
    longitude = ParsedField[float | None](parse_decimal, blank=None, required="decimal_not_read")
    receives = FlagField()
    opens = ParsedField[time | None](parse_time, blank=None)
    closes = ParsedField[time | None](parse_time, blank=None)
    weekdays = KeysField(default=())
    seen = ParsedField(parse_whole_number, blank=0)
    act = TextField(longest=10)
    """The button that was pressed."""

    @classmethod
    def of(cls, site: Site) -> "SiteForm":
        """Return the form of a site."""
        form = cls(obj=site)
        form.weekdays.data = [int(day) for day in site.weekdays]
        form.seen.process_data(site.version)
        return form

    def facts(self) -> dict[str, Any]:
        """Return the columns of the site."""
        facts = {name: value for name, value in self.data.items() if name not in {"seen", "act"}}
        return facts | {"weekdays": [str(day) for day in sorted(set(self.weekdays.data))]}


class RetireForm(Form):
    """A retirement or its reversal, and the version that the person saw."""

    seen = ParsedField(parse_whole_number, blank=0)


@blueprint.get("")
def home() -> str:
    """Show the sites, retired ones last."""
    return _list()


@blueprint.get("/new")
def new() -> str:
    """Show the form of a new site."""
    return _form(SiteForm(data={"receives": True, "kind": SiteKind.BANK}), None)


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Add a site."""
    return _write(None)


@blueprint.get("/<int:site_id>")
def site(site_id: int) -> str:
    """Show the form of a site."""
    with reading() as session:
        found = owned(session, Site, actor().bank_id, site_id)
    return _form(SiteForm.of(found), site_id)


@blueprint.post("/<int:site_id>")
def change(site_id: int) -> Response | tuple[str, int]:
    """Change a site."""
    return _write(site_id)


@blueprint.post("/<int:site_id>/retirement")
def retire(site_id: int) -> Response | tuple[str, int]:
    """Retire a site where no shift ahead begins or ends, or take its retirement back."""
    who, form = actor(), RetireForm.sent()
    form.validate()
    try:
        with transaction() as session:
            found = owned(session, Site, who.bank_id, site_id)
            on = today() if found.retired_on is None else None
            _refuse_used(session, site_id, on)
            retire_site(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                site_id=site_id,
                on=on,
                seen=form.seen.data,
            )
    except Refused as refused:
        return _list(sentence(refused)), 422
    except Conflict as first:
        return _list(sentence(first)), 409
    flash(gettext("The site is retired.") if on else gettext("The site is in use again."), "ok")
    return redirect(url_for("board.sites.home"), code=303)


def _refuse_used(session: Session, site_id: int, on: date | None) -> None:
    used = days_at_site(session, bank_id=actor().bank_id, since=today(), site_id=site_id)
    if on is not None and used:
        raise Refused("site_used", day=used[0].isoformat())


def _write(site_id: int | None) -> Response | tuple[str, int]:
    who, form = actor(), SiteForm.sent()
    form.validate()
    if form.act.data == CENTRE:
        return _at_centre(form, site_id)
    try:
        with transaction() as session:
            _check(session, form, site_id)
            refuse_mistaken(form)
            known = author()
            if site_id is None:
                facts = form.facts()
                extra = {name: facts.pop(name) for name in ("opens", "closes", "weekdays")}
                added = add_site(session, bank_id=who.bank_id, **facts)
                change_site(session, site_id=added.id, facts=extra, seen=added.version, **known)
            else:
                seen = form.seen.data
                change_site(session, site_id=site_id, facts=form.facts(), seen=seen, **known)
    except Refused:
        return _form(form, site_id), 422
    except Conflict as first:
        form.refuse(first)
        return _form(form, site_id), 409
    flash(gettext("The site is noted."), "ok")
    return redirect(url_for("board.sites.home"), code=303)


def _at_centre(form: SiteForm, site_id: int | None) -> tuple[str, int]:
    """Show the form with the position of its town, if the installed list has it."""
    with reading() as session:
        found = locate_town(session, form.town.data)
    if found is None:
        form.add_mistakes([FieldMistake("town", "town_not_in_list")])
        return _form(form, site_id), 422
    form.latitude.process_data(found.at[0])
    form.longitude.process_data(found.at[1])
    return _form(form, site_id, told=False), 200


def _check(session: Session, form: SiteForm, site_id: int | None) -> None:
    bank = get_bank(session, actor().bank_id)
    form.add_mistakes(site_mistakes(session, bank_id=bank.id, facts=form.facts(), but=site_id))
    latitude, longitude = form.latitude.data, form.longitude.data
    if latitude is None or longitude is None:
        return
    try:
        country = bank.jurisdiction.country
        refuse_position(latitude=latitude, longitude=longitude, country=country)
    except Refused as refused:
        form.refuse(refused)


def _list(wrong: str = "") -> str:
    with reading() as session:
        found = sites_of(session, actor().bank_id)
        return page(
            session,
            "board/bank/sites.html",
            sites=sorted(found, key=lambda each: (each.retired_on is not None, each.name)),
            wrong=wrong,
        )


def _form(form: SiteForm, site_id: int | None, *, told: bool = True) -> str:
    """Show the form; a button that only fills a field in tells no mistake."""
    with reading() as session:
        known = sites_of(session, actor().bank_id)
        others = [
            {"name": each.name, "at": [each.latitude, each.longitude]}
            for each in known
            if each.id != site_id
        ]
        return page(
            session,
            "board/bank/site.html",
            typed=form.typed,
            wrong=form.wrong if told else {},
            weekdays=form.weekdays.data,
            site_id=site_id,
            map={"sites": others, "known": []},
        )
