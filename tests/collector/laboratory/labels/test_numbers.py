"""Numbers of pools and bottles: every slip of one character and every swap is detected."""

from __future__ import annotations

import re
from itertools import pairwise
from string import ascii_uppercase, digits

import pytest

from collector.errors import Refused
from collector.laboratory.labels.numbers import (
    FACILITY,
    bottle_number,
    check_character,
    is_bottle_number,
    pool_number,
    read_bottle_number,
)

SIGNS = digits + ascii_uppercase
NUMBER = "G123498654321"


def test_the_check_character_is_the_one_of_the_red_book() -> None:
    assert pool_number("G1234", 1998, 654321) == "G123498654321H"


def test_every_wrong_character_and_every_swap_of_neighbours_is_detected() -> None:
    wrong = [
        NUMBER[:place] + sign + NUMBER[place + 1 :]
        for place in range(len(NUMBER))
        for sign in SIGNS
        if sign != NUMBER[place]
    ]
    assert len(wrong) == 455
    swapped = [
        NUMBER[:place] + right + left + NUMBER[place + 2 :]
        for place, (left, right) in enumerate(pairwise(NUMBER))
    ]
    assert len(swapped) == 12
    assert "H" not in {check_character(text) for text in [*wrong, *swapped]}


def test_no_number_ends_in_a_star() -> None:
    pools = [pool_number("M0001", 2026, sequence) for sequence in range(1, 1000)]
    given = [number for number in pools if number is not None]
    # About one sequence in 37 is skipped.
    assert len(pools) - len(given) == 28
    assert not any("*" in number for number in given)
    bottles = [bottle_number(given[0], division) for division in range(1, 1000)]
    assert not any("*" in number for number in bottles if number)
    assert bottles.count(None) == 27


def test_a_bottles_number_is_read_in_any_case_and_a_slip_is_refused() -> None:
    number = bottle_number("G123498654321H", 7)
    assert number is not None
    assert read_bottle_number(f" {number.lower()}\n") == number
    assert is_bottle_number(number)
    for place in range(len(number)):
        for sign in SIGNS:
            slip = number[:place] + sign + number[place + 1 :]
            if slip != number:
                with pytest.raises(Refused):
                    read_bottle_number(slip)


@pytest.mark.parametrize("text", ["", "31-02-6", "G123498654321H", "0123498654321-0017"])
def test_another_text_is_no_bottles_number(text: str) -> None:
    assert not is_bottle_number(text)
    with pytest.raises(Refused, match="bottle_number_not_read"):
        read_bottle_number(text)


def test_a_facility_begins_with_neither_zero_nor_the_letter_o() -> None:
    assert re.fullmatch(FACILITY, "M0001")
    assert not re.fullmatch(FACILITY, "O1234")
    assert not re.fullmatch(FACILITY, "01234")
