"""Positions of French postcodes: from the operator's file, or else the département's prefecture.

No external service is called. The file is La Poste's open base of postcodes, which an operator
downloads; it is not part of this product. Without it the position is that of the prefecture,
rounded to a tenth of a degree, and marked as inexact.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.places.models import PostcodePlace
from collector.search_words import words_in

POSTCODE = re.compile(r"\d{5}")

PREFECTURES: dict[str, tuple[float, float]] = {
    "01": (46.2, 5.2), "02": (49.6, 3.6), "03": (46.6, 3.3), "04": (44.1, 6.2), "05": (44.6, 6.1),
    "06": (43.7, 7.3), "07": (44.7, 4.6), "08": (49.8, 4.7), "09": (43.0, 1.6), "10": (48.3, 4.1),
    "11": (43.2, 2.4), "12": (44.4, 2.6), "13": (43.3, 5.4), "14": (49.2, -0.4), "15": (44.9, 2.4),
    "16": (45.6, 0.2), "17": (46.2, -1.2), "18": (47.1, 2.4), "19": (45.3, 1.8), "20": (41.9, 8.7),
    "202": (42.7, 9.5), "206": (42.7, 9.5), "21": (47.3, 5.0), "22": (48.5, -2.8),
    "23": (46.2, 1.9), "24": (45.2, 0.7), "25": (47.2, 6.0), "26": (44.9, 4.9), "27": (49.0, 1.2),
    "28": (48.4, 1.5), "29": (48.0, -4.1), "30": (43.8, 4.4), "31": (43.6, 1.4), "32": (43.6, 0.6),
    "33": (44.8, -0.6), "34": (43.6, 3.9), "35": (48.1, -1.7), "36": (46.8, 1.7), "37": (47.4, 0.7),
    "38": (45.2, 5.7), "39": (46.7, 5.6), "40": (43.9, -0.5), "41": (47.6, 1.3), "42": (45.4, 4.4),
    "43": (45.0, 3.9), "44": (47.2, -1.6), "45": (47.9, 1.9), "46": (44.4, 1.4), "47": (44.2, 0.6),
    "48": (44.5, 3.5), "49": (47.5, -0.6), "50": (49.1, -1.1), "51": (49.0, 4.4), "52": (48.1, 5.1),
    "53": (48.1, -0.8), "54": (48.7, 6.2), "55": (48.8, 5.2), "56": (47.7, -2.8), "57": (49.1, 6.2),
    "58": (47.0, 3.2), "59": (50.6, 3.1), "60": (49.4, 2.1), "61": (48.4, 0.1), "62": (50.3, 2.8),
    "63": (45.8, 3.1), "64": (43.3, -0.4), "65": (43.2, 0.1), "66": (42.7, 2.9), "67": (48.6, 7.8),
    "68": (48.1, 7.4), "69": (45.8, 4.8), "70": (47.6, 6.2), "71": (46.3, 4.8), "72": (48.0, 0.2),
    "73": (45.6, 5.9), "74": (45.9, 6.1), "75": (48.9, 2.3), "76": (49.4, 1.1), "77": (48.5, 2.7),
    "78": (48.8, 2.1), "79": (46.3, -0.5), "80": (49.9, 2.3), "81": (43.9, 2.1), "82": (44.0, 1.4),
    "83": (43.1, 5.9), "84": (43.9, 4.8), "85": (46.7, -1.4), "86": (46.6, 0.3), "87": (45.8, 1.3),
    "88": (48.2, 6.4), "89": (47.8, 3.6), "90": (47.6, 6.9), "91": (48.6, 2.4), "92": (48.9, 2.2),
    "93": (48.9, 2.4), "94": (48.8, 2.5), "95": (49.0, 2.1), "971": (16.0, -61.7),
    "972": (14.6, -61.1), "973": (4.9, -52.3), "974": (-20.9, 55.5), "975": (46.8, -56.2),
    "976": (-12.8, 45.2), "97133": (17.9, -62.8), "97150": (18.1, -63.1),
}  # fmt: skip
"""Prefectures by the beginning of the postcode, to a tenth of a degree: about ten kilometres.

