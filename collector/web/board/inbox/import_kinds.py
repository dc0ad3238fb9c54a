"""Kinds of files to import: columns, an example row, and the functions that judge and keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from collector.csv_rows import CsvColumns
from collector.donors.import_columns import COLUMNS as DONOR_COLUMNS
from collector.donors.importing import judge_donors, keep_donors
from collector.errors import NotFound
from collector.import_reports import ImportReport
from collector.pickups.import_columns import COLUMNS as REQUEST_COLUMNS
from collector.pickups.import_columns import ORDINALS
from collector.pickups.importing import judge_requests, keep_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of file."""

    columns: CsvColumns
    example: Mapping[str, str]
    judge: Callable[..., Any]
    """Return the judged rows, with their `report`."""
    keep: Callable[..., ImportReport]


KINDS: Mapping[str, ImportKind] = {
    "donors": ImportKind(
        columns=DONOR_COLUMNS,
        judge=judge_donors,
        keep=keep_donors,
        example={
            "first_name": "Dora",
            "family_name": "Martin",
            "line": "1 rue du Port",
            "postcode": "33000",
            "town": "Bordeaux",
            "email": "dora@example.org",
            "language": "fr",
            "latitude": "44.84",
            "longitude": "-0.58",
        },
    ),
    "requests": ImportKind(
        columns=REQUEST_COLUMNS,
        judge=judge_requests,
        keep=keep_requests,
        example={
            "email": "dora@example.org",
            "bottles": "8",
            "volume_ml": "1500",
            "oldest_on": "2026-11-01",
            "day": "2026-11-24",
            "opens": "08:00",
            "closes": "12:00",
        },
    ),
}

COLUMN_WORDS: Mapping[str, LazyString] = {
    "first_name": _("First name"),
    "family_name": _("Family name"),
    "line": _("Street and number"),
    "postcode": _("Postcode"),
    "town": _("Town"),
    "number": _("Donor number"),
    "donor_number": _("Donor number"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "language": _("Language"),
    "access_notes": _("At the door"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "baby_born_on": _("The baby was born on"),
    "serology_drawn_on": _("Blood test drawn on"),
    "serology_valid_until": _("Blood test valid until"),
    "discreet": _("Discreet messages"),
    "interview_signed_by": _("Interview signed by"),
    "interview_signed_on": _("Interview signed on"),
    "consent_version": _("Version of the consent"),
    "consented_on": _("Consent signed on"),
    "bottles": _("Bottles"),
    "volume_ml": _("Volume in millilitres"),
    "volume_l": _("Volume in litres"),
    "oldest_on": _("Day of the oldest bottle"),
    "purposes": _("Purposes of the visit"),
    "empties_wanted": _("Empty bottles wanted"),
    "freezer_nearly_full": _("Freezer nearly full"),
    "call_first": _("Call first"),
    "own_child": _("Milk for her own child"),
    "note": _("Note"),
}

WINDOW_WORDS: Mapping[str, LazyString] = {
    "day": _("Day"),
    "opens": _("At home from"),
    "closes": _("At home until"),
}


def kind_named(name: str) -> ImportKind:
    """Return a kind of file by its name.

    Raises
    ------
    NotFound
        There is no such kind.
    """
    found = KINDS.get(name)
    if found is None:
        raise NotFound("http_404")
    return found


def column_word(column: str) -> str:
    """Return the word of a column; further windows are numbered."""
    for name, words in WINDOW_WORDS.items():
        ordinal = column.removeprefix(name)
        if column.startswith(name) and ordinal in ORDINALS:
            return f"{words} {ordinal}".strip()
    return str(COLUMN_WORDS.get(column, column))
