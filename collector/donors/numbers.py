"""Donor numbers: random, with a check digit, revealing nothing of the donor."""

import secrets

from stdnum import damm

RANDOM_DIGITS = 8
LENGTH = RANDOM_DIGITS + 1


def new_number() -> str:
    """Return a number of eight random digits and a check digit.

    The Damm digit detects every wrong digit and every swap of two neighbours, the usual mistakes
    of a copied label.
    """
    digits = "".join(secrets.choice("0123456789") for _ in range(RANDOM_DIGITS))
    return digits + str(damm.calc_check_digit(digits))


def is_valid_number(text: str) -> bool:
    """Return whether nine digits, without spaces, are a donor number."""
    digits = len(text) == LENGTH and text.isascii() and text.isdigit()
    return digits and bool(damm.is_valid(text))


def compact_number(text: str) -> str:
    """Return a typed number without its spaces."""
    return "".join(text.split())


def format_number(number: str) -> str:
    """Return a number in groups of three digits, as it is read aloud: 123 456 789."""
    return " ".join(number[start : start + 3] for start in range(0, len(number), 3))
