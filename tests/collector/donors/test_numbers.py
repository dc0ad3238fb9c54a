"""Donor numbers: the detection of copying mistakes."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import damm

from collector.donors.numbers import compact_number, format_number, is_valid_number, new_number

numbers = st.text("0123456789", min_size=8, max_size=8).map(
    lambda digits: digits + str(damm.calc_check_digit(digits))
)


def test_a_new_number_has_nine_digits_of_which_the_last_checks() -> None:
    made = {new_number() for _ in range(200)}
    assert all(is_valid_number(number) for number in made)
    assert len(made) > 190, "they are random"


@given(number=numbers, place=st.integers(0, 8), digit=st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_caught(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    assert is_valid_number(number)
    assert not is_valid_number(number[:place] + digit + number[place + 1 :])


@given(number=numbers, place=st.integers(0, 7))
def test_every_swap_of_two_neighbours_is_caught(number: str, place: int) -> None:
    first, second = number[place], number[place + 1]
    assume(first != second)
    assert not is_valid_number(number[:place] + second + first + number[place + 2 :])


def test_a_text_of_other_than_nine_digits_is_no_number() -> None:
    for text in ("", "12345678", "1234567890", "12345678x", "١٢٣٤٥٦٧٨٩", " 23456789"):
        assert not is_valid_number(text)


@given(number=numbers)
def test_a_number_read_aloud_is_the_same_number(number: str) -> None:
    assert compact_number(format_number(number)) == number
    assert len(format_number(number)) == 11
