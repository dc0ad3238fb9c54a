"""Length of text messages: parts by alphabet, at their limits."""

from __future__ import annotations

import pytest

from collector.notices.segments import SmsAlphabet, sms_length

GSM, UCS2 = SmsAlphabet.GSM, SmsAlphabet.UCS2


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts", "left"),
    [
        ("", GSM, 0, 0, 160),
        ("a" * 160, GSM, 160, 1, 0),
        ("a" * 161, GSM, 161, 2, 145),
        ("a" * 306, GSM, 306, 2, 0),
        ("a" * 307, GSM, 307, 3, 152),
        ("€" * 80, GSM, 160, 1, 0),
        ("a" * 152 + "€" + "a" * 10, GSM, 164, 2, 141),
        ("é" * 160, GSM, 160, 1, 0),
        ("ê" * 70, UCS2, 70, 1, 0),
        ("ê" * 71, UCS2, 71, 2, 63),
        ("😀" * 35, UCS2, 70, 1, 0),
        ("😀" * 36, UCS2, 72, 2, 61),
    ],
)
def test_a_text_has_units_and_parts_by_its_alphabet(
    text: str, alphabet: SmsAlphabet, units: int, parts: int, left: int
) -> None:
    length = sms_length(text)
    assert (length.alphabet, length.units, length.parts, length.left) == (
        alphabet,
        units,
        parts,
        left,
    )
