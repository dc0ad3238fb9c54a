"""Codes of places: a prefix that no container may have, a number, a check digit (Damm)."""

import re

from stdnum import damm

from collector.errors import Refused

CODE = re.compile(r"P/(\d{5,9})-(\d)")


def place_code(number: int) -> str:
    """Return the code of a place: P/00012-7."""
    digits = f"{number:05}"
    return f"P/{digits}-{damm.calc_check_digit(digits)}"


def is_place_code(text: str) -> bool:
    """Return whether a scanned text has the form of a place's code."""
    return CODE.fullmatch(text.strip().upper()) is not None


def read_place_code(text: str) -> str:
    """Return a scanned code of a place in its stored form.

    Raises
    ------
    Refused
        `place_not_read`; `scan_mistyped` (`number`): the check digit does not fit.
    """
    code = text.strip().upper()
    found = CODE.fullmatch(code)
    if found is None:
        raise Refused("place_not_read")
    if not damm.is_valid(found[1] + found[2]):
        raise Refused("scan_mistyped", number=code)
    return code
