"""What a container's label may say: safe signs only, and the check digit its bank uses."""

import re

from collector.banks.policies import LabelCheck
from collector.custody.numbers import has_its_digit, is_made, is_of
from collector.errors import Refused

LONGEST_NUMBER = 40
SAFE = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")
"""Letters, digits, point, hyphen and underscore: what fits every address, file and scanner."""


def read_label(given: str) -> str:
    """Return a label as it is kept.

    Raises
    ------
    Refused
        `label_not_safe` (`number`): it holds a sign that a label must not have.
    """
    label = given.strip().upper()
    if len(label) > LONGEST_NUMBER or not SAFE.fullmatch(label):
        raise Refused("label_not_safe", number=label[:LONGEST_NUMBER])
    return label


def check_label(label: str, *, pickup_id: int, check: LabelCheck) -> None:
    """Judge a label's check digit: ours always, another if the bank's labels have one.

    Raises
    ------
    Refused
        `label_check_digit` (`number`): mistyped; `label_of_another_visit` (`number`): it is a
        number that Milkround made for the bottle of another visit.
    """
    made = is_made(label)
    if (made or check is LabelCheck.DAMM) and not has_its_digit(label):
        raise Refused("label_check_digit", number=label)
    if made and not is_of(label, pickup_id):
        raise Refused("label_of_another_visit", number=label)
