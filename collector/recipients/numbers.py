"""Pseudonyms of recipients: the letter R, seven random digits, and a check digit (Damm)."""

import re
import secrets

from stdnum import damm

from collector.errors import Refused

RANDOM_DIGITS = 7
PSEUDONYM = re.compile(r"R(\d{8})")


def new_pseudonym() -> str:
    """Return a new pseudonym; it reveals nothing of the recipient."""
    digits = "".join(secrets.choice("0123456789") for _ in range(RANDOM_DIGITS))
    return f"R{digits}{damm.calc_check_digit(digits)}"


def is_pseudonym(text: str) -> bool:
    """Return whether a typed or scanned text has the form of a pseudonym."""
    return PSEUDONYM.fullmatch(_compact(text)) is not None


def read_pseudonym(text: str) -> str:
    """Return a typed or scanned pseudonym in its stored form.

    Raises
    ------
    Refused
        `pseudonym_not_read`: it has another form; `scan_mistyped` (`number`): its check digit
        does not fit.
    """
    number = _compact(text)
    found = PSEUDONYM.fullmatch(number)
    if found is None:
        raise Refused("pseudonym_not_read")
    if not damm.is_valid(found[1]):
        raise Refused("scan_mistyped", number=number)
    return number


def _compact(text: str) -> str:
    return "".join(text.split()).upper()
