"""Requests from a file: its rows judged, then the good ones kept.

One row is one request. `donor_number`, `email` or `phone` names the donor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.csv_cells import Cells
from collector.csv_rows import CsvFile
from collector.donors.models import Donor
from collector.donors.numbers import compact_number
from collector.donors.queries import donors_of, phone_digits
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_date, parse_time, parse_volume_ml
from collector.import_reports import ImportChoices, ImportReport, RowOutcome
from collector.pickups.actions import request_pickup
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.import_columns import ORDINALS, WINDOW_COLUMNS, purposes_in
from collector.pickups.models import MilkLine, Purpose
from collector.pickups.queries import open_days_by_donor
from collector.pickups.validation import STAFF_DAYS_AHEAD, mistakes_in

MOST_LITRES = 30
"""Volumes of a column that are all at most this much are litres: no donor asks for 30 ml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupEntry:
    """The donor and the draft that one row holds."""

    donor: Donor | None
    draft: PickupDraft
    ordinals: tuple[str, ...]
    """The ordinal of each window's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupImport:
    """The rows of a file as judged, with the values of each."""

    report: ImportReport
    entries: tuple[PickupEntry, ...] = ()


def judge_requests(session: Session, file: CsvFile, *, now: datetime, bank_id: int) -> PickupImport:
    """Return the rows of a file with their mistakes and repairs."""
    if file.mistakes:
        return PickupImport(report=ImportReport(file_mistakes=file.mistakes))
    zone = get_bank(session, bank_id).zone
    rows, donors = [Cells(row) for row in file.rows], _Donors(donors_of(session, bank_id))
    litres = _are_litres(rows)
    entries = [_entry(cells, donors, litres=litres) for cells in rows]
    for cells, entry in zip(rows, entries, strict=True):
        for mistake in mistakes_in(entry.draft, now=now, zone=zone, days_ahead=STAFF_DAYS_AHEAD):
            if mistake.code == "window_missing":
                continue  # its columns are required: their own mistakes are kept already
            cells.wrong(_column(mistake.field, entry), mistake.code, **mistake.figures)
    _note_duplicates(rows, entries, open_days_by_donor(session, bank_id))
    report = ImportReport(rows=tuple(cells.report() for cells in rows))
    return PickupImport(report=report, entries=tuple(entries))


def keep_requests(
    session: Session,
    judged: PickupImport,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    choices: ImportChoices,  # noqa: ARG001 - a request of a known donor needs no choice
) -> ImportReport:
    """Make the requests of the good rows, and return the outcome of each row."""
    rows = []
    for row, entry in zip(judged.report.rows, judged.entries, strict=True):
        if row.outcome is not RowOutcome.NEW or entry.donor is None:
            rows.append(row)
            continue
        try:
            with session.begin_nested():
                request_pickup(
                    session,
                    now=now,
                    bank_id=bank_id,
                    donor_id=entry.donor.id,
                    actor=actor,
                    draft=entry.draft,
                )
            rows.append(row)
        except (Refused, Conflict) as refused:
            rows.append(row.refused(refused.code, **refused.figures))
    return ImportReport(rows=tuple(rows))


class _Donors:
    """The donors of a bank by number, e-mail address and telephone."""

    def __init__(self, donors: Sequence[Donor]) -> None:
        self._by_number = {donor.number: donor for donor in donors}
        self._by_email: dict[str, list[Donor]] = {}
        self._by_phone: dict[str, list[Donor]] = {}
        for donor in donors:
            if donor.email:
                self._by_email.setdefault(donor.email.lower(), []).append(donor)
            if digits := phone_digits(donor.phone):
                self._by_phone.setdefault(digits, []).append(donor)

    def find(self, cells: Cells) -> Donor | None:
        if number := compact_number(cells.text("donor_number")):
            return _known(self._by_number.get(number), cells, "donor_number")
        if address := cells.text("email").lower():
            return _one(self._by_email.get(address, []), cells, "email", "email_not_one")
        if phone := cells.text("phone"):
            found = self._by_phone.get(phone_digits(phone), [])
            return _one(found, cells, "phone", "phone_not_one")
        cells.wrong("donor_number", "donor_not_named")
        return None


def _one(found: Sequence[Donor], cells: Cells, column: str, code: str) -> Donor | None:
    if len(found) > 1:
        cells.wrong(column, code)
    return _known(found[0] if found else None, cells, column)


def _known(donor: Donor | None, cells: Cells, column: str) -> Donor | None:
    if donor is None:
        cells.wrong(column, "donor_unknown")
    return donor


def _are_litres(rows: Sequence[Cells]) -> bool:
    """Return whether the volumes without a unit are litres: none would do as millilitres."""
    written = [cells.text("volume_ml") for cells in rows]
    numbers = [number for text in written if (number := _number(text)) is not None]
    return bool(numbers) and max(numbers) <= MOST_LITRES


def _number(text: str) -> Decimal | None:
    try:
        return Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return None


def _volume_ml(cells: Cells, *, required: bool, litres: bool) -> int:
    in_litres = cells.text("volume_l")
    column = "volume_l" if in_litres else "volume_ml"
    text = cells.text(column, required=required)
    if (in_litres or litres) and _number(text) is not None:
        found = cells.value(column, lambda number: parse_volume_ml(f"{number} l"))
        if found is not None:
            cells.repaired(column, text, f"{found} ml")
        return found or 0
    return cells.whole_number(column, parse_volume_ml, required=required)


def _entry(cells: Cells, donors: _Donors, *, litres: bool) -> PickupEntry:
    purposes = _purposes(cells)
    windows = _windows(cells)
    fetches = Purpose.COLLECTION in purposes
    return PickupEntry(
        donor=donors.find(cells),
        draft=PickupDraft(
            bottles=cells.whole_number("bottles", required=fetches),
            volume_ml=_volume_ml(cells, required=fetches, litres=litres),
            oldest_on=cells.value("oldest_on", parse_date, required=fetches),
            freezer_nearly_full=cells.yes("freezer_nearly_full"),
            empties_wanted=cells.whole_number("empties_wanted"),
            call_first=cells.yes("call_first"),
            line=MilkLine.OWN_CHILD if cells.yes("own_child") else MilkLine.DONATED,
            note=cells.text("note", most=500),
            purposes=purposes,
            windows=tuple(windows.values()),
        ),
        ordinals=tuple(windows),
    )


def _purposes(cells: Cells) -> tuple[Purpose, ...]:
    found = purposes_in(cells.text("purposes"))
    if found is None:
        cells.wrong("purposes", "cell_not_purpose")
    named = set(found or ()) or {Purpose.COLLECTION}
    return tuple(purpose for purpose in Purpose if purpose in named)


def _windows(cells: Cells) -> dict[str, CivilWindow]:
    """Return the windows without a mistake, by the ordinal of their columns."""
    found = {}
    for ordinal in ORDINALS:
        given = not ordinal or any(cells.text(f"{name}{ordinal}") for name in WINDOW_COLUMNS)
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
