"""Requests from a file: every row or none, with a report by row.

One row is one request. Columns: `donor_number` or `email` says whose, `bottles`, `volume_ml`,
`oldest_on`, and `day`, `opens`, `closes` when; further windows stand in `day2`, `opens2`, `closes2`
up to `day5`, `opens5`, `closes5`. `purposes` (`collection` where it is empty; several parted by
spaces), `empties_wanted`, `freezer_nearly_full`, `call_first`, `note` may be left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.csv_cells import Cells
from collector.csv_rows import ImportReport, RowReport, read_rows
from collector.donors.models import Donor
from collector.donors.numbers import plain
from collector.donors.queries import donors_of
from collector.pickups.actions import ask
from collector.pickups.models import Purpose
from collector.pickups.queries import days_taken
from collector.pickups.windows import STAFF_DAYS_AHEAD, Ask, CivilWindow, mistakes_in

ORDINALS = ("", "2", "3", "4", "5")
REQUIRED = ("day", "opens", "closes")
OPTIONAL = (
    "donor_number",
    "email",
    "bottles",
    "volume_ml",
    "oldest_on",
    "purposes",
    "empties_wanted",
    "freezer_nearly_full",
    "call_first",
    "note",
    *(f"{name}{ordinal}" for ordinal in ORDINALS[1:] for name in REQUIRED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupEntry:
    """One row as it was understood: whose it is, and what it asks for."""

    donor: Donor | None
    asked: Ask
    ordinals: tuple[str, ...]
    """Which columns each window came from."""


def import_requests(
    session: Session, data: bytes, *, now: datetime, bank_id: int, actor: str
) -> ImportReport:
    """Bring in a file of requests; where any row is wrong, nothing is written at all."""
    zone = get_bank(session, bank_id).zone
    file = read_rows(data, required=REQUIRED, optional=OPTIONAL)
    if file.mistakes:
        return ImportReport(whole=file.mistakes)
    rows, donors = [Cells(row) for row in file.rows], _Donors(donors_of(session, bank_id))
    entries = [_entry(cells, donors) for cells in rows]
    for cells, entry in zip(rows, entries, strict=True):
        for mistake in mistakes_in(entry.asked, now=now, zone=zone, days_ahead=STAFF_DAYS_AHEAD):
            if mistake.code == "window_missing":
                continue  # its columns are needed: what could not be read of them is noted already
            cells.wrong(_column(mistake.field, entry), mistake.code, **mistake.figures)
    _note_twins(rows, entries, days_taken(session, bank_id))
    report = ImportReport(
        rows=tuple(RowReport(line=row.line, mistakes=tuple(row.mistakes)) for row in rows)
    )
    if report.good:
        for entry in entries:
            key = entry.donor.id if entry.donor else 0
            ask(session, now=now, bank_id=bank_id, donor_id=key, asked_by=actor, asked=entry.asked)
    return report


class _Donors:
    """The donors of a bank, to be found by what a file says of them."""

    def __init__(self, donors: list[Donor]) -> None:
        self._by_number = {donor.number: donor for donor in donors}
        self._by_email: dict[str, list[Donor]] = {}
        for donor in donors:
            if donor.email:
                self._by_email.setdefault(donor.email.lower(), []).append(donor)

    def find(self, cells: Cells) -> Donor | None:
        number, address = plain(cells.text("donor_number")), cells.text("email").lower()
        if number:
            return _known(self._by_number.get(number), cells, "donor_number")
        if not address:
            cells.wrong("donor_number", "donor_not_named")
            return None
        found = self._by_email.get(address, [])
        if len(found) > 1:
            cells.wrong("email", "email_not_one")
        return _known(found[0] if found else None, cells, "email")


def _known(donor: Donor | None, cells: Cells, column: str) -> Donor | None:
    if donor is None:
        cells.wrong(column, "donor_unknown")
    return donor


def _entry(cells: Cells, donors: _Donors) -> PickupEntry:
    purposes = _purposes(cells)
    windows = _windows(cells)
    fetches = Purpose.COLLECTION in purposes
    return PickupEntry(
        donor=donors.find(cells),
        asked=Ask(
            bottles=cells.whole("bottles", default=None if fetches else 0),
            volume_ml=cells.whole("volume_ml", default=None if fetches else 0),
            oldest_on=cells.day("oldest_on", needed=fetches),
            freezer_nearly_full=cells.yes("freezer_nearly_full"),
            empties_wanted=cells.whole("empties_wanted", default=0),
            call_first=cells.yes("call_first"),
            note=cells.text("note", most=500),
            purposes=purposes,
            windows=tuple(windows.values()),
        ),
        ordinals=tuple(windows),
    )


def _purposes(cells: Cells) -> tuple[Purpose, ...]:
    words = cells.text("purposes").lower().replace(",", " ").replace("|", " ").split()
    known = {purpose.value for purpose in Purpose}
    if any(word not in known for word in words):
        cells.wrong("purposes", "cell_not_choice", choices=", ".join(Purpose))
    found = {Purpose(word) for word in words if word in known} or {Purpose.COLLECTION}
    return tuple(purpose for purpose in Purpose if purpose in found)


def _windows(cells: Cells) -> dict[str, CivilWindow]:
    """Return the windows that can be read, by the ordinal of their columns."""
    found = {}
    for ordinal in ORDINALS:
        given = not ordinal or any(cells.text(f"{name}{ordinal}") for name in REQUIRED)
        if given:
            day = cells.day(f"day{ordinal}", needed=True)
            opens = cells.wall(f"opens{ordinal}", needed=True)
            closes = cells.wall(f"closes{ordinal}", needed=True)
            if day is not None and opens is not None and closes is not None:
                found[ordinal] = CivilWindow(day, opens, closes)
    return found


def _column(field: str, entry: PickupEntry) -> str:
    """Return the column that a mistake of the rules stands in."""
    name, _dot, place = field.partition(".")
    if name != "windows":
        return name
    return f"day{entry.ordinals[int(place)]}" if place else "day"


def _note_twins(
    rows: Iterable[Cells], entries: Iterable[PickupEntry], taken: Mapping[int, set[date]]
) -> None:
    """Note every request for a donor and a day that already have one."""
    first_line: dict[tuple[int, date], int] = {}
    for cells, entry in zip(rows, entries, strict=True):
        if entry.donor is None:
            continue
        for ordinal, day in zip(entry.ordinals, (w[0] for w in entry.asked.windows), strict=True):
            key = (entry.donor.id, day)
            if first_line.get(key, cells.line) != cells.line:
                cells.wrong(f"day{ordinal}", "twice_in_file", line=first_line[key])
            elif day in taken.get(entry.donor.id, ()):
                cells.wrong(f"day{ordinal}", "same_day_known")
            first_line.setdefault(key, cells.line)
