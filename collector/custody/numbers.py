"""Numbers of containers without a label: visit, place in the visit, check digit (Damm).

A number follows from the visit alone, so that a phone without a network names a bottle as the
server will (static/js/phone/numbers.js; the shared cases are tests/replay_cases.json).
"""

import re

from stdnum import damm

MADE = re.compile(r"(\d+)-[RT]?(\d{2,})-(\d)")


def number_of(pickup_id: int, index: int) -> str:
    """Return the number of a visit's bottle, counted from one: 31-02-6."""
    return _number(pickup_id, index, mark="")


def refused_number_of(pickup_id: int, index: int) -> str:
    """Return the number of a bottle that stays with the donor: 31-R02-6."""
    return _number(pickup_id, index, mark="R")


def tube_number_of(pickup_id: int, index: int) -> str:
    """Return the number of a visit's blood tube: 31-T01-2."""
    return _number(pickup_id, index, mark="T")


def is_made_number(label: str) -> bool:
    """Return whether a label has the form of a number that Milkround makes."""
    return MADE.fullmatch(label) is not None


def has_valid_digit(label: str) -> bool:
    """Return whether the last of the label's digits is the check digit of the others."""
    return damm.is_valid("".join(sign for sign in label if sign.isdigit()))


def is_number_of(label: str, pickup_id: int) -> bool:
    """Return whether a made number was made for this visit."""
    return label.startswith(f"{pickup_id}-")


def _number(pickup_id: int, index: int, *, mark: str) -> str:
    counted = f"{index:02d}"
    check = damm.calc_check_digit(f"{pickup_id}{counted}")
    return f"{pickup_id}-{mark}{counted}-{check}"
