"""Donors from a file: its rows judged, then the good ones kept.

A blood test with `serology_valid_until` is clear, one without is pending. A donor with interview,
consent and a valid blood test becomes eligible; any other gets the state of her last paper.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.config import LANGUAGES
from collector.csv_cells import Cells
from collector.csv_rows import CsvFile
from collector.donors.actions import refuse_serology_dates
from collector.donors.import_columns import LANGUAGE_WORDS
from collector.donors.import_writing import DonorEntry, open_file, update_file
from collector.donors.likenesses import LikenessIndex
from collector.donors.numbers import compact_number, is_valid_number
from collector.donors.queries import donors_of
from collector.errors import Conflict, Refused
from collector.field_parsers import (
    birthday_parser,
    parse_date,
    parse_decimal,
    parse_email,
    parse_yes_no,
    past_date_parser,
    phone_parser,
)
from collector.import_reports import ImportChoices, ImportReport, RowOutcome, RowReport
from collector.people.queries import is_professional, person_by_email
from collector.places.validation import parse_town, postcode_parser, refuse_position
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorImport:
    """The rows of a file as judged, with the values of each."""

    report: ImportReport
    entries: tuple[DonorEntry, ...] = ()


def judge_donors(session: Session, file: CsvFile, *, now: datetime, bank_id: int) -> DonorImport:
    """Return the rows of a file with their mistakes, repairs and likely duplicates."""
    if file.mistakes:
        return DonorImport(report=ImportReport(file_mistakes=file.mistakes))
    bank = get_bank(session, bank_id)
    rules = _Rules.of(session, bank, today=ServiceDay.of(now, bank.zone).day)
    rows = [Cells(row) for row in file.rows]
    entries = [_entry(session, cells, rules) for cells in rows]
    index = LikenessIndex(donor for donor in donors_of(session, bank_id) if not donor.erased_at)
    _note_repeated(rows, entries)
    reports = []
    for cells, entry in zip(rows, entries, strict=True):
        known_id = index.known(entry.file)
        likely = () if known_id or cells.mistakes else index.likely(entry.file, cells.line)
        outcome = RowOutcome.LEFT_OUT if known_id or likely else RowOutcome.NEW
        reports.append(cells.report(outcome=outcome, known_id=known_id, likely=likely))
    return DonorImport(report=ImportReport(rows=tuple(reports)), entries=tuple(entries))


def keep_donors(
    session: Session,
    judged: DonorImport,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    choices: ImportChoices,
) -> ImportReport:
    """Open or update the files of the good rows, and return the outcome of each row."""
    rows = []
    about: dict[str, Any] = {"now": now, "bank_id": bank_id, "actor": actor}
    allowed = {donor.id for donor in donors_of(session, bank_id)}
    for row, entry in zip(judged.report.rows, judged.entries, strict=True):
        chosen = _chosen(row, choices)
        try:
            with session.begin_nested():
                if chosen is not None and chosen in allowed:
                    update_file(session, entry, donor_id=chosen, **about)
                    rows.append(replace(row, outcome=RowOutcome.UPDATED))
                elif _is_new(row, choices):
                    open_file(session, entry, **about)
                    rows.append(replace(row, outcome=RowOutcome.NEW))
                else:
                    rows.append(row)
        except (Refused, Conflict) as refused:
            rows.append(row.refused(refused.code, **refused.figures))
    return ImportReport(rows=tuple(rows))


def _chosen(row: RowReport, choices: ImportChoices) -> int | None:
    """Return the donor whom a row updates, if any."""
    if row.mistakes:
        return None
    if row.known_id is not None:
        return row.known_id if choices.update_known else None
    return choices.updates.get(row.line)


def _is_new(row: RowReport, choices: ImportChoices) -> bool:
    if row.mistakes or row.known_id is not None:
        return False
    return not row.likely or row.line in choices.new_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The bank of a file, and the parsers that depend on it."""

    bank: Bank
    country: str
    serology_days: int
    past_date: Callable[[str], date]
    birthday: Callable[[str], date]
    postcode: Callable[[str], str]

    @classmethod
    def of(cls, session: Session, bank: Bank, *, today: date) -> "_Rules":
        return cls(
            bank=bank,
            country=bank.jurisdiction.country,
            serology_days=policies_of(session, bank.id)[PolicyKey.SEROLOGY_DAYS],
            past_date=past_date_parser(today),
            birthday=birthday_parser(today),
            postcode=postcode_parser(session, bank.jurisdiction.country),
        )


