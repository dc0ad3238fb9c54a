"""Directory of lactariums, corrected by administrators."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.banks.directory import LactariumEntry, directory, lactarium_for, write_line
from collector.banks.models import Known, Lactarium, LactariumKind
from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.web.board.page_context import page
from collector.web.framework.guards import actor, guard, now
from collector.web.public_words import ANONYMOUS, KINDS, evidence
from collector.web.wording import sentence

blueprint = Blueprint("directory", __name__, url_prefix="/bank/directory")
guard(blueprint, Role.ADMIN, within="board")

TEXTS = ("name", "town", "postcode", "evidence", "phone", "website")


@blueprint.get("")
def home() -> str:
    """Show every entry, unlisted ones too."""
    with reading() as session:
        return page(
            session,
            "board/bank/directory.html",
            lines=directory(session, all_lines=True),
            ours=actor().bank_id,
            KINDS=KINDS,
            ANONYMOUS=ANONYMOUS,
            evidence=evidence,
        )


@blueprint.get("/new")
def new() -> str:
    """Show an empty form."""
    return _form(None, {"listed": "yes"})


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Add an entry."""
    return _write(None)


@blueprint.get("/<int:lactarium_id>")
def line(lactarium_id: int) -> str:
    """Show the form of an entry."""
    with reading() as session:
        known = lactarium_for(session, bank_id=actor().bank_id, lactarium_id=lactarium_id)
    return _form(lactarium_id, _shown(known))


@blueprint.post("/<int:lactarium_id>")
def correct(lactarium_id: int) -> Response | tuple[str, int]:
    """Correct an entry."""
    return _write(lactarium_id)


def _write(lactarium_id: int | None) -> Response | tuple[str, int]:
    who = actor()
    try:
        with transaction() as session:
            if lactarium_id is not None:
                lactarium_for(session, bank_id=who.bank_id, lactarium_id=lactarium_id)
            write_line(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                said=_said(),
                lactarium_id=lactarium_id,
            )
    except Refused as refused:
        return _form(lactarium_id, dict(request.form), wrong=sentence(refused)), 422
    flash(gettext("The directory is corrected."), "ok")
    return redirect(url_for("board.directory.home"), code=303)


def _form(lactarium_id: int | None, typed: dict[str, str], wrong: str = "") -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/directory_line.html",
            typed=typed,
            wrong=wrong,
            is_new=lactarium_id is None,
            kinds=KINDS,
            anonymous=ANONYMOUS,
        )


def _shown(known: Lactarium) -> dict[str, str]:
    return {
        **{name: getattr(known, name) for name in TEXTS},
        "latitude": str(known.latitude),
        "longitude": str(known.longitude),
        "kind": known.kind.value,
        "takes_anonymous": known.takes_anonymous.value,
        "postcodes": " ".join(known.postcodes),
        "radius_km": str(known.radius_km or ""),
        "checked_on": known.checked_on.isoformat() if known.checked_on else "",
        "listed": "yes" if known.listed else "",
        "ours": "yes" if known.bank_id else "",
    }


def _said() -> LactariumEntry:
    texts = {name: request.form.get(name, "").strip()[:200] for name in TEXTS}
    kind, takes = request.form.get("kind", ""), request.form.get("takes_anonymous", "")
    if kind not in set(LactariumKind) or takes not in set(Known):
        raise Refused("state_missing")
    radius, checked = request.form.get("radius_km", ""), request.form.get("checked_on", "")
    if radius and not (radius.isascii() and radius.isdigit()):
        raise Refused("number_not_read")
    return LactariumEntry(
        **texts,
        latitude=_degrees("latitude"),
        longitude=_degrees("longitude"),
        kind=LactariumKind(kind),
        takes_anonymous=Known(takes),
        postcodes=tuple(request.form.get("postcodes", "").replace(",", " ").split()),
        radius_km=int(radius[:6]) if radius else None,
        checked_on=parse_date(checked) if checked else None,
        listed=bool(request.form.get("listed")),
        ours=bool(request.form.get("ours")),
    )


def _degrees(name: str) -> float:
    """Return a coordinate in degrees; text other than a number becomes NaN and is refused later."""
    try:
        return float(request.form.get(name, "").replace(",", "."))
    except ValueError:
        return float("nan")
