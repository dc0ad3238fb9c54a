"""Donor numbers: random, with a check digit, saying nothing of whom they stand for."""

import secrets

from stdnum import damm

RANDOM_DIGITS = 8
LENGTH = RANDOM_DIGITS + 1


def new_number() -> str:
    """Return a number of eight random digits and a check digit.

    The Damm digit catches every wrong digit and every swap of two neighbours: the mistakes of a
    hand that copies a label.
    """
    digits = "".join(secrets.choice("0123456789") for _ in range(RANDOM_DIGITS))
    return digits + str(damm.calc_check_digit(digits))


def is_number(text: str) -> bool:
    """Whether these nine digits, without spaces, are a donor number."""
    plain = len(text) == LENGTH and text.isascii() and text.isdigit()
    return plain and bool(damm.is_valid(text))


def plain(text: str) -> str:
    """Return a number as somebody may have typed it, without its spaces."""
    return "".join(text.split())


def shown(number: str) -> str:
    """Return a number in groups of three, as it is read aloud: 123 456 789."""
    return " ".join(number[start : start + 3] for start in range(0, len(number), 3))
