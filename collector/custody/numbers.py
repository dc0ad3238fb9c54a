"""The numbers of containers that carry no label of their own: visit, place in it, check digit.

They follow from the visit alone, so that the phone, which has no network, names a bottle as the
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


def is_made(label: str) -> bool:
    """Whether a label has the form of a number made here."""
    return MADE.fullmatch(label) is not None


def has_its_digit(label: str) -> bool:
    """Whether the check digit of a number made here is right."""
    return damm.is_valid("".join(sign for sign in label if sign.isdigit()))


def is_of(label: str, pickup_id: int) -> bool:
    """Whether a number made here was made for this visit."""
    return label.startswith(f"{pickup_id}-")


def _number(pickup_id: int, index: int, *, mark: str) -> str:
    counted = f"{index:02d}"
    check = damm.calc_check_digit(f"{pickup_id}{counted}")
    return f"{pickup_id}-{mark}{counted}-{check}"
