"""The rules of an address: a postcode of the country, a door, and a position in the country."""

import re
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.places.models import PostcodePlace
from collector.places.postcodes import PREFECTURES

FRANCE = "FR"
FIVE_DIGITS = frozenset({"FR", "US"})
"""Countries of five-digit postcodes, which a spreadsheet takes for numbers."""
DIGITS = 5

SPREADSHEET_TEXT = re.compile(r'="?([^"]*)"?')
"""A text as spreadsheets export one that looks like a number: `="01000"`."""

WHOLE_DECIMAL = re.compile(r"(\d+)[.,]0+")
COUNTRY_PREFIX = re.compile(r"F(?:R)?-?(\d{5})", re.IGNORECASE)
CEDEX = re.compile(r"\bcedex\b", re.IGNORECASE)

POSTCODES = {
    "FR": re.compile(r"\d{5}"),
    "GB": re.compile(r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})"),
    "BR": re.compile(r"\d{5}-?\d{3}"),
    "US": re.compile(r"\d{5}(?:-\d{4})?"),
}

OVERSEAS = ("980", "986", "987", "988")
"""Beginnings of the postcodes of Monaco, Wallis, Polynesia and New Caledonia: no prefectures."""

COMPLETE_LIST = 5_000
"""Postcodes from which an operator's list is taken as complete; France has some 6,300."""

COUNTRIES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "FR": (
        (41.2, 51.2, -5.3, 9.7),  # metropolitan France
        (14.3, 18.2, -63.3, -60.7),  # Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy
        (2.0, 6.0, -54.7, -51.5),  # Guyane
        (-21.5, -20.7, 55.1, 55.9),  # La Réunion
        (-13.2, -12.5, 44.9, 45.4),  # Mayotte
        (46.6, 47.2, -56.6, -56.0),  # Saint-Pierre-et-Miquelon
        (-23.0, -19.0, 163.0, 169.0),  # Nouvelle-Calédonie
        (-28.0, -7.0, -155.0, -134.0),  # Polynésie
        (-14.5, -13.0, -178.3, -176.0),  # Wallis-et-Futuna
    ),
    "GB": ((49.8, 61.0, -8.7, 1.9),),
    "BR": ((-33.9, 5.4, -74.1, -28.8),),
    "US": (
        (24.3, 49.5, -125.0, -66.8),
        (51.0, 71.6, -180.0, -129.0),  # Alaska
        (18.8, 22.4, -160.4, -154.7),  # Hawaii
        (17.6, 18.6, -67.4, -64.5),  # Puerto Rico, Virgin Islands
    ),
}
"""Rectangles of the countries: least and most latitude, least and most longitude, in degrees."""


def postcode_parser(session: Session, country: str) -> Callable[[str], str]:
    """Return a parser of the postcodes of a country, which repairs what a spreadsheet broke.

    A lost leading zero, spaces, decimals and the form `="01000"` are repaired. A French postcode
    is compared with the operator's list, or, without one, with the départements. The parser raises
    `postcode_not_valid` or `postcode_unknown`.
    """
    known = _known_postcodes(session) if country == FRANCE else frozenset()

    def parse_postcode(text: str) -> str:
        postcode = _repaired(text, country)
        if not POSTCODES[country].fullmatch(postcode):
            raise Refused("postcode_not_valid")
        if country == FRANCE and not _is_french(postcode, known):
            raise Refused("postcode_unknown", postcode=postcode)
        return postcode

    return parse_postcode


def parse_town(text: str) -> str:
    """Return the name of a town.

    Raises
    ------
    Refused
        `cedex_no_door`: a CEDEX delivers to a mailbox, so a collector cannot go there.
    """
    if CEDEX.search(text):
        raise Refused("cedex_no_door")
    return text


def refuse_position(*, latitude: float, longitude: float, country: str) -> None:
    """Refuse a position outside the country of the bank.

    Raises
    ------
    Refused
        `position_swapped`: the other way round it lies in the country; `position_abroad`.
    """
    if _lies_in(latitude, longitude, country):
        return
    swapped = _lies_in(longitude, latitude, country)
    raise Refused("position_swapped" if swapped else "position_abroad")


def _known_postcodes(session: Session) -> frozenset[str]:
    """Return the operator's postcodes; none if the list is missing or a part."""
    count = session.scalar(select(func.count()).select_from(PostcodePlace)) or 0
    if count < COMPLETE_LIST:
        return frozenset()
    return frozenset(session.scalars(select(PostcodePlace.postcode)))


def _repaired(text: str, country: str) -> str:
    postcode = text.strip().lstrip("'")
    if match := SPREADSHEET_TEXT.fullmatch(postcode):
        postcode = match[1]
    postcode = " ".join(postcode.upper().split())
    if country not in FIVE_DIGITS:
        return postcode
    postcode = postcode.replace(" ", "")
    for form in (WHOLE_DECIMAL, COUNTRY_PREFIX):
        if match := form.fullmatch(postcode):
            postcode = match[1]
    return postcode.zfill(DIGITS) if len(postcode) == DIGITS - 1 else postcode


def _is_french(postcode: str, known: frozenset[str]) -> bool:
    if known:
        return postcode in known
    begins = {postcode[:length] for length in (2, 3)}
    return not begins.isdisjoint(PREFECTURES) or not begins.isdisjoint(OVERSEAS)


def _lies_in(latitude: float, longitude: float, country: str) -> bool:
    return any(
        south <= latitude <= north and west <= longitude <= east
        for south, north, west, east in COUNTRIES[country]
    )
