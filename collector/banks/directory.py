"""The public directory of lactariums: its first entries and their correction."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import (
    Jurisdiction,
    Known,
    Lactarium,
    LactariumKind,
    SourceKind,
)
from collector.errors import NotFound, Refused

FRANCE = Path(__file__).with_name("lactariums_france.csv")
SOURCES = Path(__file__).with_name("lactariums_france_sources.csv")
SOURCE_DATE = re.compile(r"(\d{4}(-\d\d){0,2})?")
WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
MOST_LATITUDE, MOST_LONGITUDE = 90, 180
MOST_RADIUS_KM = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySource:
    """A source of an entry; `date` is a year, a month or a day, empty if undated."""

    url: str
    kind: SourceKind
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChecks:
    """Numbers of listed entries: all, checked ones, and the rest by their strongest source."""

    total: int
    checked: int
    own: int
    """Unchecked entries without sources of the banks that run this installation."""
    by_source: dict[SourceKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LactariumEntry:
    """An administrator's correction of one lactarium."""

    name: str
    town: str
    postcode: str
    latitude: float
    longitude: float
    kind: LactariumKind
    takes_anonymous: Known
    evidence: str
    phone: str = ""
    website: str = ""
    postcodes: tuple[str, ...] = ()
    radius_km: int | None = None
    checked_on: date | None = None
    checked_by: str = ""
    email: str = ""
    phone_source: SourceKind = SourceKind.UNKNOWN
    home_collection: Known = Known.UNKNOWN
    area: str = ""
    sources: tuple[DirectorySource, ...] = ()
    listed: bool = True
    ours: bool = False
    """Whether it is the administrator's own bank."""


def first_lines(jurisdiction: Jurisdiction) -> list[LactariumEntry]:
    """Return the entries of a new installation; only France has any."""
    if jurisdiction is not Jurisdiction.FRANCE:
        return []
    sources = _first_sources()
    with FRANCE.open(encoding="utf-8", newline="") as file:
        return [
            LactariumEntry(
                name=row["name"],
                town=row["town"],
                postcode=row["postcode"],
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
                kind=LactariumKind(row["type"]),
                takes_anonymous=Known(row["takes_anonymous_donors"]),
                evidence=row["note"],
                phone=row["phone"],
                phone_source=SourceKind(row["phone_source"] or SourceKind.UNKNOWN),
                website=row["page"],
                email=row["email"],
                home_collection=Known(row["home_collection"]),
                area=row["area"],
                sources=tuple(sources[row["name"]]),
            )
            for row in csv.DictReader(file)
        ]


def _first_sources() -> dict[str, list[DirectorySource]]:
    sources: dict[str, list[DirectorySource]] = defaultdict(list)
    with SOURCES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sources[row["lactarium"]].append(
                DirectorySource(url=row["url"], kind=SourceKind(row["kind"]), date=row["date"])
            )
    return sources


def begin_directory(session: Session, jurisdiction: Jurisdiction) -> int:
    """Fill an empty directory, and return the number of entries added; a directory in use stays."""
    if session.scalar(select(func.count()).select_from(Lactarium)):
        return 0
    lines = first_lines(jurisdiction)
    session.add_all(_filled_in(Lactarium(bank_id=None), line) for line in lines)
    session.flush()
    return len(lines)


def directory(session: Session, *, all_lines: bool = False) -> list[Lactarium]:
    """Return the directory by town; `all_lines` adds the unlisted entries."""
    lines = select(Lactarium).order_by(Lactarium.town, Lactarium.name)
    return list(session.scalars(lines if all_lines else lines.where(Lactarium.listed)))


def directory_checks(lines: Sequence[Lactarium]) -> DirectoryChecks:
    """Count the entries by the strength of their evidence."""
    own = [line for line in lines if is_own(line)]
    unchecked = [line.best_source for line in lines if line.checked_on is None and line not in own]
    return DirectoryChecks(
        total=len(lines),
        checked=len(lines) - len(unchecked) - len(own),
        own=len(own),
        by_source={kind: unchecked.count(kind) for kind in SourceKind if kind in unchecked},
    )


def is_own(line: Lactarium) -> bool:
    """Return whether the bank behind an entry is its only evidence."""
    return line.bank_id is not None and line.checked_on is None and not line.sources


