"""Requests from a file: every row or none, with a report by row.

One row is one request. The column `donor_number` or `email` names the donor. The columns
`bottles`, `volume_ml` and `oldest_on` are required for a collection; `day`, `opens` and `closes`
always. Further windows stand in `day2`, `opens2`, `closes2` up to `day5`, `opens5`, `closes5`.
Optional are `purposes` (`collection` if empty; several are separated by spaces),
`empties_wanted`, `freezer_nearly_full`, `call_first` and `note`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.csv_cells import Cells
from collector.csv_rows import ImportReport, RowReport, read_rows
from collector.donors.models import Donor
from collector.donors.numbers import compact_number
from collector.donors.queries import donors_of
from collector.field_parsers import parse_date, parse_time, parse_volume_ml
from collector.pickups.actions import request_pickup
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import Purpose
from collector.pickups.queries import open_days_by_donor
from collector.pickups.validation import STAFF_DAYS_AHEAD, mistakes_in

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
    """The donor and the draft that one row holds."""

    donor: Donor | None
    draft: PickupDraft
    ordinals: tuple[str, ...]
    """The ordinal of each window's columns."""


def import_requests(
    session: Session, data: bytes, *, now: datetime, bank_id: int, actor: str
) -> ImportReport:
    """Import a file of requests; if any row is wrong, nothing is written."""
    zone = get_bank(session, bank_id).zone
    file = read_rows(data, required=REQUIRED, optional=OPTIONAL)
    if file.mistakes:
        return ImportReport(file_mistakes=file.mistakes)
    rows, donors = [Cells(row) for row in file.rows], _Donors(donors_of(session, bank_id))
    entries = [_entry(cells, donors) for cells in rows]
    for cells, entry in zip(rows, entries, strict=True):
        for mistake in mistakes_in(entry.draft, now=now, zone=zone, days_ahead=STAFF_DAYS_AHEAD):
            if mistake.code == "window_missing":
                continue  # its columns are required: their own mistakes are kept already
            cells.wrong(_column(mistake.field, entry), mistake.code, **mistake.figures)
    _note_duplicates(rows, entries, open_days_by_donor(session, bank_id))
    report = ImportReport(
        rows=tuple(RowReport(line=row.line, mistakes=tuple(row.mistakes)) for row in rows)
    )
    if report.is_accepted:
        for entry in entries:
            request_pickup(
                session,
                now=now,
                bank_id=bank_id,
                donor_id=entry.donor.id if entry.donor else 0,
                actor=actor,
                draft=entry.draft,
            )
    return report


class _Donors:
    """The donors of a bank by number and by e-mail address."""

    def __init__(self, donors: list[Donor]) -> None:
        self._by_number = {donor.number: donor for donor in donors}
        self._by_email: dict[str, list[Donor]] = {}
        for donor in donors:
            if donor.email:
                self._by_email.setdefault(donor.email.lower(), []).append(donor)

    def find(self, cells: Cells) -> Donor | None:
        number, address = compact_number(cells.text("donor_number")), cells.text("email").lower()
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
        draft=PickupDraft(
            bottles=cells.whole_number("bottles", required=fetches),
            volume_ml=cells.whole_number("volume_ml", parse_volume_ml, required=fetches),
            oldest_on=cells.value("oldest_on", parse_date, required=fetches),
            freezer_nearly_full=cells.yes("freezer_nearly_full"),
            empties_wanted=cells.whole_number("empties_wanted"),
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
    """Return the windows without a mistake, by the ordinal of their columns."""
    found = {}
    for ordinal in ORDINALS:
        given = not ordinal or any(cells.text(f"{name}{ordinal}") for name in REQUIRED)
        if given:
            day = cells.value(f"day{ordinal}", parse_date, required=True)
            opens = cells.value(f"opens{ordinal}", parse_time, required=True)
            closes = cells.value(f"closes{ordinal}", parse_time, required=True)
            if day is not None and opens is not None and closes is not None:
                found[ordinal] = CivilWindow(day, opens, closes)
    return found


def _column(field: str, entry: PickupEntry) -> str:
    """Return the column of a mistake that the rules of a draft found."""
    name, _dot, place = field.partition(".")
    if name != "windows":
        return name
    return f"day{entry.ordinals[int(place)]}" if place else "day"


def _note_duplicates(
    rows: Iterable[Cells], entries: Iterable[PickupEntry], taken: Mapping[int, set[date]]
) -> None:
    """Keep a mistake for each donor and day that has a request already, or twice in the file."""
    first_line: dict[tuple[int, date], int] = {}
    for cells, entry in zip(rows, entries, strict=True):
        if entry.donor is None:
            continue
        for ordinal, day in zip(entry.ordinals, (w.day for w in entry.draft.windows), strict=True):
            key = (entry.donor.id, day)
            if first_line.get(key, cells.line) != cells.line:
                cells.wrong(f"day{ordinal}", "twice_in_file", line=first_line[key])
            elif day in taken.get(entry.donor.id, ()):
                cells.wrong(f"day{ordinal}", "same_day_known")
            first_line.setdefault(key, cells.line)
