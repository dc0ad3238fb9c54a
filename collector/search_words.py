"""Searches by words: accents, capitals, apostrophes, spaces in numbers and order do not matter.

The filter of the day (`static/js/board/search-words.js`) follows the same rules; both are tested
with `tests/search_cases.json`.
"""

import unicodedata
from collections.abc import Iterable

JOINED = {ord(sign): None for sign in "'\N{RIGHT SINGLE QUOTATION MARK}-"}
LIGATURES = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"}
WHOLE_NUMBER = 10
"""Digits from which a query is a whole telephone number, in any spelling."""

SAME_DIGITS = 9
"""Last digits of a telephone number, equal in its national and international form."""


def words_in(text: str) -> list[str]:
    """Return the words of a text: small letters and digits, without accents."""
    plain = unicodedata.normalize("NFD", text.casefold())
    letters = (LIGATURES.get(sign, sign) for sign in plain if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in "".join(letters)).split()


def name_order(text: str) -> tuple[list[str], str]:
    """Return the key that sorts names as a person does: Élise between Dora and Fanny."""
    return words_in(text), text


def search_text(texts: Iterable[str], phone: str | None = None) -> str:
    """Return the searchable text of a row: its words, apart and joined, and its telephone.

    `L'Haÿ` is found by *l hay* and by *lhay*, `+33 6` by *06* too.
    """
    found = " ".join(texts)
    digits = "".join(filter(str.isdigit, phone or ""))
    national = f"0{digits[-SAME_DIGITS:]}" if digits else ""
    return " ".join([*words_in(found), *words_in(found.translate(JOINED)), digits, national])


def is_found(query: str, text: str) -> bool:
    """Return whether every word of a query is a part of a searchable text."""
    words = words_in(query)
    number = "".join(words)
    if number.isdigit():
        return (number[-SAME_DIGITS:] if len(number) >= WHOLE_NUMBER else number) in text
    return all(word in text for word in words)
