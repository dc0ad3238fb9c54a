"""The alphabet of text messages: what it holds, and what stands in for the rest."""

from __future__ import annotations

import pytest

from collector.notices.gsm import BASIC, EXTENSION, GSM, to_gsm


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert (len(BASIC), len(EXTENSION)) == (127, 10)  # 128 and 10 without the two escapes
    assert set("éèàùÉÇ€") <= GSM
    assert not set("âêîôûëïçœ\u2019\u2018\u201c«»\u2026\u2013\u00a0\u202f\t") & GSM


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Vous êtes là\u00a0? Ça va\u202f!", "Vous etes là ? Ça va !"),
        (
            "Aujourd\u2019hui, le 1er août, \u00ab\u00a0sœur\u00a0\u00bb\u2026",
            'Aujourd\'hui, le 1er aout, " soeur "...',
        ),
        (
            "Lactarium de l\u2019hôpital \u2013 Haut-Lévêque",
            "Lactarium de l'hopital - Haut-Léveque",
        ),
        ("https://bank.example/v/a_B-~9?x=1&y=[2]", "https://bank.example/v/a_B-~9?x=1&y=[2]"),
        ("Молоко", "Молоко"),
    ],
)
def test_a_text_keeps_its_words(text: str, sent: str) -> None:
    assert to_gsm(text) == sent