def read_sources(text: str) -> tuple[DirectorySource, ...]:
    """Return the sources typed one per line: an address, a kind, a date.

    The kind and the date may be left out.

    Raises
    ------
    Refused
        `source_not_read` (`line`).
    """
    return tuple(_source_of(line) for line in text.splitlines() if line.strip())


def _source_of(line: str) -> DirectorySource:
    url, *rest = line.split()
    kinds = [word for word in rest if word in set(SourceKind)]
    dates = [word for word in rest if word not in kinds]
    if not WEB_ADDRESS.fullmatch(url) or len(kinds) > 1 or len(dates) > 1:
        raise Refused("source_not_read", line=line.strip()[:80])
    if dates and not SOURCE_DATE.fullmatch(dates[0]):
        raise Refused("source_not_read", line=line.strip()[:80])
    return DirectorySource(
        url=url,
        kind=SourceKind(kinds[0]) if kinds else SourceKind.UNKNOWN,
        date=dates[0] if dates else "",
    )


def typed_sources(sources: Iterable[dict[str, str]]) -> str:
    """Return stored sources as an administrator types them."""
    return "\n".join(
        " ".join(filter(None, map(each.get, ("url", "kind", "date")))) for each in sources
    )


def lactarium_for(session: Session, *, bank_id: int, lactarium_id: int) -> Lactarium:
    """Return an entry that this bank may correct: its own, or one without a bank.

    Raises
    ------
    NotFound
        There is none, or it belongs to another bank of this installation.
    """
    line = session.get(Lactarium, lactarium_id)
    if line is None or line.bank_id not in {None, bank_id}:
        raise NotFound("not_found", kind="lactariums")
    return line


def write_line(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    said: LactariumEntry,
    lactarium_id: int | None = None,
) -> Lactarium:
    """Correct an entry of the directory, or add one, and record it in the bank's audit chain.

    Raises
    ------
    Refused
        `bank_needs_name`, `position_not_on_earth`, `radius_out_of_bounds`, `postcodes_not_digits`.
    """
    _refuse_nonsense(said)
    if lactarium_id is None:
        line = Lactarium(bank_id=None)
    else:
        line = lactarium_for(session, bank_id=bank_id, lactarium_id=lactarium_id)
    if said.ours:
        _leave_other_line(session, bank_id, but=line)
    line.bank_id = bank_id if said.ours else None
    session.add(_filled_in(line, said))
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="directory corrected" if lactarium_id else "directory line added",
        subject=f"lactarium:{line.id}",
        listed=said.listed,
    )
    return line


def _leave_other_line(session: Session, bank_id: int, *, but: Lactarium) -> None:
    """Release the bank's earlier entry: a bank has one entry of the directory."""
    before = session.scalar(select(Lactarium).where(Lactarium.bank_id == bank_id))
    if before is not None and before is not but:
        before.bank_id = None
        session.flush()


def _filled_in(line: Lactarium, said: LactariumEntry) -> Lactarium:
    line.name, line.town, line.postcode = said.name, said.town, said.postcode
    line.latitude, line.longitude = said.latitude, said.longitude
    line.kind, line.takes_anonymous = said.kind, said.takes_anonymous
    line.phone, line.website = said.phone, said.website
    line.postcodes, line.radius_km = list(said.postcodes), said.radius_km
    line.evidence, line.checked_on, line.listed = said.evidence, said.checked_on, said.listed
    line.checked_by = said.checked_by if said.checked_on else ""
    line.email, line.phone_source = said.email, said.phone_source
    line.home_collection, line.area = said.home_collection, said.area
    line.sources = [
        {"url": each.url, "kind": each.kind.value, "date": each.date} for each in said.sources
    ]
    return line


def _refuse_nonsense(said: LactariumEntry) -> None:
    if not said.name.strip() or not said.town.strip():
        raise Refused("bank_needs_name")
    # Written so that a NaN, which compares false to everything, is refused too.
    if not (abs(said.latitude) <= MOST_LATITUDE and abs(said.longitude) <= MOST_LONGITUDE):
        raise Refused("position_not_on_earth")
    if said.radius_km is not None and not 0 < said.radius_km <= MOST_RADIUS_KM:
        raise Refused("radius_out_of_bounds", most=MOST_RADIUS_KM)
    if not all(prefix.isascii() and prefix.isdigit() for prefix in said.postcodes):
        raise Refused("postcodes_not_digits")
    if said.website and not said.website.startswith(("https://", "http://")):
        raise Refused("website_not_valid")