Saint-Barthélemy and Saint-Martin bear Guadeloupe's postcodes and lie two hundred kilometres off.
"""

COLUMN_NAMES = {
    "postcode": ("code_postal", "postcode"),
    "town": ("nom_de_la_commune", "nom_commune", "town"),
    "point": ("coordonnees_gps", "_geopoint", "geopoint"),
}
"""Names of the columns in La Poste's files over the years, and simple ones for other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostcodeLocation:
    """The position of a postcode; inexact if it is that of the département's prefecture."""

    postcode: str
    town: str
    at: tuple[float, float]
    exact: bool


def locate_postcode(session: Session, postcode: str) -> PostcodeLocation | None:
    """Return the position of a postcode, or None if it is no French one."""
    if not POSTCODE.fullmatch(postcode):
        return None
    known = session.scalar(select(PostcodePlace).where(PostcodePlace.postcode == postcode))
    if known is not None:
        at = (known.latitude, known.longitude)
        return PostcodeLocation(postcode=postcode, town=known.town, at=at, exact=True)
    for length in (5, 3, 2):
        if (near := PREFECTURES.get(postcode[:length])) is not None:
            return PostcodeLocation(postcode=postcode, town="", at=near, exact=False)
    return None


def locate_town(session: Session, town: str) -> PostcodeLocation | None:
    """Return the centre of a commune of the installed list by its name, or None."""
    wanted = words_in(town)
    if not wanted:
        return None
    like = f"%{wanted[-1][:4]}%"
    for known in session.scalars(
        select(PostcodePlace).where(func.lower(PostcodePlace.town).like(like))
    ):
        if words_in(known.town) == wanted:
            at = (known.latitude, known.longitude)
            return PostcodeLocation(postcode=known.postcode, town=known.town, at=at, exact=True)
    return None


def import_postcodes(session: Session, data: bytes) -> int:
    """Import a file of communes in place of the earlier one, and return the number of postcodes.

    A postcode of several communes has the mean of their positions and the name of the first.

    Raises
    ------
    Refused
        `file_not_text`, `column_missing` (`name`), `file_empty`.
    """
    found: dict[str, list[tuple[str, float, float]]] = {}
    for postcode, town, latitude, longitude in _communes(data):
        found.setdefault(postcode, []).append((town, latitude, longitude))
    if not found:
        raise Refused("file_empty")
    session.execute(delete(PostcodePlace))
    session.add_all(
        PostcodePlace(
            postcode=postcode,
            town=communes[0][0],
            latitude=fmean(latitude for _, latitude, _ in communes),
            longitude=fmean(longitude for _, _, longitude in communes),
        )
        for postcode, communes in found.items()
    )
    session.flush()
    return len(found)


def _communes(data: bytes) -> Iterable[tuple[str, str, float, float]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("file_not_text") from None
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",")
    names = {name.strip().lstrip("#").lower(): name for name in rows.fieldnames or ()}
    columns = {name: _column(names, name, known) for name, known in COLUMN_NAMES.items()}
    for row in rows:
        postcode = (row[columns["postcode"]] or "").strip().zfill(5)
        point = _point(row[columns["point"]] or "")
        if POSTCODE.fullmatch(postcode) and point is not None:
            yield postcode, (row[columns["town"]] or "").strip().title(), *point


def _column(names: dict[str, str], column: str, known: tuple[str, ...]) -> str:
    for name in known:
        if name in names:
            return names[name]
    raise Refused("column_missing", name=column)


def _point(text: str) -> tuple[float, float] | None:
    """Return the position in a cell such as `48.97, -1.54`; None if it is empty or wrong."""
    latitude, comma, longitude = text.partition(",")
    try:
        return (float(latitude), float(longitude)) if comma else None
    except ValueError:
        return None
