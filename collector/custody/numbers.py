"""The numbers of containers that carry no label of their own: visit, place in it, check digit.

They follow from the visit alone, so that the phone, which has no network, names a bottle as the
server will (static/js/phone/numbers.js; the shared cases are tests/replay_cases.json).
"""

from stdnum import damm


def number_of(pickup_id: int, index: int) -> str:
    """Return the number of a visit's bottle, counted from one: 31-02-6."""
    return _number(pickup_id, index, mark="")


def refused_number_of(pickup_id: int, index: int) -> str:
    """Return the number of a bottle that stays with the donor: 31-R02-6."""
    return _number(pickup_id, index, mark="R")


def _number(pickup_id: int, index: int, *, mark: str) -> str:
    counted = f"{index:02d}"
    check = damm.calc_check_digit(f"{pickup_id}{counted}")
    return f"{pickup_id}-{mark}{counted}-{check}"
