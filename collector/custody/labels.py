"""Labels of containers: safe characters only, and the check digit of the bank."""

import re

from collector.banks.policies import LabelCheck
from collector.custody.numbers import has_valid_digit, is_made_number, is_number_of
from collector.errors import Refused

LONGEST_NUMBER = 40
SAFE = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")
"""Letters, digits, point, hyphen and underscore: safe in every address, file and scanner."""


def read_label(typed: str) -> str:
    """Return a label in its stored form: without outer white space, in capitals.

    Raises
    ------
    Refused
        `label_not_safe` (`number`): the label is too long or has another character.
    """
    label = typed.strip().upper()
    if len(label) > LONGEST_NUMBER or not SAFE.fullmatch(label):
        raise Refused("label_not_safe", number=label[:LONGEST_NUMBER])
    return label


def check_label(label: str, *, pickup_id: int, check: LabelCheck) -> None:
    """Judge a label's check digit: Milkround's own always, another if the bank uses one.

    Raises
    ------
    Refused
        `label_check_digit` (`number`): the label was mistyped; `label_of_another_visit`
        (`number`): Milkround made the number for a bottle of another visit.
    """
    made = is_made_number(label)
    if (made or check is LabelCheck.DAMM) and not has_valid_digit(label):
        raise Refused("label_check_digit", number=label)
    if made and not is_number_of(label, pickup_id):
        raise Refused("label_of_another_visit", number=label)
