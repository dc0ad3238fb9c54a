"""Numbers of pools and bottles: the form of an ISBT 128 donation number, with check characters.

A pool number is facility (5), year (2), sequence (6) and a check character, ISO/IEC 7064 MOD 37-2.
A bottle number is the pool number without its check character, a hyphen, a division of three
digits, and a check character over all of it. A number whose check character would be `*` is never
given out, because a label has no such sign.
"""

import re

from stdnum.iso7064 import mod_37_2

from collector.errors import Refused

FACILITY = "[A-NP-Z1-9][A-Z0-9]{4}"
"""The facility code: five characters, of which the first is neither 0 nor O."""
BOTTLE = re.compile(rf"({FACILITY}\d{{8}})-(\d{{3}})([A-Z0-9])")
NEVER = "*"
POOL_LENGTH = 13
LARGEST_SEQUENCE = 999_999
LARGEST_DIVISION = 999


def check_character(digits: str) -> str:
    """Return the check character of a text of capitals and digits; it may be `*`."""
    return str(mod_37_2.calc_check_digit(digits))


def pool_number(facility: str, year: int, sequence: int) -> str | None:
    """Return the number of a pool, or None for a sequence that is skipped.

    Parameters
    ----------
    year
        The year; its last two digits are used.
    """
    digits = f"{facility}{year % 100:02}{sequence:06}"
    check = check_character(digits)
    return None if check == NEVER else digits + check


def bottle_number(pool: str, division: int) -> str | None:
    """Return the number of a bottle of a pool, or None for a division that is skipped."""
    digits = f"{pool[:POOL_LENGTH]}{division:03}"
    check = check_character(digits)
    return None if check == NEVER else f"{digits[:POOL_LENGTH]}-{division:03}{check}"


def read_bottle_number(text: str) -> str:
    """Return a scanned number of a bottle in its stored form.

    Raises
    ------
    Refused
        `bottle_number_not_read`: it has another form; `scan_mistyped` (`number`): its check
        character does not fit.
    """
    number = text.strip().upper()
    found = BOTTLE.fullmatch(number)
    if found is None:
        raise Refused("bottle_number_not_read")
    if check_character(found[1] + found[2]) != found[3]:
        raise Refused("scan_mistyped", number=number)
    return number


def is_bottle_number(text: str) -> bool:
    """Return whether a scanned text has the form of a bottle's number."""
    return BOTTLE.fullmatch(text.strip().upper()) is not None
