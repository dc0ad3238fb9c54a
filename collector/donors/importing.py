"""Donors from a file: every row or none, with a report by row.

The columns `first_name`, `family_name`, `line`, `postcode` and `town` are required. Optional are
`number`, `email`, `phone`, `language`, `access_notes`, `latitude`, `longitude`, `baby_born_on`,
`serology_drawn_on`, `serology_valid_until`, `discreet`, `interview_signed_by` (the e-mail address
of a colleague), `interview_signed_on`, `consent_version` and `consented_on`.

A blood test with `serology_valid_until` is clear, one without is pending. A donor with interview,
consent and a valid blood test becomes eligible; any other gets the state of her last paper.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.config import LANGUAGES
from collector.csv_cells import Cells
from collector.csv_rows import ImportReport, RowReport, read_rows
from collector.donors.actions import (
    change_state,
    missing_papers,
    record_consent,
    record_serology,
    refuse_serology_dates,
    register,
    sign_interview,
)
from collector.donors.models import Donor, DonorState, SerologyOutcome
from collector.donors.numbers import compact_number, is_valid_number
from collector.donors.queries import donors_of
from collector.field_parsers import (
    birthday_parser,
    parse_date,
    parse_decimal,
    parse_email,
    past_date_parser,
    phone_parser,
)
from collector.people.queries import is_professional, person_by_email
from collector.places.actions import MOST_LATITUDE, MOST_LONGITUDE
from collector.places.models import PositionSource
from collector.places.validation import parse_town, postcode_parser, refuse_position
from collector.service_day import ServiceDay

REQUIRED = ("first_name", "family_name", "line", "postcode", "town")
OPTIONAL = (
    "number",
    "email",
    "phone",
    "language",
    "access_notes",
    "latitude",
    "longitude",
    "baby_born_on",
    "serology_drawn_on",
    "serology_valid_until",
    "discreet",
    "interview_signed_by",
    "interview_signed_on",
    "consent_version",
    "consented_on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorEntry:
    """The values of one row."""

    file: dict[str, Any]
    signed_by_id: int | None
    signed_on: date | None
    consent_version: str
    consented_on: date | None
    drawn_on: date | None
    valid_until: date | None


def import_donors(
    session: Session, data: bytes, *, now: datetime, bank_id: int, actor: str
) -> ImportReport:
    """Import a file of donors; if any row is wrong, nothing is written."""
    bank = get_bank(session, bank_id)
    file = read_rows(data, required=REQUIRED, optional=OPTIONAL)
    if file.mistakes:
        return ImportReport(file_mistakes=file.mistakes)
    rows = [Cells(row) for row in file.rows]
    rules = _Rules.of(session, bank, today=ServiceDay.of(now, bank.zone).day)
    entries = [_entry(session, cells, rules) for cells in rows]
    _note_duplicates(rows, entries, donors_of(session, bank_id))
    report = ImportReport(
        rows=tuple(RowReport(line=row.line, mistakes=tuple(row.mistakes)) for row in rows)
    )
    if report.is_accepted:
        for entry in entries:
            _write(session, entry, now=now, bank_id=bank_id, actor=actor)
    return report


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
    bank, past_date = rules.bank, rules.past_date
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
            "language": cells.choice("language", LANGUAGES, default=bank.language),
            "access_notes": cells.text("access_notes", most=1000),
            "baby_born_on": born,
            "discreet": cells.yes("discreet"),
            **_position(cells, rules.country),
        },
        signed_by_id=_signed_by(session, cells, bank),
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
    for column, found, most in (
        ("latitude", latitude, MOST_LATITUDE),
        ("longitude", longitude, MOST_LONGITUDE),
    ):
        if found is not None and abs(found) > most:
            cells.wrong(column, "position_not_on_earth")
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


def _note_duplicates(rows: list[Cells], entries: list[DonorEntry], known: list[Donor]) -> None:
    """Keep a mistake for each donor in the bank already, or higher up in the file."""
    for column, code in (("email", "email_known"), ("number", "donor_number_taken")):
        taken = {value for donor in known if (value := getattr(donor, column))}
        first_line: dict[str, int] = {}
        for cells, value in _given(rows, entries, column):
            if value in first_line:
                cells.wrong(column, "twice_in_file", line=first_line[value])
            elif value in taken:
                cells.wrong(column, code, number=value)
            first_line.setdefault(value, cells.line)


def _given(
    rows: list[Cells], entries: list[DonorEntry], column: str
) -> Iterator[tuple[Cells, str]]:
    for cells, entry in zip(rows, entries, strict=True):
        if entry.file[column]:
            yield cells, entry.file[column]


def _write(session: Session, entry: DonorEntry, *, now: datetime, bank_id: int, actor: str) -> None:
    donor = register(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        position_source=PositionSource.IMPORTED,
        **entry.file,
    )
    about: dict[str, Any] = {"now": now, "bank_id": bank_id, "donor_id": donor.id, "actor": actor}
    if entry.signed_by_id is not None and entry.signed_on is not None:
        sign_interview(session, **about, person_id=entry.signed_by_id, on=entry.signed_on)
    if entry.consent_version:
        on = entry.consented_on or ServiceDay.of(now, get_bank(session, bank_id).zone).day
        record_consent(session, **about, version=entry.consent_version, on=on)
    if entry.drawn_on is not None:
        outcome = SerologyOutcome.CLEAR if entry.valid_until else SerologyOutcome.PENDING
        record_serology(
            session,
            **about,
            drawn_on=entry.drawn_on,
            outcome=outcome,
            valid_until=entry.valid_until,
        )
    waiting = donor.state is DonorState.AWAITING_SEROLOGY
    if waiting and not missing_papers(session, donor, now=now):
        change_state(session, **about, to=DonorState.ELIGIBLE)