def _entry(session: Session, cells: Cells, rules: _Rules) -> DonorEntry:
    past_date = rules.past_date
    born = cells.value("baby_born_on", rules.birthday)
    signed_on = cells.value("interview_signed_on", past_date)
    if born is not None and signed_on is not None and signed_on < born:
        cells.wrong("interview_signed_on", "interview_before_birth")
    return DonorEntry(
        file={
            **{name: cells.text(name, required=True) for name in ("first_name", "family_name")},
            "line": cells.text("line", required=True),
            "postcode": cells.value("postcode", rules.postcode, required=True) or "",
            "town": cells.value("town", parse_town, required=True) or "",
            "number": _number(cells),
            "email": cells.value("email", parse_email) or "",
            "phone": cells.value("phone", phone_parser(rules.country)) or "",
            "language": cells.choice(
                "language", LANGUAGES, words=LANGUAGE_WORDS, default=rules.bank.language
            ),
            "access_notes": cells.text("access_notes", most=1000),
            "baby_born_on": born,
            "discreet": cells.value("discreet", parse_yes_no),
            **_position(cells, rules.country),
        },
        signed_by_id=_signed_by(session, cells, rules.bank),
        signed_on=signed_on,
        consent_version=cells.text("consent_version"),
        consented_on=cells.value("consented_on", past_date),
        drawn_on=cells.value("serology_drawn_on", past_date),
        valid_until=_valid_until(cells, days=rules.serology_days),
    )


def _number(cells: Cells) -> str | None:
    number = compact_number(cells.text("number"))
    if number and not is_valid_number(number):
        cells.wrong("number", "donor_number_not_valid", number=number)
    return number or None


def _position(cells: Cells, country: str) -> dict[str, float | None]:
    latitude = cells.value("latitude", parse_decimal)
    longitude = cells.value("longitude", parse_decimal)
    for column, found in (("latitude", latitude), ("longitude", longitude)):
        if found is None and (latitude is not None or longitude is not None):
            cells.wrong(column, "position_half")
    if latitude is not None and longitude is not None:
        cells.judge(
            "latitude", refuse_position, latitude=latitude, longitude=longitude, country=country
        )
    return {"latitude": latitude, "longitude": longitude}


def _signed_by(session: Session, cells: Cells, bank: Bank) -> int | None:
    address = cells.text("interview_signed_by")
    if bool(address) != bool(cells.text("interview_signed_on")):
        cells.wrong("interview_signed_by", "signature_half")
    person = person_by_email(session, address) if address else None
    if address and (person is None or person.bank_id != bank.id):
        cells.wrong("interview_signed_by", "colleague_unknown")
    elif person and not is_professional(session, bank_id=bank.id, person_id=person.id):
        cells.wrong("interview_signed_by", "professional_needed")
    return person.id if person else None


def _valid_until(cells: Cells, *, days: int) -> date | None:
    drawn_on = cells.value("serology_drawn_on", parse_date)
    valid_until = cells.value("serology_valid_until", parse_date)
    if valid_until is not None and drawn_on is None:
        cells.wrong("serology_drawn_on", "cell_missing")
    elif valid_until is not None and drawn_on is not None:
        cells.judge("serology_valid_until", refuse_serology_dates, drawn_on, valid_until, days=days)
    return valid_until


def _note_repeated(rows: list[Cells], entries: list[DonorEntry]) -> None:
    """Keep a mistake for each e-mail address and number that stands higher up in the file."""
    for column in ("email", "number"):
        first_line: dict[str, int] = {}
        for cells, value in _given(rows, entries, column):
            if value in first_line:
                cells.wrong(column, "twice_in_file", line=first_line[value])
            first_line.setdefault(value, cells.line)


def _given(
    rows: list[Cells], entries: list[DonorEntry], column: str
) -> Iterator[tuple[Cells, str]]:
    for cells, entry in zip(rows, entries, strict=True):
        if entry.file[column]:
            yield cells, entry.file[column]
