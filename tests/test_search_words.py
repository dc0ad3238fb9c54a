"""Searches by words, and the texts in which they are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.search_words import is_found, search_text

CASES = json.loads((Path(__file__).parent / "search_cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"])
def test_accents_capitals_apostrophes_spaces_and_order_do_not_matter(
    case: dict[str, object],
) -> None:
    assert is_found(str(case["query"]), str(case["text"])) is case["found"]


@pytest.mark.parametrize(
    "query",
    ["noemie", "l'hay", "lhay", "hay roses", "0639980036", "0639", "+33 6 39 98 00 36", "lilas 3"],
)
@pytest.mark.parametrize("phone", ["+33 6 39 98 00 36", "06.39.98.00.36", "0033639980036"])
def test_a_row_is_found_by_a_part_of_it(query: str, phone: str) -> None:
    texts = ("Noémie", "Dupré", "3 rue des Lilas", "L\N{RIGHT SINGLE QUOTATION MARK}Haÿ-les-Roses")
    assert is_found(query, search_text(texts, phone))
    assert not is_found("noel", search_text(texts, phone))
