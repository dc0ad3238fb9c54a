"""Codes of orders on labels: a prefix, the key of the order, a check digit (Damm)."""

import re

from stdnum import damm

from collector.errors import Refused

CODE = re.compile(r"O/(\d{5,9})-(\d)")


def order_code(number: int) -> str:
    """Return the code of an order: O/00012-7."""
    digits = f"{number:05}"
    return f"O/{digits}-{damm.calc_check_digit(digits)}"


def read_order_code(text: str) -> str:
    """Return a scanned code of an order in its stored form.

    Raises
    ------
    Refused
        `order_code_not_read`; `scan_mistyped` (`number`): the check digit does not fit.
    """
    code = text.strip().upper()
    found = CODE.fullmatch(code)
    if found is None:
        raise Refused("order_code_not_read")
    if not damm.is_valid(found[1] + found[2]):
        raise Refused("scan_mistyped", number=code)
    return code
