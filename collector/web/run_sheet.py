"""Run sheet on paper: no names, a code to scan for each stop, lines to write on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno
from flask import render_template
from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.roads.travel import Position, load_travel
from collector.rounds.emptyings import places_between
from collector.rounds.models import Round
from collector.service_day import ServiceDay
from collector.web.framework.assets import dist_folder, manifest
from collector.web.sheet_map import sheet_map


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSheetLine:
    """One stop of the sheet."""

    place: int
    stop: dict[str, Any]
    arrives: str
    opens: str
    closes: str
    access: str
    code: str
    """The QR code of the coordinates as a data URI; empty if they are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSheetEmptying:
    """An emptying of the box on the way."""

    after: int | None
    """The visit before it; None for one before the first."""
    place: str
    arrives: str
    minutes: int


def sheet_page(session: Session, round_: Round, *, phone: str) -> str:
    """Return the sheet of a published round as a page for print.

    Parameters
    ----------
    phone
        The telephone of the bank; empty if there is none.
    """
    figures = _figures(session, round_)
    return render_template("phone/sheet.html", **figures, phone=phone, for_pdf=False)


def sheet_pdf(session: Session, round_: Round, *, phone: str) -> bytes:
    """Return the sheet as a PDF.

    Raises
    ------
    Refused
        `pdf_not_installed`: this installation lacks the extra `documents`.
    """
    figures = _figures(session, round_)
    return printed(render_template("phone/sheet.html", **figures, phone=phone, for_pdf=True))


def printed(text: str) -> bytes:
    """Return a page as a PDF, with the style of printed pages.

    Raises
    ------
    Refused
        `pdf_not_installed`: this installation lacks the extra `documents`.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 - an extra that few install
    except ImportError:
        raise Refused("pdf_not_installed") from None
    style = CSS(filename=str(dist_folder() / manifest()["css/sheet.css"]))
    content: bytes = HTML(string=text).write_pdf(stylesheets=[style])
    return content


def _figures(session: Session, round_: Round) -> dict[str, Any]:
    published = round_.published
    if published is None:
        raise NotFound("not_found", kind="rounds")
    zone = ZoneInfo(published["time_zone"])
    departs = published["departs_at"]
    return {
        "sheet": published,
        "day": datetime.fromisoformat(published["day"]).date(),
        "departs": _clock(departs, zone) if departs else "",
        "map": sheet_map(published, load_travel(session, _places(published))),
        "lines": [_line(place, stop, zone) for place, stop in enumerate(published["stops"], 1)],
        "emptyings": [_emptying(each, zone) for each in published.get("emptyings", ())],
    }


def _places(published: Mapping[str, Any]) -> list[Position]:
    """Return the known positions of a published round."""
    addresses = places_between(published)
    return [
        (each["latitude"], each["longitude"])
        for each in (published["start"], *addresses, published["end"])
        if each["latitude"] is not None
    ]


def _line(place: int, stop: dict[str, Any], zone: ZoneInfo) -> RunSheetLine:
    address = stop["address"]
    latitude, longitude = address["latitude"], address["longitude"]
    known = latitude is not None and longitude is not None
    return RunSheetLine(
        place=place,
        stop=stop,
        arrives=_clock(stop["arrives_at"], zone),
        opens=_clock(stop["window"]["opens"], zone),
        closes=_clock(stop["window"]["closes"], zone),
        access=_without_name(address["access_notes"], stop),
        code=_picture(f"geo:{latitude:.5f},{longitude:.5f}") if known else "",
    )


def _emptying(planned: dict[str, Any], zone: ZoneInfo) -> RunSheetEmptying:
    begins, ends = (datetime.fromisoformat(planned[name]) for name in ("begins_at", "ends_at"))
    return RunSheetEmptying(
        after=planned["after"],
        place=planned["name"],
        arrives=_clock(planned["arrives_at"], zone),
        minutes=round((ends - begins).total_seconds() / 60),
    )


def _without_name(text: str, stop: dict[str, Any]) -> str:
    """Remove the donor's name from her access notes."""
    for name in filter(None, (stop["first_name"], stop["family_name"])):
        text = re.sub(rf"\b{re.escape(name)}\b", "…", text, flags=re.IGNORECASE)
    return text


def _picture(text: str) -> str:
    made = segno.make(text, error="m")
    found: str = made.svg_data_uri(scale=3, border=2, xmldecl=False)
    return found


def _clock(iso: str, zone: ZoneInfo) -> str:
    instant = datetime.fromisoformat(iso)
    return f"{ServiceDay.of(instant, zone).wall(instant):%H:%M}"
